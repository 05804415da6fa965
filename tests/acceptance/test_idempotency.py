"""The same operation sent to two server processes at once is carried out once."""

import asyncio
import uuid
from collections.abc import Callable

import httpx
import psycopg
import pytest

from tests.support.client import TASKS, Client, eventually
from tests.support.servers import Server

pytestmark = pytest.mark.untimed

ROUNDS = 8


def post(server: Server, client: Client, key: str, title: str) -> httpx.Request:
    """Return a request that makes a task."""
    headers = {"Authorization": f"Bearer {client.token}", "Idempotency-Key": key}
    return httpx.Request("POST", f"{server.url}{TASKS}", headers=headers, json={"title": title})


def is_waiting(server: Server) -> bool:
    """Whether a write waits for a lock."""
    with psycopg.connect(server.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    return row is not None and int(row[0]) > 0


async def test_the_same_key_sent_to_two_servers_at_once_makes_one_task(
    start_server: Callable[..., Server],
) -> None:
    one, other = await asyncio.gather(*(asyncio.to_thread(start_server) for _ in range(2)))
    async with await Client.sign_up(one.url) as ada, httpx.AsyncClient(timeout=30, trust_env=False) as http:
        # One of them is in the middle of it: the other one does not wait.
        owner, key = await ada.id(), str(uuid.uuid4())
        with psycopg.connect(one.database_url) as connection:
            connection.execute("SELECT FROM realtime_stream WHERE id = %s FOR UPDATE", [owner])
            first = asyncio.create_task(http.send(post(one, ada, key, "Held")))
            await eventually("write that waits", lambda: is_waiting(one))
            twin = await http.send(post(other, ada, key, "Held"))
            assert not first.done()
        assert (twin.status_code, twin.json()["code"]) == (409, "operation_in_flight")
        assert int(twin.headers["Retry-After"]) >= 1
        made = await first
        assert made.status_code == 201
        again = await http.send(post(other, ada, key, "Held"))
        assert (again.status_code, again.json(), again.headers["ETag"]) == (
            201,
            made.json(),
            made.headers["ETag"],
        )
        # And as it comes, where nobody holds them up.
        for number in range(ROUNDS):
            key, title = str(uuid.uuid4()), f"Number {number}"
            answers = await asyncio.gather(
                *(http.send(post(server, ada, key, title)) for server in (one, other, one, other))
            )
            told = {answer.json()["id"] for answer in answers if answer.status_code == 201}
            assert len(told) == 1
            assert {answer.status_code for answer in answers} <= {201, 409}
        titles = [task["title"] for task in (await ada.tasks()).values()]
        assert sorted(titles) == sorted(["Held", *(f"Number {number}" for number in range(ROUNDS))])
