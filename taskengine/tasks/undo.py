"""Taking back what an operation did to tasks: a write like any other, told by the events of the verbs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from taskengine.errors import Fault
from taskengine.operations.services import OpenOperation
from taskengine.operations.undo import Change
from taskengine.tasks import bulk
from taskengine.tasks.due import follow_zone, zone_of
from taskengine.tasks.edits import Edit
from taskengine.tasks.errors import (
    NoSuchLabel,
    NoSuchProject,
    ParentCircle,
    ParentNotFound,
    TaskNotFound,
)
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import Task
from taskengine.tasks.parents import put_below
from taskengine.tasks.payloads import field_value, task_payload
from taskengine.tasks.places import Known, leave_what_is_gone, look_up, put_in_project, put_labels

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
# What `bulk` does not write is set back by a write of its own.
_BY_ITSELF: Final = frozenset({"title", "notes", "parent"})


def undo_tasks(*, operation: OpenOperation, changes: Sequence[Change]) -> Sequence[Fault]:
    """Take the changes of tasks back (`operations.undo.Undoer`).

    Old values come back as they were: a completion with its own instant and outcome. But a day without a zone of its
    own ends where the person is now, if the task is open then. Where an operation brought the task in, it is deleted:
    what was changed of it since stands against that.

    Raises:
        TaskNotFound: There never was such a task.
    """
    which = Q(id__in=[change.id for change in changes])
    edits = {edit.task.id: edit for edit in bulk.locked(operation=operation, which=which, deleted=None)}
    if any(change.id not in edits for change in changes):
        raise TaskNotFound
    pairs = [(edits[change.id], change) for change in changes]
    known, zone = _named_in(operation.owner_id, pairs), zone_of(operation.owner_id)
    faults: list[Fault] = []
    together: dict[TaskEvent | None, list[Edit]] = {}
    for edit, change in pairs:
        if against := list(_changed_since(edit, change)):
            faults += against
            continue
        is_by_itself = not _BY_ITSELF.isdisjoint(_differing(change)) or _lost_its_parent(edit, change, known)
        if is_by_itself:
            # It may be a part of one that comes back before it.
            _save(together)
            together = {}
        event = _set_back(edit, change, known)
        if isinstance(event, Fault):
            faults.append(event)
            continue
        if event is not None:
            follow_zone(edit.task, zone=zone, is_new="deadline" in _differing(change))
        if is_by_itself and event is not None:
            edit.save(event)
        else:
            together.setdefault(event, []).append(edit)
    _save(together)
    return faults


def _save(together: Mapping[TaskEvent | None, Sequence[Edit]]) -> None:
    for event, edits in together.items():
        if event is None:
            bulk.leave(edits)
        else:
            bulk.save(edits, event)


def _named_in(owner_id: UUID, pairs: Sequence[tuple[Edit, Change]]) -> Known:
    """Look up all projects and labels that tasks are in again, or carry again."""
    again = [change.before for _, change in pairs if change.before is not None]
    projects = {_id(before.get("project")) for before in again} | {edit.task.project_id for edit, _ in pairs}
    labels = {UUID(label) for before in again for label in before.get("labels", ())}
    labels |= {label for edit, _ in pairs for label in edit.task.labels}
    parents = {edit.task.parent_id for edit, change in pairs if change.after is None}
    return look_up(
        owner_id,
        projects={project for project in projects if project},
        labels=labels,
        parents={parent for parent in parents if parent},
    )


def _lost_its_parent(edit: Edit, change: Change, known: Known) -> bool:
    """Whether a task comes back that was a part of one which was purged."""
    parent = edit.task.parent_id
    return change.after is None and parent is not None and parent not in known.parents


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
            if change.before is None or thing in _differing(change):
                if thing == "deadline" and after.get("due_date") and not after.get("time_zone"):
                    names = ("due_date", "time_zone")  # its instant follows its person: nobody changed that
                changed = [name for name in names if current[name] != after.get(name, current[name])]
                if changed:
                    yield change.refused(
                        f"The {thing} of “{task.title}” was changed since.", field=changed[0]
                    )


def _differing(change: Change) -> list[str]:
    """Return the things that a change changed of a task that was there before and after it."""
    before, after = change.before, change.after
    if before is None or after is None:
        return []
    return [
        thing
        for thing, names in _THINGS.items()
        if any(name in before and name in after and before[name] != after[name] for name in names)
    ]


def _set_back(edit: Edit, change: Change, known: Known) -> TaskEvent | Fault | None:
    """Make a task what it was; return what is to be told of it, None for nothing, or what stands against it."""
    task, before = edit.task, change.before
    if before is None:
        task.deleted_at = edit.now
        return TaskEvent.DELETED
    if change.after is None:
        task.deleted_at = None
        leave_what_is_gone(task, known=known)
        return TaskEvent.RESTORED
    things = _differing(change)
    for thing in things:
        try:
            _set_thing_back(task, thing, before, known)
        except (ParentNotFound, ParentCircle, NoSuchProject, NoSuchLabel) as error:
            return change.refused(f"“{task.title}”: {error.detail}", field=thing)
    if "completion" in things:
        return TaskEvent.REOPENED if task.completed_at is None else TaskEvent.COMPLETED
    return TaskEvent.UPDATED if things else None


def _set_thing_back(task: Task, thing: str, before: Mapping[str, Any], known: Known) -> None:
    """Set one thing back; what names other objects, by the rule that lets it name them."""
    match thing:
        case "parent":
            put_below(task, _id(before["parent"]))
        case "project":
            put_in_project(task, _id(before["project"]), known=known)
        case "labels":
            put_labels(task, [UUID(label) for label in before["labels"]], known=known)
        case _:
            for name in _THINGS[thing]:
                setattr(task, name, field_value(name, before[name]))


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
