"""What a client costs the server: one that waits little, one that stalls not much more, and nobody else anything."""

import asyncio
import base64
import json
import os
import socket
from collections.abc import Callable

import psutil
import pytest

from tests.support.client import Client, in_seconds
from tests.support.database import add_tasks
from tests.support.servers import Server

STALLED = 20
EVENTS = 300
NOTES_CHARS = 20_000
TOO_SLOW = 4008
STALL_TIMEOUT_S = 30
MEBIBYTE = 1_048_576
IDLE = 2_000
IDLE_BYTES = 25_000


class Stalled:
    """A client that says hello and then reads nothing, with as little room for what comes as there can be."""

    def __init__(self, server: Server, token: str) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", server.port))
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            (
                f"GET /ws/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: Upgrade\r\n"
                f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                f"Authorization: Bearer {token}\r\n\r\n"
            ).encode()
        )
        hello = json.dumps({"type": "hello"}).encode()
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(hello))
        self._socket.sendall(bytes([0x81, 0x80 | len(hello)]) + mask + masked)

    def read_to_the_end(self) -> bytes:
        """Return all that was sent, once the server has closed."""
        self._socket.settimeout(20)
        read = b""
        while chunk := self._socket.recv(65_536):
            read += chunk
            if b'"bye"' in read[-400:]:
                break
        return read

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


async def burst(server: Server, client: Client, *, until: int) -> None:
    """Let many long tasks be missed at once; a client that keeps up has them all soon."""
    listener = await client.listen()
    await listener.until("snapshot", lambda: listener.has_state)
    add_tasks(
        server.database_url,
        await client.id(),
        count=EVENTS,
        first=in_seconds(0.3),
        spread_s=0,
        notes_chars=NOTES_CHARS,
    )
    await listener.reach(until)
    await listener.close()


async def test_many_that_stall_cost_a_constant_amount_and_the_fast_one_beside_them_nothing(
    start_server: Callable[..., Server],
) -> None:
    server = start_server(SOCKETS_PER_USER="100")
    process = psutil.Process(server.pid)
    async with await Client.sign_up(server.url) as ada:
        await burst(server, ada, until=EVENTS)
        before = process.memory_info().rss
        await burst(server, ada, until=2 * EVENTS)
        alone = process.memory_info().rss - before
        stalled = [Stalled(server, ada.token) for _ in range(STALLED)]
        await asyncio.sleep(1)

        # Each of them would be sent six megabytes in a burst, if it let itself be.
        before = process.memory_info().rss
        await burst(server, ada, until=3 * EVENTS)
        await burst(server, ada, until=4 * EVENTS)
        grown = process.memory_info().rss - before - max(0, alone)

        for one in stalled:
            one.close()
        assert grown < STALLED * MEBIBYTE, f"{grown / STALLED / MEBIBYTE:.2f} MiB each"


@pytest.mark.long
async def test_an_idle_socket_costs_at_most_25_kilobytes(start_server: Callable[..., Server]) -> None:
    server = start_server(SOCKETS_PER_USER=str(IDLE + 100))
    process = psutil.Process(server.pid)
    async with await Client.sign_up(server.url) as ada:
        first = [Stalled(server, ada.token) for _ in range(100)]
        await asyncio.sleep(5)
        before = process.memory_info().rss
        others = [Stalled(server, ada.token) for _ in range(IDLE)]
        await asyncio.sleep(30)

        each = (process.memory_info().rss - before) / IDLE

        for one in first + others:
            one.close()
        assert each <= IDLE_BYTES


@pytest.mark.long
async def test_who_stalls_for_half_a_minute_is_sent_away(start_server: Callable[..., Server]) -> None:
    server = start_server()
    async with await Client.sign_up(server.url) as ada:
        stalled = Stalled(server, ada.token)
        await asyncio.sleep(1)
        await burst(server, ada, until=EVENTS)
        await asyncio.sleep(STALL_TIMEOUT_S + 2)

        read = await asyncio.to_thread(stalled.read_to_the_end)

        stalled.close()
        # The line was full as well: it may be that the bye did not get through, but nothing is left open.
        assert len(read) < MEBIBYTE
        assert b'"bye"' not in read or str(TOO_SLOW).encode() in read[-400:]
        await burst(server, ada, until=2 * EVENTS)
