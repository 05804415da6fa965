"""Replicas of the engine that are killed all the time, while deadlines pass and people write."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from tests.support.client import Client, eventually, in_seconds
from tests.support.database import add_tasks, audit, unfired
from tests.support.nursery import Nursery
from tests.support.servers import Server

REPLICAS = 3
PEOPLE = 4
TASKS_EACH = 300
LEAD_S = 1.0
SPREAD_S = 5.0
KILL_EVERY_S = 0.3
MANY_ROUNDS = 20


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    """A web server that fires nothing itself."""
    return start_server("uvicorn", ENGINE_IN_SERVER="0")


async def test_every_deadline_is_told_exactly_once_whoever_is_killed(server: Server) -> None:
    await _round(server, seed=1)


@pytest.mark.long
async def test_every_deadline_is_told_exactly_once_in_many_rounds(server: Server) -> None:
    for seed in range(2, 2 + MANY_ROUNDS):
        await _round(server, seed=seed)


async def _round(server: Server, *, seed: int) -> None:
    chance = random.Random(seed)
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(await Client.sign_up(server.url)) for _ in range(PEOPLE)]
        listeners = [await person.listen() for person in people]
        nursery = stack.enter_context(Nursery(database_url=server.database_url, env={}))
        replicas = [nursery.spawn() for _ in range(REPLICAS)]
        begin = loop.time() + LEAD_S
        first = in_seconds(LEAD_S)
        writers = []
        for person in people:
            tasks = add_tasks(
                server.database_url, await person.id(), count=TASKS_EACH, first=first, spread_s=SPREAD_S
            )
            writers.append(asyncio.create_task(_write(person, tasks, random.Random(chance.random()), begin)))
        kills = 0
        while loop.time() < begin + SPREAD_S:
            await asyncio.sleep(KILL_EVERY_S)
            victim = chance.randrange(REPLICAS)
            nursery.kill(replicas[victim])
            replicas[victim] = nursery.spawn()
            kills += 1
        written = sum(await asyncio.gather(*writers))
        await eventually("end of the backlog", lambda: unfired(server.database_url) == 0, pause_s=0.1)

        counts = audit(server.database_url)

        # A machine that is too busy to kill anybody, or to write anything, proves nothing.
        assert kills > SPREAD_S
        assert written > PEOPLE * SPREAD_S
        assert counts["task.missed"] > PEOPLE * TASKS_EACH / 2
        # What stands in the table also arrived; the listeners check order and repeats themselves.
        for person, listener in zip(people, listeners, strict=True):
            newcomer = await person.listen()
            assert newcomer.welcome is not None
            await listener.reach(newcomer.welcome["head"])


async def _write(person: Client, tasks: list[str], chance: random.Random, begin: float) -> int:
    """Write to tasks whose deadline is near, before or after; return how often."""
    loop = asyncio.get_running_loop()
    written = 0
    while (elapsed_s := loop.time() - begin) < SPREAD_S:
        due_now = int(elapsed_s / SPREAD_S * TASKS_EACH)
        task = tasks[max(0, min(TASKS_EACH - 1, due_now + chance.randint(-3, 8)))]
        match chance.randrange(6):
            case 0 | 1 | 2:
                await person.try_to("POST", task, "complete/")
            case 3:
                await person.try_to("PATCH", task, title="Renamed in the rush")
            case 4:
                await person.try_to("PATCH", task, deadline=in_seconds(chance.uniform(-0.1, 0.5)))
            case _:
                await person.try_to("POST", task, "reopen/")
        written += 1
    return written
