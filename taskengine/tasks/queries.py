"""Reading tasks. The bucket is always computed from the clock, so no read is ever stale."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Count, Func, IntegerField, Min, Q, QuerySet, Subquery

from taskengine.database.shapes import Shapes, Values
from taskengine.database.statements import prepared
from taskengine.database.table import Table
from taskengine.tasks import deadlines
from taskengine.tasks.deadlines import Bucket
from taskengine.tasks.errors import TaskNotFound
from taskengine.tasks.models import Task
from taskengine.tasks.payloads import task_payload

SNAPSHOT_PAGE_ROWS = 200
TASKS: Final = Table(Task)
_SHAPES: Final = Shapes()
_id: Final = attrgetter("id")
# Whether there is anything below a task `t`: mostly there is not, and so nothing more to be asked.
HAS_PARTS: Final = """EXISTS (
    SELECT FROM tasks_task AS p WHERE p.parent_id = t.id AND p.owner_id = t.owner_id AND p.deleted_at IS NULL
)"""
_NEXT_TRANSITION: Final = """
    SELECT deadline FROM tasks_task
    WHERE owner_id = %s AND deleted_at IS NULL AND completed_at IS NULL AND deadline > %s
    ORDER BY deadline LIMIT 1
"""


def in_bucket(bucket: Bucket, *, now: datetime) -> Q:
    """Return the condition for being in a bucket: `deadlines.bucket` in SQL."""
    match bucket:
        case Bucket.COMPLETED:
            return Q(completed_at__isnull=False)
        case Bucket.MISSED:
            return Q(completed_at=None, deadline__lte=now)
        case Bucket.UPCOMING:
            return Q(completed_at=None) & (Q(deadline=None) | Q(deadline__gt=now))


def in_snapshot(*, now: datetime) -> Q:
    """Return the condition for belonging in a snapshot: `deadlines.in_snapshot` in SQL."""
    return Q(completed_at=None) | Q(completed_at__gt=now - deadlines.SNAPSHOT_AGE)


def tasks_of(owner_id: UUID) -> QuerySet[Task]:
    """Return a person's tasks, without the deleted ones."""
    return Task.objects.filter(owner_id=owner_id, deleted_at=None)


def trash_of(owner_id: UUID) -> QuerySet[Task]:
    """Return a person's deleted tasks."""
    return Task.objects.filter(owner_id=owner_id, deleted_at__isnull=False)


def get_task_or_trash(*, owner_id: UUID, task_id: UUID) -> Task:
    """Return one task, deleted or not.

    Raises:
        TaskNotFound: There is none, it was purged, or it is somebody else's.
    """
    task = TASKS.first("id = %s AND owner_id = %s", [task_id, owner_id])
    if task is None:
        raise TaskNotFound
    return task


def get_task(*, owner_id: UUID, task_id: UUID) -> Task:
    """Return one task.

    Raises:
        TaskNotFound: There is none, it is deleted, or it is somebody else's.
    """
    task = TASKS.first("id = %s AND owner_id = %s AND deleted_at IS NULL", [task_id, owner_id])
    if task is None:
        raise TaskNotFound
    return task


def labelled(label_ids: Sequence[UUID]) -> Q:
    """Return the condition for carrying all of these labels."""
    return Q(labels__contains=list(label_ids)) & ~Q(labels=[])  # the index has no tasks without a label


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """How many tasks are in each bucket, and when the next one changes bucket by itself."""

    upcoming: int
    missed: int
    completed: int
    next_transition_at: datetime | None


def summary(*, owner_id: UUID, now: datetime, which: Q | None = None) -> Summary:
    """Count a person's tasks by bucket at an instant, by one statement.

    Args:
        owner_id: Whose tasks.
        now: The instant.
        which: What is true of those that are counted; None for all.
    """
    if not which:
        return _summary_of_all(owner_id, now)
    counted = (
        tasks_of(owner_id)
        .filter(which)
        .aggregate(
            **{bucket.value: Count("id", filter=in_bucket(bucket, now=now)) for bucket in Bucket},
            next_transition_at=Min("deadline", filter=_coming(now)),
        )
    )
    return Summary(**counted)


def _summary_of_all(owner_id: UUID, now: datetime) -> Summary:
    """Count all: each bucket by the index that has it in order, so that no task is read."""
    values = {"owner": owner_id, "now": now}
    statement = _SHAPES.statement("summary", _summaries, values)
    with prepared() as cursor:
        cursor.execute(statement.text, statement.filled(values))
        row = cursor.fetchone()
    return Summary(**dict(zip(statement.names, row, strict=True)))


def _summaries(values: Values) -> QuerySet[Any]:
    mine = tasks_of(values["owner"]).order_by()
    how_many = Func(template="count(*)", output_field=IntegerField())
    parts: dict[str, QuerySet[Any]] = {
        bucket.value: mine.filter(in_bucket(bucket, now=values["now"])).annotate(n=how_many).values("n")
        for bucket in Bucket
    }
    coming = mine.filter(_coming(values["now"])).order_by("deadline").values("deadline")[:1]
    return (
        get_user_model()
        .objects.filter(pk=values["owner"])
        .values(**{name: Subquery(part) for name, part in parts.items()}, next_transition_at=Subquery(coming))
    )


def _coming(now: datetime) -> Q:
    return Q(completed_at=None, deadline__gt=now)


def next_transition_at(*, owner_id: UUID, now: datetime) -> datetime | None:
    """Return the next instant at which one of a person's tasks changes bucket by itself."""
    with prepared() as cursor:
        cursor.execute(_NEXT_TRANSITION, [owner_id, now])
        row = cursor.fetchone()
    return row[0] if row else None


def snapshot_page(
    *, owner_id: UUID, as_of: datetime, after: UUID | None
) -> tuple[list[Mapping[str, Any]], UUID | None]:
    """Return one page of a person's snapshot, in the order of ids, which never change.

    Args:
        owner_id: Whose tasks.
        as_of: Decides what is too old for it, and the buckets.
        after: The last id of the page before; None for the first page.

    Returns:
        Items `{"kind": "task", "data"}`, and the last id; None when no page follows.
    """
    rows = _snapshot_rows(owner_id, as_of)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return _page(TASKS.rows(rows[:SNAPSHOT_PAGE_ROWS]), as_of)


def first_snapshot_pages(
    *, owner_ids: Collection[UUID], as_of: datetime
) -> dict[UUID, tuple[list[Mapping[str, Any]], UUID | None]]:
    """Return the first pages of several people's snapshots, by one statement; who has no tasks is left out."""
    found = TASKS.rows_of_each(
        lambda owner_id: _snapshot_rows(owner_id, as_of)[:SNAPSHOT_PAGE_ROWS], owner_ids
    )
    return {owner_id: _page(sorted(rows, key=_id), as_of) for owner_id, rows in found.items()}


def _snapshot_rows(owner_id: UUID, as_of: datetime) -> QuerySet[Task]:
    return tasks_of(owner_id).filter(in_snapshot(now=as_of)).order_by("id")


def _page(tasks: Sequence[Task], as_of: datetime) -> tuple[list[Mapping[str, Any]], UUID | None]:
    items: list[Mapping[str, Any]] = [
        {"kind": "task", "data": task_payload(task, now=as_of)} for task in tasks
    ]
    return items, tasks[-1].id if len(tasks) == SNAPSHOT_PAGE_ROWS else None
