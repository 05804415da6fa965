"""A network between a process and PostgreSQL, out of which the other machine can vanish without a word.

A proxy that stops reading would not do: its kernel goes on answering for it, as that of a database which merely hangs
does. So the kernel is told to drop whatever comes on these sockets, acknowledgements and all, by a filter of one
instruction, which needs no rights. What can't be had on one machine is the end of the address itself: a host that is
gone may also be answered for by a router ("no route to host"), which is quicker to notice.
"""

import asyncio
import ctypes
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

_PIECE_BYTES: Final = 65_536
_SO_ATTACH_FILTER: Final = 26  # of Linux; the module `socket` has no names for them
_SO_DETACH_FILTER: Final = 27
_RETURN: Final = 0x06  # BPF_RET | BPF_K: keep so many bytes of what came
_ESTABLISHED: Final = "01"


class BlackHole:
    """Passes bytes on to PostgreSQL until the machine vanishes.

    Attributes:
        url: The database as it is reached through here: by TCP, whatever its own address is.

    Args:
        database_url: The database.
    """

    def __init__(self, database_url: str) -> None:
        self.url = ""
        self.port = 0
        self._database = {key: str(value) for key, value in conninfo_to_dict(database_url).items() if value}
        self._near: set[asyncio.StreamWriter] = set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = self._listener.getsockname()[1]
        here = {**self._database, "host": "127.0.0.1", "port": str(self.port)}
        self.url = "postgresql://?" + "&".join(
            f"{key}={quote(value, safe='')}" for key, value in here.items()
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for end in self._ends:
            end.transport.abort()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    def vanish(self) -> set[int]:
        """Let nothing come through any more, in either direction, of what stands or of what is tried anew.

        Returns:
            The near ports of the connections that stood.
        """
        _deafen(self._listener)
        for end in self._near:
            _deafen(end.get_extra_info("socket"))
        for task in self._passing:
            task.cancel()
        return {end.get_extra_info("peername")[1] for end in self._near}

    def come_back(self) -> None:
        """Take new connections. Of those that stood nobody knows any more, and nobody says so."""
        self._listener.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)

    def held(self, ports: Iterable[int]) -> set[int]:
        """Return those of some near ports whose connection their kernel still believes in."""
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        standing = {
            int(near.rpartition(":")[2], 16)
            for _, near, far, state, *_ in lines
            if state == _ESTABLISHED and int(far.rpartition(":")[2], 16) == self.port
        }
        return standing & set(ports)

    @property
    def database(self) -> str:
        """Its name."""
        return self._database["dbname"]

    @property
    def _listener(self) -> Any:
        assert self._server is not None
        return self._server.sockets[0]

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await self._reach()
        both = {writer, far_writer}
        self._ends |= both
        self._near.add(writer)
        passing = {
            asyncio.create_task(_pass_on(reader, far_writer)),
            asyncio.create_task(_pass_on(far_reader, writer)),
        }
        self._passing |= passing
        await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        if any(task.cancelled() for task in passing):
            return  # it has vanished: nobody is told that this is over
        for task in passing:
            task.cancel()
        self._passing -= passing
        self._ends -= both
        self._near.discard(writer)
        for end in both:
            end.transport.abort()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._database.get("host", ""), self._database.get("port", "5432")
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host or "127.0.0.1", int(port))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece)
            await writer.drain()


def _deafen(one: Any) -> None:
    """Drop whatever comes on a socket before the kernel has looked at it."""
    instruction = ctypes.create_string_buffer(struct.pack("HBBI", _RETURN, 0, 0, 0), 8)
    program = struct.pack("HP", 1, ctypes.addressof(instruction))
    one.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
