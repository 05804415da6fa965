"""What a person does with a breakdown as a whole: one function for each verb.

Each runs in a transaction that its caller opens (`operations.perform`), so that verbs compose.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from ai.plans import BANDS
from taskengine.accounts.models import User
from taskengine.operations.services import OpenOperation
from taskengine.planning import budget, jobs, making, outline
from taskengine.planning.briefs import language_of
from taskengine.planning.edits import Edit
from taskengine.planning.errors import BreakdownClosed, TooManyInTheMaking
from taskengine.planning.events import BreakdownEvent
from taskengine.planning.lifecycle import MAX_PENDING, PENDING, Status
from taskengine.planning.models import DEFAULT_GRANULARITY, Breakdown
from taskengine.planning.planners import Choice, choice_for
from taskengine.planning.queries import breakdowns_of
from taskengine.tasks.queries import get_task

SPLIT_GRANULARITY: Final = 2


def start_breakdown(
    *,
    operation: OpenOperation,
    task_id: UUID | None = None,
    goal: str | None = None,
    notes: str | None = None,
    deadline: datetime | None = None,
    granularity: int = DEFAULT_GRANULARITY,
    context: str = "",
    answers: Sequence[Mapping[str, str]] = (),
    language: str | None = None,
) -> Breakdown:
    """Ask for a draft of steps.

    Args:
        operation: Who asks.
        task_id: The task that they are steps towards; None where there is none yet.
        goal: What is to be reached; None for the task's title. One of the two there must be.
        notes: What else is known; None for the task's.
        deadline: By when, aware; None for the task's.
        granularity: How fine, from 1 (a few large steps) to 5 (many small ones).
        context: Anything else that matters.
        answers: What was said to questions of an earlier draft: `{question, answer}`.
        language: The language of the steps, such as `de`; None for the goal's own.

    Raises:
        TaskNotFound: There is no such task.
        TooManyInTheMaking: Some of the person's have to be ready first.
        BudgetExhausted: The day's budget is used up.
    """
    task = get_task(owner_id=operation.owner_id, task_id=task_id) if task_id is not None else None
    assert goal or task, "the edge checks that there is a goal"
    draft = Breakdown(
        owner_id=operation.owner_id,
        task_id=task_id,
        goal=goal or (task.title if task else ""),
        notes=notes if notes is not None else (task.notes if task else ""),
        deadline=deadline or (task.deadline if task else None),
        has_own_deadline=deadline is not None,
        granularity=granularity,
        context=context,
        answers=list(answers),
        language=language,
        created_at=operation.now,
    )
    making.ask(draft, choice=_charged(operation), now=operation.now)
    jobs.announce(draft.id)
    return Edit(draft, now=operation.now, operation=operation).save(BreakdownEvent.STARTED)


def regenerate(
    *,
    operation: OpenOperation,
    breakdown_id: UUID,
    granularity: int | None = None,
    context: str | None = None,
    answers: Sequence[Mapping[str, str]] | None = None,
) -> Breakdown:
    """Ask for other steps in place of those that are not locked.

    Args:
        operation: Who asks.
        breakdown_id: Which breakdown.
        granularity: As for `start_breakdown`; None leaves it as it is.
        context: Likewise.
        answers: Likewise.

    Raises:
        BreakdownNotFound: There is no such breakdown.
        BreakdownClosed: It was applied or cancelled.
        BreakdownNotReady: Its steps are being made right now.
        TooManySteps: The locked ones leave no room.
        TooManyInTheMaking: Some of the person's have to be ready first.
        BudgetExhausted: The day's budget is used up.
    """
    edit = Edit.of(breakdown_id, operation=operation)
    edit.refuse_unless(Status.READY, Status.FAILED)
    draft = edit.draft
    outline.refuse_full([step for step in outline.read(draft.steps) if step.locked], more=1)
    if granularity is not None:
        draft.granularity = granularity
    if context is not None:
        draft.context = context
    if answers is not None:
        draft.answers = list(answers)
    making.ask(draft, choice=_charged(operation), now=edit.now)
    jobs.announce(draft.id)
    return edit.save(BreakdownEvent.STARTED)


def split_step(
    *, operation: OpenOperation, breakdown_id: UUID, key: str, granularity: int = SPLIT_GRANULARITY
) -> Breakdown:
    """Ask for parts that take the place of one step.

    Args:
        operation: Who asks.
        breakdown_id: Which breakdown.
        key: Which step.
        granularity: How fine, 1 to 5.

    Raises:
        BreakdownNotFound: There is no such breakdown.
        BreakdownClosed: It was applied or cancelled.
        BreakdownNotReady: Its steps are being made, or could not be.
        StepNotFound: There is no such step.
        TooManySteps: There is no room for as many parts as there may be.
        TooManyInTheMaking: Some of the person's have to be ready first.
        BudgetExhausted: The day's budget is used up.
    """
    edit = Edit.of_ready(breakdown_id, operation=operation)
    steps = outline.read(edit.draft.steps)
    outline.find(steps, key)  # a step that is not there costs nobody anything
    outline.refuse_full(steps, more=BANDS[granularity].most - 1)
    choice = _charged(operation)
    making.ask_to_split(edit.draft, key, granularity=granularity, choice=choice, now=edit.now)
    jobs.announce(edit.draft.id)
    return edit.save(BreakdownEvent.STARTED, step=key)


def cancel(*, operation: OpenOperation, breakdown_id: UUID) -> Breakdown:
    """Give a breakdown up, in the middle of being made too; one that was given up stays as it is.

    Raises:
        BreakdownNotFound: There is no such breakdown.
        BreakdownClosed: It was applied.
    """
    edit = Edit.of(breakdown_id, operation=operation)
    draft = edit.draft
    if draft.status == Status.CANCELLED:
        return draft
    if draft.status == Status.APPLIED:
        raise BreakdownClosed
    making.close(draft, Status.CANCELLED)  # whoever makes its steps finds out by their next sign of life
    return edit.save(BreakdownEvent.CANCELLED)


def update_breakdown(
    *,
    operation: OpenOperation,
    breakdown_id: UUID,
    fields: Mapping[str, Any],
    drop: Collection[str] = (),
) -> Breakdown:
    """Change a draft, and have the calendar look at it again; with nothing to change it only looks.

    Args:
        operation: Who asks.
        breakdown_id: Which breakdown.
        fields: New values of `goal`, `notes`, `deadline`.
        drop: Keys of steps to leave out.

    Raises:
        BreakdownNotFound: There is no such breakdown.
        BreakdownClosed: It was applied or cancelled.
        BreakdownNotReady: Its steps are being made, or could not be.
        StepNotFound: A step that is to be left out is not there.
    """
    edit = Edit.of_ready(breakdown_id, operation=operation)
    draft = edit.draft
    if fields.get("goal", draft.goal) != draft.goal and draft.language == language_of(
        draft.goal, draft.notes
    ):
        draft.language = None  # it was the old goal's own
    for name in {"goal", "notes", "deadline"} & fields.keys():
        setattr(draft, name, fields[name])
    if "deadline" in fields:
        draft.has_own_deadline = True
    edit.set_steps(outline.without(outline.read(draft.steps), drop))
    edit.lay_out()
    return edit.save_if_changed()


def _charged(operation: OpenOperation) -> Choice:
    """Return who makes a person's plans, and count it if that costs something.

    Raises:
        TooManyInTheMaking: Some of the person's have to be ready first.
        BudgetExhausted: The day's budget is used up.
    """
    if breakdowns_of(operation.owner_id).filter(status__in=PENDING).count() >= MAX_PENDING:
        raise TooManyInTheMaking
    choice = choice_for(User.objects.get(pk=operation.owner_id))
    if choice.costs:
        budget.charge(owner_id=operation.owner_id, now=operation.now)
    return choice
