"""Reading breakdowns, and what of a person's tasks the calendar has to know."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from taskengine.database.table import Table
from taskengine.planning.busy import Commitment
from taskengine.planning.errors import BreakdownNotFound
from taskengine.planning.lifecycle import CLOSED, PENDING, SNAPSHOT_AGE
from taskengine.planning.models import Breakdown
from taskengine.planning.payloads import breakdown_payload
from taskengine.tasks.models import Task
from taskengine.tasks.queries import tasks_of

SNAPSHOT_PAGE_ROWS: Final = 100
_BREAKDOWNS: Final = Table(Breakdown)

# UNION ends it in any case, even if the tasks went in a circle.
_BELOW: Final = """
WITH RECURSIVE below AS (
    SELECT id, owner_id FROM tasks_task WHERE id = %s
    UNION SELECT t.id, t.owner_id FROM tasks_task AS t JOIN below AS b ON t.parent_id = b.id AND t.owner_id = b.owner_id
)
SELECT id FROM below
"""


def breakdowns_of(owner_id: UUID) -> QuerySet[Breakdown]:
    """Return a person's breakdowns."""
    return Breakdown.objects.filter(owner_id=owner_id)


def get_breakdown(*, owner_id: UUID, breakdown_id: UUID) -> Breakdown:
    """Return one breakdown.

    Raises:
        BreakdownNotFound: There is none, or it is somebody else's.
    """
    draft = breakdowns_of(owner_id).filter(id=breakdown_id).first()
    if draft is None:
        raise BreakdownNotFound
    return draft


def in_snapshot(*, now: datetime) -> Q:
    """Return the condition for belonging in a snapshot: `lifecycle.in_snapshot` in SQL."""
    return ~Q(status__in=CLOSED) & Q(updated_at__gt=now - SNAPSHOT_AGE)


def snapshot_page(
    *, owner_id: UUID, as_of: datetime, after: UUID | None
) -> tuple[list[Mapping[str, Any]], UUID | None]:
    """Return one page of a person's snapshot, in the order of ids, which never change.

    Args:
        owner_id: Whose breakdowns.
        as_of: Decides what is too old for it.
        after: The last id of the page before; None for the first page.

    Returns:
        Items `{"kind": "breakdown", "data"}`, and the last id; None when no page follows.
    """
    rows = _snapshot_rows(owner_id, as_of)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return _page(_BREAKDOWNS.rows(rows[:SNAPSHOT_PAGE_ROWS]))


def first_snapshot_pages(
    *, owner_ids: Collection[UUID], as_of: datetime
) -> dict[UUID, tuple[list[Mapping[str, Any]], UUID | None]]:
    """Return the first pages of several people's snapshots, by one statement; who has none is left out."""
    found = _BREAKDOWNS.rows_of_each(
        lambda owner_id: _snapshot_rows(owner_id, as_of)[:SNAPSHOT_PAGE_ROWS], owner_ids
    )
    return {owner_id: _page(sorted(rows, key=attrgetter("id"))) for owner_id, rows in found.items()}


def _snapshot_rows(owner_id: UUID, as_of: datetime) -> QuerySet[Breakdown]:
    return breakdowns_of(owner_id).filter(in_snapshot(now=as_of)).order_by("id")


def _page(drafts: Sequence[Breakdown]) -> tuple[list[Mapping[str, Any]], UUID | None]:
    items: list[Mapping[str, Any]] = [
        {"kind": "breakdown", "data": breakdown_payload(draft)} for draft in drafts
    ]
    return items, drafts[-1].id if len(drafts) == SNAPSHOT_PAGE_ROWS else None


def to_be_done(*, owner_id: UUID, now: datetime) -> QuerySet[Task]:
    """Return the open tasks that are still to come due, without those whose open parts are estimated instead."""
    part = tasks_of(owner_id).filter(parent_id=OuterRef("pk"), completed_at=None, estimate_min__isnull=False)
    return tasks_of(owner_id).filter(~Exists(part), completed_at=None, deadline__gt=now)


def commitments(*, owner_id: UUID, besides: UUID | None, now: datetime) -> list[Commitment]:
    """Return what a person's open tasks will take of their time.

    A task with open parts takes none of its own: its parts do. One that is missed already takes none.

    Args:
        owner_id: Whose tasks.
        besides: A task that is left out with all its parts: what is planned now takes their place.
        now: The instant.
    """
    rows = (
        to_be_done(owner_id=owner_id, now=now)
        .filter(estimate_min__isnull=False)
        .exclude(id__in=_with_parts(besides) if besides else [])
        .values_list("deadline", "estimate_min")
    )
    return [
        Commitment(deadline=deadline, estimate_min=estimate_min)
        for deadline, estimate_min in rows
        if deadline is not None and estimate_min is not None
    ]


def _with_parts(task_id: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [task_id])
        return [id_ for (id_,) in cursor.fetchall()]


def task_of_goal(*, owner_id: UUID, task_id: UUID) -> Task | None:
    """Return the task that a breakdown is of; None if it was deleted since."""
    return tasks_of(owner_id).filter(id=task_id).first()


def waiting(*, limit: int, now: datetime, besides: Collection[UUID] = ()) -> list[UUID]:
    """Return breakdowns that a worker may take, the longest waiting first. Locks nothing.

    Args:
        limit: At most so many.
        now: The instant that decides whose lease is over.
        besides: Leave these out.
    """
    free = Breakdown.objects.filter(status__in=PENDING, lease_until__lte=now).exclude(id__in=besides)
    return list(free.order_by("lease_until", "id").values_list("id", flat=True)[:limit])
