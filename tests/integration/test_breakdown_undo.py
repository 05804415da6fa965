"""What was done to a draft is taken back: the draft, its calendar and its tasks, or nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from ai.errors import QuotaExceeded
from taskengine.accounts.models import User
from taskengine.operations.errors import UndoConflict
from taskengine.planning import applying, services, step_services
from taskengine.planning.models import Breakdown
from taskengine.tasks.models import Task
from tests.support.breakdowns import ask, call, claimed, fresh, plan, ready, step, work
from tests.support.people import events_of, make_person, make_task, operation_of, undo

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday; hours are nine to five in UTC
TUESDAY_FIVE = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Monday noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada() -> User:
    """Somebody with goals."""
    return make_person()


def done(person: User, verb: Callable[..., Breakdown], draft: Breakdown, **arguments: Any) -> UUID:
    """Carry out a verb; return the operation's name."""
    with operation_of(person) as operation:
        verb(operation=operation, breakdown_id=draft.id, **arguments)
    return operation.id


@pytest.mark.parametrize("has_task", [True, False])
def test_the_tasks_that_go_are_not_in_the_way_of_the_steps_that_come_back(ada: User, has_task: bool) -> None:
    of: dict[str, Any] = {"goal": None, "task_id": make_task(ada, "Thesis").id} if has_task else {}
    before = ready(ada, deadline=TUESDAY_FIVE, **of)  # there are thirteen hours, and it takes eight
    assert before.misfit is None
    op_id = done(ada, applying.apply_breakdown, before)
    undone = undo(ada, op_id)
    assert (fresh(before).misfit, fresh(before).steps) == (None, before.steps)
    assert not Task.objects.filter(deleted_at=None, estimate_min__isnull=False).exists()
    redone = undo(ada, undone)
    assert (fresh(before).status, fresh(before).steps) == ("applied", before.steps)
    undo(ada, redone)
    assert (fresh(before).misfit, fresh(before).steps) == (None, before.steps)


def test_an_edit_is_taken_back_though_the_calendar_looked_again(ada: User) -> None:
    draft = ready(ada, deadline=TUESDAY_FIVE)
    edited = done(ada, step_services.edit_step, draft, key="sources", fields={"title": "Find sources"})
    moved = call(ada, services.update_breakdown, draft, fields={"deadline": TUESDAY_FIVE + DAY})
    undo(ada, edited)
    back = fresh(draft)
    assert step(back, "sources")["title"] == "Collect ten sources"
    assert [one["deadline"] for one in back.steps] == [one["deadline"] for one in moved.steps]


def test_the_language_of_the_goal_comes_back_with_it(ada: User) -> None:
    draft = work(ask(ada), plan(language="en"))
    worded = done(ada, services.update_breakdown, draft, fields={"goal": "Meine Masterarbeit schreiben"})
    assert fresh(draft).language is None
    undo(ada, worded)
    assert (fresh(draft).goal, fresh(draft).language) == (draft.goal, "en")


MAKING: dict[str, Callable[[User, Breakdown], object]] = {
    "queued": lambda ada, draft: call(ada, services.regenerate, draft),
    "generating": lambda ada, draft: claimed(call(ada, services.regenerate, draft)),
    "failed": lambda ada, draft: Breakdown.objects.filter(id=draft.id).update(status="failed"),
}


@pytest.mark.parametrize("status", MAKING)
def test_what_is_being_made_anew_stands_against_the_undo(ada: User, status: str) -> None:
    draft = ready(ada)
    worded = done(ada, services.update_breakdown, draft, fields={"goal": "Another"})
    MAKING[status](ada, draft)
    assert fresh(draft).status == status
    head = events_of(ada)[-1].seq
    with pytest.raises(UndoConflict) as refused:
        undo(ada, worded)
    assert [fault.pointer for fault in refused.value.faults] == [f"/breakdown/{draft.id}/status"]
    assert (fresh(draft).goal, events_of(ada)[-1].seq) == ("Another", head)


def test_a_plan_that_came_back_after_a_fault_can_be_set_back_further(ada: User) -> None:
    draft = ready(ada)
    worded = done(ada, services.update_breakdown, draft, fields={"goal": "Another"})
    work(call(ada, services.regenerate, draft), QuotaExceeded())
    undo(ada, worded)
    assert (fresh(draft).goal, fresh(draft).status) == (draft.goal, "ready")
