"""The doorbell: says to every process that there is more. It may be lost; the row may not.

Within this process listeners are called at once. With Redis the message goes to the other
processes too, over the channel layer, from a thread of its own or from a server's loop, so that a
slow or dead Redis delays no write. There is one channel for all streams: a burst to ten thousand streams is a
handful of messages, and a process drops what none of its sockets listens to.
"""

import asyncio
import contextlib
import logging
import math
import os
import random
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from channels.layers import get_channel_layer
from django.conf import settings

from realtime import metrics

try:
    import uvloop
except ImportError:  # there is none for Windows
    _new_event_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    _new_event_loop = uvloop.new_event_loop

logger = logging.getLogger(__name__)

Listener = Callable[[list[Any]], None]

_CHANNEL: Final = "doorbell"
_MAX_QUEUED: Final = 20_000  # messages; when Redis is away the oldest go first
_MAX_BATCH: Final = 500  # messages in one publication
_RETRY_S: Final = 0.5
_PULSE_S: Final = 1.0  # how often the line is tried
_SEND_TIMEOUT_S: Final = 3.0
_NOTHING: Final = None  # stands for a message when there is none: it goes the whole way all the same
_MAX_SILENCE_S: Final = 5.0


class Doorbell:
    """Carries messages on a topic to the listeners of every process.

    Args:
        alias: The channel layer to reach the other processes by; None to stay in this one.

    Attributes:
        gather_s: Rings that follow each other faster than this go together, in one publication. 0 where each ring is a
            deadline's, which nobody may hear later than he could.
    """

    def __init__(self, alias: str | None) -> None:
        self.gather_s = 0.0
        self._alias = alias
        self._origin = uuid.uuid4().hex
        self._listeners: dict[str, list[Listener]] = {}
        self._queue: deque[tuple[str, Any]] = deque(maxlen=_MAX_QUEUED)
        self._idle = threading.Event()
        self._idle.set()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queued: asyncio.Event | None = None
        self._hurry: asyncio.Event | None = None
        self._is_awake = False  # the sender was told that something is queued, and has not looked since
        self._closing: asyncio.Event | None = None
        self._pid = 0
        self._thread: threading.Thread | None = None
        self._heard_at = 0.0
        self.connected = alias is None

    @property
    def waiting(self) -> int:
        """How many messages wait to be sent."""
        return len(self._queue)

    def publish(self, topic: str, messages: Iterable[Any], *, at_once: bool = False) -> None:
        """Ring: call the listeners here, and queue the messages for the other processes.

        No messages are rung too, as an empty list: what rings before an instant finds the way warm
        at the instant itself. Never blocks and never raises for what a listener or Redis does.

        Args:
            topic: What it is about.
            messages: What is rung for.
            at_once: Whether it does not wait for others, whatever `gather_s` says; nor do those that wait already.
        """
        messages = list(messages)
        self._call(topic, messages)
        if self._alias is None:
            return
        self._start()
        rung = [(topic, message) for message in messages or [_NOTHING]]
        metrics.DOORBELLS_LOST.inc(max(0, len(self._queue) + len(rung) - _MAX_QUEUED))
        self._queue.extend(rung)
        # Only now, that it is queued: whoever has told the sender before, it will still look, and say that it is idle.
        self._idle.clear()
        if self._loop is None or self._queued is None or self._hurry is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
            if at_once:
                self._loop.call_soon_threadsafe(self._hurry.set)
            if not self._is_awake:
                self._is_awake = True
                self._loop.call_soon_threadsafe(self._queued.set)

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with each list of messages, from any thread: it must only enqueue.

        Returns:
            What ends the subscription.
        """
        with self._lock:
            self._listeners.setdefault(topic, []).append(listener)
        self._start()

        def unsubscribe() -> None:
            with self._lock:
                self._listeners[topic].remove(listener)

        return unsubscribe

    def _call(self, topic: str, messages: list[Any]) -> None:
        for listener in tuple(self._listeners.get(topic, ())):
            try:
                listener(messages)
            except Exception:
                logger.exception("A listener of the doorbell's topic %s failed.", topic)

    def live_in_this_loop(self) -> Callable[[], None]:
        """Talk to Redis in the running loop: for a server, whose sockets live there too.

        Where somebody has subscribed or rung before, there is a thread that does already, and it stays.

        Returns:
            What ends it. Who rings later rings from a thread.
        """
        with self._lock:
            if self._alias is None or self._pid == os.getpid():
                return lambda: None
            self._pid = os.getpid()
            tasks = self._begin()

        def leave() -> None:
            with self._lock:
                self._pid = 0
                self._loop = None
            for task in tasks:
                task.cancel()

        return leave

    def _begin(self) -> list[asyncio.Task[None]]:
        """Begin to send and to receive in the running loop."""
        self._is_awake = False
        self._loop, self._queued, self._hurry = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        if self._queue:
            self._queued.set()
        return [
            asyncio.create_task(self._send_for_ever(self._queued, self._hurry), name="doorbell sends"),
            asyncio.create_task(self._receive_for_ever(), name="doorbell receives"),
        ]

    def _start(self) -> None:
        """Start the thread that talks to Redis, once in each process (a fork needs its own)."""
        if self._alias is None:
            return
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
            ready = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(ready,), name="doorbell", daemon=True)
            self._thread.start()
        ready.wait()

    def drain(self, *, timeout_s: float) -> bool:
        """Wait until all was sent or given up, for a process that is about to end; False if time ran out."""
        return self._idle.wait(timeout_s)

    def close(self) -> None:
        """Leave Redis alone and wait for the thread. In a process it lasts as long as the process."""
        if self._loop is not None and self._closing is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join()

    def _run(self, ready: threading.Event) -> None:
        async def main() -> None:
            self._closing = asyncio.Event()
            tasks = self._begin()
            ready.set()
            await self._closing.wait()
            await _cancel(tasks)

        with asyncio.Runner(loop_factory=_new_event_loop) as runner:
            runner.run(main())

    async def _send_for_ever(self, queued: asyncio.Event, hurry: asyncio.Event) -> None:
        layer = get_channel_layer(self._alias)
        sent_at = -math.inf
        while True:
            await queued.wait()
            if (wait_s := sent_at + self.gather_s - time.monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(hurry.wait(), wait_s)
            hurry.clear()
            queued.clear()
            self._is_awake = False  # from here on who queues something tells it again
            sent_at = time.monotonic()
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), _MAX_BATCH))]
                message = {"type": "ring", "origin": self._origin, "rung": batch}
                try:
                    async with asyncio.timeout(_SEND_TIMEOUT_S):
                        await layer.group_send(_CHANNEL, message)
                except Exception as error:  # noqa: BLE001 (whatever Redis does, rings go on)
                    # Lost rings cost a client at most one round of the repair query.
                    self._report(connected=False, error=error)
                    metrics.DOORBELLS_LOST.inc(len(batch) + len(self._queue))
                    self._queue.clear()
                    await asyncio.sleep(_RETRY_S)
            self._idle.set()

    async def _receive_for_ever(self) -> None:
        layer = get_channel_layer(self._alias)
        while True:
            try:
                async with asyncio.timeout(_MAX_SILENCE_S):
                    channel = await layer.new_channel()
                    await layer.group_add(_CHANNEL, channel)
                await self._listen(layer, channel)
            except Exception as error:  # noqa: BLE001 (whatever Redis does, rings go on)
                self._report(connected=False, error=error)
                await asyncio.sleep(_RETRY_S * (1 + random.random()))  # noqa: S311 (jitter)
            finally:
                with contextlib.suppress(Exception):
                    await layer.flush()

    async def _listen(self, layer: Any, channel: str) -> None:
        """Receive until the line is found dead; raises what was found."""
        self._heard_at = time.monotonic()
        tasks = [
            asyncio.create_task(self._receive(layer, channel)),
            asyncio.create_task(self._pulse(layer, channel)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            # First the layer forgets the channel, or the receiver would ask Redis to.
            with contextlib.suppress(Exception):
                await layer.flush()
            await _cancel(tasks)

    async def _receive(self, layer: Any, channel: str) -> None:
        while True:
            message = await layer.receive(channel)
            self._heard_at = time.monotonic()
            self._report(connected=True)
            if message["origin"] != self._origin:
                self._dispatch(message["rung"])

    async def _pulse(self, layer: Any, channel: str) -> None:
        """Ring for oneself now and then: a quiet line and a dead one look alike otherwise."""
        while time.monotonic() - self._heard_at < _MAX_SILENCE_S:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                await layer.send(channel, {"origin": self._origin, "rung": []})
            await asyncio.sleep(_PULSE_S)
        raise TimeoutError(f"nothing was heard for {_MAX_SILENCE_S} s")

    def _dispatch(self, rung: list[tuple[str, Any]]) -> None:
        by_topic: dict[str, list[Any]] = {}
        for topic, message in rung:
            told = by_topic.setdefault(topic, [])
            if message is not _NOTHING:
                told.append(message)
        for topic, messages in by_topic.items():
            self._call(topic, messages)

    def _report(self, *, connected: bool, error: Exception | None = None) -> None:
        if connected != self.connected:
            self.connected = connected
            if connected:
                logger.info("The doorbell reaches Redis.")
            else:
                logger.warning("The doorbell does not reach Redis; repair queries stand in: %r", error)


async def _cancel(tasks: Collection[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class SilentDoorbell(Doorbell):
    """Rings for nobody, so that a test can show that nothing hangs on the doorbell."""

    def __init__(self) -> None:
        super().__init__(None)
        self.connected = False

    def publish(self, topic: str, messages: Iterable[Any], *, at_once: bool = False) -> None:
        """Do nothing."""


def _from_settings() -> Doorbell:
    match settings.DOORBELL:
        case "off":
            return SilentDoorbell()
        case "redis":
            return Doorbell(_CHANNEL)
        case "process":
            return Doorbell(None)
        case other:
            raise ValueError(f"DOORBELL is {other!r}, but must be redis, process or off.")


doorbell = _from_settings()
