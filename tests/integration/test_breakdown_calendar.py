"""When a draft's steps have their turns, and what is said where they do not fit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from taskengine.accounts.models import User
from taskengine.planning import scheduling, services
from taskengine.tasks import services as tasks
from tests.support.breakdowns import (
    call,
    misfit_of,
    ready,
    said,
)
from tests.support.people import do, make_person, make_task, update

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday; hours are nine to five in UTC
FRIDAY_FIVE = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Monday noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada() -> User:
    """Somebody with goals."""
    return make_person()


def test_the_steps_are_laid_out_backward_from_the_deadline(ada: User) -> None:
    draft = ready(ada, deadline=FRIDAY_FIVE)
    assert draft.misfit is None
    assert [(one["key"], one["starts_at"][5:16], one["deadline"][5:16]) for one in draft.steps] == [
        ("sources", "11-27T09:00", "11-27T11:00"),
        ("outline", "11-27T11:00", "11-27T12:00"),
        ("draft", "11-27T12:00", "11-27T16:00"),
        ("proof", "11-27T16:00", "11-27T17:00"),
    ]


def test_nothing_is_placed_before_the_whole_plan_is_there(ada: User) -> None:
    ready(ada, deadline=FRIDAY_FIVE)
    for event in said(ada)[:-1]:
        assert all(one["deadline"] is None for one in event.data["breakdown"]["steps"])


def test_without_a_deadline_there_is_no_calendar(ada: User) -> None:
    draft = ready(ada)
    assert draft.misfit is None
    assert {one["deadline"] for one in draft.steps} == {None}


def test_what_does_not_fit_is_said_in_words_with_what_would_help(ada: User) -> None:
    draft = ready(ada, deadline=NOON + 6 * HOUR)  # five hours of work are left today; it takes eight
    assert misfit_of(draft)["missing_min"] == 180
    assert misfit_of(draft)["first_step"] == "draft"
    assert misfit_of(draft)["detail"] == (
        "The steps take 8 h, but before Mon 23 Nov 2026, 18:00 only 5 h of working time is free: that is 3 h"
        " too little. The first step that would be late is “Draft the first chapter”."
    )
    assert [fix["changes"] for fix in misfit_of(draft)["fixes"]] == [["move_deadline"]]
    assert misfit_of(draft)["fixes"][0]["deadline"] == "2026-11-24T12:00:00.000000Z"
    assert {one["deadline"] for one in draft.steps} == {None}


def test_other_open_tasks_take_their_time_and_the_goals_own_do_not(ada: User) -> None:
    goal = make_task(ada, "Thesis", deadline=FRIDAY_FIVE, estimate_min=480)
    part = make_task(ada, "A part of it", parent=goal.id, deadline=FRIDAY_FIVE, estimate_min=480)
    make_task(ada, "A part of a part", parent=part.id, deadline=FRIDAY_FIVE, estimate_min=480)
    other = make_task(ada, "Another thing", deadline=FRIDAY_FIVE)
    make_task(ada, "All of Friday afternoon", parent=other.id, deadline=FRIDAY_FIVE, estimate_min=240)
    update(ada, other, estimate_min=480)  # its part takes its time already
    done = make_task(ada, "Done", deadline=FRIDAY_FIVE, estimate_min=480)
    do(ada, tasks.complete_task, done)
    gone = make_task(ada, "Deleted", deadline=FRIDAY_FIVE, estimate_min=480)
    do(ada, tasks.delete_task, gone)
    make_task(make_person("eve"), "Eve's", deadline=FRIDAY_FIVE, estimate_min=480)
    draft = ready(ada, goal=None, task_id=goal.id)
    assert draft.steps[-1]["deadline"] == "2026-11-27T13:00:00.000000Z"


def test_the_calendar_follows_the_persons_hours_and_zone(ada: User) -> None:
    ada.working_hours, ada.time_zone = {"thu": [["08:00", "18:00"]]}, "America/New_York"
    ada.save()
    draft = ready(ada, deadline=FRIDAY_FIVE)
    assert draft.steps[-1]["deadline"] == "2026-11-26T23:00:00.000000Z"


def test_a_draft_follows_its_task_until_it_has_a_deadline_of_its_own(ada: User) -> None:
    task = make_task(ada, "Thesis", deadline=FRIDAY_FIVE)
    draft = ready(ada, goal=None, task_id=task.id)
    update(ada, task, deadline=FRIDAY_FIVE - 24 * HOUR)
    draft = call(ada, services.update_breakdown, draft, fields={})
    assert draft.deadline == FRIDAY_FIVE - 24 * HOUR
    assert draft.steps[-1]["deadline"] == "2026-11-26T17:00:00.000000Z"
    draft = call(ada, services.update_breakdown, draft, fields={"deadline": FRIDAY_FIVE})
    update(ada, task, deadline=FRIDAY_FIVE - 48 * HOUR)
    assert call(ada, services.update_breakdown, draft, fields={}).deadline == FRIDAY_FIVE


def test_taken_time_ends_with_the_draft_and_a_year_ahead(ada: User) -> None:
    make_task(ada, "Longer than the draft", deadline=FRIDAY_FIVE + timedelta(days=3), estimate_min=600)
    draft = ready(ada, deadline=FRIDAY_FIVE - HOUR)
    (friday,) = scheduling.taken(draft, now=NOON)
    assert (friday.start, friday.end) == (FRIDAY_FIVE - 2 * HOUR, FRIDAY_FIVE - HOUR)
    make_task(ada, "In years", deadline=FRIDAY_FIVE + timedelta(days=1_000), estimate_min=60)
    draft = call(ada, services.update_breakdown, draft, fields={"deadline": NOON + timedelta(days=2_000)})
    assert scheduling.taken(draft, now=NOON)[-1].end == FRIDAY_FIVE + timedelta(days=3)
