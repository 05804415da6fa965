"""The engine at a deadline's very instant: woken up for it, overtaken by a write, or locked out."""

import asyncio
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from tests.support.client import Client, eventually, in_seconds
from tests.support.database import add_people, add_tasks, audit, fired, outcomes, unfired
from tests.support.fleet import Fleet, running_fleet
from tests.support.postgres import DatabaseServer

PEOPLE = 4
INSTANTS = 42
APART = timedelta(seconds=0.1)
VERBS = ("complete", "move", "delete", "reopen", "restore", "hurry", "rename")


@pytest.fixture(scope="module")
def fleet(postgres: DatabaseServer, migrated_template: str) -> Iterator[Fleet]:
    """A web server and two engines that hear of each other through Redis."""
    with running_fleet(postgres, migrated_template, name="edges") as running:
        yield running


async def _fired_s(url: str, task: str) -> float:
    """Wait until a task's miss was noticed; return when, in seconds since 1970."""
    return (await eventually("miss", lambda: fired(url, task)))[task]


# --- Woken up for it ------------------------------------------------------------------------------


async def _late_s(ada: Client, url: str, *, attempts: int) -> list[float]:
    """Set deadlines a moment ahead while the engines sleep; return how late each was fired."""
    late_s: list[float] = []
    ahead_s = 0.03
    for _ in range(5 * attempts):
        # Long enough for the engines to fall asleep, too short for them to look again by themselves.
        await asyncio.sleep(random.uniform(0.06, 0.3))
        deadline = in_seconds(ahead_s)
        task = await ada.create(deadline=deadline)
        if task["bucket"] == "missed":  # the write itself came too late, and told of it
            ahead_s = min(ahead_s * 1.3, 0.2)
            continue
        late_s.append(await _fired_s(url, task["id"]) - deadline.timestamp())
        if len(late_s) == attempts:
            break
    assert len(late_s) == attempts, "the server is too slow to write ahead of a deadline"
    return sorted(late_s)


async def test_a_nearer_deadline_set_at_another_process_wakes_the_engines_in_time(fleet: Fleet) -> None:
    async with await Client.sign_up(fleet.server.url) as ada:
        await ada.create("Far", deadline=in_seconds(86_400))

        late_s = await _late_s(ada, fleet.url, attempts=10)

        assert late_s[0] >= 0
        # The third best of ten: one or two might be luck, and the machine's own delays are not the engine's.
        assert late_s[2] < 0.02, late_s


async def test_without_redis_a_nearer_deadline_is_about_a_second_late_at_most(fleet: Fleet) -> None:
    async with await Client.sign_up(fleet.server.url) as ada:
        fleet.redis.kill()
        try:
            late_s = await _late_s(ada, fleet.url, attempts=5)
        finally:
            fleet.redis.start()

        assert late_s[0] >= 0
        assert statistics.median(late_s) < 1.3, late_s


# --- Overtaken by a write -------------------------------------------------------------------------


class Rival:
    """Somebody who writes to tasks at the very instant of their deadlines."""

    def __init__(self, person: Client, *, seed: int) -> None:
        self._person = person
        self._chance = random.Random(seed)
        self._round_trip_s = 0.015

    async def prepare(self, url: str, first: datetime) -> None:
        """Make the tasks, in the state in which their instant finds them."""
        self._first = first
        id_ = await self._person.id()
        self.tasks = add_tasks(
            url, id_, count=INSTANTS, first=first, spread_s=(INSTANTS * APART).total_seconds()
        )
        for number, task in enumerate(self.tasks):
            match VERBS[number % len(VERBS)]:
                case "reopen":
                    await self._person.act("complete", task)
                case "restore":
                    await self._person.delete(task)

    async def write(self) -> None:
        """Write to each of them as it falls due, though the write before may be under way still."""
        await asyncio.gather(
            *(self._write_at(self._first + number * APART, number) for number in range(INSTANTS))
        )

    async def _write_at(self, deadline: datetime, number: int) -> None:
        await asyncio.sleep(deadline.timestamp() - time.time() - 0.5)
        # Its instant on the server is somewhere between sending and answer: some come first, some second.
        ahead_s = self._round_trip_s * self._chance.uniform(0, 2)
        await asyncio.sleep(deadline.timestamp() - time.time() - ahead_s)
        sent_s = time.time()
        await self._write(VERBS[number % len(VERBS)], self.tasks[number])
        self._round_trip_s += 0.3 * (time.time() - sent_s - self._round_trip_s)

    async def _write(self, verb: str, task: str) -> None:
        match verb:
            case "delete":
                await self._person.delete(task)
            case "move":
                await self._person.change(task, deadline=in_seconds(self._chance.uniform(0, 0.05)))
            case "rename":
                await self._person.change(task, title="Renamed")
            case "hurry":
                await self._person.change(task, deadline=in_seconds(-60))
            case _:
                await self._person.act(verb, task)


