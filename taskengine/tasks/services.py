"""Writing tasks: one function for each verb, and the two that tell of missed deadlines.

Each runs in a transaction that its caller opens (`operations.perform`, a sweep), so that verbs
compose. Between `Edit.of` and `Edit.save` stands nothing but the verb's own rule.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Q

from realtime import outbox
from realtime.envelope import Sketch
from realtime.ids import new_id
from taskengine.errors import Fault
from taskengine.operations.services import OpenOperation
from taskengine.tasks import bulk, claims, deadlines, events
from taskengine.tasks.claims import Claim, Miss
from taskengine.tasks.due import follow_zone, set_due, zone_of
from taskengine.tasks.edits import Edit
from taskengine.tasks.errors import OpenChildren
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import DEFAULT_PRIORITY, Task
from taskengine.tasks.parents import open_below, put_below
from taskengine.tasks.places import leave_what_is_gone, new_position, put_in_project, put_labels
from taskengine.tasks.queries import TASKS

MAX_NAMED: Final = 20  # parts that stand in the way are named up to so many
MISS_RETRY_AFTER: Final = timedelta(seconds=60)
_PLAIN: Final = frozenset({"title", "notes", "priority", "estimate_min"})
_WRITABLE: Final = (*_PLAIN, "parent_id", "project_id", "labels", "deadline", "due_date", "time_zone")


def create_task(
    *,
    operation: OpenOperation,
    title: str,
    id: UUID | None = None,  # noqa: A002 (the field's name)
    notes: str = "",
    priority: int = DEFAULT_PRIORITY,
    estimate_min: int | None = None,
    parent: UUID | None = None,
    project: UUID | None = None,
    labels: Sequence[UUID] = (),
    deadline: datetime | None = None,
    due_date: date | None = None,
    time_zone: str | None = None,
) -> Task:
    """Make a task.

    Args:
        operation: Who asks.
        title: What is to be done, at most 500 characters.
        id: Its id; None to make one up.
        notes: Markdown, kept as it is.
        priority: 1, the highest, to 4.
        estimate_min: How long it takes, 1 to 10080 minutes; None for unknown.
        parent: The task that it is a part of; None for none.
        project: The project it is in; None for none, whatever its parent is in.
        labels: Those it carries, at most 50.
        deadline: The instant it is due, aware. May have passed: then it is missed at once.
        due_date: The day it is due instead; sets `deadline` to that day's end.
        time_zone: The zone of that day; None for the user's.

    Raises:
        TaskIdTaken: The id exists already, whoever has it.
        ParentNotFound: The person has no such task to be its parent.
        ParentCircle: It would be its own parent.
        NoSuchProject: The person has no such project.
        NoSuchLabel: The person has no such label.
        DeadlineConflict: A day and an instant were given that are not the same deadline.
    """
    now = operation.now
    task = TASKS.new(
        id=id or new_id(),
        owner_id=operation.owner_id,
        title=title,
        notes=notes,
        priority=priority,
        estimate_min=estimate_min,
        created_at=now,
    )
    task.position = new_position(task, operation=operation)
    put_below(task, parent)
    put_in_project(task, project)
    put_labels(task, labels)
    due = {"deadline": deadline, "due_date": due_date, "time_zone": time_zone}
    set_due(task, due, zone=zone_of(task.owner_id))
    return Edit(task, now=now, operation=operation).save(TaskEvent.CREATED, wait=id is not None)


def update_task(*, operation: OpenOperation, task_id: UUID, fields: Mapping[str, Any]) -> Task:
    """Change some fields of a task; a value that is what it was changes nothing.

    Args:
        operation: Who asks.
        task_id: Which task.
        fields: New values, as for `create_task`. A new `deadline` takes the place of a
            `due_date` and the other way round.

    Raises:
        TaskNotFound: There is no such task.
        ParentNotFound: The person has no such task to be its parent.
        ParentCircle: The new parent is the task itself, or a part of it.
        NoSuchProject: The person has no such project.
        NoSuchLabel: The person has no such label.
        DeadlineConflict: A day and an instant were given that are not the same deadline.
    """
    edit = Edit.of(task_id, operation=operation)
    task = edit.task
    old = {name: getattr(task, name) for name in _WRITABLE}
    for name in _PLAIN & fields.keys():
        setattr(task, name, fields[name])
    if "parent" in fields:
        put_below(task, fields["parent"])
    if "project" in fields:
        put_in_project(task, fields["project"])
    if "labels" in fields:
        put_labels(task, fields["labels"])
    set_due(task, fields, zone=zone_of(task.owner_id))
    if all(getattr(task, name) == value for name, value in old.items()):
        return edit.leave()
    return edit.save(TaskEvent.UPDATED)


class Children(StrEnum):
    """What becomes of the open parts of a task that is completed, at whatever depth."""

    COMPLETE = "complete"
    LEAVE = "leave"


def complete_task(*, operation: OpenOperation, task_id: UUID, children: Children | None = None) -> Task:
    """Complete a task and fix its outcome; one that is completed stays as it is.

    Args:
        operation: Who asks.
        task_id: Which task.
        children: What becomes of its open parts; None where it has none.

    Raises:
        TaskNotFound: There is no such task.
        OpenChildren: Parts of it are open, and nobody said what becomes of them.
    """
    edit = Edit.of(task_id, operation=operation)
    if edit.task.completed_at is not None:
        return edit.leave()
    below: list[UUID] = []
    if edit.has_parts and children is not Children.LEAVE:
        # Never itself: nothing lets a circle come to be, but one in the table would be told of twice, for ever.
        below = [id_ for id_ in open_below([task_id], owner_id=operation.owner_id) if id_ != task_id]
    if below and children is None:
        raise OpenChildren(some_by_name(below))
    # A query that finds nothing is not sent, but to put it together takes a sixth of all that completing does.
    parts = bulk.locked(operation=operation, which=Q(id__in=below)) if below else []
    for each in (*parts, edit):
        fix_outcome(each)
    bulk.save(parts, TaskEvent.COMPLETED)
    return edit.save(TaskEvent.COMPLETED)


def fix_outcome(edit: Edit) -> None:
    """Complete the task of an open bracket."""
    task = edit.task
    end = deadlines.ending(completed_at=edit.now, deadline=task.deadline)
    task.completed_at, task.outcome, task.lateness_s = edit.now, end.outcome.value, end.lateness_s


def some_by_name(task_ids: Sequence[UUID]) -> list[Fault]:
    """Return a fault for each of the first of these tasks."""
    some = Task.objects.filter(id__in=task_ids).order_by("position", "id")[:MAX_NAMED]
    return [
        Fault(pointer=f"/children/{task.id}", code=OpenChildren.code, detail=f"“{task.title}” is open.")
        for task in some
    ]


def reopen_task(*, operation: OpenOperation, task_id: UUID) -> Task:
    """Take a completion back; one that is open stays as it is. A day without a zone ends where the person is now.

    Raises:
        TaskNotFound: There is no such task.
    """
    edit = Edit.of(task_id, operation=operation)
    if edit.task.completed_at is None:
        return edit.leave()
    edit.task.completed_at = edit.task.outcome = edit.task.lateness_s = None
    follow_zone(edit.task, zone=zone_of(operation.owner_id))
    return edit.save(TaskEvent.REOPENED)


def delete_task(*, operation: OpenOperation, task_id: UUID) -> None:
    """Delete a task, so that it can be restored. Its children stay, and stay its children.

    Raises:
        TaskNotFound: There is no such task, or it is deleted already.
    """
    edit = Edit.of(task_id, operation=operation)
    edit.task.deleted_at = edit.now
    edit.save(TaskEvent.DELETED)


def restore_task(*, operation: OpenOperation, task_id: UUID) -> Task:
    """Take a deletion back; a task that is not deleted stays as it is.

    What was deleted meanwhile it is not in any more (a project), nor carries (a label), nor is it a part of what
    was purged. Its own parts are below it again.

    Raises:
        TaskNotFound: There never was such a task, or it was purged.
    """
    edit = Edit.of(task_id, operation=operation, deleted=None)
    if edit.task.deleted_at is None:
        return edit.leave()
    edit.task.deleted_at = None
    leave_what_is_gone(edit.task)
    follow_zone(edit.task, zone=zone_of(operation.owner_id))
    return edit.save(TaskEvent.RESTORED)


def draft_misses(task_ids: Sequence[UUID]) -> list[Miss]:
    """Draft what will be told of tasks when their deadlines pass. Locks nothing.

    What there is no longer, or no longer has a deadline, is left out. The order stays.
    """
    found = Task.objects.in_bulk(task_ids)
    tasks = [found[task_id] for task_id in task_ids if task_id in found]
    return [_draft_miss(task, task.deadline) for task in tasks if task.deadline is not None]


def _draft_miss(task: Task, deadline: datetime) -> Miss:
    draft = events.missed(task, at=deadline, fired_at=None)
    event_id = uuid.uuid4()
    return Miss(
        task_id=task.id,
        owner_id=task.owner_id,
        version=task.version,
        deadline=deadline,
        event_id=event_id,
        sketch=Sketch.of(
            stream=draft.stream, id=event_id, type=draft.type, at=draft.at, actor=None, op_id=None
        ),
        data=orjson.dumps(draft.data).decode(),
    )


def miss(misses: Sequence[Miss], *, now: datetime | None = None) -> Claim:
    """Tell of those open tasks whose deadline has passed, once for each deadline.

    One statement however many tasks, which is its own transaction where the caller has none.

    Args:
        misses: Drafted by `draft_misses`; those of one stream in the order of their deadlines.
        now: The instant that decides; None for the database's own clock.
    """
    claimed = claims.claim(misses, now=now)
    outbox.ring(claimed.appended)
    return claimed


def warm_up() -> None:
    """Go the way of a miss with nothing to tell, just before the next one is due."""
    claims.warm_up()
    outbox.ring([])


def postpone_miss(*, task_id: UUID, now: datetime) -> None:
    """Try a deadline whose firing failed again in a minute, so that it holds up no other.

    Waits for nobody: a task that somebody holds fails once more, and is put off then.
    """
    free = Task.objects.select_for_update(no_key=True, skip_locked=True).filter(id=task_id)
    with transaction.atomic():
        if free.exists():
            Task.objects.filter(id=task_id).update(miss_retry_at=now + MISS_RETRY_AFTER)
