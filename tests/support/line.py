"""A network between a client and a server that breaks: at once, or in the middle of a frame."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

_PIECE_BYTES = 4096


class Line:
    """Passes bytes on between a port of its own and the server's.

    Attributes:
        url: The server as it is reached through the line.
        cuts: How many connections were broken.

    Args:
        port: The server's, on the loopback address.
        holds: Asked for each connection: after how many bytes from the server it breaks; None holds.
    """

    def __init__(self, port: int, *, holds: Callable[[], int | None] = lambda: None) -> None:
        self.url = ""
        self.cuts = 0
        self._port = port
        self._holds = holds
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.sleep(0)  # so that what passed bytes on sees the end

    def cut(self) -> None:
        """Break all connections: nobody says goodbye."""
        self.cuts += len(self._ends) // 2
        for end in self._ends:
            end.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
            both = {writer, server_writer}
            self._ends |= both
            up = asyncio.create_task(self._pass_on(reader, server_writer, None))
            down = asyncio.create_task(self._pass_on(server_reader, writer, self._holds()))
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            self._ends -= both
            for end in both:
                end.transport.abort()
            await asyncio.gather(up, down, return_exceptions=True)
            return
        writer.transport.abort()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int | None
    ) -> None:
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece[:left])
            await writer.drain()
            if left is not None and (left := left - len(piece)) <= 0:
                self.cuts += 1
                return
