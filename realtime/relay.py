"""Brings what was recorded to the sockets of this process.

One relay a process. It hears the doorbell, knows which sockets listen to which stream, and once
a second or so asks the database for the heads of all of them, which makes up for every ring that
was lost. What single sockets ask stands in `questions`.
A ring about log-ins makes it ask at once whether the sockets of a stream may still listen.
"""

import asyncio
import contextlib
import logging
import math
import random
import threading
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connections

from realtime import metrics, outbox, revocation, tracing
from realtime.envelope import CloseCode
from realtime.outage import AWAY, Outage
from realtime.outbox import Head
from realtime.pace import Pace
from realtime.ports import Authenticator, SnapshotSource
from realtime.publisher import doorbell
from realtime.pulse import Pulse
from realtime.questions import Questions
from realtime.sockets import Ring, Socket

logger = logging.getLogger(__name__)

T = TypeVar("T")

REPAIR_INTERVAL_S: Final = 1.0
_REPAIR_JITTER_S: Final = 0.5
# After a look that failed because the database is away: soon, for it mostly restarts.
_REPAIR_AGAIN_S: Final = 0.5
# As many clients a second as one process takes in without falling behind: so many are sent away.
_DISMISSALS_PER_S: Final = 400
_DISMISSAL_STEP_S: Final = 0.1
_GOODBYES_S: Final = 3.0  # longer than one socket may take over its bye and its close
_GOODBYES_LOOK_S: Final = 0.01
_SIGNED_OUT: Final = "You are signed out."


class _Audience:
    """The sockets of one stream.

    Attributes:
        sockets: Which.
        seq: So far they know, or will as soon as they say hello, that the stream reaches.
        epoch: The history that all of them are in; nothing as long as nobody asked.
        refused: Whether somebody found no room here.
    """

    __slots__ = ("epoch", "refused", "seq", "sockets")

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self.seq = 0
        self.epoch = ""
        self.refused = False


