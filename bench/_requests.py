"""Requests over a few connections that are kept, each sent as soon as the answer before it is there.

A client that does little more than count, so that what is measured is the server.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

_END_OF_HEAD: Final = b"\r\n\r\n"
_LAST_CHUNK: Final = b"0\r\n\r\n"
PATIENCE_S: Final = 30.0


class RequestFailed(RuntimeError):
    """A request was answered otherwise than it should; the message is the answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What came of so many seconds of requests.

    Attributes:
        per_s: How many were answered in a second.
        latencies_ms: How long each took, from the first byte sent to the last one read.
    """

    per_s: float
    latencies_ms: Sequence[float]


def request(
    method: str, path: str, *, host: str, token: str | None = None, body: object | None = None
) -> bytes:
    """Return one request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept: application/json"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    content = b"" if body is None else orjson.dumps(body)
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    elif method != "GET":
        lines.append("Content-Length: 0")
    return "\r\n".join(lines).encode() + _END_OF_HEAD + content


def run(address: str, make: Callable[[], bytes], *, connections: int, seconds: float, expected: int) -> Load:
    """Send requests for a while.

    Args:
        address: The server's, as `host:port`.
        make: Makes the next request; raises StopIteration where there is none.
        connections: How many are under way at once.
        seconds: For how long.
        expected: The status that each answer must have.

    Raises:
        RequestFailed: One has another.
    """

    async def main() -> Load:
        loop = asyncio.get_running_loop()
        host, _, port = address.partition(":")
        end = time.perf_counter() + seconds
        begun_at = time.perf_counter()
        talks = [_Talk(_until(end, make), expected, loop.create_future()) for _ in range(connections)]
        for talk in talks:
            await loop.create_connection(lambda talk=talk: talk, host, int(port))  # type: ignore[misc]
        async with asyncio.timeout(seconds + PATIENCE_S):
            await asyncio.gather(*(talk.done for talk in talks))
        took_s = time.perf_counter() - begun_at
        latencies = [each for talk in talks for each in talk.latencies_ms]
        return Load(per_s=len(latencies) / took_s, latencies_ms=latencies)

    return asyncio.run(main())


def _until(end: float, make: Callable[[], bytes]) -> Iterator[bytes]:
    while time.perf_counter() < end:
        try:
            request = make()
        except StopIteration:  # there is nothing left to ask
            return
        yield request


class _Talk(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, requests: Iterator[bytes], expected: int, done: "asyncio.Future[None]") -> None:
        self._requests = requests
        self._expected = f"HTTP/1.1 {expected} ".encode()
        self.done = done
        self.latencies_ms: list[float] = []
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._read += data
        if not _is_whole(self._read):
            return
        self.latencies_ms.append((time.perf_counter() - self._sent_at) * 1000)
        if not self._read.startswith(self._expected):
            self._fail(self._read[:500].decode(errors="replace"))
        else:
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("The server hung up.")

    def _next(self) -> None:
        self._read = b""
        following = next(self._requests, None)
        if following is None:
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(following)

    def _fail(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(RequestFailed(reason))
            self._transport.close()


def _is_whole(read: bytes) -> bool:
    head_end = read.find(_END_OF_HEAD)
    if head_end < 0:
        return False
    head = read[:head_end].lower()
    if b"transfer-encoding: chunked" in head:
        return read.endswith(_LAST_CHUNK)
    _, found, rest = head.partition(b"content-length:")
    length = int(rest.split(b"\r\n", 1)[0]) if found else 0
    return len(read) >= head_end + len(_END_OF_HEAD) + length
