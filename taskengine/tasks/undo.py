"""Taking back what an operation did to a task: a write like any other, told by the events of the verbs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from taskengine.errors import Fault
from taskengine.operations.services import OpenOperation
from taskengine.operations.undo import Change
from taskengine.tasks.edits import Edit
from taskengine.tasks.errors import NoSuchLabel, NoSuchProject, ParentCircle, ParentNotFound
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import Task
from taskengine.tasks.parents import put_below
from taskengine.tasks.payloads import field_value, task_payload
from taskengine.tasks.places import leave_what_is_gone, put_in_project, put_labels

# What an undo compares and sets back, by its name for people. The fields of one thing go together:
# a day without its instant would be another deadline.
_THINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title",),
    "notes": ("notes",),
    "priority": ("priority",),
    "estimate": ("estimate_min",),
    "parent": ("parent",),
    "project": ("project",),
    "labels": ("labels",),
    "place": ("position",),
    "deadline": ("deadline", "due_date", "time_zone"),
    "completion": ("completed_at", "outcome", "lateness_s"),
}
# What names other objects is set back by the rule that lets it name them.
_REFERENCES: Final[Mapping[str, Callable[[Task, Any], None]]] = {
    "parent": lambda task, id_: put_below(task, _id(id_)),
    "project": lambda task, id_: put_in_project(task, _id(id_)),
    "labels": lambda task, ids: put_labels(task, [UUID(id_) for id_ in ids]),
}


def undo_task(*, operation: OpenOperation, change: Change) -> Sequence[Fault]:
    """Take the change of one task back (`operations.undo.Undoer`).

    Old values come back as they were: a completion with its own instant and outcome. Where an
    operation brought the task in, it is deleted: what was changed of it since stands against that.

    Raises:
        TaskNotFound: There never was such a task.
    """
    edit = Edit.of(change.id, operation=operation, deleted=None)
    faults = list(_changed_since(edit, change))
    if faults:
        return faults
    if change.before is None:
        edit.task.deleted_at = edit.now
        edit.save(TaskEvent.DELETED)
    elif change.after is None:
        edit.task.deleted_at = None
        leave_what_is_gone(edit.task)
        edit.save(TaskEvent.RESTORED)
    else:
        return _set_back(edit, change, before=change.before, after=change.after)
    return ()


def _changed_since(edit: Edit, change: Change) -> Iterator[Fault]:
    """Yield what the undo would change and somebody else has changed already."""
    task, after = edit.task, change.after
    if (task.deleted_at is None) == (after is None):
        what = "is there again" if after is None else "was deleted since"
        yield change.refused(f"“{task.title}” {what}.")
    elif after is not None:
        current = task_payload(task, now=edit.now)
        for thing, names in _THINGS.items():
            # Deleting sets back everything. What an older server logged may lack a field: it did not change it.
            if change.before is None or _differ(change.before, after, names):
                changed = [name for name in names if current[name] != after.get(name, current[name])]
                if changed:
                    yield change.refused(
                        f"The {thing} of “{task.title}” was changed since.", field=changed[0]
                    )


def _set_back(
    edit: Edit, change: Change, *, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Sequence[Fault]:
    task, event = edit.task, None
    for thing, names in _THINGS.items():
        if not _differ(before, after, names):
            continue
        event = event or TaskEvent.UPDATED
        if thing in _REFERENCES:
            try:
                _REFERENCES[thing](task, before[thing])
            except (ParentNotFound, ParentCircle, NoSuchProject, NoSuchLabel) as error:
                return [change.refused(f"“{task.title}”: {error.detail}", field=thing)]
            continue
        for name in names:
            setattr(task, name, field_value(name, before[name]))
        if thing == "completion":
            event = TaskEvent.REOPENED if task.completed_at is None else TaskEvent.COMPLETED
    if event is None:
        edit.leave()
    else:
        edit.save(event)
    return ()


def _differ(before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str]) -> bool:
    return any(name in before and name in after and before[name] != after[name] for name in names)


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
