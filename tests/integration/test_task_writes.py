"""What the verbs do, and what is told of it."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from realtime.models import Stream
from realtime.publisher import doorbell
from taskengine.engine import loop
from taskengine.operations.models import Operation
from taskengine.tasks import services
from taskengine.tasks.edits import DEADLINES_TOPIC
from taskengine.tasks.errors import DeadlineConflict, TaskIdTaken, TaskNotFound
from taskengine.tasks.models import Task
from tests.support.people import do, events_of, make_person, make_task, miss_due, operation_of, told, update

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_each_verb_is_told_once_in_order(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    update(ada, task, title="Send the invoice")
    do(ada, services.complete_task, task)
    do(ada, services.reopen_task, task)
    do(ada, services.delete_task, task)
    do(ada, services.restore_task, task)
    assert told(ada) == [
        "task.created", "task.updated", "task.completed", "task.reopened", "task.deleted", "task.restored",
    ]  # fmt: skip
    assert [event.seq for event in events_of(ada)] == [1, 2, 3, 4, 5, 6]
    assert Stream.objects.get(id=ada.pk).seq == 6


def test_a_repeat_changes_nothing_and_tells_nothing(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    do(ada, services.complete_task, task)
    before = Task.objects.values().get()
    do(ada, services.complete_task, task)
    update(ada, task, title=task.title, deadline=task.deadline)
    do(ada, services.restore_task, task)
    assert Task.objects.values().get() == before
    assert told(ada) == ["task.created", "task.completed"]


def test_a_task_made_in_the_past_is_missed_at_once(clock: time_machine.Traveller) -> None:
    ada = make_person()
    make_task(ada, deadline=NOON - HOUR)
    created, missed = events_of(ada)
    assert (created.type, missed.type) == ("task.created", "task.missed")
    assert missed.at == NOON
    assert missed.data["task"]["bucket"] == "missed"
    assert missed.op_id == created.op_id


def test_the_deadline_is_told_with_its_own_instant_however_late_it_is_fired(
    clock: time_machine.Traveller,
) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    assert miss_due(now=NOON + 3 * HOUR) == 1
    missed = events_of(ada)[-1]
    assert (missed.type, missed.at, missed.actor, missed.op_id) == ("task.missed", NOON + HOUR, None, None)
    assert missed.data["fired_at"] == "2026-11-22T15:00:00.000000Z"
    assert missed.data["task"]["id"] == str(task.id)


def test_a_deadline_fires_at_its_instant_and_not_a_microsecond_before(clock: time_machine.Traveller) -> None:
    ada = make_person()
    make_task(ada, deadline=NOON + HOUR)
    assert miss_due(now=NOON + HOUR - timedelta(microseconds=1)) == 0
    assert miss_due(now=NOON + HOUR) == 1


def test_a_deadline_is_fired_once_however_often_it_is_looked_for(clock: time_machine.Traveller) -> None:
    ada = make_person()
    make_task(ada, deadline=NOON + HOUR)
    assert [miss_due(now=NOON + HOUR) for _ in range(3)] == [1, 0, 0]


def test_a_write_that_comes_before_the_engine_tells_the_miss_first(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    clock.move_to(NOON + 2 * HOUR)
    do(ada, services.complete_task, task)
    _, missed, completed = events_of(ada)
    assert (missed.type, missed.at) == ("task.missed", NOON + HOUR)
    assert (completed.type, completed.data["task"]["outcome"]) == ("task.completed", "late")
    assert completed.data["task"]["lateness_s"] == 3600
    assert miss_due(now=NOON + 3 * HOUR) == 0


def test_even_a_write_that_changes_nothing_tells_the_miss(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    clock.move_to(NOON + HOUR)
    update(ada, task, title=task.title)
    assert told(ada) == ["task.created", "task.missed"]
    assert miss_due(now=NOON + HOUR) == 0
    assert Task.objects.get().version == 1


def test_deleting_what_is_missed_tells_the_miss_first(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    clock.move_to(NOON + HOUR)
    do(ada, services.delete_task, task)
    assert told(ada) == ["task.created", "task.missed", "task.deleted"]


def test_completed_in_time_is_never_missed(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    do(ada, services.complete_task, task)
    assert miss_due(now=NOON + 9 * HOUR) == 0
    assert Task.objects.get().outcome == "on_time"


def test_what_was_deleted_in_time_is_never_missed(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    do(ada, services.delete_task, task)
    assert miss_due(now=NOON + 9 * HOUR) == 0


def test_moving_the_deadline_arms_it_afresh(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    miss_due(now=NOON + HOUR)
    clock.move_to(NOON + HOUR)
    moved = update(ada, task, deadline=NOON + 3 * HOUR)
    assert events_of(ada)[-1].data["task"]["bucket"] == "upcoming"
    assert moved.deadline_version == 2
    assert miss_due(now=NOON + 3 * HOUR) == 1
    assert told(ada) == ["task.created", "task.missed", "task.updated", "task.missed"]


def test_moving_the_deadline_into_the_past_misses_it_now(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    update(ada, task, deadline=NOON - HOUR)
    assert told(ada) == ["task.created", "task.updated", "task.missed"]
    assert events_of(ada)[-1].at == NOON


def test_clearing_the_deadline_of_a_missed_task_makes_it_upcoming(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON - HOUR)
    update(ada, task, deadline=None)
    assert events_of(ada)[-1].data["task"]["bucket"] == "upcoming"
    assert miss_due(now=NOON + HOUR) == 0


def test_reopened_after_its_deadline_it_is_missed_now(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    do(ada, services.complete_task, task)
    clock.move_to(NOON + 2 * HOUR)
    do(ada, services.reopen_task, task)
    assert told(ada) == ["task.created", "task.completed", "task.reopened", "task.missed"]
    assert events_of(ada)[-1].at == NOON + 2 * HOUR


def test_a_deadline_that_was_told_missed_is_not_told_again_when_the_task_is_reopened(
    clock: time_machine.Traveller,
) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON - HOUR)
    do(ada, services.complete_task, task)
    do(ada, services.reopen_task, task)
    do(ada, services.delete_task, task)
    do(ada, services.restore_task, task)
    assert told(ada).count("task.missed") == 1


def test_restored_after_its_deadline_it_is_missed_now(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    do(ada, services.delete_task, task)
    clock.move_to(NOON + 2 * HOUR)
    do(ada, services.restore_task, task)
    assert told(ada) == ["task.created", "task.deleted", "task.restored", "task.missed"]


def test_a_clock_that_is_behind_the_engines_does_not_unsay_a_miss(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    miss_due(now=NOON + HOUR)
    clock.move_to(NOON + HOUR - timedelta(milliseconds=2))
    assert do(ada, services.complete_task, task).outcome == "late"


def test_a_day_ends_at_its_owners_midnight(clock: time_machine.Traveller) -> None:
    ada = make_person(time_zone="Europe/Berlin")
    task = make_task(ada, due_date=date(2026, 11, 22))
    assert task.deadline == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)


def test_the_tasks_own_zone_goes_before_its_owners(clock: time_machine.Traveller) -> None:
    ada = make_person(time_zone="Europe/Berlin")
    task = make_task(ada, due_date=date(2026, 11, 22), time_zone="UTC")
    assert task.deadline == datetime(2026, 11, 23, tzinfo=UTC)
    moved = update(ada, task, time_zone="Asia/Tokyo")
    assert moved.deadline == datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def test_an_instant_takes_the_days_place_and_the_other_way_round(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, due_date=date(2026, 11, 25))
    assert update(ada, task, deadline=NOON + HOUR).due_date is None
    assert update(ada, task, due_date=date(2026, 11, 24)).deadline == datetime(2026, 11, 25, tzinfo=UTC)
    cleared = update(ada, task, due_date=None)
    assert (cleared.deadline, cleared.due_date) == (None, None)


@pytest.mark.parametrize("goes", [{"deadline": NOON + HOUR}, {"due_date": None}, {"deadline": None}])
def test_a_tasks_own_zone_goes_with_its_day(clock: time_machine.Traveller, goes: dict[str, Any]) -> None:
    ada = make_person(time_zone="Europe/Berlin")
    task = make_task(ada, due_date=date(2026, 11, 25), time_zone="Asia/Tokyo")
    without = update(ada, task, **goes)
    assert (without.due_date, without.time_zone) == (None, None)
    again = update(ada, task, due_date=date(2026, 11, 25))
    assert again.deadline == datetime(2026, 11, 25, 23, tzinfo=UTC), "where Ada is"


def test_a_zone_that_is_said_stays_without_a_day(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, due_date=date(2026, 11, 25), time_zone="Asia/Tokyo")
    assert update(ada, task, title="Anew", deadline=task.deadline).time_zone == "Asia/Tokyo", (
        "its day is there"
    )
    assert update(ada, task, deadline=NOON + HOUR, time_zone="Asia/Tokyo").time_zone == "Asia/Tokyo"
    assert update(ada, task, deadline=NOON + 2 * HOUR, title="Again").time_zone == "Asia/Tokyo", "no day went"
    assert update(ada, task, due_date=date(2026, 11, 25)).deadline == datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_a_day_and_another_instant_are_refused(clock: time_machine.Traveller) -> None:
    ada = make_person()
    with pytest.raises(DeadlineConflict):
        make_task(ada, due_date=date(2026, 11, 25), deadline=NOON)
    task = make_task(ada, due_date=date(2026, 11, 25))
    same = update(ada, task, due_date=date(2026, 11, 25), deadline=datetime(2026, 11, 26, tzinfo=UTC))
    assert same.version == 1


def test_nobody_touches_what_is_not_theirs(clock: time_machine.Traveller) -> None:
    ada, eve = make_person("ada"), make_person("eve")
    task = make_task(ada, deadline=NOON + HOUR)
    for verb in (services.complete_task, services.reopen_task, services.delete_task, services.restore_task):
        with pytest.raises(TaskNotFound):
            do(eve, verb, task)
    with pytest.raises(TaskNotFound):
        update(eve, task, title="Mine now")
    assert told(eve) == []


def test_an_id_is_taken_once_whoever_has_it(clock: time_machine.Traveller) -> None:
    ada, eve = make_person("ada"), make_person("eve")
    task = make_task(ada, id=uuid.uuid4())
    with pytest.raises(TaskIdTaken):
        make_task(eve, id=task.id)
    with pytest.raises(TaskIdTaken):
        make_task(ada, id=task.id)


def test_what_fails_leaves_nothing_behind(clock: time_machine.Traveller) -> None:
    ada = make_person()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_task(ada, priority=9)
    assert not Task.objects.exists()
    assert not Operation.objects.exists()
    assert Stream.objects.get(id=ada.pk).seq == 0


def test_the_log_keeps_what_was_and_what_is(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, title="Old")
    update(ada, task, title="New")
    (change,) = Operation.objects.get(changes__0__after__title="New").changes
    assert change["kind"] == "task"
    assert (change["before"]["title"], change["after"]["title"]) == ("Old", "New")


def test_firing_is_no_write(clock: time_machine.Traveller) -> None:
    ada = make_person()
    task = make_task(ada, deadline=NOON + HOUR)
    miss_due(now=NOON + HOUR)
    task.refresh_from_db()
    assert (task.version, task.updated_at) == (1, NOON)


@pytest.mark.django_db(transaction=True)
def test_only_a_deadline_that_is_near_and_open_wakes_the_engines() -> None:
    ada = make_person()
    rung: list[float] = []
    unsubscribe = doorbell.subscribe(DEADLINES_TOPIC, rung.extend)
    now = datetime.now(UTC)
    make_task(ada, deadline=now + HOUR)
    assert rung == []  # an engine looks sooner than that by itself
    near = now + timedelta(seconds=loop.HEARD_S + 1)
    task = make_task(ada, deadline=near)
    do(ada, services.complete_task, task)
    assert rung == [near.timestamp()]
    do(ada, services.reopen_task, task)
    do(ada, services.delete_task, task)
    assert rung == [near.timestamp()] * 2
    unsubscribe()


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_the_stream_finds_the_task_as_the_other_leaves_it() -> None:
    ada = make_person()
    task = make_task(ada)

    def rename() -> None:
        update(ada, task, title="Second")
        connection.close()

    with ThreadPoolExecutor(1) as other, operation_of(ada) as operation:
        operation.locked()
        renamed = other.submit(rename)
        with pytest.raises(TimeoutError):
            renamed.result(timeout=0.3)
        fields = {"title": "First", "priority": 1}
        services.update_task(operation=operation, task_id=task.id, fields=fields)
    renamed.result(timeout=5)
    task.refresh_from_db()
    assert (task.title, task.priority, task.version) == ("Second", 1, 3)
    times = [event.at for event in events_of(ada)]
    assert times == sorted(times)
