"""One person's connection for requests: kept, one request at a time, a client that does little more than count."""

import asyncio
from typing import Final

from bench._requests import request

PATIENCE_S: Final = 30.0


class Line:
    """Connects when it is first asked, and again when the server has hung up between two requests.

    Args:
        address: The server's `host:port`.
        token: Whose access token each request carries.
    """

    def __init__(self, address: str, *, token: str) -> None:
        self._address = address
        self._token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: object | None = None) -> tuple[int, bytes]:
        """Send one request to the API (`path` after `/api/v1/`); return the answer's status and body.

        Raises:
            OSError, EOFError, TimeoutError: There was none.
        """
        async with asyncio.timeout(PATIENCE_S):
            if self._streams is None or self._streams[0].at_eof():
                host, _, port = self._address.partition(":")
                self._streams = await asyncio.open_connection(host, int(port))
            reader, writer = self._streams
            writer.write(request(method, f"/api/v1/{path}", host=self._address, token=self._token, body=body))
            return await _answer(reader)

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"transfer-encoding: chunked" in head:
        content = b""
        while length := int((await reader.readuntil(b"\r\n")).strip(), 16):
            content += (await reader.readexactly(length + 2))[:-2]
        await reader.readuntil(b"\r\n")
        return status, content
    _, found, rest = head.partition(b"content-length:")
    return status, await reader.readexactly(int(rest.split(b"\r\n", 1)[0])) if found else b""
