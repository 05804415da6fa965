"""The shared cache, with Redis there and away."""

import contextvars
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core.cache import cache
from kombu.exceptions import ContentDisallowed
from redis import Redis

from taskengine.cache import NotOurs, SharedCache, hit
from tests.support.accounts import PASSWORD, AppClient, signed_up
from tests.support.redis import PrivateRedis

KEY = "a:key"
STORED = f":1:{KEY}"  # as Django writes it: prefix, version, key


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


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._mark),)


def test_nothing_that_stands_in_redis_is_carried_out(
    redis: PrivateRedis, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mark, cache = tmp_path / "exploded", shared(redis)
    bomb = pickle.dumps(Bomb(mark))
    with Redis.from_url(redis.url) as stranger:
        stranger.set(STORED, bomb)
    assert cache.get(KEY, []) == []
    assert not mark.exists()
    assert "not ours" in caplog.text
    assert "'a'" in caplog.text
    pickle.loads(bomb)  # noqa: S301 (our own)
    assert mark.exists(), "it was no bomb"


def test_no_message_is_carried_out_as_it_is_read(redis: PrivateRedis, settings: Any, tmp_path: Path) -> None:
    app: Any = Celery("taskengine", broker=redis.url, set_as_current=False)
    app.conf.update(settings.CELERY)
    mark = tmp_path / "exploded"
    with app.connection() as broker, app.amqp.Producer(broker) as producer:
        producer.publish(
            Bomb(mark), serializer="pickle", routing_key="celery", declare=[app.amqp.queues["celery"]]
        )
        queue = broker.SimpleQueue(app.amqp.queues["celery"], no_ack=True)
        queue.consumer.accept = {f"application/{form}" for form in app.conf.accept_content}
        with pytest.raises(ContentDisallowed):
            assert queue.get(timeout=5).payload
        queue.close()
    assert not mark.exists()


@pytest.mark.parametrize(
    "foreign",
    [
        b"",
        b"abc",
        b"null",
        b'"text"',
        b"{}",
        b"3",
        b"true",
        b"[[1]]",
        b'["a"]',
        b"[null]",
        b"[1e400]",
        b"[NaN]",
        b"[1" + b"0" * 400 + b"]",
        b"[" * 100_000,
    ],
)
def test_a_list_that_is_none_is_not_there(
    redis: PrivateRedis, foreign: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    cache = shared(redis)
    with Redis.from_url(redis.url) as stranger:
        stranger.set(STORED, foreign)
    assert cache.get(KEY, []) == []
    assert caplog.text.count("not ours") == 1
    cache.set(KEY, [1.5, 2])
    assert cache.get(KEY, []) == [1.5, 2], "and Redis is asked as before"


def test_a_key_of_another_type_is_not_there_and_does_not_silence_the_others(redis: PrivateRedis) -> None:
    cache = shared(redis)
    with Redis.from_url(redis.url) as stranger:
        stranger.rpush(STORED, "x")
    assert cache.get(KEY, []) == []
    cache.set("other", 1)
    assert shared(redis).get("other") == 1


@pytest.mark.parametrize("value", ["text", {"a": 1}, [[1]], None, float("nan"), 2**60, object()])
def test_what_could_not_be_read_again_is_not_written(redis: PrivateRedis, value: object) -> None:
    with pytest.raises(NotOurs):
        shared(redis).set(KEY, value)


@pytest.mark.parametrize("value", [True, 0, -3, 1.5, [], [1_800_000_000.123456, 1]])
def test_flags_numbers_and_lists_of_numbers_come_back_as_they_were(
    redis: PrivateRedis, value: object
) -> None:
    shared(redis).set(KEY, value)
    found = shared(redis).get(KEY)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("foreign", ["abc", "1e3", "7", "9223372036854775807", "-5", ["x"]])
def test_a_count_that_is_none_or_never_ends_begins_anew(
    redis: PrivateRedis, foreign: Any, caplog: pytest.LogCaptureFixture
) -> None:
    cache = shared(redis)
    with Redis.from_url(redis.url) as stranger:
        if isinstance(foreign, list):
            stranger.rpush(STORED, *foreign)
        else:
            stranger.set(STORED, foreign)
    windows = [cache.hit(KEY, window_s=60) for _ in range(2)]
    assert [window.count for window in windows] == [1, 2]
    assert all(59 < window.left_s <= 60 for window in windows)
    assert caplog.text.count("not ours") == 1


@pytest.fixture
def counted_in_redis(redis: PrivateRedis, settings: Any) -> Iterator["Redis"]:
    """Every limit of production, counted in Redis, which is open to a stranger."""
    settings.CACHES = {"default": {"BACKEND": "taskengine.cache.shared", "LOCATION": redis.url}}
    settings.ACCOUNT_RATE_LIMITS = {
        "change_password": "50/h/user",
        "login": "300/h/ip",
        "login_failed": "100/h/ip,50/h/key",
        "reauthenticate": "100/h/user",
        "reset_password": "200/h/ip,50/h/key",
        "signup": "200/h/ip",
    }
    settings.RATE_LIMIT_LOGIN_UNFAMILIAR = "80/hour"
    with Redis.from_url(redis.url) as stranger:
        yield stranger


@pytest.mark.django_db
def test_all_that_is_counted_is_kept_in_redis_and_what_a_stranger_puts_in_its_place_fails_no_log_in(
    counted_in_redis: "Redis", tmp_path: Path
) -> None:
    def everything() -> list[int]:
        wrong = AppClient(REMOTE_ADDR="192.0.2.1").log_in("ada@example.org", "wrong horse")
        reset = AppClient().auth("POST", "/auth/password/request", {"email": "ada@example.org"})
        changed = ada.auth(
            "POST",
            "/account/password/change",
            {"current_password": PASSWORD, "new_password": PASSWORD + "!"},
        )
        back = ada.auth(
            "POST",
            "/account/password/change",
            {"current_password": PASSWORD + "!", "new_password": PASSWORD},
        )
        return [each.status_code for each in (wrong, reset, changed, back, AppClient().log_in())]

    ada = signed_up()
    well = everything()
    kept = {key.decode() for key in counted_in_redis.scan_iter()}
    counted = {key.split(":")[5] for key in kept if ":allauth:rl:" in key}
    assert counted >= {"signup", "login", "login_failed", "reset_password", "change_password"}
    assert any(":unfamiliar:" in key for key in kept)
    mark = tmp_path / "exploded"
    for foreign in (pickle.dumps(Bomb(mark)), b"{}", b"7", b"[[]]"):
        for key in kept:
            counted_in_redis.set(key, foreign)
        assert everything() == well
        assert not mark.exists()
    assert not cache.get("nothing")
