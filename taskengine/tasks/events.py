"""What is told of a task: the events `task.*`, drafted for its owner's stream."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from realtime.envelope import rfc3339
from realtime.outbox import Draft
from taskengine.operations.services import OpenOperation
from taskengine.tasks.models import Task
from taskengine.tasks.payloads import task_payload


class TaskEvent(StrEnum):
    """What can happen to a task."""

    CREATED = "task.created"
    UPDATED = "task.updated"
    COMPLETED = "task.completed"
    REOPENED = "task.reopened"
    DELETED = "task.deleted"
    RESTORED = "task.restored"
    MISSED = "task.missed"


def written(
    event: TaskEvent, task: Task, payload: Mapping[str, Any], *, at: datetime, operation: OpenOperation
) -> Draft:
    """Return the event of somebody's write, with the task's payload as it is after it."""
    return Draft(
        stream=task.owner_id,
        type=event,
        at=at,
        actor=operation.actor_id,
        op_id=operation.id,
        data={"task": payload},
    )


def missed(
    task: Task, *, at: datetime, fired_at: datetime | None, operation: OpenOperation | None = None
) -> Draft:
    """Return the event of a missed deadline.

    Args:
        task: The task, open.
        at: When it was missed: its deadline, or the write that made it missed.
        fired_at: When that was noticed. Later than `at` after the engine was down. None while it is
            still to come: the claim adds it.
        operation: The write that made it missed; None where the clock did.
    """
    data: dict[str, Any] = {"task": task_payload(task, now=at)}
    if fired_at is not None:
        data["fired_at"] = rfc3339(fired_at)
    return Draft(
        stream=task.owner_id,
        type=TaskEvent.MISSED,
        at=at,
        actor=operation.actor_id if operation else None,
        op_id=operation.id if operation else None,
        data=data,
    )
