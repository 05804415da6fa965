"""The loop: at the instant, woken up, on a stepped clock, and with signs of life."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError

from realtime.models import Stream
from taskengine import clock
from taskengine.engine import loop, sweeps
from taskengine.engine.loop import Engine
from taskengine.engine.models import Heartbeat
from taskengine.tasks import claims
from taskengine.tasks.models import Task
from tests.support.locks import held_by_somebody_else
from tests.support.metrics import figure
from tests.support.people import events_of, make_person, make_task, told

HOUR = timedelta(hours=1)

# The loop has a connection of its own.
with_engine = pytest.mark.django_db(transaction=True, databases=["default", "engine"])


@pytest.fixture
def engine(transactional_db: None) -> Iterator[Engine]:
    """A running engine of this process."""
    running = Engine()
    running.start()
    try:
        yield running
    finally:
        running.stop()


def wait_for_miss(ada: Any, task_id: UUID) -> datetime:
    """Wait until a task is told missed; return when that was recorded."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for event in events_of(ada):
            if event.type == "task.missed" and event.data["task"]["id"] == str(task_id):
                return event.recorded_at
        time.sleep(0.01)
    raise AssertionError("it was not told")


@with_engine
def test_the_loop_fires_at_the_instant_and_never_before(engine: Engine) -> None:
    ada = make_person()
    for milliseconds in (0, 3, 40, 250):
        deadline = clock.now() + timedelta(milliseconds=milliseconds)
        task = make_task(ada, deadline=deadline)
        assert wait_for_miss(ada, task.id) >= deadline


@with_engine
def test_a_stream_that_is_let_go_is_told_within_fifty_milliseconds(engine: Engine) -> None:
    ada = make_person()
    task = make_task(ada, deadline=clock.now() + timedelta(milliseconds=200))
    lags_s = []
    for _ in range(3):
        with held_by_somebody_else(Stream.objects.filter(id=ada.pk)):
            time.sleep(0.4)  # its instant passes meanwhile
            assert told(ada, task) == ["task.created"]
            let_go = clock.now()
        lags_s.append((wait_for_miss(ada, task.id) - let_go).total_seconds())
        task = make_task(ada, deadline=clock.now() + timedelta(milliseconds=200))
    # The smallest of three: the machine's own delays are not the engine's.
    assert min(lags_s) < 0.05, lags_s


@with_engine
@pytest.mark.parametrize("ahead_ms", [0.5, 2])
def test_a_clock_that_is_ahead_costs_no_retry_pause(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, ahead_ms: float
) -> None:
    monkeypatch.setattr(clock, "timestamp", lambda: time.time() + ahead_ms / 1000)
    monkeypatch.setattr(sweeps, "RETRY_HELD_S", 0.4)
    ada = make_person()
    for _ in range(3):
        deadline = clock.now() + timedelta(milliseconds=60)
        task = make_task(ada, deadline=deadline)
        lag_s = (wait_for_miss(ada, task.id) - deadline).total_seconds()
        assert 0 <= lag_s < 0.35


