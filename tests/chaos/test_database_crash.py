"""A database that crashes while deadlines pass and people write, and recovers."""

import pytest

from taskengine.embedded.postgres import Postgres
from tests.support.burst import Burst
from tests.support.harm import crash_database
from tests.support.rounds import ROUNDS
from tests.support.servers import Server


@pytest.mark.parametrize("seed", ROUNDS)
async def test_every_deadline_is_told_exactly_once_though_the_database_crashes(
    fragile_postgres: Postgres, seed: int
) -> None:
    env = {"ENGINE_IN_SERVER": "0"}
    server = Server(
        kind="uvicorn", name=f"database-crash-{seed}", database_url=fragile_postgres.url(), env=env
    )
    try:
        server.start()
        async with Burst(server, seed=seed, outages=True) as burst:
            await burst.suffer(crash_database(fragile_postgres, at_s=burst.chance.uniform(1, 4)))
    finally:
        server.close()
