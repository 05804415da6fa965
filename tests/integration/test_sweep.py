"""The sweep of deadlines: batches, locks that others hold, and rows that raise."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from realtime import outbox
from realtime.models import Stream
from taskengine import clock
from taskengine.engine import agenda, sweeps
from taskengine.engine.sweeps import RETRY_HELD_S, DeadlineSweep
from taskengine.tasks import claims, events, services
from taskengine.tasks.claims import Miss
from taskengine.tasks.models import Task
from tests.support.locks import held_by_somebody_else
from tests.support.metrics import figure
from tests.support.people import events_of, make_person, make_task, told, update

NOON = datetime(2036, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def sweep_all(sweep: DeadlineSweep, *, now: datetime = NOON) -> None:
    """Look and fire until nothing is left that can be, as the loop does."""
    sweep.look(again_in_s=60, now=now)
    for _ in range(50):
        if sweep.look_at == 0:
            sweep.look(again_in_s=60, now=now)
        elif not sweep.fire(now=now) and sweep.look_at > 0:
            return
    raise AssertionError("it must not spin while it finds nothing to fire")


@contextmanager
def refuses_to_change(task: Task) -> Iterator[None]:
    """Let the database refuse every change of a task, even that it is put off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;"
            " CREATE TRIGGER refuse BEFORE UPDATE ON tasks_task FOR EACH ROW"
            f" WHEN (NEW.id = '{task.id}') EXECUTE FUNCTION refuse()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP TRIGGER refuse ON tasks_task; DROP FUNCTION refuse()")


@pytest.fixture
def sweep() -> DeadlineSweep:
    return DeadlineSweep()


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
        assert sweep.agenda.release_at - time.monotonic() < 0.05, "it must come again soon"
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


@pytest.mark.django_db(transaction=True)
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


@pytest.mark.django_db
def test_a_race_that_another_replica_won_costs_no_look_and_holds_nothing(sweep: DeadlineSweep) -> None:
    ada, eve = make_person("ada"), make_person("eve")
    for person in (ada, eve):
        make_task(person, deadline=NOON)
    late = make_task(ada, deadline=NOON + timedelta(milliseconds=1))
    other = DeadlineSweep()
    for replica in (sweep, other):
        replica.look(again_in_s=60, now=NOON - timedelta(milliseconds=500))
    assert other.fire(now=NOON)
    look_at = sweep.look_at
    assert sweep.fire(now=NOON)
    assert sweep.look_at == look_at
    assert sweep.agenda.held == []
    assert sweep.fire(now=NOON + timedelta(milliseconds=1))
    assert told(ada, late) == ["task.created", "task.missed"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("renamed", [False, True])
def test_what_was_held_is_tried_again_without_another_look(sweep: DeadlineSweep, renamed: bool) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON)
    later = make_task(ada, deadline=NOON + timedelta(milliseconds=1))
    sweep.look(again_in_s=60, now=NOON - timedelta(milliseconds=500))
    look_at = sweep.look_at
    with held_by_somebody_else(Stream.objects.filter(id=ada.pk)):
        assert sweep.fire(now=NOON)
        assert not sweep.fire(now=NOON + timedelta(milliseconds=1)), "a later one must not overtake"
    if renamed:  # whoever held it may have changed it, and the wake-up may be lost
        Task.objects.filter(id=task.id).update(title="Renamed", version=2)
    for _ in range(1 + renamed):
        time.sleep(RETRY_HELD_S)
        assert sweep.fire(now=NOON + timedelta(milliseconds=1))
    assert sweep.look_at == look_at
    missed = [event.data["task"] for event in events_of(ada) if event.type == "task.missed"]
    titles = {data["id"]: data["title"] for data in missed}
    assert titles == {str(task.id): "Renamed" if renamed else task.title, str(later.id): later.title}
    assert len(missed) == 2


