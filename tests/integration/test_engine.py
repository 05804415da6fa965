"""The sweep of deadlines: batches, locks that others hold, and rows that raise."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from prometheus_client import REGISTRY

from realtime.models import Stream
from taskengine import clock
from taskengine.engine import agenda, sweeps
from taskengine.engine.loop import Engine
from taskengine.engine.models import Heartbeat
from taskengine.engine.sweeps import RETRY_HELD_S, DeadlineSweep
from taskengine.tasks import claims, events, services
from taskengine.tasks.claims import Miss
from taskengine.tasks.models import Task
from tests.support.people import events_of, make_person, make_task, miss_due, told, update

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


ONE = UUID(int=1)


def drafted_miss() -> Miss:
    """Something to tell of a task that there is not."""
    return Miss(task_id=ONE, owner_id=ONE, version=1, deadline=NOON, event_id=ONE, data="{}")


def explain(ask: Callable[[], object]) -> str:
    """Run what asks the database one thing, and return how that was done."""
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        ask()
        transaction.set_rollback(True)
    (statement,) = (query["sql"] for query in captured if "tasks_task" in query["sql"])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF) " + statement.replace("%", "%%"), [])
        plan = "\n".join(row[0] for row in cursor.fetchall())
        transaction.set_rollback(True)
    return plan


def sweep_all(sweep: DeadlineSweep, *, now: datetime = NOON) -> None:
    """Look and fire until nothing is left that can be, as the loop does."""
    sweep.look(again_in_s=60, now=now)
    for _ in range(50):
        if sweep.look_at == 0:
            sweep.look(again_in_s=60, now=now)
        elif not sweep.fire(now=now) and sweep.look_at > 0:
            return
    raise AssertionError("it must not spin while it finds nothing to fire")


@pytest.fixture
def sweep() -> DeadlineSweep:
    return DeadlineSweep()


# --- The claim ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 40])
def test_a_batch_takes_one_statement_however_many_tasks_and_streams(count: int) -> None:
    made = [make_task(make_person(f"p{number}"), deadline=NOON).id for number in range(count)]
    with CaptureQueriesContext(connection) as drafting:
        misses = services.draft_misses(made)
    with CaptureQueriesContext(connection) as firing:
        assert len(services.miss(misses, now=NOON).told) == count
    assert (len(drafting), len(firing)) == (1, 1)


@pytest.mark.django_db
def test_what_is_told_is_what_a_write_at_that_instant_would_have_told() -> None:
    ada = make_person()
    task = make_task(ada, "Grüße", notes="\N{SNOWMAN} {}", deadline=NOON)
    fired_at = NOON + timedelta(seconds=1, microseconds=20)
    miss_due(now=fired_at)
    told = events_of(ada)[-1]
    expected = events.missed(task, at=NOON, fired_at=fired_at)
    assert (told.type, told.at, told.actor, told.op_id, told.data) == (
        expected.type, expected.at, expected.actor, expected.op_id, expected.data,
    )  # fmt: skip


@pytest.mark.django_db
def test_deadlines_of_one_stream_are_told_in_their_order() -> None:
    ada = make_person()
    made = [make_task(ada, deadline=NOON + timedelta(seconds=second)) for second in (3, 1, 2)]
    miss_due(now=NOON + HOUR)
    missed = [event for event in events_of(ada) if event.type == "task.missed"]
    assert [event.at for event in missed] == sorted(task.deadline for task in made if task.deadline)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"version": 2, "title": "Another title"},
        {"version": 2, "deadline": NOON + HOUR},
        {"completed_at": NOON - HOUR, "outcome": "on_time"},
        {"deleted_at": NOON - HOUR},
        {"miss_fired_at": NOON},
        {"miss_retry_at": NOON + HOUR},
    ],
    ids=lambda change: "-".join(change),
)
def test_what_changed_after_it_was_drafted_is_not_told_by_that_draft(change: dict[str, Any]) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON)
    misses = services.draft_misses([task.id])
    Task.objects.filter(id=task.id).update(**change)
    missed = services.miss(misses, now=NOON)
    assert (missed.told, missed.left) == ([], misses)
    assert told(ada) == ["task.created"]


@pytest.mark.django_db
def test_nothing_is_told_before_its_deadline() -> None:
    misses = services.draft_misses([make_task(make_person(), deadline=NOON).id])
    assert not services.miss(misses, now=NOON - timedelta(microseconds=1)).told
    assert services.miss(misses, now=NOON).told == misses
    assert not services.miss(misses, now=NOON).told


@pytest.mark.django_db(transaction=True)
def test_what_changes_while_the_claim_waits_for_nobody_is_checked_on_the_locked_row() -> None:
    """The statement's snapshot still shows the task as it was; its lock shows it as it is."""
    ada = make_person()
    tasks = [make_task(ada, f"task {number}", deadline=NOON) for number in range(20)]
    misses = services.draft_misses([task.id for task in tasks])
    done = threading.Event()

    def edit() -> None:
        try:
            for task in tasks:
                update(ada, task, title="Changed")
        finally:
            done.set()
            connection.close()

    editor = threading.Thread(target=edit)
    editor.start()
    while not done.is_set():
        services.miss(misses, now=NOON)
    editor.join()
    for event in events_of(ada):
        if event.type == "task.missed" and event.actor is None:
            before = [
                e
                for e in events_of(ada)
                if e.seq < event.seq and e.data["task"]["id"] == event.data["task"]["id"]
            ]
            assert event.data["task"]["version"] == before[-1].data["task"]["version"]