@with_engine
def test_a_replica_gives_signs_of_life_while_it_catches_up(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    left = 5

    def endless_work(**_: Any) -> bool:
        nonlocal left
        left -= 1
        if not left:
            engine.request_stop()
        return True

    beats: list[int] = []
    monkeypatch.setattr(engine._sweep, "fire", endless_work)
    monkeypatch.setattr(engine, "_beat", lambda **_: beats.append(left))
    engine._round()
    assert beats == [4, 3, 2, 1, 0]


@with_engine
@pytest.mark.parametrize("woken", [False, True])
def test_a_look_is_not_put_off_while_something_is_always_due(
    monkeypatch: pytest.MonkeyPatch, woken: bool
) -> None:
    engine = Engine()
    fired = 0

    def dense(**_: Any) -> bool:
        nonlocal fired
        fired += 1
        if woken:
            engine._hear([clock.timestamp()])
        if fired == 100:
            engine.request_stop()  # it goes on as if nothing else was to do
        time.sleep(0.005)
        return True

    monkeypatch.setattr(loop, "LOOK_INTERVAL_S", 60 if woken else 0.05)
    monkeypatch.setattr(engine._sweep, "fire", dense)
    monkeypatch.setattr(engine, "_beat", lambda **_: None)
    engine._round()
    assert fired < 50


@with_engine
def test_a_lost_wake_up_costs_a_second_at_most(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_hear", lambda _: None)
    ada = make_person()
    task = make_task(ada, deadline=clock.now() + timedelta(milliseconds=50))
    assert task.deadline is not None
    assert wait_for_miss(ada, task.id) - task.deadline < timedelta(seconds=1.5)


@with_engine
def test_a_deadline_that_turns_up_long_after_it_passed_is_found_in_seconds(engine: Engine) -> None:
    ada = make_person()
    task = make_task(ada, deadline=clock.now() + HOUR)
    time.sleep(0.6)  # it has looked since
    appeared = clock.now()
    Task.objects.filter(id=task.id).update(deadline=appeared - timedelta(minutes=10))
    assert wait_for_miss(ada, task.id) - appeared < timedelta(seconds=3)


@with_engine
def test_a_round_that_fails_is_followed_by_the_next(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, failed = claims.look, threading.Event()

    def look(**arguments: Any) -> claims.Look:
        if not failed.is_set():
            failed.set()
            raise OperationalError("gone")
        return good(**arguments)

    monkeypatch.setattr(claims, "look", look)
    ada = make_person()
    task = make_task(ada, deadline=clock.now() + timedelta(milliseconds=300))
    wait_for_miss(ada, task.id)
    assert failed.is_set()
    assert "tries again" in caplog.text


@with_engine
@pytest.mark.parametrize("step_s", [3600, -3600, 0.05, -0.05])
def test_a_clock_that_is_stepped_fires_nothing_early_and_nothing_a_second_late(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step_s: float
) -> None:
    ada = make_person()
    start = clock.now()
    tasks = [make_task(ada, deadline=start + timedelta(milliseconds=200 * number)) for number in range(1, 7)]
    time.sleep(0.5)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + step_s)
    for task in tasks:
        assert task.deadline is not None
        lateness = wait_for_miss(ada, task.id) - task.deadline
        assert timedelta(0) <= lateness < timedelta(seconds=1), lateness
    assert "was stepped" in caplog.text


@with_engine
def test_a_replica_counts_what_it_does(engine: Engine) -> None:
    names = (
        "taskengine_deadlines_fired_total",
        "taskengine_deadline_lateness_seconds_count",
        "taskengine_batch_tasks_sum",
        "taskengine_wake_ups_total",
    )
    before = {name: figure(name) for name in names}
    late_before = figure("taskengine_deadline_lateness_seconds_sum")
    ada = make_person()
    time.sleep(0.1)  # it sleeps until its next look
    made = [make_task(ada, deadline=clock.now() + timedelta(milliseconds=80)) for _ in range(3)]
    for task in made:
        wait_for_miss(ada, task.id)
    engine.stop()
    assert {name: figure(name) - count for name, count in before.items()} == {
        "taskengine_deadlines_fired_total": 3,
        "taskengine_deadline_lateness_seconds_count": 3,
        "taskengine_batch_tasks_sum": 3,
        "taskengine_wake_ups_total": pytest.approx(3, abs=2),
    }
    assert 0 < figure("taskengine_deadline_lateness_seconds_sum") - late_before < 3


@with_engine
def test_a_replica_has_a_heartbeat_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    engine.start()
    until = time.monotonic() + 10
    while not Heartbeat.objects.filter(id=engine.id).exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    engine.stop()
    assert not engine.is_alive
    assert not Heartbeat.objects.exists()
