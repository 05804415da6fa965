"""An engine whose own clock is wrong and is stepped while it runs: the database's is right."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.client import eventually, in_seconds
from tests.support.database import add_people, add_tasks, audit, misses, unfired
from tests.support.fleet import FIRING
from tests.support.stepped import SteppedEngine

COUNT = 150
LEAD_S = 0.8
SPREAD_S = 1.2
LATEST_S = 1.5  # the promise is a second; the rest is for a machine that others use too


@pytest.fixture
def engine(request: pytest.FixtureRequest, database_url: str) -> Iterator[SteppedEngine]:
    """A replica whose clock is so many seconds ahead."""
    replica = SteppedEngine(
        name=f"clock-{request.node.callspec.id}", database_url=database_url, offset_s=request.param
    )
    try:
        replica.start()
        replica.wait_for_log(FIRING)
        yield replica
    finally:
        replica.close()


@pytest.mark.parametrize(
    ("engine", "offset_s"),
    [(step, step) for step in (3_600, -3_600, 0.05, -0.05)],
    indirect=["engine"],
    ids=["an-hour-ahead", "an-hour-behind", "50-ms-ahead", "50-ms-behind"],
)
async def test_a_clock_that_is_wrong_and_stepped_makes_no_deadline_early_and_none_late(
    engine: SteppedEngine, offset_s: float, database_url: str
) -> None:
    people = add_people(database_url, 30)
    for next_s in (0, offset_s):  # it was wrong from the start, is put right, and goes wrong again
        add_tasks(database_url, *people, count=COUNT, first=in_seconds(LEAD_S), spread_s=SPREAD_S)
        await asyncio.sleep(LEAD_S + SPREAD_S / 2)
        engine.step(next_s)
        await eventually("end of the backlog", lambda: unfired(database_url) == 0)

    # That none was early is for the database's clock to say.
    assert audit(database_url) == {"task.missed": 2 * COUNT}
    late_s = [late_s for _, late_s in misses(database_url, people)]
    assert max(late_s) < LATEST_S, sorted(late_s)[-5:]
