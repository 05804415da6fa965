"""The sweep of deadlines: batches, locks that others hold, and rows that raise."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from realtime.models import Stream
from taskengine import clock
from taskengine.engine import loop, sweeps
from taskengine.engine.loop import Engine
from taskengine.engine.models import Heartbeat
from taskengine.engine.sweeps import DeadlineSweep
from taskengine.tasks import events, queries
from taskengine.tasks.claims import claim_due
from taskengine.tasks.models import Task
from tests.support.people import events_of, make_person, make_task, miss_due, told

NOON = datetime(2036, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@contextmanager
def held_by_somebody_else(rows: Any) -> Iterator[None]:
    """Hold row locks in another connection, as a slow edit does."""
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                assert list(rows.select_for_update())
                locked.set()
                done.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)
    try:
        yield
    finally:
        done.set()
        holder.join()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 40])
def test_a_batch_takes_three_statements_however_many_tasks_and_streams(count: int) -> None:
    for number in range(count):
        make_task(make_person(f"p{number}"), deadline=NOON)
    with CaptureQueriesContext(connection) as captured:
        assert miss_due(now=NOON).fired == count
    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 3, statements


@pytest.mark.django_db
def test_deadlines_of_one_stream_are_told_in_their_order() -> None:
    ada = make_person()
    made = [make_task(ada, deadline=NOON + timedelta(seconds=second)) for second in (3, 1, 2)]
    miss_due(now=NOON + HOUR)
    missed = [event for event in events_of(ada) if event.type == "task.missed"]
    assert [event.at for event in missed] == sorted(task.deadline for task in made if task.deadline)


@pytest.mark.django_db
def test_a_batch_that_is_full_says_that_there_is_more() -> None:
    ada = make_person()
    for _ in range(5):
        make_task(ada, deadline=NOON)
    assert [(m.fired, m.more) for m in (miss_due(now=NOON, limit=2) for _ in range(4))] == [
        (2, True), (2, True), (1, False), (0, False),
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_claim_finds_what_is_due_by_its_own_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM tasks_task WHERE completed_at IS NULL AND deleted_at IS NULL"
            " AND miss_fired_at IS NULL AND deadline IS NOT NULL"
            " AND deadline <= coalesce(NULL, statement_timestamp()) ORDER BY deadline, id LIMIT 10"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "tasks_task_due" in plan
    assert "Index Cond: (deadline <=" in plan


@pytest.mark.django_db(transaction=True)
def test_a_stream_that_is_held_is_passed_over_and_holds_up_nobody() -> None:
    ada, eve = make_person("ada"), make_person("eve")
    make_task(ada, deadline=NOON)
    make_task(eve, deadline=NOON)
    sweep = DeadlineSweep()
    with held_by_somebody_else(Stream.objects.filter(id=ada.pk)):
        started = time.monotonic()
        sweep(now=NOON)
        assert time.monotonic() - started < 5, "it must not wait for the lock"
        assert told(eve) == ["task.created", "task.missed"]
        assert told(ada) == ["task.created"]
    sweep(now=NOON)
    assert told(ada) == ["task.created", "task.missed"]


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_held_is_passed_over_and_fired_later() -> None:
    ada = make_person()
    task, other = make_task(ada, deadline=NOON), make_task(ada, deadline=NOON)
    sweep = DeadlineSweep()
    with held_by_somebody_else(Task.objects.filter(id=task.id)):
        sweep(now=NOON)
        assert told(ada, task) == ["task.created"]
        assert told(ada, other) == ["task.created", "task.missed"]
    sweep(now=NOON)
    assert told(ada, task) == ["task.created", "task.missed"]


@pytest.mark.django_db(transaction=True)
def test_held_streams_that_fill_the_batch_do_not_starve_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "BATCH_TASKS", 3)
    ada, eve = make_person("ada"), make_person("eve")
    for _ in range(6):
        make_task(ada, deadline=NOON - HOUR + timedelta(days=3650))
    late = make_task(eve, deadline=NOON + timedelta(days=3650))
    sweep = DeadlineSweep()
    now = NOON + timedelta(days=3651)
    with held_by_somebody_else(Stream.objects.filter(id=ada.pk)):
        for _ in range(4):
            sweep(now=now)
        assert told(eve, late) == ["task.created", "task.missed"]
    while sweep(now=now):
        pass
    sweep(now=now)
    assert told(ada).count("task.missed") == 6


@pytest.mark.django_db(transaction=True)
def test_held_tasks_that_fill_the_batch_do_not_starve_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "BATCH_TASKS", 2)
    ada, eve = make_person("ada"), make_person("eve")
    held = [make_task(ada, deadline=NOON - HOUR) for _ in range(3)]
    late = make_task(eve, deadline=NOON)
    sweep = DeadlineSweep()
    with held_by_somebody_else(Task.objects.filter(owner=ada)):
        rounds = 0
        while sweep(now=NOON):
            rounds += 1
            assert rounds < 5, "it must not spin while it finds nothing to fire"
        assert told(eve, late) == ["task.created", "task.missed"]
    while sweep(now=NOON):
        pass
    sweep(now=NOON)
    assert told(ada).count("task.missed") == len(held)


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_quick_though_the_statistics_know_nothing_of_its_tasks() -> None:
    people = [make_person(f"p{number}") for number in range(4)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_task")
    now = clock.now()
    for person in people:
        Task.objects.bulk_create(
            Task(owner=person, title="Bulk", deadline=NOON, created_at=now, updated_at=now)
            for _ in range(5_000)
        )
    with transaction.atomic(), connection.cursor() as cursor:
        # With a plan that compares each with each it takes minutes.
        cursor.execute("SET LOCAL statement_timeout = '10s'")
        assert claim_due(limit=2_500, now=NOON).seen == 2_500


@pytest.mark.django_db(transaction=True)
def test_a_row_that_raises_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada = make_person()
    tasks = [make_task(ada, f"task {number}", deadline=NOON) for number in range(9)]
    poisoned = tasks[4].id
    good = events.missed

    def missed(task: Task, **arguments: Any) -> Any:
        if task.id == poisoned:
            raise ValueError("poison")
        return good(task, **arguments)

    monkeypatch.setattr(events, "missed", missed)
    DeadlineSweep()(now=NOON)
    assert told(ada).count("task.missed") == 8
    assert str(poisoned) in caplog.text
    assert queries.due_task_ids(limit=10, now=NOON) == []
    monkeypatch.undo()
    DeadlineSweep()(now=NOON + timedelta(seconds=61))
    assert told(ada, poisoned) == ["task.created", "task.missed"]


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_is_not_taken_for_a_poisoned_row(monkeypatch: pytest.MonkeyPatch) -> None:
    task = make_task(make_person(), deadline=NOON)

    def missed(*_: Any, **__: Any) -> Any:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(events, "missed", missed)
    with pytest.raises(OperationalError):
        DeadlineSweep()(now=NOON)
    task.refresh_from_db()
    assert task.miss_retry_at is None


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
    monkeypatch.setattr(loop, "RETRY_DUE_S", 0.4)
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
        return left > 0

    beats: list[int] = []
    monkeypatch.setattr(engine, "_sweep", endless_work)
    monkeypatch.setattr(engine, "_beat", lambda **_: beats.append(left))
    monkeypatch.setattr(queries, "next_deadline", lambda: pytest.fail("it has not caught up"))
    with pytest.raises(pytest.fail.Exception):
        engine._round()
    assert beats == [4, 3, 2, 1]


@with_engine
def test_a_lost_wake_up_costs_a_second_at_most(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_hear", lambda _: None)
    ada = make_person()
    task = make_task(ada, deadline=clock.now() + timedelta(milliseconds=50))
    assert task.deadline is not None
    assert wait_for_miss(ada, task.id) - task.deadline < timedelta(seconds=1.5)


@with_engine
def test_a_round_that_fails_is_followed_by_the_next(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, failed = queries.next_deadline, threading.Event()

    def next_deadline() -> queries.NextDeadline:
        if not failed.is_set():
            failed.set()
            raise OperationalError("gone")
        return good()

    monkeypatch.setattr(queries, "next_deadline", next_deadline)
    ada = make_person()
    task = make_task(ada, deadline=clock.now() + timedelta(milliseconds=300))
    wait_for_miss(ada, task.id)
    assert failed.is_set()


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