class Relay:
    """The sockets of one process and what they wait for.

    Args:
        authenticator: Says who listens.
        snapshots: Where the whole state is read from.
        now: The clock that decides what belongs in a snapshot.
        sockets_per_stream: How many sockets one stream may have in this process.
    """

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        snapshots: SnapshotSource,
        now: Callable[[], datetime],
        sockets_per_stream: int,
    ) -> None:
        self.authenticator = authenticator
        self.now = now
        self._outage = Outage()
        self.questions = Questions(
            authenticator=authenticator, snapshots=snapshots, now=now, outage=self._outage
        )
        self.pulse = Pulse()
        self._sockets_per_stream = sockets_per_stream
        # Whose heads were compared longest ago stands first.
        self._audiences: OrderedDict[UUID, _Audience] = OrderedDict()
        self._repair_thread = ThreadPoolExecutor(1, thread_name_prefix="repair")
        self._repairing: asyncio.Task[None] | None = None
        self._pulsing: asyncio.Task[None] | None = None
        self._suspects: set[UUID] = set()
        self._checking: asyncio.Task[None] | None = None
        self.arriving: set[Socket] = set()
        self._goodbyes: set[asyncio.Task[None]] = set()
        self._unsubscribe: list[Callable[[], None]] = []
        self.stopping = False

    async def start(self) -> None:
        """Begin to listen to the doorbell and to repair what it loses."""
        loop, home = asyncio.get_running_loop(), threading.get_ident()

        def subscribe(topic: str, act: Callable[[list[Any]], None]) -> None:
            def hear(messages: list[Any]) -> None:
                if threading.get_ident() == home:
                    act(messages)
                    return
                with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                    loop.call_soon_threadsafe(act, messages)

            self._unsubscribe.append(doorbell.subscribe(topic, hear))

        subscribe(outbox.STREAMS_TOPIC, self._deliver)
        subscribe(revocation.LISTENERS_TOPIC, self._suspect)
        self._repairing = asyncio.create_task(self._repair_for_ever(), name="repair")
        self._pulsing = asyncio.create_task(self.pulse.run(), name="pulse")

    def see_off(self, goodbye: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a socket's goodbye as a task that `dismiss_all` waits for."""
        task = asyncio.create_task(goodbye, name="goodbye")
        self._goodbyes.add(task)
        task.add_done_callback(self._goodbyes.discard)
        return task

    async def dismiss_all(self, *, within_s: float) -> None:
        """Tell all sockets to come back later, and wait until they were told; new ones are told at once.

        Args:
            within_s: How long it may take, so that not all of them come back together. A few hundred
                take no time.
        """
        self.stopping = True
        sockets = [socket for audience in self._audiences.values() for socket in audience.sockets]
        steps = max(1, int(within_s / _DISMISSAL_STEP_S))
        at_once = math.ceil(max(_DISMISSALS_PER_S * _DISMISSAL_STEP_S, len(sockets) / steps))
        for begin in range(0, len(sockets), at_once):
            if begin:
                await asyncio.sleep(_DISMISSAL_STEP_S)
            for socket in sockets[begin : begin + at_once]:
                socket.dismiss(CloseCode.RESTART, "The server restarts.")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYES_S):
                while self.arriving or self._goodbyes:  # noqa: ASYNC110 (of the two, only once, at the end)
                    await asyncio.sleep(_GOODBYES_LOOK_S)

    async def stop(self) -> None:
        """Stop listening. Sockets that are still open are told to come back."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for task in (self._repairing, self._pulsing, self._checking):
            if task is not None:
                task.cancel()
        await self.dismiss_all(within_s=0)
        self.questions.close()
        self._repair_thread.submit(connections.close_all)
        self._repair_thread.shutdown(wait=False)

    async def _ask(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function in the thread of repairs.

        It keeps a connection for itself: requests that hold all the others, or sockets that come by the
        thousand, must not keep anybody listening who may not.
        """

        def call() -> T:
            try:
                return function(*args)
            except Exception:
                connections.close_all()  # it may be broken, and the next one is good
                raise

        return await self._outage.heeded(
            asyncio.get_running_loop().run_in_executor(self._repair_thread, call)
        )

    def attach(self, socket: Socket) -> bool:
        """Let a socket hear its stream; False when the stream has too many sockets already."""
        audience = self._audiences.setdefault(socket.listener.stream, _Audience())
        if len(audience.sockets) >= self._sockets_per_stream:
            if not audience.refused:  # once: who is turned away may come again and again
                audience.refused = True
                logger.warning(
                    "Too many sockets of one stream: no more are let in. stream=%s sockets=%s",
                    socket.listener.stream,
                    len(audience.sockets),
                )
            return False
        audience.sockets.add(socket)
        return True

    def joined(self, socket: Socket, head: Head) -> None:
        """Learn from which head a socket goes on: what the others of its stream know, it may not."""
        audience = self._audiences.get(socket.listener.stream)
        if audience is None:
            return
        if len(audience.sockets) == 1:
            audience.seq, audience.epoch = head.seq, head.epoch
        else:
            audience.seq = min(audience.seq, head.seq)
            audience.epoch = head.epoch if audience.epoch == head.epoch else ""

    def detach(self, socket: Socket) -> None:
        """Forget a socket; one that was never attached is no error."""
        stream = socket.listener.stream
        if (audience := self._audiences.get(stream)) is not None:
            audience.sockets.discard(socket)
            if not audience.sockets:
                del self._audiences[stream]

    def sockets_of(self, stream: UUID) -> tuple[Socket, ...]:
        """Return the sockets of a stream."""
        audience = self._audiences.get(stream)
        return tuple(audience.sockets) if audience else ()

    @property
    def open_sockets(self) -> int:
        """How many there are."""
        return sum(len(audience.sockets) for audience in self._audiences.values())

    def _deliver(self, rings: list[Any]) -> None:
        for name, first, last, encoded in rings:
            audience = self._audiences.get(UUID(name))
            if audience is not None:
                ring = Ring(first=first, last=last, encoded=encoded)
                audience.seq = max(audience.seq, last)
                sockets = tuple(audience.sockets)  # one that can't take it leaves
                if encoded and tracing.is_on():
                    self._offer_traced(ring, encoded, sockets)
                else:
                    for socket in sockets:
                        socket.offer(ring)
                if encoded:
                    metrics.observe_lag(encoded[0], now=self.now())

    @staticmethod
    def _offer_traced(ring: Ring, encoded: Sequence[str], sockets: Sequence[Socket]) -> None:
        """Offer a ring, with spans on the way of each operation of which it tells."""
        for event in encoded:
            with tracing.on_its_way("relay", event, sockets=len(sockets)):
                if event is encoded[-1]:
                    with tracing.span("socket write", first=ring.first, last=ring.last):
                        for socket in sockets:
                            socket.offer(ring)

    def _suspect(self, streams: list[Any]) -> None:
        self._suspects.update(stream for stream in map(UUID, streams) if stream in self._audiences)
        if self._suspects and (self._checking is None or self._checking.done()):
            self._checking = asyncio.create_task(self._check_suspects(), name="check")

    async def _check_suspects(self) -> None:
        """Ask at once who of some streams may still listen; rings meanwhile are gathered."""
        while self._suspects:
            streams, self._suspects = self._suspects, set()
            try:
                await self._end([socket for stream in streams for socket in self.sockets_of(stream)])
            except Exception as error:  # noqa: BLE001 (the repair asks again, whatever it was)
                logger.warning("Who may still listen could not be asked; the repair does: %s", error)
                return

    async def _end(self, sockets: Sequence[Socket]) -> None:
        """Dismiss those of some sockets whose log-in has ended."""
        ended = await self._ask(self.authenticator.ended, [socket.listener for socket in sockets])
        for place in ended:
            sockets[place].dismiss(CloseCode.SESSION_ENDED, _SIGNED_OUT)

    async def _repair_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        looked_at = loop.time()
        pace = Pace()
        while True:
            # Jitter keeps many processes from asking in step.
            jitter_s = random.random() * _REPAIR_JITTER_S  # noqa: S311
            round_s = REPAIR_INTERVAL_S + jitter_s
            await asyncio.sleep(round_s / pace.portions(len(self._audiences)))
            now = loop.time()
            count = pace.due(len(self._audiences), since_s=now - looked_at, round_s=round_s)
            try:
                await self._repair(count)
                pace.asked(count)
                looked_at = now
            except Exception as error:
                if not isinstance(error, AWAY):  # which is said once, and not twice a second
                    logger.exception("The repair query failed; it is asked again.")
                pace.failed(len(self._audiences))
                await asyncio.sleep(min(REPAIR_INTERVAL_S, _REPAIR_AGAIN_S + jitter_s))

    async def _repair(self, count: int) -> None:
        """Compare heads and log-ins of the streams that were asked about longest ago with the database: two queries.

        They answer with what differs, which as a rule is nothing: ten thousand sockets cost little that way.

        Args:
            count: How many streams.
        """
        streams = list(islice(self._audiences, count))
        if not streams:
            return
        known = [(stream, self._audiences[stream].seq, self._audiences[stream].epoch) for stream in streams]
        for stream, head in await self._ask(outbox.moved, known):
            self._catch_up(stream, head)
        await self._end([socket for stream in streams for socket in self.sockets_of(stream)])
        for stream in streams:
            if stream in self._audiences:
                self._audiences.move_to_end(stream)

    def _catch_up(self, stream: UUID, head: Head | None) -> None:
        """Tell the sockets of a stream what its row says."""
        audience = self._audiences.get(stream)
        if (
            head is not None
            and audience is not None
            and audience.epoch == head.epoch
            and audience.seq < head.seq
        ):
            metrics.DOORBELLS_REPAIRED.inc()
        for socket in self.sockets_of(stream):
            if head is None:
                socket.dismiss(CloseCode.SESSION_ENDED, _SIGNED_OUT)
            elif socket.epoch not in (None, head.epoch):
                socket.dismiss(CloseCode.RESYNC, "The history was rebuilt.")
            else:
                socket.note(head.seq)
        if head is not None and audience is not None:
            audience.seq, audience.epoch = max(audience.seq, head.seq), head.epoch