async def test_a_write_at_the_very_instant_and_the_engine_agree_on_what_came_first(fleet: Fleet) -> None:
    async with AsyncExitStack() as stack:
        people = await asyncio.gather(*(Client.sign_up(fleet.server.url) for _ in range(PEOPLE)))
        rivals = [
            Rival(await stack.enter_async_context(person), seed=seed) for seed, person in enumerate(people)
        ]
        crowd = add_people(fleet.url, 50)
        for lead_s in (2, 4, 8, 16):  # until the machine is quick enough to prepare it in time
            first = in_seconds(lead_s)
            await asyncio.gather(*(rival.prepare(fleet.url, first) for rival in rivals))
            # Many others fall due at the same instants: the longer a claim takes, the more often it is overtaken.
            add_tasks(
                fleet.url,
                *crowd,
                count=INSTANTS * len(crowd),
                first=first,
                spread_s=(INSTANTS * APART).total_seconds(),
                instants=INSTANTS,
            )
            if in_seconds(0) < first:
                break

        await asyncio.gather(*(rival.write() for rival in rivals))
        await eventually("end of the backlog", lambda: unfired(fleet.url) == 0, pause_s=0.1)

        audit(fleet.url)
        # Aimed well: some came before the clock and some after it.
        completed = [task for rival in rivals for task in rival.tasks[:: len(VERBS)]]
        assert len(outcomes(fleet.url, *completed)) == 2, outcomes(fleet.url, *completed)


# --- Locked out -----------------------------------------------------------------------------------

ATTEMPTS = 4
HELD_BEFORE_S = 0.15
HELD_AFTER_S = 0.3


@pytest.mark.parametrize("table", ["realtime_stream", "tasks_task"])
async def test_what_a_slow_edit_holds_is_told_when_it_is_let_go_and_others_in_time(
    fleet: Fleet, table: str
) -> None:
    begin = in_seconds(1.5)
    after_s, others_s = [], []
    cases = []
    for number in range(ATTEMPTS):
        deadline = begin + timedelta(seconds=number)
        ada, *others = add_people(fleet.url, 6)
        [held] = add_tasks(fleet.url, ada, count=1, first=deadline, spread_s=0)
        free = add_tasks(fleet.url, *others, count=20, first=deadline, spread_s=0)
        cases.append((deadline.timestamp(), ada if table == "realtime_stream" else held, held, free))
    for deadline_s, row, held, free in cases:
        await asyncio.sleep(deadline_s - HELD_BEFORE_S - time.time())
        with psycopg.connect(fleet.url) as connection:
            connection.execute(
                sql.SQL("SELECT 1 FROM {} WHERE id = %s FOR NO KEY UPDATE").format(sql.Identifier(table)),
                [row],
            )
            await asyncio.sleep(deadline_s + HELD_AFTER_S - time.time())
            told = fired(fleet.url, held, *free)
            connection.commit()
            let_go_s = time.time()
        assert held not in told, "it was told while somebody held it"
        others_s.append(max(told.get(task, float("inf")) for task in free) - deadline_s)
        after_s.append(await _fired_s(fleet.url, held) - let_go_s)
    # The best of several: the machine's own delays are not the engine's.
    assert min(after_s) < 0.05, after_s
    assert min(others_s) < 0.1, others_s
