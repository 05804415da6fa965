"""What a client costs the server: one that waits little, one that stalls not much more, and nobody else anything."""

import asyncio
import base64
import json
import os
import socket
import time
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
IDLE = 4_000
IDLE_BYTES = 25_000


class Stalled:
    """A client that goes on from somewhere and then reads nothing, with as little room for what comes as there can be."""

    def __init__(self, server: Server, token: str, *, since: int, epoch: str) -> None:
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
        self._read_to(b"\r\n\r\n")  # a client may not speak before (RFC 6455, section 4.1)
        hello = json.dumps({"type": "hello", "since": since, "epoch": epoch}).encode()
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(hello))
        self._socket.sendall(bytes([0x81, 0x80 | len(hello)]) + mask + masked)

        self._read_to(b'"resumed":true}')

    def read_to_the_end(self) -> bytes:
        """Return all that was sent since, until the server closed."""
        return self._read_to(b'"bye"')

    def _read_to(self, end: bytes) -> bytes:
        self._socket.settimeout(20)
        read = b""
        while end not in read[-400:] and (chunk := self._socket.recv(65_536)):
            read += chunk
        return read

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


async def epoch_of(client: Client) -> str:
    """Return the name of somebody's history."""
    listener = await client.listen()
    await listener.until("snapshot", lambda: listener.has_state)
    await listener.close()
    assert listener.epoch is not None
    return listener.epoch


async def burst(server: Server, client: Client, *, since: int, epoch: str) -> float:
    """Let many long tasks be missed at once; return in how many seconds a client that keeps up has them."""
    listener = client.listener()
    listener.last_seq = since
    await listener.connect()
    await listener.hello(since=since, epoch=epoch)
    await listener.until("welcome", lambda: listener.welcome)
    add_tasks(
        server.database_url,
        await client.id(),
        count=EVENTS,
        first=in_seconds(0.5),
        spread_s=0,
        notes_chars=NOTES_CHARS,
    )
    begun_at = time.monotonic()
    await listener.reach(since + EVENTS)
    await listener.close()
    return time.monotonic() - begun_at


async def test_many_that_stall_cost_a_constant_amount_and_the_fast_one_beside_them_nothing(
    start_server: Callable[..., Server],
) -> None:
    server = start_server(SOCKETS_PER_USER="100")
    process = psutil.Process(server.pid)
    async with await Client.sign_up(server.url) as ada:
        epoch = await epoch_of(ada)
        await burst(server, ada, since=0, epoch=epoch)
        before = process.memory_info().rss
        alone_s = await burst(server, ada, since=EVENTS, epoch=epoch)
        alone = process.memory_info().rss - before
        stalled = [Stalled(server, ada.token, since=2 * EVENTS, epoch=epoch) for _ in range(STALLED)]

        # Each of them would be sent twelve megabytes now, if it let itself be.
        before = process.memory_info().rss
        beside_s = [await burst(server, ada, since=many * EVENTS, epoch=epoch) for many in (2, 3)]
        grown = process.memory_info().rss - before - max(0, alone)

        for one in stalled:
            one.close()
        assert grown < STALLED * MEBIBYTE, f"{grown / STALLED / MEBIBYTE:.2f} MiB each"
        assert min(beside_s) < 2 * alone_s + 1, f"{beside_s} s, and {alone_s} s without them"


@pytest.mark.long
async def test_an_idle_socket_costs_at_most_25_kilobytes(start_server: Callable[..., Server]) -> None:
    server = start_server(SOCKETS_PER_USER=str(IDLE + 100))
    process = psutil.Process(server.pid)
    async with await Client.sign_up(server.url) as ada:
        epoch = await epoch_of(ada)
        first = [Stalled(server, ada.token, since=0, epoch=epoch) for _ in range(100)]
        await asyncio.sleep(5)
        before = process.memory_info().rss
        others = [Stalled(server, ada.token, since=0, epoch=epoch) for _ in range(IDLE)]
        await asyncio.sleep(15)  # pings of some are among it

        each = (process.memory_info().rss - before) / IDLE

        for one in first + others:
            one.close()
        assert each <= IDLE_BYTES


@pytest.mark.long
async def test_who_stalls_for_half_a_minute_is_sent_away(start_server: Callable[..., Server]) -> None:
    server = start_server()
    async with await Client.sign_up(server.url) as ada:
        epoch = await epoch_of(ada)
        stalled = Stalled(server, ada.token, since=0, epoch=epoch)
        await burst(server, ada, since=0, epoch=epoch)
        await asyncio.sleep(STALL_TIMEOUT_S + 2)

        read = await asyncio.to_thread(stalled.read_to_the_end)

        stalled.close()
        assert len(read) < MEBIBYTE
        assert f'"code":{TOO_SLOW}'.encode() in read[-400:]
        await burst(server, ada, since=EVENTS, epoch=epoch)
