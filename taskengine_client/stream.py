"""One person's stream over one connection after another: `async for` each change, exactly once."""

import asyncio
import logging
import random
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from taskengine_client import frames
from taskengine_client.changes import Change, Cursor, Snapshot
from taskengine_client.connection import Closed, Connection, Door, Lost, Source, stream_address
from taskengine_client.errors import FIRST_TERMINAL_CODE, ended
from taskengine_client.frames import BrokenFrame, Bye, Events, Page, Ping, Welcome
from taskengine_client.pace import Pace, Waits
from taskengine_client.place import OutOfOrder, Place

logger = logging.getLogger("taskengine_client")


class Stream:
    """A stream that resumes by itself.

    `async with` opens it, `async for` gives its changes: a `Snapshot` in place of all that was known,
    and the `Event`s after it, each once, in order, without a gap. It ends by leaving the block, or
    with a `StreamEnded` when the server says that coming back is no use.

    A connection is read ahead of whoever iterates by what the server sends unacknowledged. One that is
    lost is only replaced once all that came over it was handed out, so a slow reader costs no more.

    Attributes:
        cursor: The place of the last change that was handed out.

    Args:
        url: The server, such as `https://tasks.example.org`, or the stream's own `wss:` address.
        token: A personal access token with the scope `events`, or an access token, or what returns one that
            is still good; asked for each connection. What it raises ends the stream, but for an OSError,
            which means "not now".
        ticket: The same for one-use tickets, as `POST /api/v1/tickets/` answers them, in place of a token.
        since: Where an earlier stream ended; None begins with a snapshot.
        pace: The client's times.
        tls: For `https:`; None is Python's default.
        proxy: The address of a proxy to go through.
    """

    def __init__(
        self,
        url: str,
        *,
        token: Source | None = None,
        ticket: Callable[[], str | Awaitable[str]] | None = None,
        since: Cursor | None = None,
        pace: Pace | None = None,
        tls: ssl.SSLContext | None = None,
        proxy: str | None = None,
    ) -> None:
        if (token is None) == (ticket is None):
            raise ValueError("A stream needs a token or a source of tickets, one of the two.")
        self.cursor = since
        self._door = Door(url=stream_address(url), token=token, ticket=ticket, tls=tls, proxy=proxy)
        self._pace = pace or Pace()
        self._waits = Waits(self._pace, random.random)
        self._place = Place(since)
        # What came and was not handed out, each with the length that it adds to what is unacknowledged.
        self._ready: deque[tuple[Change, int]] = deque()
        self._news = asyncio.Event()
        self._drained = asyncio.Event()
        self._acked_seq = 0
        self._unacked_chars = 0
        self._some_to_ack = asyncio.Event()
        self._much_to_ack = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._end: BaseException | None = None

    async def __aenter__(self) -> Self:
        if self._running is not None:
            raise RuntimeError("A stream is opened once; `since` continues it in another.")
        self._running = asyncio.create_task(self._run(), name="stream")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._running is not None
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        self._ready.clear()
        self._finish(StopAsyncIteration())

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Change:
        """Return the next change, as soon as there is one.

        Raises:
            StreamEnded: There will be none; it says why.
        """
        if self._running is None:
            raise RuntimeError("Open the stream first: `async with`.")
        while not self._ready:
            if self._end is not None:
                raise self._end
            self._news.clear()
            await self._news.wait()
        change, chars = self._ready.popleft()
        self.cursor = change.cursor
        self._note_taken(change, chars)
        if not self._ready:
            self._drained.set()
        return change

    # --- One connection after another ----------------------------------------------------------------

    async def _run(self) -> None:
        try:
            while True:
                lost = await self._live()
                # What came is handed out before more is asked for.
                while self._ready:
                    self._drained.clear()
                    await self._drained.wait()
                wait_s = self._waits.next_s(asked_s=lost.retry_after_s)
                logger.info("The stream was lost and comes back in %.1f s: %s", wait_s, lost)
                await asyncio.sleep(wait_s)
        except Exception as error:  # noqa: BLE001 (whoever iterates gets it)
            self._finish(error)

    async def _live(self) -> Lost:
        """Connect and take in what comes, until the connection is lost; return how."""
        loop = asyncio.get_running_loop()
        joined_at: float | None = None
        found = Lost("The connection broke.")
        try:
            async with self._door.open(timeout_s=self._pace.welcome_s) as connection:
                cursor = self._place.reconnect()
                since, epoch = (cursor.seq, cursor.epoch) if cursor else (None, None)
                await connection.send(frames.hello(since=since, epoch=epoch))
                self._begin_acks(since or 0)
                acknowledging = asyncio.create_task(self._acknowledge(connection), name="acks")
                try:
                    timeout_s = self._pace.welcome_s
                    while True:
                        text = await connection.receive(timeout_s=timeout_s)
                        timeout_s = await self._take_in(text, connection)
                        if joined_at is None and self._place.joined:
                            joined_at = loop.time()
                finally:
                    acknowledging.cancel()
        except Lost as lost:
            found = lost
        except (BrokenFrame, OutOfOrder) as broken:
            found = Lost(str(broken))
        except Closed as closed:
            found = _judge(closed.code, closed.reason, retry_after_s=0.0)
        if joined_at is not None and loop.time() - joined_at >= self._pace.stable_s:
            self._waits.start_over()
        return found

    async def _take_in(self, text: str | bytes, connection: Connection) -> float:
        """Take one frame in; return for how many seconds nothing may follow."""
        match frames.parse(text):
            case Welcome() as frame:
                self._place.welcome(frame)
            case Page() as frame:
                if snapshot := self._place.page(frame):
                    self._begin_acks(snapshot.cursor.seq)  # what the server gave as a place is known there
                    self._hand_over([snapshot], chars=0)
            case Events() as frame:
                fresh, gap = self._place.events(frame)
                self._hand_over(fresh, chars=len(text))
                if gap:
                    raise Lost("The events have a gap.")
            case Ping(head=head):
                await connection.send(frames.pong())
                if self._is_behind(head):
                    return self._pace.behind_s
            case Bye(code=code, reason=reason, retry_after_s=retry_after_s):
                raise _judge(code, reason, retry_after_s=retry_after_s)
            case None:
                pass  # a newer server's
        return self._pace.silence_s

    def _is_behind(self, head: int) -> bool:
        """Whether the server owes events. It does not while much is left to be acknowledged."""
        cursor = self._place.cursor
        if cursor is None or not self._place.joined or cursor.seq >= head:
            return False
        chars = self._unacked_chars + sum(chars for _, chars in self._ready)
        return not self._is_much(cursor.seq, chars)

    # --- Between the connection and whoever iterates -------------------------------------------------

    def _hand_over(self, changes: Sequence[Change], *, chars: int) -> None:
        for number, change in enumerate(changes, start=1):
            self._ready.append((change, chars if number == len(changes) else 0))
        if changes:
            self._news.set()

    def _finish(self, end: BaseException) -> None:
        self._end = self._end or end
        self._news.set()

    # --- Acks ----------------------------------------------------------------------------------------

    def _begin_acks(self, seq: int) -> None:
        self._acked_seq, self._unacked_chars = seq, 0
        self._some_to_ack.clear()
        self._much_to_ack.clear()

    def _note_taken(self, change: Change, chars: int) -> None:
        if isinstance(change, Snapshot):
            return
        self._unacked_chars += chars
        self._some_to_ack.set()
        if self._is_much(change.seq, self._unacked_chars):
            self._much_to_ack.set()

    def _is_much(self, seq: int, chars: int) -> bool:
        return seq - self._acked_seq >= self._pace.ack_every or chars >= self._pace.ack_every_chars

    async def _acknowledge(self, connection: Connection) -> None:
        """Say what was handed out: after a while, or at once when it is much."""
        with suppress(Closed):  # whoever reads the connection finds out too
            while True:
                await self._some_to_ack.wait()
                pause_s = self._pace.ack_after_s * (1 + random.random())  # noqa: S311 (jitter)
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._much_to_ack.wait()
                assert self.cursor is not None
                self._begin_acks(self.cursor.seq)
                await connection.send(frames.ack(self.cursor.seq))


def _judge(code: int, reason: str, *, retry_after_s: float) -> Lost:
    """Return how the connection was lost.

    Raises:
        StreamEnded: It is over.
    """
    if code >= FIRST_TERMINAL_CODE:
        raise ended(code, reason)
    return Lost(f"{reason} ({code})", retry_after_s=retry_after_s)
