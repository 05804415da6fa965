"""Many new tasks at once: the bracket of `edits`, in a fixed number of statements for each thousand."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.db import IntegrityError, connection
from psycopg.errors import UniqueViolation

from realtime import outbox
from taskengine.operations.services import OpenOperation
from taskengine.tasks.edits import Edit, wake_engines
from taskengine.tasks.errors import TaskIdTaken
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import Task

_BATCH_ROWS: Final = 1_000


def create_tasks(*, operation: OpenOperation, tasks: Sequence[Task]) -> None:
    """Insert, tell and log new tasks, each missed at once where its deadline has passed.

    The caller has applied every rule about what they refer to; parents may come after their parts.

    Args:
        operation: Who asks.
        tasks: With all that they have; none deleted. Completed ones have their outcome.

    Raises:
        TaskIdTaken: One of the ids was taken at this moment. The operation's transaction is over.
    """
    armed = []
    for start in range(0, len(tasks), _BATCH_ROWS):
        edits = [
            Edit(task, operation=operation, now=operation.now) for task in tasks[start : start + _BATCH_ROWS]
        ]
        drafts = [draft for edit in edits for draft in edit.close(TaskEvent.CREATED)]
        _insert([edit.task for edit in edits])
        outbox.record(drafts)
        for edit in edits:
            edit.log()
        armed += [edit.armed for edit in edits if edit.armed]
    if armed:
        wake_engines(min(armed))


def put_in_trash(*, operation: OpenOperation, tasks: Sequence[Task]) -> None:
    """Insert tasks that are deleted already. Nobody was ever told of them, so nobody is now.

    Args:
        operation: Who asks.
        tasks: With all that they have, each with when it was deleted.

    Raises:
        TaskIdTaken: One of the ids was taken at this moment. The operation's transaction is over.
    """
    for task in tasks:
        assert task.deleted_at is not None, "the others are told of"
        task.updated_at = operation.now
    for start in range(0, len(tasks), _BATCH_ROWS):
        _insert(tasks[start : start + _BATCH_ROWS])


def _insert(tasks: Sequence[Task]) -> None:
    """Write them by one statement. Django's own spends most of an import on quoting values one by one."""
    fields: list[Any] = [field for field in Task._meta.concrete_fields if not field.generated]
    rows = [{field.column: getattr(task, field.attname) for field in fields} for task in tasks]
    types = ", ".join(f"{field.column} {field.db_type(connection)}" for field in fields)
    columns = ", ".join(field.column for field in fields)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO tasks_task ({columns}) SELECT {columns}"  # noqa: S608 (columns of ours)
                f" FROM jsonb_to_recordset(%s::jsonb) AS new ({types})",
                [orjson.dumps(rows).decode()],
            )
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise TaskIdTaken from error
        raise
