"""What is killed while it is needed: a server, every engine, the database."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from taskengine.embedded.postgres import Postgres
from tests.support.client import Client, eventually, in_seconds, until_ready, utc
from tests.support.database import unfired
from tests.support.own_postgres import own_postgres
from tests.support.servers import KINDS, Kind, Server

pytestmark = pytest.mark.untimed


async def _pass(deadline: datetime) -> None:
    """Wait for the instant itself."""
    await eventually("the deadline", lambda: in_seconds(0) > deadline)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deadline_that_passes_while_the_server_is_dead_is_told_when_it_is_back(
    kind: Kind, start_server: Callable[..., Server]
) -> None:
    server = start_server(kind)
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        deadline = in_seconds(1.5)
        task = await ada.create(deadline=deadline)
        await listener.event("task.created", task)

        await asyncio.to_thread(server.kill)
        await _pass(deadline)
        back_at = in_seconds(0)
        await asyncio.to_thread(server.start)
        await listener.come_back()

        missed = await listener.event("task.missed", task)
        assert listener.welcome is not None
        assert listener.welcome["resumed"]
        assert utc(missed["at"]) == deadline
        assert utc(missed["data"]["fired_at"]) >= back_at
        assert missed["data"]["task"]["bucket"] == "missed"
        await ada.create("Afterwards")
        await listener.reach(3)
        assert [event["type"] for event in listener.events] == ["task.created", "task.missed", "task.created"]
        assert listener.tasks == await ada.snapshot() == await ada.tasks()


async def test_a_list_at_the_deadline_says_missed_while_every_engine_is_dead(
    start_server: Callable[..., Server],
) -> None:
    server = start_server("uvicorn", ENGINE_IN_SERVER="0")
    async with await Client.sign_up(server.url) as ada:
        deadline = in_seconds(1)
        task = await ada.create(deadline=deadline)
        while True:
            answer = (await ada.send("GET", "/api/v1/tasks/")).json()
            passed = utc(answer["as_of"]) >= deadline
            assert answer["results"] == [{**task, "bucket": "missed" if passed else "upcoming"}]
            if passed:
                break
        assert (await ada.send("GET", "/api/v1/tasks/summary/")).json()["missed"] == 1
        assert (await ada.snapshot())[task["id"]]["bucket"] == "missed"

        # Whoever writes first tells of it first.
        listener = await ada.listen()
        await ada.act("complete", task["id"])
        await listener.event("task.completed", task)
        assert [event["type"] for event in listener.events] == ["task.missed", "task.completed"]
        assert utc(listener.events[0]["at"]) == deadline


@pytest.fixture
def postgres_of_its_own() -> Iterator[Postgres]:
    """A PostgreSQL that the test may stop, migrated."""
    with own_postgres() as server:
        yield server


async def test_a_database_that_goes_and_comes_back_is_reported_and_costs_nothing(
    postgres_of_its_own: Postgres,
) -> None:
    url = postgres_of_its_own.url()
    server = Server(kind="uvicorn", name="database-restart", database_url=url, env={})
    try:
        await asyncio.to_thread(server.start)
        async with await Client.sign_up(server.url) as ada:
            listener = await ada.listen()
            before = await ada.create("Before")
            deadline = in_seconds(1.0)
            due = await ada.create("Due meanwhile", deadline=deadline)
            await listener.event("task.created", due)

            await asyncio.to_thread(postgres_of_its_own.stop)
            await until_ready(server.url, status_code=503, database="down")
            assert (await ada.send("GET", "/healthz")).status_code == 200
            away = await ada.send("GET", "/api/v1/tasks/")
            assert (away.status_code, away.json()["code"]) == (503, "database_unavailable")
            assert away.headers["Retry-After"] == "1"
            await _pass(deadline)
            await asyncio.to_thread(postgres_of_its_own.start)
            await until_ready(server.url, status_code=200, status="ready", engine="up")

            # The socket was not even closed.
            missed = await listener.event("task.missed", due)
            assert utc(missed["at"]) == deadline
            after = await ada.create("After")
            await listener.event("task.created", after)
            assert set(await ada.tasks()) == {before["id"], due["id"], after["id"]}
            assert unfired(url) == 0
    finally:
        server.close()
