"""Engines whose own clocks are wrong and are stepped while they run: the database's is right."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.client import eventually, in_seconds
from tests.support.database import add_people, add_tasks, audit, misses, unfired
from tests.support.fleet import FIRING
from tests.support.postgres import DatabaseServer, create_database, drop_database
from tests.support.stepped import SteppedEngine

OFFSETS_S = (3_600, -3_600, 0.05, -0.05)
COUNT = 150
LEAD_S = 0.8
SPREAD_S = 1.2
LATEST_S = 1.5  # the promise is a second; the rest is for a machine that others use too


@pytest.fixture
def engines(
    postgres: DatabaseServer, migrated_template: str
) -> Iterator[dict[str, tuple[SteppedEngine, float]]]:
    """By the address of its database, each offset's own: a replica, and how many seconds its clock is ahead."""
    with ExitStack() as stack:
        found = {}
        for offset_s in OFFSETS_S:
            database = create_database(postgres, prefix="taskengine_clock", template=migrated_template)
            stack.callback(drop_database, postgres, database)
            url = postgres.url(database)
            engine = SteppedEngine(name=f"clock-{offset_s:+}", database_url=url, offset_s=offset_s)
            stack.callback(engine.close)
            engine.start()
            found[url] = engine, offset_s
        for engine, _ in found.values():
            engine.wait_for_log(FIRING)
        yield found


async def test_a_clock_that_is_wrong_and_stepped_makes_no_deadline_early_and_none_late(
    engines: dict[str, tuple[SteppedEngine, float]],
) -> None:
    # Beside one another: each does little but wait.
    late_s = await asyncio.gather(*(_late_s(url, *engine) for url, engine in engines.items()))

    # That none was early is for the database's clock to say.
    assert [audit(url) for url in engines] == [{"task.missed": 2 * COUNT}] * len(engines)
    latest_s = dict(zip(OFFSETS_S, map(max, late_s), strict=True))
    assert max(latest_s.values()) < LATEST_S, latest_s


async def _late_s(url: str, engine: SteppedEngine, offset_s: float) -> list[float]:
    people = add_people(url, 30)
    for next_s in (0, offset_s):  # it was wrong from the start, is put right, and goes wrong again
        add_tasks(url, *people, count=COUNT, first=in_seconds(LEAD_S), spread_s=SPREAD_S)
        await asyncio.sleep(LEAD_S + SPREAD_S / 2)
        engine.step(next_s)
        await eventually("end of the backlog", lambda: unfired(url) == 0, pause_s=0.05)
    return [late_s for _, late_s in misses(url, people)]
