"""One connection to the server: how it is opened, and how it ends. The only home of `websockets`."""

import asyncio
import inspect
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

STREAM_PATH: Final = "/ws/v1/stream"
_SUBPROTOCOL: Final = "taskengine.v1"
# A frame ends at 128 Ki characters, but for an object that is longer by itself.
_MAX_FRAME_BYTES: Final = 2**24
_CLOSE_TIMEOUT_S: Final = 1.0
_ABNORMAL: Final = 1006  # RFC 6455, section 7.4.1: nobody said why

Source = str | Callable[[], str | Awaitable[str]]


class Lost(Exception):
    """The connection is gone, or could not be made; the client comes back.

    Attributes:
        retry_after_s: How long the server asks to be left alone.
    """

    def __init__(self, reason: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Closed(Exception):
    """The other side closed, with a code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """Where the server is and what opens it; see `Stream` for what the fields are."""

    url: str
    token: Source | None
    ticket: Source | None
    tls: ssl.SSLContext | None
    proxy: str | None

    @asynccontextmanager
    async def open(self, *, timeout_s: float) -> "AsyncIterator[Connection]":
        """Open a connection for as long as the context lasts.

        Raises:
            Lost: The server, or the source of the token or ticket, can't be reached.
        """
        try:
            async with asyncio.timeout(timeout_s):
                headers, subprotocols = await self._proof()
                socket = await connect(
                    self.url,
                    additional_headers=headers,
                    subprotocols=subprotocols,
                    ssl=self.tls,
                    proxy=self.proxy,
                    compression=None,
                    ping_interval=None,  # the protocol has its own
                    open_timeout=None,
                    close_timeout=_CLOSE_TIMEOUT_S,
                    max_size=_MAX_FRAME_BYTES,
                )
        except InvalidStatus as refused:
            answer = refused.response
            asked_s = answer.headers.get("Retry-After", "")
            raise Lost(
                f"The server answered {answer.status_code}.",
                retry_after_s=float(asked_s) if asked_s.isdecimal() else 0.0,
            ) from refused
        except (OSError, WebSocketException) as error:
            raise Lost(f"{type(error).__name__}: {error}") from error
        async with socket:
            yield Connection(socket)

    async def _proof(self) -> tuple[dict[str, str], list[Subprotocol] | None]:
        if self.token is not None:
            return {"Authorization": f"Bearer {await _fetch(self.token)}"}, None
        assert self.ticket is not None, "Stream sees to it that there is one of the two"
        return {}, [Subprotocol(_SUBPROTOCOL), Subprotocol(await _fetch(self.ticket))]


class Connection:
    """A connection that stands."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def receive(self, *, timeout_s: float) -> str | bytes:
        """Return the next frame.

        Raises:
            Closed: There is none.
            Lost: None came in time.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await self._socket.recv()
        except ConnectionClosed as closed:
            raise self._closed(closed) from closed
        except TimeoutError:
            raise Lost(f"Nothing came for {timeout_s:g} s.") from None

    async def send(self, frame: str) -> None:
        """Send a frame.

        Raises:
            Closed: There is nobody to take it.
        """
        try:
            await self._socket.send(frame)
        except ConnectionClosed as closed:
            raise self._closed(closed) from closed

    @staticmethod
    def _closed(closed: ConnectionClosed) -> Closed:
        if closed.rcvd is None:
            return Closed(_ABNORMAL, "The connection broke.")
        return Closed(closed.rcvd.code, closed.rcvd.reason)


def stream_address(url: str) -> str:
    """Return the stream's own address, of a server or as it is.

    Raises:
        ValueError: It is neither.
    """
    scheme, host, path, query, _ = urlsplit(url)
    if scheme in {"ws", "wss"} and host:
        return url
    if scheme in {"http", "https"} and host:
        return urlunsplit(
            ("ws" + scheme.removeprefix("http"), host, path.rstrip("/") + STREAM_PATH, query, "")
        )
    raise ValueError(f"{url!r} is no address of a server, such as https://tasks.example.org")


async def _fetch(source: Source) -> str:
    if isinstance(source, str):
        return source
    found = source()
    return await found if inspect.isawaitable(found) else found
