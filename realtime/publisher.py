"""The doorbell: says to every process that there is more. It may be lost; the row may not.

Within this process listeners are called at once. With Redis the message goes to the other
processes too, over the channel layer, from a thread of its own, so that a slow or dead Redis
delays no write. There is one channel for all streams: a burst to ten thousand streams is a
handful of messages, and a process drops what none of its sockets listens to.
"""

import asyncio
import contextlib
import logging
import os
import random
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from channels.layers import get_channel_layer
from django.conf import settings

logger = logging.getLogger(__name__)

Listener = Callable[[list[Any]], None]

_CHANNEL: Final = "doorbell"
_MAX_QUEUED: Final = 20_000  # messages; when Redis is away the oldest go first
_MAX_BATCH: Final = 500  # messages in one publication
_RETRY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Queued:
    topic: str
    message: Any


class Doorbell:
    """Carries messages on a topic to the listeners of every process.

    Args:
        alias: The channel layer to reach the other processes by; None to stay in this one.
    """

    def __init__(self, alias: str | None) -> None:
        self._alias = alias
        self._origin = uuid.uuid4().hex
        self._listeners: dict[str, list[Listener]] = {}
        self._queue: deque[_Queued] = deque(maxlen=_MAX_QUEUED)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queued: asyncio.Event | None = None
        self._pid = 0
        self.connected = alias is None

    def publish(self, topic: str, messages: Iterable[Any]) -> None:
        """Ring: call the listeners here, and queue the messages for the other processes.

        Never blocks and never raises for what a listener or Redis does.
        """
        messages = list(messages)
        self._call(topic, messages)
        if self._alias is None:
            return
        self._start()
        self._queue.extend(_Queued(topic, message) for message in messages)
        if self._loop is not None and self._queued is not None:
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

    def _start(self) -> None:
        """Start the thread that talks to Redis, once in each process (a fork needs its own)."""
        if self._alias is None:
            return
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
            ready = threading.Event()
            threading.Thread(target=self._run, args=(ready,), name="doorbell", daemon=True).start()
        ready.wait()

    def _run(self, ready: threading.Event) -> None:
        async def main() -> None:
            self._loop, self._queued = asyncio.get_running_loop(), asyncio.Event()
            ready.set()
            await asyncio.gather(self._send_for_ever(self._queued), self._receive_for_ever())

        asyncio.run(main())

    async def _send_for_ever(self, queued: asyncio.Event) -> None:
        layer = get_channel_layer(self._alias)
        while True:
            await queued.wait()
            queued.clear()
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), _MAX_BATCH))]
                message = {
                    "type": "ring",
                    "origin": self._origin,
                    "rung": [(one.topic, one.message) for one in batch],
                }
                try:
                    await layer.group_send(_CHANNEL, message)
                except Exception as error:  # noqa: BLE001 (whatever Redis does, rings go on)
                    # Lost rings cost a client at most one round of the repair query.
                    self._report(connected=False, error=error)
                    self._queue.clear()
                    await asyncio.sleep(_RETRY_S)

    async def _receive_for_ever(self) -> None:
        layer = get_channel_layer(self._alias)
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(_CHANNEL, channel)
                self._report(connected=True)
                while True:
                    message = await layer.receive(channel)
                    self._report(connected=True)
                    if message["origin"] != self._origin:
                        self._dispatch(message["rung"])
            except Exception as error:  # noqa: BLE001 (whatever Redis does, rings go on)
                self._report(connected=False, error=error)
                with contextlib.suppress(Exception):
                    await layer.flush()
                await asyncio.sleep(_RETRY_S * (1 + random.random()))  # noqa: S311 (jitter)

    def _dispatch(self, rung: list[tuple[str, Any]]) -> None:
        by_topic: dict[str, list[Any]] = {}
        for topic, message in rung:
            by_topic.setdefault(topic, []).append(message)
        for topic, messages in by_topic.items():
            self._call(topic, messages)

    def _report(self, *, connected: bool, error: Exception | None = None) -> None:
        if connected != self.connected:
            self.connected = connected
            if connected:
                logger.info("The doorbell reaches Redis.")
            else:
                logger.warning("The doorbell does not reach Redis; repair queries stand in: %s", error)


class SilentDoorbell(Doorbell):
    """Rings for nobody, so that a test can show that nothing hangs on the doorbell."""

    def publish(self, topic: str, messages: Iterable[Any]) -> None:
        """Do nothing."""


def _from_settings() -> Doorbell:
    match settings.DOORBELL:
        case "off":
            return SilentDoorbell(None)
        case "redis":
            return Doorbell(_CHANNEL)
        case "process":
            return Doorbell(None)
        case other:
            raise ValueError(f"DOORBELL is {other!r}, but must be redis, process or off.")


doorbell = _from_settings()
