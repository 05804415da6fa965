"""Requests that wait for the database stand beside sockets that do not."""

import asyncio
import time
from collections.abc import Callable

import psycopg
import pytest

from tests.support.client import Client, in_seconds
from tests.support.servers import KINDS, Server

SLOW_REQUESTS = (
    12  # of one person; a server has eight threads for requests, and the other writes here need one
)
AT_ONCE_S = 1.0  # and not when the slow ones are done


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, shared_server: Callable[..., Server]) -> Server:
    """A server of each kind."""
    return shared_server(request.param, DOORBELL="process")


async def test_slow_requests_stall_no_socket(server: Server) -> None:
    async with await Client.sign_up(server.url) as ada, await Client.sign_up(server.url) as bob:
        beside = await bob.listen()
        id_ = await ada.id()
        with psycopg.connect(server.database_url) as connection:
            connection.execute("SELECT FROM realtime_stream WHERE id = %s FOR UPDATE", [id_])
            slow = [asyncio.create_task(ada.create(f"Slow {number}")) for number in range(SLOW_REQUESTS)]
            await asyncio.sleep(0.5)
            assert not any(request.done() for request in slow)

            began = time.monotonic()
            await beside.event("task.created", await bob.create("Quick"))
            due = await bob.create("Due", deadline=in_seconds(0.1))
            await beside.event("task.missed", due)
            newcomer = await bob.listen()
            await newcomer.until("snapshot", lambda: newcomer.has_state)
            took_s = time.monotonic() - began

            assert not any(request.done() for request in slow)
            assert took_s < AT_ONCE_S
        listener = await ada.listen()
        for request in slow:
            await request
        await listener.reach(SLOW_REQUESTS)
