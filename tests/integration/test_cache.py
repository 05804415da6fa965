"""The shared cache, with Redis there and away."""

import pytest

from taskengine.cache import SharedCache
from tests.support.redis import PrivateRedis


def shared(redis: PrivateRedis) -> SharedCache:
    """Return the cache as settings make it."""
    return SharedCache(redis.url, {"OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}})


def test_two_processes_see_the_same_values(redis: PrivateRedis) -> None:
    one, other = shared(redis), shared(redis)
    assert one.add("count", 1)
    assert not other.add("count", 9)
    assert other.incr("count") == 2
    assert one.get("count") == 2
    assert one.touch("count", 60)
    assert one.delete("count")
    assert other.get("count") is None


def test_without_redis_a_process_counts_by_itself_and_comes_back(
    redis: PrivateRedis, caplog: pytest.LogCaptureFixture
) -> None:
    cache = shared(redis)
    cache.set("count", 1)
    redis.kill()
    assert cache.get("count") is None
    cache.set("count", 7)
    assert cache.get("count") == 7
    assert caplog.text.count("counts by itself") == 1, "one line, not one for each request"
    redis.start()
    cache._away_until = 0.0  # five seconds later
    assert cache.get("count") is None
    cache.set("count", 3)
    assert shared(redis).get("count") == 3
