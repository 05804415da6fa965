"""What may happen while a burst passes. Each is a coroutine that `Burst.suffer` runs beside it."""

import asyncio
from typing import Final

import psycopg

from taskengine.embedded.postgres import Postgres
from tests.support.burst import SPREAD_S, Burst, Harm
from tests.support.own_postgres import crash
from tests.support.redis import PrivateRedis

KILL_EVERY_S: Final = 0.3
CUT_EVERY_S: Final = 0.7


async def kill_replicas(burst: Burst) -> None:
    """Kill a replica that chance names, all the time, and start another in its place."""
    while burst.elapsed_s < SPREAD_S:
        await asyncio.sleep(KILL_EVERY_S)
        burst.replace(burst.chance.randrange(len(burst.replicas)))
    # A machine that is too busy to kill anybody proves nothing.
    assert len(burst.kills) > SPREAD_S


async def cut_connections(burst: Burst) -> None:
    """End database sessions that chance names, whatever they are at, all the time."""
    while burst.elapsed_s < SPREAD_S:
        await asyncio.sleep(CUT_EVERY_S)
        try:
            await asyncio.to_thread(_cut_one, burst)
        except psycopg.OperationalError:
            continue  # the database is away


def _cut_one(burst: Burst) -> None:
    with psycopg.connect(burst.url, autocommit=True) as connection:
        pids = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY pid"
        ).fetchall()
        if pids:
            connection.execute("SELECT pg_terminate_backend(%s)", burst.chance.choice(pids))


def crash_database(postgres: Postgres, *, at_s: float) -> Harm:
    """Return the harm of a database that crashes so long into the burst and is started again."""

    async def harm(burst: Burst) -> None:
        await burst.reach(at_s)
        await asyncio.to_thread(crash, postgres)
        await asyncio.to_thread(postgres.start)

    return harm


def stop_redis(redis: PrivateRedis, *, from_s: float, to_s: float) -> Harm:
    """Return the harm of a Redis that is away for a part of the burst, and comes back empty."""

    async def harm(burst: Burst) -> None:
        await burst.reach(from_s)
        await asyncio.to_thread(redis.kill)
        await burst.reach(to_s)
        await asyncio.to_thread(redis.start)

    return harm
