"""The shared cache, with Redis there and away."""

import contextvars
from typing import Any

import pytest
from redis import Redis

from taskengine.cache import SharedCache, hit
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


def test_all_requests_of_a_process_count_over_the_same_few_lines(redis: PrivateRedis, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "taskengine.cache.shared", "LOCATION": redis.url}}
    with Redis.from_url(redis.url) as watcher:
        before = watcher.info("stats")["total_connections_received"]
        for count in range(1, 6):
            # As each request has a context of its own, for which Django would make a cache.
            assert contextvars.Context().run(hit, "key", window_s=60).count == count
        assert watcher.info("stats")["total_connections_received"] - before == 1


def test_a_line_that_was_cut_is_taken_up_again(redis: PrivateRedis) -> None:
    cache = shared(redis)
    assert cache.hit("key", window_s=60).count == 1
    with Redis.from_url(redis.url) as watcher:
        watcher.client_kill_filter(_type="normal", skipme=True)
    assert cache.hit("key", window_s=60).count == 2
