"""Two web servers, an engine of its own and a Redis between them that comes and goes."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.client import Client, Listener, in_seconds, until_ready, utc
from tests.support.database import add_tasks
from tests.support.postgres import DatabaseServer, create_database, drop_database
from tests.support.redis import PrivateRedis
from tests.support.servers import Engine, Server

REPAIR_S = 2.5  # how soon what a lost ring left behind has come all the same


@dataclass
class Fleet:
    """What a scaled deployment has."""

    here: Server
    there: Server
    engine: Engine
    redis: PrivateRedis


@pytest.fixture(scope="module")
def fleet(postgres: DatabaseServer, migrated_template: str) -> Iterator[Fleet]:
    """A server of each kind and an engine; whoever stops the Redis starts it again."""
    database = create_database(postgres, prefix="taskengine_fleet", template=migrated_template)
    url = postgres.url(database)
    redis = PrivateRedis(name="fleet-redis")
    # Limits are kept in Redis as well, so they are on here, but out of reach.
    env = {
        "REDIS_URL": redis.url,
        "ENGINE_IN_SERVER": "0",
        "RATE_LIMIT_READ": "100000/min",
        "RATE_LIMIT_WRITE": "100000/min",
    }
    fleet = Fleet(
        here=Server(kind="uvicorn", name="fleet-here", database_url=url, env=env),
        there=Server(kind="daphne", name="fleet-there", database_url=url, env=env),
        engine=Engine(name="fleet-engine", database_url=url, env=env),
        redis=redis,
    )
    try:
        redis.start()
        fleet.engine.start()
        fleet.here.start()
        fleet.there.start()
        yield fleet
    finally:
        for process in (fleet.here, fleet.there, fleet.engine, redis):
            process.close()
        drop_database(postgres, database)


@pytest.fixture
def redis_away(fleet: Fleet) -> Iterator[None]:
    """Redis is killed before the test and is there again after it."""
    fleet.redis.kill()
    yield
    fleet.redis.start()


async def _delay_s(writer: Client, listener: Listener) -> float:
    """Write at one server; return how much later a socket at the other hears of it."""
    task = await writer.create()
    written_at = time.time()
    event = await listener.event("task.created", task)
    return listener.arrived[event["seq"]] - written_at


async def test_what_is_written_at_one_server_is_pushed_by_the_other(fleet: Fleet) -> None:
    async with await Client.sign_up(fleet.here.url) as ada, ada.at(fleet.there.url) as ada_there:
        listener = await ada_there.listen()

        delays_s = [await _delay_s(ada, listener) for _ in range(5)]

        # Repair queries alone bring an event that follows another one after a second or more.
        assert statistics.median(delays_s) < 0.5


async def test_a_deadline_is_fired_by_the_engine_and_pushed_by_every_server(fleet: Fleet) -> None:
    async with await Client.sign_up(fleet.here.url) as ada, ada.at(fleet.there.url) as ada_there:
        one, two = await ada.listen(), await ada_there.listen()
        deadline = in_seconds(1)
        task = await ada.create(deadline=deadline)

        for listener in (one, two):
            missed = await listener.event("task.missed", task)
            assert utc(missed["at"]) == deadline
            assert listener.arrived[missed["seq"]] >= deadline.timestamp()
        assert one.events == two.events
        assert one.tasks == two.tasks == await ada_there.snapshot() == await ada_there.tasks()


@pytest.mark.usefixtures("redis_away")
async def test_without_redis_writes_go_on_and_no_event_is_lost(fleet: Fleet) -> None:
    async with await Client.sign_up(fleet.here.url) as ada, ada.at(fleet.there.url) as ada_there:
        listener = await ada_there.listen()

        assert max([await _delay_s(ada, listener) for _ in range(2)]) < REPAIR_S

        due = await ada.create("Due", deadline=in_seconds(0.5))
        await listener.event("task.missed", due)
        assert listener.tasks == await ada.tasks()


async def test_a_redis_that_dies_and_comes_back_costs_no_event(fleet: Fleet) -> None:
    async with await Client.sign_up(fleet.here.url) as ada, ada.at(fleet.there.url) as ada_there:
        listener, stop = await ada_there.listen(), asyncio.Event()

        async def write() -> int:
            count = 0
            while not stop.is_set():
                await ada.create(f"Task {count}", deadline=in_seconds(0.2))
                count += 1
                await asyncio.sleep(0.02)
            return count

        writing = asyncio.create_task(write())
        await listener.reach(10)
        await asyncio.to_thread(fleet.redis.kill)
        try:
            await listener.reach((listener.last_seq or 0) + 60)
        finally:
            await asyncio.to_thread(fleet.redis.start)
        await listener.reach((listener.last_seq or 0) + 60)
        stop.set()
        count = await writing

        await listener.reach(2 * count)
        types = [event["type"] for event in listener.events]
        assert (types.count("task.created"), types.count("task.missed")) == (count, count)
        assert len(types) == 2 * count
        # It does not only limp on: the doorbell rings again, within a few seconds, on both sides.
        await _rings_again(ada, listener)
        listener_here = await ada.listen()
        await _rings_again(ada_there, listener_here)


@pytest.mark.parametrize(
    "harm",
    ["hangs", pytest.param("is killed", marks=pytest.mark.long)],
    ids=lambda harm: harm.replace(" ", "-"),
)
async def test_ten_seconds_without_redis_keep_nobody_behind_for_long_and_cost_no_event(
    fleet: Fleet, harm: str
) -> None:
    stop, restart = {
        "hangs": (fleet.redis.pause, fleet.redis.resume),
        "is killed": (fleet.redis.kill, fleet.redis.start),
    }[harm]
    async with await Client.sign_up(fleet.here.url) as ada, ada.at(fleet.there.url) as ada_there:
        listeners, over = [await ada.listen(), await ada_there.listen()], asyncio.Event()

        async def write() -> int:
            count = 0
            while not over.is_set():
                await ada.create(f"Task {count}", deadline=in_seconds(0.5))
                count += 1
                await asyncio.sleep(0.1)
            return count

        writing = asyncio.create_task(write())
        await listeners[1].reach(6)
        await asyncio.to_thread(stop)
        try:
            await asyncio.sleep(10)  # the real clock is the point
        finally:
            await asyncio.to_thread(restart)
        await asyncio.sleep(REPAIR_S)
        over.set()
        count = await writing

        for listener in listeners:
            await listener.reach(2 * count)
            delays_s = [listener.arrived[event["seq"]] - _told_at(event) for event in listener.events]
            assert max(delays_s) < REPAIR_S
            types = [event["type"] for event in listener.events]
            assert (types.count("task.created"), types.count("task.missed")) == (count, count)
        await _rings_again(ada, listeners[1])


def _told_at(event: dict[str, Any]) -> float:
    return utc(event["data"].get("fired_at") or event["at"]).timestamp()


async def test_a_burst_of_another_process_reaches_every_server_whole(fleet: Fleet) -> None:
    """More than a layer's capacity of 100, more than a ring carries, more than one claim takes."""
    async with (
        await Client.sign_up(fleet.here.url) as ada,
        ada.at(fleet.there.url) as ada_there,
        await Client.sign_up(fleet.here.url) as bob,
        bob.at(fleet.there.url) as bob_there,
    ):
        listeners = [await client.listen() for client in (ada, ada_there, bob, bob_there)]
        owners = [await ada.id(), await bob.id()]
        add_tasks(fleet.here.database_url, *owners, count=3000, first=in_seconds(0.5), spread_s=0)

        for listener in listeners:
            await listener.reach(1500, deadline_s=30)
            assert [event["type"] for event in listener.events] == ["task.missed"] * 1500


async def _rings_again(writer: Client, listener: Listener) -> None:
    give_up = time.monotonic() + 15
    while statistics.median([await _delay_s(writer, listener) for _ in range(3)]) > 0.5:
        assert time.monotonic() < give_up, "only repair queries bring anything"


async def test_readiness_says_that_redis_is_away_and_serves_all_the_same(fleet: Fleet) -> None:
    async with await Client.sign_up(fleet.here.url) as ada:
        await until_ready(fleet.here.url, status_code=200, doorbell="up")
        await asyncio.to_thread(fleet.redis.kill)
        try:
            await ada.create("Something to ring for")
            await until_ready(fleet.here.url, status_code=200, status="degraded", doorbell="down")
        finally:
            await asyncio.to_thread(fleet.redis.start)
        await ada.create("Something to ring for")
        await until_ready(fleet.here.url, status_code=200, status="ready", doorbell="up")
