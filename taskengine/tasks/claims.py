"""The engine's claim on due tasks: SQL of its own, because it must wait for nobody.

A claim has two halves. `look` finds what is due soon and locks nothing; its events are drafted
before the instant, when there is time. `claim` is one statement that fires them, at the instant.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from realtime.envelope import Sketch, rfc3339
from realtime.outbox import APPEND, Appended
from taskengine.tasks.events import TaskEvent

# The database's clock decides. statement_timestamp() is stable, so the partial index `tasks_task_due`
# serves it; clock_timestamp() is volatile and would not be.
_NOW: Final = "coalesce(%(now)s::timestamptz, statement_timestamp())"

_UNFIRED: Final = """
    t.completed_at IS NULL AND t.deleted_at IS NULL AND t.miss_fired_at IS NULL AND t.deadline IS NOT NULL
"""
_DUE: Final = f"""
    {_UNFIRED} AND t.deadline <= {_NOW} AND (t.miss_retry_at IS NULL OR t.miss_retry_at <= {_NOW})
"""
_COMING: Final = f"""
    SELECT t.id, t.owner_id, t.version, t.deadline FROM tasks_task AS t
    WHERE {_UNFIRED} AND t.deadline <= {_NOW} + %(ahead)s::interval AND t.owner_id <> ALL (%(passing_over)s::uuid[])
