"""What sockets ask the database: who somebody is, how far a stream reaches, its events, the whole state.

Questions of many sockets are gathered, so that a burst is a few queries and not one a socket.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import close_old_connections

from realtime import envelope, outbox
from realtime.gathering import Gathering
from realtime.outage import AWAY, Outage
from realtime.outbox import Head
from realtime.ports import Authenticator, Listener, SnapshotSource

T = TypeVar("T")

# After a read that failed because the database is away: soon, for it mostly restarts.
_READ_AGAIN_S: Final = 0.5
# More of them would only take turns. Snapshots have their own: a thousand who come anew hold up no event.
_DATABASE_THREADS: Final = 2
_SNAPSHOT_THREADS: Final = 2
_AT_MOST: Final = 200  # questions in one round trip
_SNAPSHOTS_AT_MOST: Final = 20  # whose first pages are read at once


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstPage:
    """How a snapshot begins.

    Attributes:
        as_of: The instant that decides what belongs in it; the pages that follow take the same.
        items: The items, as JSON.
        reached: Where the page ends; None when it is the last, too.
    """

    as_of: datetime
    items: Sequence[str]
    reached: str | None


class Questions:
    """The threads in which they are asked, and who waits for an answer together.

    Args:
        authenticator: Says who listens.
        snapshots: Where the whole state is read from.
        now: The clock that decides what belongs in a snapshot.
        outage: Where it is said that the database is away.
    """

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        snapshots: SnapshotSource,
        now: Callable[[], datetime],
        outage: Outage,
    ) -> None:
        self._authenticator = authenticator
        self._snapshots = snapshots
        self._now = now
        self._outage = outage
        # The ORM stays out of the event loop and off Django's one shared thread: a slow request
        # elsewhere must not hold up the sockets.
        self._threads = ThreadPoolExecutor(_DATABASE_THREADS, thread_name_prefix="relay")
        self._snapshot_threads = ThreadPoolExecutor(_SNAPSHOT_THREADS, thread_name_prefix="snapshot")
        self._knocks: Gathering[Mapping[str, Any], Listener | None] = Gathering(
            "who somebody is", self._authenticate, at_most=_AT_MOST, key=id
        )
        self._heads: Gathering[UUID, Head | None] = Gathering("a head", self._find_heads, at_most=_AT_MOST)
        self._reads: Gathering[tuple[UUID, int], list[tuple[int, str]]] = Gathering(
            "events", self._find_events, at_most=_AT_MOST
        )
        self._first_pages: Gathering[UUID, FirstPage] = Gathering(
            "a snapshot", self._find_first_pages, at_most=_SNAPSHOTS_AT_MOST
        )

    def close(self) -> None:
        """Answer nobody any more."""
        for threads in (self._threads, self._snapshot_threads):
            threads.shutdown(wait=False, cancel_futures=True)

    async def run(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call a function that uses the database in one of these threads."""
        return await self._run_in(self._threads, partial(function, *args, **kwargs))

    async def _run_in(self, threads: ThreadPoolExecutor, function: Callable[[], T]) -> T:
        def call() -> T:
            close_old_connections()
            try:
                return function()
            finally:
                close_old_connections()

        return await self._outage.heeded(asyncio.get_running_loop().run_in_executor(threads, call))

    async def first_page(self, stream: UUID) -> FirstPage:
        """Begin to read the whole state, together with whoever else comes without a past."""
        return await self._first_pages.answer(stream)

    async def _find_first_pages(self, streams: Sequence[UUID]) -> Sequence[FirstPage]:
        as_of = self._now()

        def read() -> list[FirstPage]:
            pages = self._snapshots.first_pages(streams, as_of=as_of)
            return [
                FirstPage(as_of=as_of, items=list(map(envelope.encode_item, items)), reached=reached)
                for items, reached in pages
            ]

        return await self._run_in(self._snapshot_threads, read)

    async def snapshot_page(
        self, stream: UUID, *, as_of: datetime, after: str
    ) -> tuple[list[str], str | None]:
        """Read another page of the whole state, as `SnapshotSource.page` does, with the items as JSON."""

        def read() -> tuple[list[str], str | None]:
            items, reached = self._snapshots.page(stream, as_of=as_of, after=after)
            return [envelope.encode_item(item) for item in items], reached

        return await self._run_in(self._snapshot_threads, read)

    async def authenticate(self, scope: Mapping[str, Any]) -> Listener | None:
        """Return who a socket belongs to, asked together with whoever else comes."""
        return await self._knocks.answer(scope)

    async def _authenticate(self, scopes: Sequence[Mapping[str, Any]]) -> Sequence[Listener | None]:
        return await self.run(self._authenticator.authenticate_all, scopes)

    async def head(self, stream: UUID) -> Head | None:
        """Return how far a stream reaches, asked together with others; None if there is none."""
        return await self._heads.answer(stream)

    async def _find_heads(self, streams: Sequence[UUID]) -> Sequence[Head | None]:
        found = await self.run(outbox.heads, streams)
        return [found.get(stream) for stream in streams]

    async def read(self, stream: UUID, *, after: int) -> list[tuple[int, str]]:
        """Read the next events of a stream, together with whatever else waits to be read.

        While the database is away it waits: a socket that stands outlives the outage, instead of
        coming back together with all others to a database that has just started.

        Returns:
            `(seq, event as JSON)` in order, at most `outbox.READ_LIMIT` of them.
        """
        while True:
            try:
                return await self._reads.answer((stream, after))
            except AWAY:
                await asyncio.sleep(_READ_AGAIN_S)

    async def _find_events(self, wanted: Sequence[tuple[UUID, int]]) -> Sequence[list[tuple[int, str]]]:
        found = await self.run(outbox.read, wanted)
        return [found[each] for each in wanted]
