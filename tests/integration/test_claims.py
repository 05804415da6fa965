"""The engine's claim and its look: what they tell, what they leave, and by which plans."""

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from realtime import outbox
from realtime.envelope import Sketch
from realtime.models import Stream
from realtime.publisher import doorbell
from taskengine import clock
from taskengine.tasks import claims, events, services
from taskengine.tasks.claims import Coming, Miss
from taskengine.tasks.models import Task
from tests.support.locks import held_by_somebody_else
from tests.support.people import events_of, make_person, make_task, miss_due, told, update

NOON = datetime(2036, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


ONE = UUID(int=1)


def drafted_miss() -> Miss:
    """Something to tell of a task that there is not."""
    return Miss(
        task_id=ONE, owner_id=ONE, version=1, deadline=NOON, event_id=ONE, sketch=Sketch("", ""), data="{}"
    )


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
    claimed = services.miss(misses, now=NOON)
    assert not claimed.told
    assert [one.version for one in claimed.waiting] == ([2] if "title" in change else []), "is it due still?"
    assert not claimed.early
    assert told(ada) == ["task.created"]


@pytest.mark.django_db
def test_nothing_is_told_before_its_deadline_or_twice() -> None:
    misses = services.draft_misses([make_task(make_person(), deadline=NOON).id])
    early = services.miss(misses, now=NOON - timedelta(microseconds=1))
    assert (early.told, early.early, early.waiting) == ([], misses, [])
    assert services.miss(misses, now=NOON).told == misses
    again = services.miss(misses, now=NOON)
    assert (again.told, again.early, again.waiting, again.homeless) == ([], [], [], [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [Stream, Task])
def test_what_somebody_holds_is_named_and_nothing_else(rows: type[Stream] | type[Task]) -> None:
    ada, eve = make_person("ada"), make_person("eve")
    tasks = [make_task(ada, deadline=NOON), make_task(eve, deadline=NOON)]
    misses = services.draft_misses([task.id for task in tasks])
    row = ada.pk if rows is Stream else tasks[0].id
    with held_by_somebody_else(rows.objects.filter(id=row)):
        claimed = services.miss(misses, now=NOON)
    assert claimed.told == misses[1:]
    assert claimed.waiting == [Coming(id=tasks[0].id, owner_id=ada.pk, version=1, deadline=NOON)]
    assert not claimed.homeless


@pytest.mark.django_db
def test_what_can_be_told_to_nobody_is_named() -> None:
    ada = make_person()
    misses = services.draft_misses([make_task(ada, deadline=NOON).id])
    with transaction.atomic():
        outbox.close_streams([ada.pk])
    claimed = services.miss(misses, now=NOON)
    assert (claimed.told, claimed.waiting, claimed.homeless) == ([], [], misses)


@pytest.mark.django_db
def test_what_is_rung_is_what_stands_in_the_outbox(django_capture_on_commit_callbacks: Any) -> None:
    people = [make_person(name) for name in ("ada", "eve")]
    made = [
        make_task(people[n % 2], f"Gr\N{LATIN SMALL LETTER U WITH DIAERESIS}\N{SNOWMAN} {n}", deadline=NOON)
        for n in range(4)
    ]
    rung: list[Any] = []
    unsubscribe = doorbell.subscribe(outbox.STREAMS_TOPIC, rung.extend)
    with django_capture_on_commit_callbacks(execute=True):
        services.miss(services.draft_misses([task.id for task in made]), now=NOON + HOUR)
    unsubscribe()
    heard: dict[UUID, list[Any]] = {}
    for stream, first, last, encoded in rung:
        assert last - first + 1 == len(encoded)
        heard.setdefault(UUID(stream), []).extend(map(json.loads, encoded))
    for person in people:
        stored = outbox.read([(person.pk, 2)])[person.pk, 2]
        assert heard[person.pk] == [json.loads(text) for _, text in stored]
        assert [event["seq"] for event in heard[person.pk]] == [3, 4]


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


# The loop has a connection of its own.
@pytest.mark.django_db(transaction=True, databases=["default", "engine"])
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
                assert used == (
                    {"tasks_task_pkey"} if "drafted" in sql else {"tasks_task_due", "tasks_task_retry"}
                ), plan
    finally:
        connections[DEFAULT_DB_ALIAS] = default
        engine.close()
