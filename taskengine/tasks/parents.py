"""Which task another may be a part of: a person's tasks are trees, and deletion cuts no branch off.

A parent that was purged is still named. Its id may be somebody else's one day, so a walk stays with one owner.
"""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from taskengine.database.statements import prepared
from taskengine.tasks.errors import ParentCircle, ParentNotFound
from taskengine.tasks.models import Task

# From a task up to its root, over deleted ones too: they may be restored. A parent that is named and not there was
# purged, and may be made anew. UNION ends it in any case.
_ABOVE: Final = """
WITH RECURSIVE above AS (
    SELECT id, parent_id, owner_id FROM tasks_task WHERE id = ANY(%s)
    UNION SELECT t.id, t.parent_id, t.owner_id
    FROM tasks_task AS t JOIN above AS a ON t.id = a.parent_id AND t.owner_id = a.owner_id
)
"""
_IS_BELOW: Final = f"{_ABOVE} SELECT EXISTS (SELECT FROM above WHERE %s IN (id, parent_id))"  # noqa: S608 (constants only)
_ALL_ABOVE: Final = f"{_ABOVE} SELECT id, parent_id FROM above WHERE owner_id = %s"  # noqa: S608

# All below some tasks, through completed ones; what is deleted is not there, nor is what is below it.
_OPEN_BELOW: Final = """
WITH RECURSIVE below AS (
    SELECT id, completed_at FROM tasks_task WHERE parent_id = ANY(%s) AND owner_id = %s AND deleted_at IS NULL
    UNION SELECT t.id, t.completed_at FROM tasks_task AS t JOIN below AS b ON t.parent_id = b.id
    WHERE t.owner_id = %s AND t.deleted_at IS NULL
)
SELECT id FROM below WHERE completed_at IS NULL
"""


def open_below(task_ids: Sequence[UUID], *, owner_id: UUID) -> list[UUID]:
    """Return the open parts of some tasks, and of their parts, each once; they may be among the tasks themselves."""
    with prepared() as cursor:
        cursor.execute(_OPEN_BELOW, [list(task_ids), owner_id, owner_id])
        return [id_ for (id_,) in cursor.fetchall()]


def above(task_ids: Collection[UUID], *, owner_id: UUID) -> dict[UUID, UUID | None]:
    """Return some tasks of a person and all that they are below, deleted ones too, each with the parent that it names."""
    with prepared() as cursor:
        cursor.execute(_ALL_ABOVE, [list(task_ids), owner_id])
        return dict(cursor.fetchall())


def put_below(task: Task, parent_id: UUID | None) -> None:
    """Make a task a part of another, or of none; the parent that it has may stay whatever became of it.

    The caller holds the owner's stream, so nobody else closes the circle at the same time.

    Args:
        task: The part; not saved here.
        parent_id: The whole; None for none.

    Raises:
        ParentNotFound: The owner has no such task, or it is deleted.
        ParentCircle: It is the task itself, or below it.
    """
    if parent_id == task.parent_id:
        return
    if parent_id is not None:
        if not Task.objects.filter(id=parent_id, owner_id=task.owner_id, deleted_at=None).exists():
            raise ParentNotFound
        if _is_below(parent_id, task.id):
            raise ParentCircle
    task.parent_id = parent_id


def _is_below(task_id: UUID, above_id: UUID) -> bool:
    with prepared() as cursor:
        cursor.execute(_IS_BELOW, [[task_id], above_id])
        row = cursor.fetchone()
    return bool(row and row[0])
