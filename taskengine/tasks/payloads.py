"""The one JSON shape of a task, for the API, events and snapshots alike."""

from datetime import date, datetime
from typing import Any

from django.conf import settings

from realtime.envelope import rfc3339
from taskengine.tasks import deadlines
from taskengine.tasks.models import Task


def task_payload(task: Task, *, now: datetime) -> dict[str, Any]:
    """Return a task as the wire has it, its bucket as of `now`."""
    return {
        "id": str(task.id),
        "title": task.title,
        "notes": task.notes,
        "deadline": _instant(task.deadline),
        "due_date": task.due_date.isoformat() if task.due_date else None,
        "time_zone": task.time_zone,
        "priority": task.priority,
        "estimate_min": task.estimate_min,
        "parent": str(task.parent_id) if task.parent_id else None,
        "project": str(task.project_id) if task.project_id else None,
        "labels": [str(label) for label in task.labels],
        "position": task.position,
        "bucket": deadlines.bucket(completed_at=task.completed_at, deadline=task.deadline, now=now).value,
        "completed_at": _instant(task.completed_at),
        "outcome": task.outcome,
        "lateness_s": task.lateness_s,
        "version": task.version,
        "created_at": rfc3339(task.created_at),
        "updated_at": rfc3339(task.updated_at),
    }


def deleted_payload(task: Task, *, now: datetime) -> dict[str, Any]:
    """Return a task of the trash: with the instants of its deletion, and from which on it is purged."""
    assert task.deleted_at is not None, "it is in the trash"
    return {
        **task_payload(task, now=now),
        "deleted_at": rfc3339(task.deleted_at),
        "purge_at": rfc3339(task.deleted_at + settings.TRASH_MAX_AGE),
    }


def field_value(name: str, value: Any) -> Any:
    """Return a field of a payload as the model's field of the same name has it."""
    if value is None or name not in {"deadline", "completed_at", "due_date"}:
        return value
    return date.fromisoformat(value) if name == "due_date" else datetime.fromisoformat(value)


def _instant(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant is not None else None
