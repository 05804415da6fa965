"""Limits by person and kind of request, and what answers say of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from redis import Redis

from taskengine.api.throttles import AiThrottle, ReadThrottle, WriteThrottle
from taskengine.cache import ProcessCache, SharedCache, Window
from tests.support.accounts import AppClient, signed_up
from tests.support.redis import PrivateRedis

pytestmark = pytest.mark.django_db

TASKS = "/api/v1/tasks/"


@pytest.fixture(autouse=True)
def rates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three of each in a minute."""
    for throttle in (ReadThrottle, WriteThrottle, AiThrottle):
        monkeypatch.setattr(throttle, "THROTTLE_RATES", {"read": "3/min", "write": "3/min", "ai": "2/hour"})
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def elapsed(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The cache's clock: `elapsed.s` may be set."""
    clock = SimpleNamespace(s=1000.0)
    monkeypatch.setattr("taskengine.cache.time", SimpleNamespace(monotonic=lambda: clock.s))
    return clock


def read(client: AppClient, **headers: str) -> Any:
    return client.send("GET", TASKS, **headers)


def write(client: AppClient) -> Any:
    return client.send("POST", TASKS, {"title": "Water the trees"})


def test_an_answer_says_how_many_are_left_and_for_how_long(elapsed: SimpleNamespace) -> None:
    ada = signed_up()
    first = read(ada)
    elapsed.s += 12.5
    second = read(ada)
    assert first["RateLimit-Policy"] == second["RateLimit-Policy"] == '"read";q=3;w=60'
    assert (first["RateLimit"], second["RateLimit"]) == ('"read";r=2;t=60', '"read";r=1;t=48')


def test_one_too_many_is_429_until_the_window_ends(elapsed: SimpleNamespace) -> None:
    ada = signed_up()
    assert [read(ada).status_code for _ in range(3)] == [200] * 3
    elapsed.s += 20.5
    refused = read(ada)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert (refused["Retry-After"], refused["RateLimit"]) == ("40", '"read";r=0;t=40')
    elapsed.s += 39
    assert read(ada).status_code == 429, "to ask in vain does not prolong it, nor shorten it"
    elapsed.s += 1
    assert read(ada).status_code == 200


def test_reads_and_writes_and_people_are_counted_apart() -> None:
    ada, bob = signed_up(), signed_up("bob@example.org")
    assert [read(ada).status_code for _ in range(4)] == [200] * 3 + [429]
    assert [write(ada).status_code for _ in range(4)] == [201] * 3 + [429]
    assert (read(bob).status_code, write(bob).status_code) == (200, 201)


def test_what_is_asked_of_a_planner_stands_under_two_limits() -> None:
    answer = signed_up().send("POST", "/api/v1/breakdowns/", {"goal": "Write my thesis"})
    assert answer["RateLimit-Policy"] == '"write";q=3;w=60, "ai";q=2;w=3600'
    assert answer["RateLimit"] == '"write";r=2;t=60, "ai";r=1;t=3600'


def test_strangers_are_counted_by_address_and_not_by_what_they_claim(elapsed: SimpleNamespace) -> None:
    spoofs = [
        AppClient(headers={"x-forwarded-for": f"192.0.2.{n}"}).send("GET", "/api/v1/about/") for n in range(4)
    ]
    assert [answer.status_code for answer in spoofs] == [200] * 3 + [429]
    assert AppClient(REMOTE_ADDR="192.0.2.9").send("GET", "/api/v1/about/").status_code == 200


def test_without_a_limit_nothing_is_said_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadThrottle, "THROTTLE_RATES", {"read": None})
    answer = read(signed_up())
    assert not answer.has_header("RateLimit")
    assert not answer.has_header("RateLimit-Policy")


def test_too_many_log_ins_say_when_to_come_back_too(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/h/ip"}
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False) as clock:
        answers = [AppClient().log_in("nobody@example.org")]
        clock.shift(600)
        answers += [AppClient().log_in("nobody@example.org") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert answers[2]["Retry-After"] == "3000", "until the first of them is an hour old"
    assert answers[2]["RateLimit-Policy"] == '"login";q=2;w=3600'
    assert answers[2]["RateLimit"] == '"login";r=0;t=3000'


def test_strangers_who_guess_at_one_account_are_told_when_to_come_back(settings: Any) -> None:
    settings.RATE_LIMIT_LOGIN_UNFAMILIAR = "1/hour"
    answers = [
        AppClient(REMOTE_ADDR=f"192.0.2.{n}").log_in("nobody@example.org", "a guess that is wrong")
        for n in range(2)
    ]
    assert [answer.status_code for answer in answers] == [400, 429]
    assert 3590 < int(answers[1]["Retry-After"]) <= 3600
    assert answers[1]["RateLimit-Policy"] == '"login_unfamiliar";q=1;w=3600'


def test_two_processes_count_together_by_one_round_trip_each(redis: PrivateRedis) -> None:
    one, other = (SharedCache(redis.url, {"OPTIONS": {}}) for _ in range(2))
    counts = [process.hit("k", window_s=60) for process in (one, other, one)]
    assert [window.count for window in counts] == [1, 2, 3]
    assert all(59 < window.left_s <= 60 for window in counts)
    assert other.hit("another", window_s=60).count == 1
    with Redis.from_url(redis.url) as watcher:
        before = watcher.info("stats")["total_commands_processed"]
        other.hit("k", window_s=60)
        after = watcher.info("stats")["total_commands_processed"]
    # The script, the two commands in it where it is not the first hit, and the look itself.
    assert after - before <= 4


def test_a_process_forgets_windows_that_ended_before_it_forgets_others(
    elapsed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskengine.cache._MAX_WINDOWS", 4)
    counter = ProcessCache("throttles", {})
    counter.hit("long", window_s=100)
    for n in range(3):
        counter.hit(f"short-{n}", window_s=1)
    elapsed.s += 2
    counter.hit("new", window_s=100)
    assert counter.hit("long", window_s=100) == Window(2, 98.0)
    for n in range(9):
        counter.hit(f"many-{n}", window_s=100)
    assert len(counter._windows) <= 4