@pytest.mark.django_db
def test_a_task_whose_owner_has_no_stream_is_put_off_and_reported(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada, eve = make_person("ada"), make_person("eve")
    lost, found = make_task(ada, deadline=NOON), make_task(eve, deadline=NOON)
    outbox.close_streams([ada.pk])
    monkeypatch.setattr(clock, "now", lambda: NOON)
    poisoned = figure("taskengine_poisoned_deadlines_total")
    sweep_all(sweep)
    assert told(eve, found) == ["task.created", "task.missed"]
    assert sweep.agenda.held == [], "it must not be tried again all the time"
    lost.refresh_from_db()
    assert lost.miss_retry_at == NOON + services.MISS_RETRY_AFTER
    assert str(lost.id) in caplog.text
    assert figure("taskengine_poisoned_deadlines_total") == poisoned + 1
    outbox.open_stream(ada.pk)
    sweep_all(sweep, now=NOON + timedelta(seconds=61))
    assert told(ada, lost) == ["task.missed"]


@pytest.mark.django_db(transaction=True)
def test_a_task_that_can_not_even_be_put_off_is_left_alone_for_a_while(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada = make_person()
    tasks = [make_task(ada, f"task {number}", deadline=NOON) for number in range(5)]
    bad = tasks[2]
    with refuses_to_change(bad):
        sweep_all(sweep)
        assert told(ada).count("task.missed") == 4
        assert str(bad.id) in caplog.text
        caplog.clear()
        sweep_all(sweep)
        assert not caplog.text, "it must not be tried again at once"
    sweep_all(sweep)
    assert told(ada, bad) == ["task.created"]
    monkeypatch.setattr(time, "monotonic", lambda good=time.monotonic: good() + sweeps.REFUSED_FOR_S)
    sweep_all(sweep)
    assert told(ada, bad) == ["task.created", "task.missed"]


@pytest.mark.django_db
def test_a_look_through_everything_that_takes_long_delays_no_second_try(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON - HOUR)
    Task.objects.filter(id=task.id).update(miss_retry_at=clock.now() + timedelta(milliseconds=50))
    monkeypatch.setattr(sweeps, "WHOLE_LOOK_INTERVAL_S", 3_600)
    monkeypatch.setattr(sweeps, "MAX_WHOLE_LOOK_INTERVAL_S", 3_600)
    Task.objects.filter(id=task.id).update(deadline=clock.now() - HOUR)
    sweep.look(again_in_s=60)
    assert not sweep.fire()
    time.sleep(0.05)
    sweep.look(again_in_s=60)
    assert sweep.fire()
    assert told(ada, task) == ["task.created", "task.missed"]


@pytest.mark.django_db
def test_a_look_goes_back_to_a_deadline_that_was_committed_late(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "WHOLE_LOOK_INTERVAL_S", 3_600)
    monkeypatch.setattr(sweeps, "MAX_WHOLE_LOOK_INTERVAL_S", 3_600)
    ada = make_person()
    sweep.look(again_in_s=60)
    task = make_task(ada, deadline=clock.now() + HOUR)
    deadline = clock.now() - timedelta(seconds=10)
    Task.objects.filter(id=task.id).update(deadline=deadline)
    sweep.look(again_in_s=60)
    assert not sweep.fire()
    sweep.look(again_in_s=60, back_to=deadline)
    assert sweep.fire()
    assert told(ada, task) == ["task.created", "task.missed"]


@pytest.mark.django_db
def test_a_look_through_everything_is_put_off_by_half_a_minute_at_most(
    sweep: DeadlineSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    now_s, good = [0.0], claims.look

    def slow_look(**arguments: Any) -> claims.Look:
        asked.append(arguments["after"] is None)
        now_s[0] += 9.0
        return good(**arguments)

    monkeypatch.setattr(claims, "look", slow_look)
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    for pause_s in (0.0, 20.0, 2.0):
        now_s[0] += pause_s
        sweep.look(again_in_s=60)
    assert asked == [True, False, True]