def test_the_claim_and_the_look_touch_only_what_is_due(transactional_db: None) -> None:
    """On a table of 20,000 pending tasks, with the plans that the engine's prepared statements get."""
    ada = make_person()
    now = clock.now()
    Task.objects.bulk_create(
        Task(owner=ada, title="Pending", deadline=NOON + HOUR, created_at=now, updated_at=now)
        for _ in range(20_000)
    )
    due = [make_task(ada, f"task {number}", deadline=NOON - HOUR) for number in range(3)]
    misses = services.draft_misses([task.id for task in due])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_task")
        cursor.execute("SET plan_cache_mode = force_generic_plan")
    try:
        look = explain(lambda: claims.look(ahead=timedelta(seconds=1), limit=10_000, now=NOON))
        claim = explain(lambda: services.miss(misses, now=NOON))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET plan_cache_mode")
    for plan in (look, claim):
        assert "Seq Scan on tasks_task" not in plan, plan
        removed = [int(count) for count in re.findall(r"Rows Removed by Filter: (\d+)", plan)]
        assert sum(removed) < 10, plan
    assert "tasks_task_due" in look


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
        assert miss_due(limit=2_500, now=NOON) == 2_500


# --- The sweep ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_stream_that_is_held_is_passed_over_and_holds_up_nobody(sweep: DeadlineSweep) -> None:
    ada, eve = make_person("ada"), make_person("eve")
    make_task(ada, deadline=NOON)
    make_task(eve, deadline=NOON)
    with held_by_somebody_else(Stream.objects.filter(id=ada.pk)):
        started = time.monotonic()
        sweep_all(sweep)
        assert time.monotonic() - started < 5, "it must not wait for the lock"
        assert told(eve) == ["task.created", "task.missed"]
        assert told(ada) == ["task.created"]
        assert sweep.look_at - time.monotonic() < 0.05, "it must come again soon"
    time.sleep(RETRY_HELD_S)
    sweep_all(sweep)
    assert told(ada) == ["task.created", "task.missed"]


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_held_is_passed_over_and_nothing_of_its_stream_overtakes_it_later(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda, "BATCH_TASKS", 2)
    ada = make_person()
    tasks = [make_task(ada, deadline=NOON + timedelta(seconds=second)) for second in range(4)]
    now = NOON + HOUR
    with held_by_somebody_else(Task.objects.filter(id=tasks[0].id)):
        sweep_all(sweep, now=now)
        assert told(ada, tasks[0]) == ["task.created"]
        assert told(ada, tasks[1]) == ["task.created", "task.missed"]
        assert told(ada, tasks[2]) == ["task.created"], "a later batch must not overtake"
    time.sleep(RETRY_HELD_S)
    sweep_all(sweep, now=now)
    assert told(ada).count("task.missed") == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [Stream, Task])
def test_what_is_held_does_not_starve_the_others_though_it_fills_the_look(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch, rows: type[Stream] | type[Task]
) -> None:
    monkeypatch.setattr(sweeps, "MAX_COMING", 3)
    ada, eve = make_person("ada"), make_person("eve")
    for _ in range(6):
        make_task(ada, deadline=NOON - HOUR)
    late = make_task(eve, deadline=NOON)
    held = rows.objects.filter(**{"id" if rows is Stream else "owner_id": ada.pk})
    with held_by_somebody_else(held):
        sweep_all(sweep)
        assert told(eve, late) == ["task.created", "task.missed"]
    time.sleep(RETRY_HELD_S)
    sweep_all(sweep)
    assert told(ada).count("task.missed") == 6


