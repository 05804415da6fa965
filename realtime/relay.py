"""Brings what was recorded to the sockets of this process.

One relay a process. It hears the doorbell, knows which sockets listen to which stream, and once
a second or so asks the database for the heads of all of them, which makes up for every ring that
was lost. Reads of the outbox are gathered, so that a burst is a few queries and not one a socket.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections

from realtime import envelope, outbox
from realtime.envelope import CloseCode, Events
from realtime.ports import Authenticator, Listener, SnapshotSource
from realtime.publisher import doorbell
from realtime.pulse import Pulse

logger = logging.getLogger(__name__)

T = TypeVar("T")

REPAIR_INTERVAL_S: Final = 1.0
_REPAIR_JITTER_S: Final = 0.5
# After a read that failed because the database is away: soon, for it mostly restarts.
_READ_AGAIN_S: Final = 0.5
_DATABASE_THREADS: Final = 4
_MAX_PAIRS_IN_READ: Final = 200


@dataclass(frozen=True)
class Ring:
    """News of one stream: the events `first` to `last`, encoded, or None when they are to be read."""

    first: int
    last: int
    encoded: Sequence[str] | None

    @cached_property
    def frame(self) -> str:
        """The events as one frame, made once for all the sockets that get it."""
        return Events(first=self.first, last=self.last, items=self.encoded or ()).encode()

    @cached_property
    def size(self) -> int:
        """How many bytes the events are."""
        return sum(map(envelope.size, self.encoded or ()))


class Socket(Protocol):
    """What the relay needs of a consumer. Called on the server's event loop."""

    listener: Listener
    epoch: str | None

    def offer(self, ring: Ring) -> None:
        """Take in news; never blocks."""

    def note(self, head: int) -> None:
        """Learn how far the stream reaches."""

    def beat(self) -> float | None:
        """Do what is due now and then; return in how many seconds to be called again, None for never."""

    def dismiss(self, code: CloseCode, reason: str) -> None:
        """Say goodbye and close; never blocks."""


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
        self.snapshots = snapshots
        self.now = now
        self.pulse = Pulse()
        self._sockets_per_stream = sockets_per_stream
        self._sockets: dict[UUID, set[Socket]] = {}
        # The ORM stays out of the event loop and off Django's one shared thread: a slow request
        # elsewhere must not hold up the sockets.
        self._threads = ThreadPoolExecutor(_DATABASE_THREADS, thread_name_prefix="relay")
        self._wanted: dict[tuple[UUID, int], asyncio.Future[list[tuple[int, str]]]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._repairing: asyncio.Task[None] | None = None
        self._pulsing: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None

    async def start(self) -> None:
        """Begin to listen to the doorbell and to repair what it loses."""
        loop = asyncio.get_running_loop()

        def hear(rings: list[Any]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(self._deliver, rings)

        self._unsubscribe = doorbell.subscribe(outbox.STREAMS_TOPIC, hear)
        self._repairing = asyncio.create_task(self._repair_for_ever(), name="repair")
        self._pulsing = asyncio.create_task(self.pulse.run(), name="pulse")

    async def stop(self) -> None:
        """Stop listening. Sockets that are still open are told to come back."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        for task in (self._repairing, self._pulsing):
            if task is not None:
                task.cancel()
        for socket in [socket for sockets in self._sockets.values() for socket in sockets]:
            socket.dismiss(CloseCode.RESTART, "The server restarts.")
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def run(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call a function that uses the database in one of the relay's own threads."""

        def call() -> T:
            close_old_connections()
            try:
                return function(*args, **kwargs)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def attach(self, socket: Socket) -> bool:
        """Let a socket hear its stream; False when the stream has too many sockets already."""
        sockets = self._sockets.setdefault(socket.listener.stream, set())
        if len(sockets) >= self._sockets_per_stream:
            return False
        sockets.add(socket)
        return True

    def detach(self, socket: Socket) -> None:
        """Forget a socket; one that was never attached is no error."""
        stream = socket.listener.stream
        sockets = self._sockets.get(stream, set())
        sockets.discard(socket)
        if not sockets:
            self._sockets.pop(stream, None)

    async def snapshot_page(
        self, stream: UUID, *, as_of: datetime, after: str | None
    ) -> tuple[list[str], str | None]:
        """Read a page of the whole state, as `SnapshotSource.page` does, with the items as JSON."""

        def read() -> tuple[list[str], str | None]:
            items, reached = self.snapshots.page(stream, as_of=as_of, after=after)
            return [envelope.encode_item(item) for item in items], reached

        return await self.run(read)

    async def read(self, stream: UUID, *, after: int) -> list[tuple[int, str]]:
        """Read the next events of a stream, together with whatever else waits to be read.

        While the database is away it waits: a socket that stands outlives the outage, instead of
        coming back together with all others to a database that has just started.

        Returns:
            `(seq, event as JSON)` in order, at most `outbox.READ_LIMIT` of them.
        """
        while True:
            try:
                return await self._read_gathered(stream, after=after)
            except (InterfaceError, OperationalError):
                await asyncio.sleep(_READ_AGAIN_S)

    async def _read_gathered(self, stream: UUID, *, after: int) -> list[tuple[int, str]]:
        key = (stream, after)
        future = self._wanted.get(key)
        if future is None:
            future = self._wanted[key] = asyncio.get_running_loop().create_future()
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_wanted(), name="read")
        return await asyncio.shield(future)

    async def _read_wanted(self) -> None:
        while self._wanted:
            batch = dict(list(self._wanted.items())[:_MAX_PAIRS_IN_READ])
            for key in batch:
                del self._wanted[key]
            try:
                found = await self.run(outbox.read, batch.keys())
            except Exception as error:  # noqa: BLE001 (its readers get it)
                logger.warning("A read of events failed: %s", error)
                for future in batch.values():
                    future.set_exception(error)
                    future.exception()  # a socket that left meanwhile does not fetch it
            else:
                for key, future in batch.items():
                    future.set_result(found[key])

    def _deliver(self, rings: list[Any]) -> None:
        for stream, first, last, encoded in rings:
            sockets = self._sockets.get(UUID(stream))
            if sockets:
                ring = Ring(first=first, last=last, encoded=encoded)
                for socket in sockets:
                    socket.offer(ring)

    async def _repair_for_ever(self) -> None:
        while True:
            # Jitter keeps many processes from asking in step.
            await asyncio.sleep(REPAIR_INTERVAL_S + random.random() * _REPAIR_JITTER_S)  # noqa: S311
            try:
                await self._repair()
            except Exception:
                logger.exception("The repair query failed; it is asked again.")

    async def _repair(self) -> None:
        """Compare the heads and the log-ins of all sockets with the database: two queries."""
        sockets = [socket for sockets in self._sockets.values() for socket in sockets]
        if not sockets:
            return
        heads, valid = await asyncio.gather(
            self.run(outbox.heads, list(self._sockets)),
            self.run(self.authenticator.still_valid, {socket.listener for socket in sockets}),
        )
        for socket in sockets:
            head = heads.get(socket.listener.stream)
            if head is None or socket.listener not in valid:
                socket.dismiss(CloseCode.SESSION_ENDED, "You are signed out.")
            elif socket.epoch not in (None, head.epoch):
                socket.dismiss(CloseCode.RESYNC, "The history was rebuilt.")
            else:
                socket.note(head.seq)
