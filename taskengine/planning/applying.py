"""Making tasks of a draft's steps: all in one transaction, by one operation that one undo takes back."""

from uuid import UUID

from taskengine.operations.services import OpenOperation
from taskengine.planning import making, outline
from taskengine.planning.edits import Edit
from taskengine.planning.errors import BreakdownEmpty
from taskengine.planning.events import BreakdownEvent
from taskengine.planning.lifecycle import Status
from taskengine.planning.models import Breakdown
from taskengine.planning.outline import DraftStep
from taskengine.tasks.models import Task
from taskengine.tasks.queries import get_task
from taskengine.tasks.services import create_task, update_task


def apply_breakdown(*, operation: OpenOperation, breakdown_id: UUID) -> Breakdown:
    """Make the steps subtasks of the goal's task; one that was applied stays as it is.

    The calendar looks once more, so that what is made is what fits now. Where the steps do not fit, each
    has the goal's deadline. A goal without a task gets one; a deadline that was set on the draft becomes
    its task's.

    Raises:
        BreakdownNotFound: There is no such breakdown.
        BreakdownClosed: It was cancelled.
        BreakdownNotReady: Its steps are being made, or could not be.
        BreakdownEmpty: It has no steps.
        TaskNotFound: The goal's task was deleted since.
    """
    edit = Edit.of(breakdown_id, operation=operation)
    draft = edit.draft
    if draft.status == Status.APPLIED:
        return draft
    edit.refuse_unless(Status.READY)
    draft.error = None
    edit.lay_out()
    steps = outline.read(draft.steps)
    if not steps:
        raise BreakdownEmpty
    goal = _goal(draft, operation)
    draft.task_id = goal.id
    for step in steps:
        create_task(
            operation=operation,
            title=step.title,
            notes=_notes(step),
            priority=goal.priority,
            estimate_min=step.estimate_min,
            parent=goal.id,
            project=goal.project_id,
            deadline=step.deadline or draft.deadline,
        )
    making.close(draft, Status.APPLIED)
    draft.applied_op = operation.id
    return edit.save(BreakdownEvent.APPLIED)


def _goal(draft: Breakdown, operation: OpenOperation) -> Task:
    """Return the task that the steps become parts of, with the draft's deadline."""
    if draft.task_id is None:
        return create_task(operation=operation, title=draft.goal, notes=draft.notes, deadline=draft.deadline)
    task = get_task(owner_id=draft.owner_id, task_id=draft.task_id)
    if draft.has_own_deadline and draft.deadline not in (None, task.deadline):
        return update_task(operation=operation, task_id=task.id, fields={"deadline": draft.deadline})
    return task


def _notes(step: DraftStep) -> str:
    """Return what a step says of itself, as Markdown."""
    done_when = f"**Done when:** {step.done_when}" if step.done_when else ""
    return "\n\n".join(filter(None, [step.why, done_when]))
