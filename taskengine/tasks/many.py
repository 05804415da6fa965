"""The verbs on many tasks at once: the rules of `services`, in a number of statements that does not grow with the tasks.

Each is done to all of them or to none.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from taskengine.errors import Fault
from taskengine.operations.services import OpenOperation
from taskengine.tasks import bulk
from taskengine.tasks.due import set_due, zone_of
from taskengine.tasks.edits import Edit
from taskengine.tasks.errors import OpenChildren, SomeTasksNotFound, TaskNotFound, TooManyLabels
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import MAX_LABELS, Task
from taskengine.tasks.parents import open_below
from taskengine.tasks.places import Known, look_up, put_in_project, put_labels
from taskengine.tasks.services import Children, fix_outcome, some_by_name

_CHANGED: Final = ("priority", "project_id", "labels", "deadline", "due_date", "time_zone")


def complete_tasks(
    *, operation: OpenOperation, task_ids: Sequence[UUID], children: Children | None = None
) -> list[Task]:
    """Complete tasks and fix their outcomes; those that are completed stay as they are.

    Args:
        operation: Who asks.
        task_ids: Which tasks.
        children: What becomes of open parts of them that are not among them; None where there are none.

    Returns:
        The tasks, in the order of their ids.

    Raises:
        SomeTasksNotFound: Some of them are not there.
        OpenChildren: They have other open parts, and nobody said what becomes of them.
    """
    edits = _locked(task_ids, operation=operation)
    unfinished = [edit for edit in edits if edit.task.completed_at is None]
    below: list[UUID] = []
    if children is not Children.LEAVE:
        named = set(task_ids)
        found = open_below([edit.task.id for edit in unfinished], owner_id=operation.owner_id)
        below = [id_ for id_ in found if id_ not in named]
    if below and children is None:
        raise OpenChildren(some_by_name(below))
    parts = bulk.locked(operation=operation, which=Q(id__in=below))
    for edit in (*parts, *unfinished):
        fix_outcome(edit)
    bulk.save([*parts, *unfinished], TaskEvent.COMPLETED)
    return [edit.task for edit in edits]  # of those that were completed nothing is untold


def update_tasks(
    *, operation: OpenOperation, task_ids: Sequence[UUID], fields: Mapping[str, Any]
) -> list[Task]:
    """Change some fields of tasks, the same of each; where a task has the values already it stays as it is.

    Args:
        operation: Who asks.
        task_ids: Which tasks.
        fields: New values of `priority`, `project`, `labels`, `deadline`, `due_date`, `time_zone`, as for one task;
            and `add_labels` and `remove_labels`, which leave the other labels where they are.

    Returns:
        The tasks, in the order of their ids.

    Raises:
        SomeTasksNotFound: Some of them are not there.
        NoSuchProject: The person has no such project.
        NoSuchLabel: The person has no such label.
        TooManyLabels: One of them would carry more than 50.
        DeadlineConflict: A day and an instant were given that are not the same deadline.
    """
    owner_id = operation.owner_id
    edits = _locked(task_ids, operation=operation)
    project, labels = fields.get("project"), [*fields.get("labels", ()), *fields.get("add_labels", ())]
    known = look_up(owner_id, projects=[project] if project else [], labels=labels)
    zone = zone_of(owner_id)
    changed: list[Edit] = []
    unchanged: list[Edit] = []
    for edit in edits:
        task = edit.task
        before = [getattr(task, name) for name in _CHANGED]
        task.priority = fields.get("priority", task.priority)
        if "project" in fields:
            put_in_project(task, project, known=known)
        _set_labels(task, fields, known)
        set_due(task, fields, zone=zone)
        is_changed = before != [getattr(task, name) for name in _CHANGED]
        (changed if is_changed else unchanged).append(edit)
    bulk.save(changed, TaskEvent.UPDATED)
    bulk.leave(unchanged)
    return [edit.task for edit in edits]


def _set_labels(task: Task, fields: Mapping[str, Any], known: Known) -> None:
    if "labels" in fields:
        put_labels(task, fields["labels"], known=known)
    put_labels(task, fields.get("add_labels", ()), besides=True, known=known, pointer="/add_labels")
    gone = fields.get("remove_labels", ())
    task.labels = [label for label in task.labels if label not in gone]
    if len(task.labels) > MAX_LABELS:
        raise TooManyLabels


def delete_tasks(*, operation: OpenOperation, task_ids: Sequence[UUID]) -> None:
    """Delete tasks, so that they can be restored. Children that are not among them stay.

    Raises:
        SomeTasksNotFound: Some of them are not there, or deleted already.
    """
    edits = _locked(task_ids, operation=operation)
    for edit in edits:
        edit.task.deleted_at = edit.now
    bulk.save(edits, TaskEvent.DELETED)


def _locked(task_ids: Sequence[UUID], *, operation: OpenOperation) -> list[Edit]:
    """Lock tasks, each once, and return their brackets in the order in which they were named."""
    found = {edit.task.id: edit for edit in bulk.locked(operation=operation, which=Q(id__in=task_ids))}
    absent = [
        Fault(pointer=f"/ids/{place}", code=TaskNotFound.code, detail=TaskNotFound().detail)
        for place, task_id in enumerate(task_ids)
        if task_id not in found
    ]
    if absent:
        raise SomeTasksNotFound(absent)
    return [found[task_id] for task_id in dict.fromkeys(task_ids)]
