"""All of it at once: replicas, connections, the database and Redis."""

import pytest

from taskengine.embedded.postgres import Postgres
from tests.support.burst import Burst
from tests.support.harm import crash_database, cut_connections, kill_replicas, stop_redis
from tests.support.redis import PrivateRedis
from tests.support.rounds import ROUNDS
from tests.support.servers import Server


@pytest.mark.long
@pytest.mark.parametrize("seed", ROUNDS)
async def test_every_deadline_is_told_exactly_once_though_everything_fails(
    fragile_postgres: Postgres, redis: PrivateRedis, seed: int
) -> None:
    env = {"ENGINE_IN_SERVER": "0", "REDIS_URL": redis.url}
    server = Server(kind="uvicorn", name=f"everything-{seed}", database_url=fragile_postgres.url(), env=env)
    try:
        server.start()
        async with Burst(server, seed=seed, redis_url=redis.url, outages=True) as burst:
            await burst.suffer(
                kill_replicas,
                cut_connections,
                crash_database(fragile_postgres, at_s=burst.chance.uniform(1, 4)),
                stop_redis(redis, from_s=1, to_s=burst.chance.uniform(2, 4)),
            )
    finally:
        server.close()