"""  # noqa: S608 (constants only)

# One row at least, for the time; without a task in it when nothing comes. What is to be tried again may lie
# long back, and so has an index of its own, `tasks_task_retry`.
_LOOK: Final = f"""
SELECT clock_timestamp(), coming.* FROM (SELECT) AS one LEFT JOIN (
    ({_COMING} AND t.miss_retry_at IS NULL AND t.deadline > coalesce(%(after)s::timestamptz, '-infinity')
        ORDER BY t.deadline, t.id LIMIT %(limit)s)
    UNION ALL
    ({_COMING} AND t.miss_retry_at <= {_NOW} ORDER BY t.miss_retry_at LIMIT %(limit)s)
) AS coming ON true ORDER BY coming.deadline, coming.id
"""  # noqa: S608 (constants only)

# Never waits for a lock: streams first, because every event of a stream is in line behind its row,
# then the tasks; what somebody else holds is left to them and to the next claim. A task may have been
# changed since it was drafted, or between the snapshot of this statement and the lock: `mine` checks
# every condition on the locked row, its version too, so that what is told is what is there.
# `due` is what this statement saw due and did not get: somebody holds it, or it was changed since it was drafted.
# LATERAL, OFFSET 0, IS TRUE, ARRAY() and the scalar subquery keep the planner to look-ups by primary key:
# statistics that are behind a bulk of new tasks, or none at all, make it compare each with each, or take
# another index and walk through it.
# %b: in binary, for as text the arrays of a large batch cost more than the claim. `data` comes without its last
# brace: to put the end to the text is cheaper than to put objects together.
_CLAIM: Final = f"""
WITH drafted AS MATERIALIZED (
    SELECT * FROM unnest(%(tasks)b::uuid[], %(owners)b::uuid[], %(versions)b::int[], %(events)b::uuid[], %(data)b::text[])
        WITH ORDINALITY AS d (task_id, owner_id, version, event_id, data, place)
), held AS MATERIALIZED (
    SELECT s.id FROM (SELECT DISTINCT owner_id AS id FROM drafted ORDER BY id) AS o CROSS JOIN LATERAL (
        SELECT s.id FROM realtime_stream AS s WHERE s.id = o.id FOR NO KEY UPDATE SKIP LOCKED
    ) AS s
), free AS MATERIALIZED (
    SELECT * FROM drafted WHERE owner_id IN (SELECT id FROM held)
), mine AS MATERIALIZED (
    SELECT f.*, t.deadline FROM free AS f CROSS JOIN LATERAL (
        SELECT t.deadline FROM tasks_task AS t
        WHERE t.id = f.task_id AND (t.version = f.version AND {_DUE}) IS TRUE
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS t
), due AS (
    SELECT d.event_id, t.version, t.deadline,
        (SELECT s.id FROM realtime_stream AS s WHERE s.id = d.owner_id) IS NOT NULL AS has_stream
    FROM drafted AS d CROSS JOIN LATERAL (
        SELECT t.version, t.deadline FROM tasks_task AS t WHERE t.id = d.task_id AND ({_DUE}) IS TRUE OFFSET 0
    ) AS t
    WHERE d.place NOT IN (SELECT place FROM mine)
), fired AS (
    UPDATE tasks_task SET miss_fired_at = {_NOW}, miss_retry_at = NULL
    WHERE id = ANY (ARRAY(SELECT task_id FROM mine))
), draft AS (
    SELECT owner_id AS stream, place, event_id AS id, '{TaskEvent.MISSED.value}' AS type, deadline AS at,
        NULL::uuid AS actor, NULL::uuid AS op_id, data || (SELECT ',"fired_at":"' || to_char(
            {_NOW} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"}}') AS data
    FROM mine
), {APPEND}
SELECT {_NOW}, got.* FROM (SELECT) AS one LEFT JOIN (
    SELECT id, seq, NULL::int AS version, NULL::timestamptz AS deadline, NULL::bool AS has_stream FROM appended
    UNION ALL SELECT event_id, NULL, version, deadline, has_stream FROM due
) AS got ON true
"""  # noqa: S608 (constants only)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """A task whose deadline is near or past, and has not been fired.

    Attributes:
        id: The task.
        owner_id: Whose it is.
        version: Of the task, when it was seen.
        deadline: When it is to be fired.
    """

    id: UUID
    owner_id: UUID
    version: int
    deadline: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What is coming, earliest deadline first, and the database's time when it was looked up."""

    coming: list[Coming]
    database_time: datetime


def look(
    *,
    ahead: timedelta,
    limit: int,
    after: datetime | None = None,
    passing_over: Collection[UUID] = (),
    now: datetime | None = None,
) -> Look:
    """Find the tasks whose deadlines are to be fired soon. Locks nothing.

    Args:
        ahead: How far into the future.
        after: Leave out deadlines up to this instant; None for none.
        limit: At most so many.
        passing_over: Streams to leave out, because somebody holds them.
        now: The instant that decides; None for the database's own clock.
    """
    parameters: dict[str, Any] = {
        "now": now,
        "ahead": ahead,
        "limit": limit,
        "after": after,
        "passing_over": list(passing_over),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, parameters)
        rows = cursor.fetchall()
    return Look(
        coming=[
            Coming(id=id_, owner_id=owner_id, version=version, deadline=deadline)
            for _, id_, owner_id, version, deadline in rows
            if id_ is not None
        ],
        database_time=rows[0][0],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Miss:
    """A `task.missed` that is drafted, to be told when its instant comes.

    Attributes:
        task_id: The task.
        owner_id: Whose it is.
        version: Of the task that `data` shows; a task that was changed since is not fired with it.
        deadline: The instant.
        event_id: The name its event will have.
        sketch: Of its event.
        data: The event's data as JSON, but for `fired_at`.
    """

    task_id: UUID
    owner_id: UUID
    version: int
    deadline: datetime
    event_id: UUID
    sketch: Sketch
    data: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What one claim got, and what it did not.

    What is in none of these lists is no longer to be told: it was fired by somebody else, or changed so
    that it is not due.

    Attributes:
        told: What was told, in the order of each stream.
        appended: The same as `outbox.ring` takes it.
        waiting: What is due still, as it is now: somebody holds it, or it was changed since it was drafted.
        early: What is not due yet.
        homeless: What is due and can't be told, for its owner has no stream.
        claimed_at: The instant that decided what is due.
    """

    told: list[Miss]
    appended: list[Appended]
    waiting: list[Coming]
    early: list[Miss]
    homeless: list[Miss]
    claimed_at: datetime


def claim(misses: Sequence[Miss], *, now: datetime | None = None) -> Claim:
    """Fire what is due of these and record it, in one statement that waits for nobody.

    Args:
        misses: What is to be told, those of one stream in their order.
        now: The instant that decides; None for the database's own clock.
    """
    parameters: dict[str, Any] = {
        "now": now,
        "tasks": [miss.task_id for miss in misses],
        "owners": [miss.owner_id for miss in misses],
        "versions": [miss.version for miss in misses],
        "events": [miss.event_id for miss in misses],
        "data": [miss.data[:-1] for miss in misses],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, parameters)
        rows = cursor.fetchall()
    claimed_at: datetime = rows[0][0]
    got = {row[1].int: row for row in rows if row[1] is not None}  # numbers: a UUID's hash is slow
    claimed = Claim(told=[], appended=[], waiting=[], early=[], homeless=[], claimed_at=claimed_at)
    ending = f',"fired_at":"{rfc3339(claimed_at)}"}}'
    for miss in misses:
        row = got.get(miss.event_id.int)
        if row is None:
            if miss.deadline > claimed_at:
                claimed.early.append(miss)
            continue
        _, _, seq, version, deadline, has_stream = row
        if seq is not None:
            encoded = miss.sketch.encode(seq=seq, data=miss.data[:-1] + ending)
            claimed.told.append(miss)
            claimed.appended.append((miss.owner_id, seq, encoded))
        elif has_stream:
            claimed.waiting.append(
                Coming(id=miss.task_id, owner_id=miss.owner_id, version=version, deadline=deadline)
            )
        else:
            claimed.homeless.append(miss)
    return claimed


# Nobody's. An empty list would have no type, and so be another statement with a plan of its own.
_NOTHING: Final = Miss(
    task_id=UUID(int=0),
    owner_id=UUID(int=0),
    version=0,
    deadline=datetime.min.replace(tzinfo=UTC),
    event_id=UUID(int=0),
    sketch=Sketch("", ""),
    data="{}",
)


def warm_up() -> None:
    """Claim what there is not: the statement gets prepared, and what it runs through gets warm. Locks nothing."""
    claim([_NOTHING])
