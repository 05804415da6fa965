"""A deadline that can't be fired: it is put off, and stops no other."""

import asyncio
import statistics
from collections.abc import Callable

import pytest

from tests.support.client import eventually, in_seconds
from tests.support.database import add_people, add_tasks, audit, fired, misses, unfired
from tests.support.fleet import FIRING
from tests.support.poison import Where, let_retry, poisoned, retries
from tests.support.servers import Engine


@pytest.mark.parametrize("where", ["when it is stamped", "when it is told"])
async def test_what_raises_for_one_task_stops_no_other_and_is_tried_again(
    where: Where, database_url: str, start_engine: Callable[..., Engine]
) -> None:
    engine = start_engine()
    await asyncio.to_thread(engine.wait_for_log, FIRING)
    ada, *others = add_people(database_url, 20)
    instant = in_seconds(1.0)
    # One of them has company in its stream, the others in their batch.
    hers = add_tasks(database_url, ada, count=5, first=instant, spread_s=0)
    theirs = add_tasks(database_url, *others, count=400, first=instant, spread_s=0)
    bad = [hers[2], theirs[100], theirs[399]]
    with poisoned(database_url, bad, where=where):
        await eventually("all but the bad", lambda: len(retries(database_url, *bad)) == len(bad))
        await eventually("all others", lambda: unfired(database_url) == len(bad))
        assert all(10 < seconds <= 120 for seconds in retries(database_url, *bad))
        assert all(task in engine.output() for task in bad), "the log names what can't be fired"
        # It has not slowed the engine down either.
        add_tasks(database_url, *others, count=40, first=in_seconds(1.0), spread_s=0.5)
        await eventually("the next", lambda: len(misses(database_url, others)) == 398 + 40)
        late_s = [late_s for _, late_s in misses(database_url, others)[-40:]]
        assert statistics.median(late_s) < 0.5, late_s

    assert not fired(database_url, *bad)
    let_retry(database_url)
    await eventually("the bad ones", lambda: unfired(database_url) == 0)
    assert audit(database_url) == {"task.missed": 445}
