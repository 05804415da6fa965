"""HTTP from ASGI to Django in one hop: a request is answered from its first middleware to its last in one thread.

Django's own handler makes a thread for each request and goes back and forth between it and the event
loop, which costs more than most of our requests. Here a request is received on the loop, answered by a
few threads that stay, and sent on the loop again, so that no slow client ever holds a thread or a
connection to the database.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http.response import HttpResponse, HttpResponseBase
from django.urls import set_script_prefix

from taskengine.accounts import tokens
from taskengine.api import metrics
from taskengine.api.limits import Receive, Send, refuse
from taskengine.health import FOR_MACHINES
from taskengine.lanes import Lane, LaneFull, Turns

logger = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 1
# For how long nobody looks whether a client that waits has left.
_WATCHED_AFTER_S: Final = 0.05
# Where passwords are hashed, which takes a core for half a second.
_ACCOUNTS: Final = "/api/auth/"
# What goes through all that somebody has. One at a time, so that it never takes the threads of the others.
_EXPORT: Final = "/api/v1/export/"
_WHOLE: Final = frozenset({_EXPORT, "/api/v1/import/"})
_WHOLE_THREADS: Final = 1
_WHOLE_LINE: Final = 16
# An answer that is longer waits on disk until it is sent, in pieces of this size.
_PIECE_BYTES: Final = 256 * 1024
# Files that are written or sent: how many at once, and how long each may take to be sent. Whoever takes theirs in drops
# would else fill the disk; one of 60 MB is there in time at half a megabit a second.
_FILES_AT_ONCE: Final = 16
_SENT_WITHIN_S: Final = 900.0
_FILE_RETRY_AFTER_S: Final = 60
_WATCH_THREADS: Final = 4
_ACCOUNT_THREADS: Final = 2
_WRITES_WAITING: Final = 64  # of one person
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SESSION: Final = re.compile(rb"(?:^|;\s*)" + settings.SESSION_COOKIE_NAME.encode() + rb"=([^;\s]+)")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes | IO[bytes]


class _FilesFull(Exception):
    """So many files are written or sent already that one more might fill the disk."""


class OneHopHandler(ASGIHandler):
    """An ASGI application for HTTP.

    An answer is whole before it is sent: one that Django would stream is read to its end in the thread
    that made it, where its connection is, and waits on disk if it is long.
    """

    def __init__(self) -> None:
        super(ASGIHandler, self).__init__()  # past its parent's, which loads the middleware as coroutines
        self.load_middleware(is_async=False)
        line = settings.REQUEST_LINE
        self._watched = Lane("watch", threads=_WATCH_THREADS, line=line)
        self._accounts = Lane("accounts", threads=_ACCOUNT_THREADS, line=line)
        self._whole = Lane("whole", threads=_WHOLE_THREADS, line=min(line, _WHOLE_LINE))
        self._rest = Lane("request", threads=settings.REQUEST_THREADS, line=line)
        self._turns = Turns(at_once=settings.WRITES_AT_ONCE, line=_WRITES_WAITING)
        self._files = 0

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request; 503 where too many wait already, of everybody or of the person who asks."""
        try:
            body = await self._received(receive)
        except RequestAborted:
            return
        try:
            if scope["path"] == _EXPORT:
                await self._answered_by_file(scope, body, receive, send)
            else:
                await self._answered(scope, body, receive, send)
        except LaneFull:
            await _refuse_busy(send, "Too many requests wait already. Ask again in a moment.", RETRY_AFTER_S)
        except _FilesFull:
            await _refuse_busy(
                send, "Too many files are under way. Ask again in a minute.", _FILE_RETRY_AFTER_S
            )

    async def _answered_by_file(self, scope: Any, body: BytesIO, receive: Receive, send: Send) -> None:
        """Answer by what may wait on disk, from the place in line on until it is sent.

        Raises:
            _FilesFull: Enough of them are under way.
            LaneFull: Too many wait already.
        """
        if self._files >= _FILES_AT_ONCE:
            raise _FilesFull
        self._files += 1
        try:
            await self._answered(scope, body, receive, send)
        finally:
            self._files -= 1

    async def _answered(self, scope: Any, body: BytesIO, receive: Receive, send: Send) -> None:
        """Answer, unless the client leaves first.

        Raises:
            LaneFull: Too many wait already, of everybody or of this person.
        """
        then: Callable[[], None] | None = None
        if (writer := _writer(scope)) is not None:
            turn = self._turns.enter(writer)
            if turn is not None and not await _is_awaited(turn, receive):
                self._turns.give_up(writer, turn)
                return
            then = partial(self._turns.leave, writer)
        try:
            answering = self._lane(scope["path"]).submit(self._answer, scope, body, then=then)
        except LaneFull:
            if then is not None:
                then()
            raise
        try:
            if await _is_awaited(answering, receive):
                await self._send(answering.result(), send)
        finally:
            # A client that has gone is not waited for, and one that still waits in line is not served at
            # all. What has begun is finished: half of a write is none, and its key makes a retry safe.
            answering.cancel()

    def _lane(self, path: str) -> Lane:
        if path in FOR_MACHINES:  # who must hear of it most of all when all threads are taken
            return self._watched
        if path in _WHOLE:
            return self._whole
        return self._accounts if path.startswith(_ACCOUNTS) else self._rest

    @staticmethod
    async def _received(receive: Receive) -> BytesIO:
        """Return the body; `limit_body` keeps it small. No thread is taken before it is there.

        Raises:
            RequestAborted: The client has gone.
        """
        body = BytesIO()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            body.write(message.get("body", b""))
            if not message.get("more_body"):
                body.seek(0)
                return body

    def _answer(self, scope: Any, body: BytesIO) -> _Answer:
        """Answer in this thread, signals and all; it gives its connection back before anything is sent."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, refusal = self.create_request(scope, body)
        response = self.get_response(request) if request is not None else cast(HttpResponse, refusal)
        response._handler_class = type(self)  # type: ignore[attr-defined]  # whose request has finished
        try:
            return _Answer(response.status_code, _headers(response), _content(response))
        finally:
            response.close()

    async def _send(self, answer: _Answer, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if isinstance(answer.body, bytes):
            await send({"type": "http.response.body", "body": answer.body})
            return
        try:
            with answer.body as kept:
                async with asyncio.timeout(_SENT_WITHIN_S):
                    while piece := await asyncio.to_thread(kept.read, _PIECE_BYTES):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            # Less than the head has promised, so the client knows.
            logger.warning("A file was not taken within %g s, and is cut off.", _SENT_WITHIN_S)


async def _is_awaited(what: "asyncio.Future[Any]", receive: Receive) -> bool:
    """Wait until something is done; False where the client leaves before.

    Most is done before anybody could have left, so whether they do is watched only after a while: it takes a task for
    each request, which is a tenth of what the loop has to do for it.
    """
    await asyncio.wait((what,), timeout=_WATCHED_AFTER_S)
    if what.done():
        return True
    leaving = asyncio.ensure_future(receive())
    try:
        await asyncio.wait((what, leaving), return_when=asyncio.FIRST_COMPLETED)
        return what.done()
    finally:
        leaving.cancel()


async def _refuse_busy(send: Send, detail: str, retry_after_s: int) -> None:
    metrics.REFUSED.inc()
    headers = [(b"retry-after", str(retry_after_s).encode())]
    await refuse(send, status=503, code="busy", detail=detail, headers=headers)


def _writer(scope: Any) -> Hashable | None:
    """Return by whom a request that may write wants to be known; None for one that only reads, or for a stranger.

    Nothing is proved by it, and nothing hangs on it but whose turn it is. Somebody who has logged in several times
    with cookies counts as several: only the database knows better, and it is not asked from here.
    """
    if scope["method"] in _SAFE:
        return None
    given = dict(scope["headers"])
    _, _, token = given.get(b"authorization", b"").decode("latin-1").partition(" ")
    if token:
        return tokens.bearer_of(token.strip()) or token
    session = _SESSION.search(given.get(b"cookie", b""))
    return session and session[1]


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    # What its `items` goes by; that looks each name up again.
    stored = response.headers._store.values()
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in stored]
    cookies = [cookie.output(header="").strip().encode("ascii") for cookie in response.cookies.values()]
    return headers + [(b"Set-Cookie", cookie) for cookie in cookies]


def _content(response: Any) -> bytes | IO[bytes]:
    if not response.streaming:
        content: bytes = response.content
        return content
    if response.is_async:
        raise TypeError("An endless answer would keep its thread; what goes on is told over the socket.")
    file: IO[bytes] | None = getattr(response, "file_to_stream", None)
    if file is not None:
        # Whole already, and not to be closed with the response: no second copy of what may be large.
        response._resource_closers.remove(file.close)
        return file
    kept: Any = SpooledTemporaryFile(max_size=_PIECE_BYTES)  # noqa: SIM115 (whoever sends it closes it)
    for piece in response:
        kept.write(piece)
    is_long = kept.tell() > _PIECE_BYTES
    kept.seek(0)
    if is_long:
        return cast(IO[bytes], kept)
    with kept:
        return cast(bytes, kept.read())
