"""An engine that is told to stop."""

import asyncio
import time
from collections.abc import Callable

import psycopg

from tests.support.client import eventually, in_seconds
from tests.support.database import add_people, add_tasks, audit, unfired
from tests.support.fleet import FIRING
from tests.support.servers import Engine

ROUNDS = 2
COUNT = 6_000


async def _stop_s(engine: Engine) -> float:
    """Send SIGTERM; return how long it took to end in order."""
    begin = time.monotonic()
    assert await asyncio.to_thread(engine.terminate) == 0
    return time.monotonic() - begin


async def test_sigterm_in_mid_burst_finishes_the_batch_and_leaves_the_rest_to_another(
    database_url: str, start_engine: Callable[..., Engine]
) -> None:
    people = add_people(database_url, 500)
    leaving, staying = start_engine(), start_engine()
    for engine in (leaving, staying):
        await asyncio.to_thread(engine.wait_for_log, FIRING)
    took_s: list[float] = []
    finished = []
    with psycopg.connect(database_url, autocommit=True) as connection:
        for number in range(ROUNDS):
            if number > 0:
                leaving.start()
                await eventually("another start", lambda: leaving.output().count(FIRING) > len(took_s))
            staying.pause()  # so that what is done is the other's doing
            add_tasks(
                database_url, *people, count=COUNT, first=in_seconds(1.0), spread_s=0, notes_chars=1_500
            )
            await eventually("beginning", lambda: _told(connection) > len(took_s) * COUNT, pause_s=0)
            await eventually("next batch", lambda: _is_claiming(connection), pause_s=0)
            told = _told(connection)
            took_s.append(await _stop_s(leaving))
            finished.append(_told(connection) - told)
            staying.resume()
            await eventually("the rest", lambda: unfired(database_url) == 0)

    assert audit(database_url) == {"task.missed": ROUNDS * COUNT}
    # The best of several: the machine's own delays are not the engine's.
    assert min(took_s) < 2, took_s
    assert max(finished) > 0, "no batch that was under way was finished"
    # One that sleeps stops as well.
    assert await _stop_s(staying) < 5


def _is_claiming(connection: psycopg.Connection) -> bool:
    """Whether a replica's claim is under way; PostgreSQL shows the beginning of the statement."""
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
        " AND pid <> pg_backend_pid() AND query LIKE '%drafted AS MATERIALIZED%'"
    ).fetchone()
    assert row is not None
    return bool(row[0])


def _told(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT sum(seq)::int FROM realtime_stream").fetchone()
    assert row is not None
    return int(row[0])
