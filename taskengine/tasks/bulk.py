"""The bracket of `edits`, around many tasks at once: a fixed number of statements however many they are."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.db import connection
from django.db.models import Q

from realtime import outbox
from taskengine.operations.services import OpenOperation
from taskengine.tasks.edits import Edit, wake_engines
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import Task

# What verbs on many tasks may change. What is written to none of them (`title`, `notes`) is not here, so that the
# triggers on it stay quiet.
_COLUMNS: Final = (
    "priority", "estimate_min", "project_id", "labels", "position", "deadline", "due_date", "time_zone", "deadline_version", "miss_fired_at", "miss_retry_at",
    "completed_at", "outcome", "lateness_s", "version", "updated_at", "deleted_at",
)  # fmt: skip


def locked(*, operation: OpenOperation, which: Q, deleted: bool | None = False) -> list[Edit]:
    """Lock those of a person's tasks of which something is true.

    Args:
        operation: Who asks.
        which: What is true of them.
        deleted: Whether they are deleted, are not, or may be either (None).

    Every one of them goes to `save` or to `leave`: what the clock has missed meanwhile is told by them.

    Raises:
        PreconditionFailed: One is not the version that whoever asks has read.
    """
    tasks = Task.objects.select_for_update(no_key=True).filter(which, owner_id=operation.owner_id)
    if deleted is not None:
        tasks = tasks.filter(deleted_at__isnull=not deleted)
    return [Edit.of_locked(task, operation=operation) for task in tasks.order_by("position", "id")]


def save(edits: Sequence[Edit], event: TaskEvent) -> None:
    """Write all the tasks, the log and the events."""
    if not edits:
        return
    drafts = [draft for edit in edits for draft in edit.close(event)]
    _update([edit.task for edit in edits])
    outbox.record(drafts)
    for edit in edits:
        edit.log()
    armed = [edit.armed for edit in edits if edit.armed is not None]
    if armed:
        wake_engines(min(armed))


def leave(edits: Sequence[Edit]) -> None:
    """Change nothing; deadlines that had passed unnoticed are told all the same."""
    missed = [edit for edit in edits if edit.untold]
    if missed:
        _update([edit.task for edit in missed])
        outbox.record([draft for edit in missed for draft in edit.untold])


def _update(tasks: Sequence[Task]) -> None:
    """Write them by one statement. Django's own grows with the square of their number."""
    fields: dict[str, Any] = {field.column: field for field in Task._meta.concrete_fields}
    columns = {column: fields[column].db_type(connection) for column in ("id", *_COLUMNS)}
    rows = [{column: getattr(task, column) for column in columns} for task in tasks]
    types = ", ".join(f"{column} {type_}" for column, type_ in columns.items())
    changes = ", ".join(f"{column} = new.{column}" for column in _COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE tasks_task AS t SET {changes}"  # noqa: S608 (columns of ours)
            f" FROM jsonb_to_recordset(%s::jsonb) AS new ({types}) WHERE t.id = new.id",
            [orjson.dumps(rows).decode()],
        )