@pytest.mark.django_db
def test_more_than_one_look_brings_is_fired_all_the_same(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "MAX_COMING", 4)
    monkeypatch.setattr(agenda, "BATCH_TASKS", 3)
    ada = make_person()
    for second in range(10):
        make_task(ada, deadline=NOON - timedelta(seconds=second))
    sweep_all(sweep)
    at = [event.at for event in events_of(ada) if event.type == "task.missed"]
    assert len(at) == 10
    assert at == sorted(at)


@pytest.mark.django_db
def test_what_is_settled_is_looked_through_only_now_and_then(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a long transaction the index keeps its entries of what has been fired."""
    monkeypatch.setattr(sweeps, "WHOLE_LOOK_INTERVAL_S", 60)
    ada = make_person()
    sweep.look(again_in_s=60)
    task = make_task(ada, deadline=clock.now() + HOUR)
    # As if it had been committed late.
    Task.objects.filter(id=task.id).update(deadline=clock.now() - timedelta(seconds=10))
    near = make_task(ada, deadline=clock.now() + timedelta(seconds=0.5))
    sweep.look(again_in_s=60)
    assert sweep.agenda.next_at == near.deadline
    monkeypatch.setattr(time, "monotonic", lambda good=time.monotonic: good() + 60)
    sweep.look(again_in_s=60)
    assert sweep.fire()
    assert told(ada, task) == ["task.created", "task.missed"]


@pytest.mark.django_db(transaction=True)
def test_what_was_held_is_not_settled(sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "WHOLE_LOOK_INTERVAL_S", 60)
    ada = make_person()
    sweep.look(again_in_s=60)
    task = make_task(ada, deadline=clock.now() + timedelta(milliseconds=200))
    with held_by_somebody_else(Stream.objects.filter(id=ada.pk)):
        time.sleep(0.25)
        sweep.look(again_in_s=60)
        assert sweep.fire()
        monkeypatch.setattr(sweeps, "SETTLED_AFTER", timedelta(seconds=-60))  # as if minutes went by
        sweep.look(again_in_s=60)
    time.sleep(RETRY_HELD_S)
    sweep.look(again_in_s=60)
    assert sweep.fire()
    assert told(ada, task) == ["task.created", "task.missed"]


@pytest.mark.django_db
def test_long_notes_are_cut_into_statements_and_not_drafted_without_end(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "MAX_CLAIM_CHARS", 10_000)
    monkeypatch.setattr(agenda, "MAX_DRAFTED_CHARS", 5_000)
    ada = make_person()
    for _ in range(6):
        make_task(ada, notes="x" * 4_000, deadline=NOON)
    sweep.look(again_in_s=60, now=NOON - timedelta(milliseconds=500))
    drafted = 0
    while sweep.draft_ahead(1):
        drafted += 1
    assert drafted == 2
    with CaptureQueriesContext(connection) as captured:
        assert sweep.fire(now=NOON)
    assert len([query for query in captured if "SKIP LOCKED" in query["sql"]]) == 3
    assert told(ada).count("task.missed") == 6


@pytest.mark.django_db
def test_what_was_drafted_ahead_is_drafted_once(sweep: DeadlineSweep) -> None:
    ada = make_person()
    for _ in range(3):
        make_task(ada, deadline=NOON)
    early = NOON - timedelta(milliseconds=500)
    sweep.look(again_in_s=60, now=early)
    while sweep.draft_ahead(2):
        pass
    sweep.look(again_in_s=60, now=early)
    assert not sweep.draft_ahead(2)
    with CaptureQueriesContext(connection) as captured:
        assert sweep.fire(now=NOON)
    assert len(captured) == 1
    assert told(ada).count("task.missed") == 3


@pytest.mark.django_db
def test_a_draft_of_an_older_version_is_made_anew(sweep: DeadlineSweep) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON)
    early = NOON - timedelta(milliseconds=500)
    sweep.look(again_in_s=60, now=early)
    sweep.draft_ahead(10)
    update(ada, task, title="Another title")
    sweep.look(again_in_s=60, now=early)
    sweep_all(sweep)
    assert events_of(ada)[-1].data["task"]["title"] == "Another title"


@pytest.mark.django_db(transaction=True)
def test_a_task_that_can_not_be_drafted_does_not_stop_the_others(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
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
    monkeypatch.setattr(clock, "now", lambda: NOON)
    sweep_all(sweep)
    assert told(ada).count("task.missed") == 8
    assert str(poisoned) in caplog.text
    monkeypatch.undo()
    sweep_all(sweep, now=NOON + timedelta(seconds=59))
    assert told(ada, poisoned) == ["task.created"]
    sweep_all(sweep, now=NOON + timedelta(seconds=61))
    assert told(ada, poisoned) == ["task.created", "task.missed"]


@pytest.mark.django_db(transaction=True)
def test_a_task_that_the_database_refuses_to_fire_does_not_stop_the_others(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada = make_person()
    tasks = [make_task(ada, f"task {number}", deadline=NOON) for number in range(9)]
    good = services.draft_misses

    def draft_misses(task_ids: Any) -> list[Miss]:
        return [
            replace(miss, data="no JSON") if miss.task_id == tasks[4].id else miss for miss in good(task_ids)
        ]

    monkeypatch.setattr(services, "draft_misses", draft_misses)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    sweep_all(sweep)
    assert told(ada).count("task.missed") == 8
    assert str(tasks[4].id) in caplog.text
    monkeypatch.undo()
    sweep_all(sweep, now=NOON + timedelta(seconds=61))
    assert told(ada, tasks[4]) == ["task.created", "task.missed"]


@pytest.mark.django_db(transaction=True)
def test_a_poisoned_task_that_somebody_holds_is_not_waited_for(sweep: DeadlineSweep) -> None:
    task = make_task(make_person(), deadline=NOON)
    with held_by_somebody_else(Task.objects.filter(id=task.id)):
        started = time.monotonic()
        services.postpone_miss(task_id=task.id, now=NOON)
        assert time.monotonic() - started < 5, "it must not wait for the lock"


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_is_not_taken_for_a_poisoned_row(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task(make_person(), deadline=NOON)

    def missed(*_: Any, **__: Any) -> Any:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(events, "missed", missed)
    with pytest.raises(OperationalError):
        sweep_all(sweep)
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
def test_the_plan_that_was_made_for_empty_tables_goes_by_the_indexes(transactional_db: None) -> None:
    """And warming up prepares the very statement that is used."""
    engine = connections.create_connection("engine")
    connections[DEFAULT_DB_ALIAS], default = engine, connections[DEFAULT_DB_ALIAS]
    try:
        services.warm_up()
        claims.look(ahead=timedelta(seconds=1), limit=10)
        services.miss([drafted_miss()])
        with engine.cursor() as cursor:
            cursor.execute("SELECT name, statement FROM pg_prepared_statements")
            prepared = [(name, sql) for name, sql in cursor.fetchall() if "tasks_task" in sql]
            assert len([name for name, sql in prepared if "drafted" in sql]) == 1, prepared
            for name, sql in prepared:
                nulls = ", ".join(["NULL"] * len(set(re.findall(r"\$(\d+)", sql))))
                cursor.execute(f"EXPLAIN EXECUTE {name} ({nulls})")
                plan = "\n".join(row[0] for row in cursor.fetchall())
                assert "Seq Scan on tasks_task" not in plan, plan
                assert "Seq Scan on realtime_stream" not in plan, plan
                used = set(re.findall(r"tasks_task_\w+", plan))
                assert used == ({"tasks_task_pkey"} if "drafted" in sql else {"tasks_task_due"}), plan
    finally:
        connections[DEFAULT_DB_ALIAS] = default
        engine.close()


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


def figure(name: str) -> float:
    """Return what this process would tell Prometheus."""
    return REGISTRY.get_sample_value(name) or 0.0


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
def test_what_is_pending_and_what_came_to_nothing_is_counted(sweep: DeadlineSweep) -> None:
    ada = make_person()
    for _ in range(4):
        make_task(ada, deadline=NOON)
    empty = figure("taskengine_empty_claims_total")
    with held_by_somebody_else(Stream.objects.filter(id=ada.pk)):
        sweep.look(again_in_s=60, now=NOON)
        assert figure("taskengine_pending_deadlines") == 4
        sweep.fire(now=NOON)
    assert figure("taskengine_empty_claims_total") == empty + 1


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
