"""A Redis that goes and comes back empty while deadlines pass and people write."""

from collections.abc import Callable

import pytest

from tests.support.burst import Burst
from tests.support.harm import stop_redis
from tests.support.redis import PrivateRedis
from tests.support.rounds import ROUNDS
from tests.support.servers import Server


@pytest.mark.parametrize("seed", ROUNDS)
async def test_every_deadline_is_told_exactly_once_though_redis_is_away(
    start_server: Callable[..., Server], redis: PrivateRedis, seed: int
) -> None:
    server = start_server("uvicorn", ENGINE_IN_SERVER="0", REDIS_URL=redis.url)
    async with Burst(server, seed=seed, redis_url=redis.url) as burst:
        await burst.suffer(stop_redis(redis, from_s=1.5, to_s=3.5))
