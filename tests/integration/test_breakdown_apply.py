"""Steps become tasks: all of them at once, or none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ai.plans import Verdict
from taskengine.accounts.models import User
from taskengine.operations.models import Operation
from taskengine.planning import applying, services, step_services
from taskengine.planning.errors import BreakdownEmpty
from taskengine.tasks import services as tasks
from taskengine.tasks.errors import TaskNotFound
from taskengine.tasks.models import Task
from tests.support.breakdowns import (
    STEPS,
    ask,
    call,
    fresh,
    plan,
    ready,
    work,
)
from tests.support.people import do, events_of, make_person, make_task, operation_of, update

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


def test_steps_become_subtasks_in_one_operation(ada: User) -> None:
    goal = make_task(ada, "Thesis", deadline=FRIDAY_FIVE, priority=2)
    draft = ready(ada, goal=None, task_id=goal.id)
    with operation_of(ada) as operation:
        applying.apply_breakdown(operation=operation, breakdown_id=draft.id)
    draft = fresh(draft)
    assert (draft.status, draft.applied_op) == ("applied", operation.id)
    made = Task.objects.filter(parent=goal).order_by("deadline")
    assert [(task.title, task.estimate_min, task.priority) for task in made] == [
        (one.title, one.estimate_min, 2) for one in STEPS
    ]
    assert [task.deadline for task in made] == [
        datetime.fromisoformat(one["deadline"]) for one in draft.steps
    ]
    assert made[0].notes == "**Done when:** There is a note on sources."
    events = [event for event in events_of(ada) if event.op_id == operation.id]
    assert [event.type for event in events] == ["task.created"] * 4 + ["breakdown.applied"]
    assert Operation.objects.get(id=operation.id).changes[-1]["kind"] == "breakdown"


def test_a_repeat_of_an_apply_makes_nothing(ada: User) -> None:
    draft = ready(ada)
    first = call(ada, applying.apply_breakdown, draft)
    seq = events_of(ada)[-1].seq
    assert call(ada, applying.apply_breakdown, draft).applied_op == first.applied_op
    assert events_of(ada)[-1].seq == seq
    assert Task.objects.count() == 5


def test_a_goal_without_a_task_gets_one(ada: User) -> None:
    draft = call(ada, applying.apply_breakdown, ready(ada, notes="On trees", deadline=FRIDAY_FIVE))
    goal = Task.objects.get(parent=None)
    assert draft.task_id == goal.id
    assert (goal.title, goal.notes, goal.deadline) == (draft.goal, "On trees", FRIDAY_FIVE)
    assert goal.children.count() == 4


def test_a_deadline_that_was_set_on_the_draft_becomes_the_tasks(ada: User) -> None:
    goal = make_task(ada, "Thesis", deadline=NOON + 6 * HOUR)
    draft = ready(ada, goal=None, task_id=goal.id)
    draft = call(ada, services.update_breakdown, draft, fields={"deadline": FRIDAY_FIVE})
    call(ada, applying.apply_breakdown, draft)
    assert Task.objects.get(id=goal.id).deadline == FRIDAY_FIVE


def test_a_draft_without_a_deadline_leaves_the_task_its_own(ada: User) -> None:
    goal = make_task(ada, "Thesis", deadline=FRIDAY_FIVE)
    draft = ready(ada, goal=None, task_id=goal.id)
    draft = call(ada, services.update_breakdown, draft, fields={"deadline": None})
    call(ada, applying.apply_breakdown, draft)
    assert Task.objects.get(id=goal.id).deadline == FRIDAY_FIVE
    assert set(goal.children.values_list("deadline", flat=True)) == {None}


def test_a_deadline_that_was_moved_on_the_task_stays_as_it_was_moved(ada: User) -> None:
    goal = make_task(ada, "Thesis", deadline=FRIDAY_FIVE)
    draft = ready(ada, goal=None, task_id=goal.id)
    update(ada, goal, deadline=FRIDAY_FIVE - 24 * HOUR)
    draft = call(ada, applying.apply_breakdown, draft)
    assert Task.objects.get(id=goal.id).deadline == FRIDAY_FIVE - 24 * HOUR
    last = Task.objects.filter(parent=goal).latest("deadline")
    assert last.deadline == FRIDAY_FIVE - 24 * HOUR


def test_where_the_steps_do_not_fit_each_has_the_goals_deadline(ada: User) -> None:
    call(ada, applying.apply_breakdown, ready(ada, deadline=NOON + HOUR))
    assert set(Task.objects.values_list("deadline", flat=True)) == {NOON + HOUR}


def test_what_was_not_said_is_not_applied(ada: User) -> None:
    no_plan = plan([], verdict=Verdict.NEEDS_NO_PLAN, reason="It is one action.")
    draft = work(ask(ada, "Buy milk"), no_plan)
    with pytest.raises(BreakdownEmpty):
        call(ada, applying.apply_breakdown, draft)
    draft = call(ada, step_services.add_step, draft, fields={"title": "Buy milk", "estimate_min": 10})
    assert call(ada, applying.apply_breakdown, draft).status == "applied"


def test_steps_towards_a_task_that_is_gone_are_not_applied(ada: User) -> None:
    goal = make_task(ada, "Thesis")
    draft = ready(ada, goal=None, task_id=goal.id)
    do(ada, tasks.delete_task, goal)
    with pytest.raises(TaskNotFound):
        call(ada, applying.apply_breakdown, draft)
    assert fresh(draft).status == "ready"
    assert Task.objects.count() == 1
