"""What is killed while it is needed: a server, every engine, the database."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime

import pytest

from taskengine.embedded.postgres import Postgres
from tests.support.client import Client, Listener, eventually, in_seconds, until_ready, utc
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


async def test_who_comes_while_the_database_is_away_is_asked_to_come_back_and_the_log_says_it_once(
    postgres_of_its_own: Postgres,
) -> None:
    url = postgres_of_its_own.url()
    alone = {"ENGINE_IN_SERVER": "0", "WORKER_IN_SERVER": "0"}
    server = Server(kind="uvicorn", name="database-away", database_url=url, env=alone)
    try:
        await asyncio.to_thread(server.start)
        async with await Client.sign_up(server.url) as ada:
            waiting = [ada.listener() for _ in range(5)]
            for listener in waiting:
                await listener.connect()
            beside = await ada.listen()  # those before it are known by now
            await beside.until("snapshot", lambda: beside.has_state)

            await asyncio.to_thread(postgres_of_its_own.stop)
            await until_ready(server.url, status_code=503, database="down")
            for listener in waiting:
                await listener.hello()
            coming = [ada.listener() for _ in range(5)]
            for listener in coming:
                await listener.connect()
            for listener in (*waiting, *coming):
                code, _ = await listener.closed()
                assert code == 4012
                assert listener.bye is not None
                assert "database" in listener.bye["reason"]
                assert 0 <= listener.bye["retry_after_s"] <= 5

            await asyncio.to_thread(postgres_of_its_own.start)
            await until_ready(server.url, status_code=200)
            await asyncio.gather(*map(_settle, (*waiting, *coming)))
            task = await ada.create("After")
            for listener in (*waiting, *coming, beside):
                await listener.event("task.created", task)
            await eventually("word that it is back", lambda: "The database is back" in server.output())
        said = server.output()
        assert said.count("The database is away; who comes is asked to come back") == 1
        assert said.count("The database is back") == 1
        assert "Traceback" not in said
    finally:
        server.close()


async def _settle(listener: Listener) -> None:
    """Come back as often as it takes: while connections are made anew, one question is answered and the next is not."""
    while not listener.has_state:
        await listener.come_back()
        with suppress(AssertionError):  # it was sent away once more
            await listener.until("snapshot", lambda: listener.has_state)
