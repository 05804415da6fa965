"""The engine's claim on due tasks: the one place with SQL of its own in the domain."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from taskengine.tasks.models import Task

# `deadline <= now` with the database's clock. statement_timestamp() is stable, so the partial
# index `tasks_task_due` serves it; clock_timestamp() is volatile and would not be.
_NOW: Final = "coalesce(%(now)s, statement_timestamp())"

_DUE: Final = f"""
    t.completed_at IS NULL AND t.deleted_at IS NULL AND t.miss_fired_at IS NULL
    AND t.deadline IS NOT NULL AND t.deadline <= {_NOW}
    AND (t.miss_retry_at IS NULL OR t.miss_retry_at <= {_NOW})
"""

# Never waits for a lock: streams first, because every event of a stream is in line behind its
# row, then the tasks; what somebody else holds is left to them and to the next round. A writer
# may have changed a task between `due` and its lock, so `mine` checks every condition again.
# The arrays and IS TRUE keep the planner to look-ups by key and by hash: with a join, statistics that
# are behind a bulk of new tasks make it compare each due task with each other one.
# Nothing but constants is put into the text; values are parameters.
_CLAIM: Final = f"""
WITH due AS MATERIALIZED (
    SELECT t.id, t.owner_id FROM tasks_task AS t
    WHERE {_DUE} AND t.owner_id <> ALL (%(passing_over)s::uuid[])
        AND (%(only)s::uuid[] IS NULL OR t.id = ANY (%(only)s::uuid[]))
    ORDER BY t.deadline, t.id LIMIT %(limit)s
), held AS MATERIALIZED (
    SELECT s.id FROM realtime_stream AS s
    WHERE s.id IN (SELECT owner_id FROM due)
    ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED
), mine AS MATERIALIZED (
    SELECT t.id FROM tasks_task AS t
    WHERE t.id = ANY (ARRAY(SELECT id FROM due WHERE (owner_id IN (SELECT id FROM held)) IS TRUE)) AND {_DUE}
    FOR NO KEY UPDATE SKIP LOCKED
), fired AS (
    UPDATE tasks_task AS t SET miss_fired_at = {_NOW}, miss_retry_at = NULL
    WHERE t.id = ANY (ARRAY(SELECT id FROM mine)) RETURNING t.*
), busy AS (
    SELECT coalesce(array_agg(DISTINCT owner_id) FILTER (WHERE id NOT IN (SELECT id FROM mine)), '{{}}')
        AS streams, count(*) AS seen FROM due
)
SELECT fired.*, busy.streams AS busy_streams, busy.seen, {_NOW} AS claimed_at
FROM busy LEFT JOIN fired ON true
ORDER BY fired.deadline, fired.id
"""  # noqa: S608 (constants only)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What one claim got.

    Attributes:
        tasks: Those that are now stamped as fired, locked until commit, earliest deadline first.
        busy_streams: The streams of due tasks that somebody else holds: the stream, or a task in it.
        seen: How many due tasks it found; as many as its limit means that there may be more.
        claimed_at: The instant that decided what is due.
    """

    tasks: list[Task]
    busy_streams: frozenset[UUID]
    seen: int
    claimed_at: datetime


def claim_due(
    *,
    limit: int,
    now: datetime | None = None,
    passing_over: Collection[UUID] = (),
    only: Collection[UUID] | None = None,
) -> Claim:
    """Stamp due tasks as fired and return them, in one statement that waits for nobody.

    Args:
        limit: At most so many.
        now: The instant that decides; None for the database's own clock.
        passing_over: Streams to leave out, because somebody holds them.
        only: Claim these tasks at most; None for any.
    """
    parameters = {
        "now": now,
        "limit": limit,
        "passing_over": list(passing_over),
        "only": None if only is None else list(only),
    }
    # One row at least, for the two totals; without a task in it when none was claimed.
    rows: list[Any] = list(Task.objects.raw(_CLAIM, parameters))
    return Claim(
        tasks=[row for row in rows if row.pk is not None],
        busy_streams=frozenset(rows[0].busy_streams),
        seen=rows[0].seen,
        claimed_at=rows[0].claimed_at,
    )
