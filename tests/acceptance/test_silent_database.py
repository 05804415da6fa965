"""A PostgreSQL whose machine has vanished: no FIN, no RST, no acknowledgement, only silence.

What is not bounded here, and can't be by the kernel: a PostgreSQL that hangs while its kernel acknowledges. The engine's
statements end after ten seconds by the server's own `statement_timeout`, which such a server doesn't keep either.
"""

import asyncio
import os
import re
import socket
import sys
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from tests.support.black_hole import BlackHole
from tests.support.client import Client, eventually, in_seconds, until_ready, utc
from tests.support.servers import ROOT, Server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the filter and /proc are Linux's")

SILENT_S = 10.0  # for so long what was sent may go unacknowledged
# Until a connection that waits for nothing is known to be dead: idle, and then what is asked of it, or three probes.
IDLE_S = 10 + 3 * 3
SLACK_S = 6.0
OPTIONS = {
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT): 10_000,
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE): 1,
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE): 10,
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL): 3,
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT): 3,
}


async def test_who_asked_a_database_that_vanished_is_told_so_and_all_comes_back(database_url: str) -> None:
    async with BlackHole(database_url) as hole:
        server = Server(kind="uvicorn", name="silent-database", database_url=hole.url, env={})
        try:
            await asyncio.to_thread(server.start)
            async with await Client.sign_up(server.url) as ada:
                listener = await ada.listen()
                due = await ada.create("Due meanwhile", deadline=in_seconds(2.0))
                await listener.event("task.created", due)

                vanished_at = time.monotonic()
                ports = hole.vanish()
                assert len(ports) >= 3, "the pool, the relay's repair and the engine"
                assert hole.held(ports) == ports
                asked = await asyncio.gather(*(ada.send("GET", "/api/v1/tasks/") for _ in range(3)))

                assert [(each.status_code, each.json()["code"]) for each in asked] == [
                    (503, "database_unavailable")
                ] * 3
                # A question, and then a wait for a connection that nobody gets.
                assert time.monotonic() - vanished_at < SILENT_S + 10 + SLACK_S
                left_s = vanished_at + IDLE_S + SLACK_S - time.monotonic()
                await eventually("end of the last", lambda: not hole.held(ports), deadline_s=left_s)

                hole.come_back()
                back_at = time.monotonic()
                await until_ready(server.url, status_code=200, status="ready", engine="up")
                # A try to connect that is under way takes 5 s.
                assert time.monotonic() - back_at < SLACK_S + 5

                missed = await listener.event("task.missed", due)  # the socket was not even closed
                assert utc(missed["at"]) == utc(due["deadline"])
                await listener.event("task.created", await ada.create("After"))
        finally:
            await asyncio.to_thread(server.close)


KINDS = [
    (alias, has_pool)
    for alias, given in settings.DATABASES.items()
    for has_pool in (True, False)  # without, as `doctor` and the lock of `migrate` connect
    if "pool" in given["OPTIONS"] or not has_pool
]


@pytest.mark.parametrize(("alias", "has_pool"), KINDS)
async def test_every_kind_of_connection_gives_up_on_silence(
    database_url: str, alias: str, has_pool: bool
) -> None:
    async with BlackHole(database_url) as hole:
        connection: Any = connections.create_connection(alias)
        connection.alias = f"{alias} through the hole"  # a pool goes by it
        connection.settings_dict.update(HOST="127.0.0.1", PORT=str(hole.port), NAME=hole.database)
        if not has_pool:
            connection.settings_dict["OPTIONS"].pop("pool", None)

        def ask() -> dict[tuple[int, int], int]:
            made = connection.get_new_connection(connection.get_connection_params())
            try:
                with socket.socket(fileno=os.dup(made.fileno())) as line:
                    assert line.family == socket.AF_INET
                    return {option: line.getsockopt(*option) for option in OPTIONS}
            finally:
                made.close()
                if has_pool:
                    connection.pool.putconn(made)
                    connection.close_pool()

        assert (connection.pool is not None) == has_pool
        assert await asyncio.to_thread(ask) == OPTIONS


def test_nobody_connects_past_the_settings() -> None:
    """A connection that is made elsewhere would wait for a quarter of an hour."""
    made = re.compile(r"psycopg\w*\.connect\(|Connection\.connect\(|ConnectionPool\(")
    found = {
        str(path.relative_to(ROOT))
        for package in ("taskengine", "realtime", "ai")
        for path in (ROOT / package).rglob("*.py")
        if made.search(path.read_text())
    }
    assert found == {"taskengine/embedded/postgres.py"}  # through a unix socket, whose end the kernel knows
