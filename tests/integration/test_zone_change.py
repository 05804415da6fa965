"""What a change of the time zone does to days that are due: one transaction, told, a fixed number of statements."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taskengine.accounts.models import User
from taskengine.tasks import services
from taskengine.tasks.models import Task
from tests.support.accounts import signed_up
from tests.support.people import (
    do,
    events_of,
    last_operation,
    make_person,
    make_task,
    miss_due,
    move_to_zone,
    told,
    undo,
    update,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(clock: time_machine.Traveller) -> User:
    """Ada, in UTC."""
    return make_person()


def test_open_days_without_a_zone_follow_their_person(ada: User) -> None:
    task = make_task(ada, due_date=TODAY)
    move_to_zone(ada, "America/Los_Angeles")
    task.refresh_from_db()
    assert task.deadline == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert (task.due_date, task.time_zone, task.version, task.deadline_version) == (TODAY, None, 2, 2)
    (event,) = events_of(ada, after=1)
    assert (event.type, event.data["task"]["deadline"]) == ("task.updated", "2026-11-23T08:00:00.000000Z")


def test_all_else_stays_where_it_is(ada: User, clock: time_machine.Traveller) -> None:
    own = make_task(ada, "own zone", due_date=TODAY + timedelta(days=2), time_zone="Europe/Berlin")
    instant = make_task(ada, "instant", deadline=NOON + timedelta(days=2))
    none = make_task(ada, "none")
    missed, unfired = (make_task(ada, title, due_date=TODAY) for title in "ab")
    done, deleted = (make_task(ada, title, due_date=TODAY + timedelta(days=2)) for title in "cd")
    do(ada, services.complete_task, done)
    do(ada, services.delete_task, deleted)
    stranger = make_task(make_person("eve"), due_date=TODAY + timedelta(days=2))
    clock.move_to(datetime(2026, 11, 23, tzinfo=UTC))  # the very end of the day: both are missed
    assert miss_due(now=datetime(2026, 11, 23, tzinfo=UTC), limit=2) == 2
    Task.objects.filter(id=unfired.id).update(miss_fired_at=None)  # as if the engine were a moment behind
    before = dict(Task.objects.values_list("id", "deadline"))
    seen = len(events_of(ada))
    move_to_zone(ada, "America/Los_Angeles")
    assert dict(Task.objects.values_list("id", "deadline")) == before
    assert events_of(ada)[seen:] == []
    assert {own.id, instant.id, none.id, done.id, deleted.id, missed.id, stranger.id} <= before.keys()


def test_a_day_that_is_over_where_the_person_is_now_is_missed_at_once_and_only_once(
    ada: User, clock: time_machine.Traveller
) -> None:
    task = make_task(ada, due_date=TODAY)
    move_to_zone(ada, "Pacific/Kiritimati")  # 14 hours ahead: there it is tomorrow already
    assert told(ada, task) == ["task.created", "task.updated", "task.missed"]
    missed = events_of(ada)[-1]
    assert (missed.at, missed.data["task"]["deadline"]) == (NOON, "2026-11-22T10:00:00.000000Z")
    move_to_zone(ada, "UTC")
    assert told(ada, task)[3:] == [], "what was missed stays missed"


def test_the_same_zone_again_tells_nothing(ada: User) -> None:
    make_task(ada, due_date=TODAY)
    move_to_zone(ada, "Etc/UTC")
    assert len(events_of(ada)) == 1


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        # Havana's clocks skip the hour after midnight in spring: the day ends when they do.
        (date(2027, 3, 13), "America/Havana", datetime(2027, 3, 14, 5, 0, tzinfo=UTC)),
        # In autumn they strike midnight twice: the day ends the first time.
        (date(2027, 11, 6), "America/Havana", datetime(2027, 11, 7, 4, 0, tzinfo=UTC)),
        # And the day of the change itself is an hour shorter, or longer.
        (date(2027, 3, 28), "Europe/Berlin", datetime(2027, 3, 28, 22, 0, tzinfo=UTC)),
        (date(2027, 10, 31), "Europe/Berlin", datetime(2027, 10, 31, 23, 0, tzinfo=UTC)),
    ],
)
def test_days_end_right_where_the_clocks_change(ada: User, day: date, zone: str, expected: datetime) -> None:
    task = make_task(ada, due_date=day)
    move_to_zone(ada, zone)
    task.refresh_from_db()
    assert task.deadline == expected


def test_it_takes_as_many_statements_however_many_tasks(ada: User) -> None:
    counted = []
    for many, zone in ((1, "Europe/Berlin"), (20, "Asia/Tokyo")):
        for number in range(many):
            make_task(ada, str(number), due_date=TODAY + timedelta(days=number))
        with CaptureQueriesContext(connection) as captured:
            move_to_zone(ada, zone)
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_the_api_does_all_of_it_in_one_operation(clock: time_machine.Traveller) -> None:
    client = signed_up()
    task = client.send("POST", "/api/v1/tasks/", {"title": "Taxes", "due_date": "2026-11-22"}).json()
    answered = client.send("PATCH", "/api/v1/users/me/", {"time_zone": "Europe/Berlin"})
    assert (
        client.send("GET", f"/api/v1/tasks/{task['id']}/").json()["deadline"] == "2026-11-22T23:00:00.000000Z"
    )
    event = events_of(User.objects.get())[-1]
    assert (event.type, str(event.op_id)) == ("task.updated", answered["Operation-Id"])


DAY_AFTER = TODAY + timedelta(days=2)
ITS_END_IN_TOKYO = datetime(2026, 11, 24, 15, tzinfo=UTC)


def deadline_told(ada: User) -> tuple[str, str]:
    event = events_of(ada)[-1]
    return event.type, event.data["task"]["deadline"]


@pytest.mark.parametrize(
    ("closes", "opens", "event"),
    [
        (services.complete_task, services.reopen_task, "task.reopened"),
        (services.complete_task, None, "task.reopened"),
        (services.delete_task, services.restore_task, "task.restored"),
        (services.delete_task, None, "task.restored"),
    ],
)
def test_a_day_that_comes_back_after_a_move_ends_where_its_person_is_now(
    ada: User, closes: Callable[..., Any], opens: Callable[..., Any] | None, event: str
) -> None:
    task = make_task(ada, due_date=DAY_AFTER)
    own = make_task(ada, due_date=DAY_AFTER, time_zone="Europe/Berlin")
    do(ada, closes, own)
    do(ada, closes, task)
    closed_by = last_operation(ada)
    move_to_zone(ada, "Asia/Tokyo")
    if opens is None:
        undo(ada, closed_by)
    else:
        do(ada, opens, own)
        do(ada, opens, task)
    task.refresh_from_db()
    assert (task.deadline, task.deadline_version) == (ITS_END_IN_TOKYO, 2)
    assert deadline_told(ada) == (event, "2026-11-24T15:00:00.000000Z")
    own.refresh_from_db()
    assert own.deadline == datetime(2026, 11, 24, 23, tzinfo=UTC)


def test_what_is_completed_follows_no_move_out_of_the_trash_and_what_was_missed_stays_missed(
    ada: User, clock: time_machine.Traveller
) -> None:
    done, missed = (make_task(ada, title, due_date=TODAY) for title in "ab")
    do(ada, services.complete_task, done)
    do(ada, services.delete_task, done)
    clock.move_to(datetime(2026, 11, 23, tzinfo=UTC))
    miss_due(now=datetime(2026, 11, 23, tzinfo=UTC))
    do(ada, services.complete_task, missed)
    move_to_zone(ada, "America/Los_Angeles")
    assert do(ada, services.restore_task, done).deadline == done.deadline
    assert do(ada, services.reopen_task, missed).deadline == missed.deadline
    assert told(ada, missed).count("task.missed") == 1


def test_a_day_that_is_said_again_ends_where_its_person_is_now(ada: User) -> None:
    task = make_task(ada, due_date=DAY_AFTER)
    was = task.deadline
    do(ada, services.complete_task, task)
    move_to_zone(ada, "Asia/Tokyo")
    put_back = update(ada, task, due_date=DAY_AFTER, deadline=was, time_zone=None)
    assert (put_back.deadline, put_back.version) == (was, 2), "what was read can be put back"
    assert update(ada, task, title="Anew").deadline == was
    assert update(ada, task, due_date=DAY_AFTER).deadline == ITS_END_IN_TOKYO
    assert update(ada, task, due_date=DAY_AFTER).version == 4, "and changes nothing the second time"
