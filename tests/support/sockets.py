"""Sockets within the test's own process, where a real server adds nothing: constants can be patched.

The two ports of `realtime` have their fakes here; the database is the real one.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from channels.testing import WebsocketCommunicator
from django.db import connection, transaction

from realtime import outbox
from realtime.outbox import Draft
from realtime.ports import Listener
from realtime.relay import Relay
from realtime.routing import websocket_application

T = TypeVar("T")

PATIENCE_S = 10


class FakeAuthenticator:
    """Believes a header `x-stream` that names a stream, and perhaps one that names a session."""

    def __init__(self) -> None:
        self.ended_sessions: set[str] = set()

    def authenticate_all(self, scopes: Sequence[Mapping[str, Any]]) -> list[Listener | None]:
        return [self._authenticate(scope) for scope in scopes]

    def _authenticate(self, scope: Mapping[str, Any]) -> Listener | None:
        headers = dict(scope["headers"])
        if b"x-stream" not in headers:
            return None
        session = headers.get(b"x-session", b"a session").decode()
        return Listener(stream=UUID(headers[b"x-stream"].decode()), session=session, stamp="")

    def ended(self, listeners: Sequence[Listener]) -> list[int]:
        return [n for n, listener in enumerate(listeners) if listener.session in self.ended_sessions]


class FakeSnapshots:
    """Notes that are what they are, so many to a page."""

    def __init__(self) -> None:
        self.notes: list[Mapping[str, Any]] = []
        self.page_rows = 2
        self.before_page: Callable[[], None] = lambda: None

    def page(
        self, stream: UUID, *, as_of: datetime, after: str | None
    ) -> tuple[list[Mapping[str, Any]], str | None]:
        self.before_page()
        begin = int(after or 0)
        end = begin + self.page_rows
        return self.notes[begin:end], str(end) if end < len(self.notes) else None

    def first_pages(
        self, streams: Sequence[UUID], *, as_of: datetime
    ) -> list[tuple[list[Mapping[str, Any]], str | None]]:
        return [self.page(stream, as_of=as_of, after=None) for stream in streams]


class Socket(WebsocketCommunicator):  # type: ignore[misc]  # Channels has no types
    """A client's end of a socket."""

    async def frame(self, *, timeout_s: float = PATIENCE_S) -> dict[str, Any]:
        """Return the next frame."""
        read: dict[str, Any] = json.loads(await self.receive_from(timeout=timeout_s))
        return read

    async def say(self, **frame: Any) -> None:
        """Send a frame."""
        await self.send_to(text_data=json.dumps(frame))

    async def hello(self, **fields: Any) -> list[dict[str, Any]]:
        """Say hello; return the welcome and the snapshot, if there is one."""
        await self.say(type="hello", **fields)
        frames = [await self.frame()]
        while not frames[0].get("resumed", True) and not frames[-1].get("done"):
            frames.append(await self.frame())
        return frames

    async def seqs(self, count: int) -> list[int]:
        """Return the numbers of the next events, at least so many."""
        found: list[int] = []
        while len(found) < count:
            frame = await self.frame()
            assert frame["type"] == "events", frame
            found += [item["seq"] for item in frame["items"]]
        return found

    async def ending(self) -> tuple[int, dict[str, Any]]:
        """Wait for the bye and the close; return the code and the bye. Other frames are skipped."""
        while (bye := await self.frame())["type"] != "bye":
            pass
        code = await self.closing()
        assert code == bye["code"]
        return code, bye

    async def closing(self) -> int:
        """Wait for the close itself; return the code."""
        closed = await self.receive_output(timeout=PATIENCE_S)
        assert closed["type"] == "websocket.close", closed
        return int(closed["code"])


class House:
    """A relay on its own, with sockets that can be opened to it."""

    def __init__(self, *, sockets_per_stream: int = 20) -> None:
        self.authenticator = FakeAuthenticator()
        self.snapshots = FakeSnapshots()
        self.relay = Relay(
            authenticator=self.authenticator,
            snapshots=self.snapshots,
            now=lambda: datetime.now(UTC),
            sockets_per_stream=sockets_per_stream,
        )
        self._application = websocket_application(self.relay)
        self._sockets: list[Socket] = []
        self._stopped = False

    async def open(self, stream: UUID | None, *, session: str | None = None) -> Socket:
        """Open a socket to a stream; None has no credentials."""
        headers = [] if stream is None else [(b"x-stream", str(stream).encode())]
        if session is not None:
            headers.append((b"x-session", session.encode()))
        socket = Socket(self._application, "/ws/v1/stream", headers=headers)
        self._sockets.append(socket)
        accepted, _ = await socket.connect(timeout=PATIENCE_S)
        assert accepted
        return socket

    async def stop(self) -> None:
        """Stop the relay, once."""
        if not self._stopped:
            self._stopped = True
            await self.relay.stop()

    async def close(self) -> None:
        """Leave all sockets and stop the relay."""
        for socket in self._sockets:
            if not socket.future.done():
                await socket.disconnect(timeout=PATIENCE_S)
        await self.stop()


@asynccontextmanager
async def house(**options: Any) -> AsyncIterator[House]:
    """Run a relay for the length of a test."""
    running = House(**options)
    await running.relay.start()
    try:
        yield running
    finally:
        await running.close()


async def in_thread(function: Callable[..., T], *args: Any) -> T:
    """Call what uses the database in a thread, as everything beside an event loop does."""

    def call() -> T:
        try:
            return function(*args)
        finally:
            connection.close()

    return await asyncio.to_thread(call)


async def new_stream() -> UUID:
    """Make a stream."""
    stream = uuid.uuid4()
    await in_thread(outbox.open_stream, stream)
    return stream


async def record(stream: UUID, count: int = 1, *, text: str = "") -> None:
    """Record events in one transaction, each about a note with some text."""

    def write() -> None:
        with transaction.atomic():
            outbox.lock_stream(stream)
            outbox.record(
                [
                    Draft(
                        stream=stream,
                        type="note.added",
                        at=datetime.now(UTC),
                        actor=None,
                        op_id=None,
                        data={"note": {"id": str(number), "text": text}},
                    )
                    for number in range(count)
                ]
            )

    await in_thread(write)
