"""Taking back what an operation did to a breakdown: an edit, an apply, a cancel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from taskengine.errors import Fault
from taskengine.operations.queries import Deed
from taskengine.operations.services import OpenOperation
from taskengine.operations.undo import Change
from taskengine.planning import outline
from taskengine.planning.edits import Edit
from taskengine.planning.events import BreakdownEvent
from taskengine.planning.lifecycle import Status
from taskengine.planning.payloads import breakdown_payload
from taskengine.planning.queries import task_of_goal

# What is set back. The calendar's part of it follows.
_FIELDS: Final = ("goal", "notes", "language", "deadline", "steps", "task", "status", "applied_op")
_EVENTS: Final = {
    Status.READY: BreakdownEvent.UPDATED,
    Status.APPLIED: BreakdownEvent.APPLIED,
    Status.CANCELLED: BreakdownEvent.CANCELLED,
}


def can_be_undone(deed: Deed) -> bool:
    """Whether it is no request to a planner, nor the end of one: these can't be taken back."""
    return deed.before in _EVENTS and deed.after in _EVENTS


def undo_breakdown(*, operation: OpenOperation, change: Change) -> Sequence[Fault]:
    """Take the change of one breakdown back (`operations.undo.UndoOne`).

    Raises:
        BreakdownNotFound: There never was such a breakdown.
    """
    before, after = change.before, change.after
    assert before, "`can_be_undone` says so"
    assert after, "likewise"
    edit = Edit.of(change.id, operation=operation)
    draft, current = edit.draft, breakdown_payload(edit.draft)
    if draft.status not in _EVENTS:
        return [change.refused(f"The steps towards “{draft.goal}” are being made anew.", field="status")]
    names = [name for name in _FIELDS if before[name] != after[name]]
    changed = [name for name in names if _meant(name, current[name]) != _meant(name, after[name])]
    if changed:
        return [change.refused(f"The steps towards “{draft.goal}” were changed since.", field=changed[0])]
    for name in names:
        _set_back(edit, name, before[name])
    if draft.status == Status.READY:
        # The tasks that an apply made are still there, and go next: they take nobody's time any more.
        edit.lay_out(besides=UUID(after["task"]) if after["task"] else None)
    edit.save(_EVENTS[Status(draft.status)])
    return ()


def _meant(name: str, value: Any) -> Any:
    """Return what a person said of it: where the steps stand in the calendar is not theirs to say."""
    return outline.unplaced(outline.read(value)) if name == "steps" else value


def _set_back(edit: Edit, name: str, value: Any) -> None:
    draft = edit.draft
    match name:
        case "task" | "applied_op":
            setattr(draft, "task_id" if name == "task" else name, UUID(value) if value else None)
        case "deadline":
            draft.deadline = datetime.fromisoformat(value) if value else None
            task = task_of_goal(owner_id=draft.owner_id, task_id=draft.task_id) if draft.task_id else None
            draft.has_own_deadline = task is None or task.deadline != draft.deadline
        case _:
            setattr(draft, name, value)
