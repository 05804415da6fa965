"""What the machine adds before there is any product: a bare timer, and the bare SQL of a claim."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import psycopg

BATCH: Final = 2_500  # tasks; larger and smaller ones were slower

_RFC3339: Final = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""


def _utc(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', {_RFC3339})"


# All that a claim has to do, as one statement: due tasks by the partial index, their streams and then
# the tasks by SKIP LOCKED, the stamp, a range of each stream's numbers, the events, and those given back.
_CLAIM: Final = f"""
WITH due AS MATERIALIZED (
    SELECT t.id, t.owner_id FROM tasks_task AS t
    WHERE t.completed_at IS NULL AND t.deleted_at IS NULL AND t.miss_fired_at IS NULL
        AND t.deadline IS NOT NULL AND t.deadline <= statement_timestamp()
    ORDER BY t.deadline, t.id LIMIT {BATCH}
), held AS MATERIALIZED (
    SELECT s.id FROM realtime_stream AS s WHERE s.id = ANY (ARRAY(SELECT owner_id FROM due))
    ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED
), mine AS MATERIALIZED (
    SELECT t.id FROM tasks_task AS t
    WHERE t.id = ANY (ARRAY(SELECT id FROM due WHERE (owner_id IN (SELECT id FROM held)) IS TRUE))
        AND t.completed_at IS NULL AND t.deleted_at IS NULL AND t.miss_fired_at IS NULL
        AND t.deadline <= statement_timestamp()
    FOR NO KEY UPDATE SKIP LOCKED
), fired AS (
    UPDATE tasks_task AS t SET miss_fired_at = statement_timestamp(), miss_retry_at = NULL
    WHERE t.id = ANY (ARRAY(SELECT id FROM mine)) RETURNING t.*
), taken AS (
    UPDATE realtime_stream AS s SET seq = s.seq + grown.n
    FROM (SELECT owner_id, count(*) AS n FROM fired GROUP BY owner_id) AS grown
    WHERE s.id = grown.owner_id RETURNING s.id, s.seq - grown.n AS base
), told AS (
    INSERT INTO realtime_event (stream_id, seq, id, type, at, data)
    SELECT f.owner_id, taken.base + row_number() OVER (PARTITION BY f.owner_id ORDER BY f.deadline, f.id),
        gen_random_uuid(), 'task.missed', f.deadline, jsonb_build_object(
            'task', jsonb_build_object('id', f.id, 'title', f.title, 'notes', f.notes,
                'deadline', {_utc("f.deadline")}, 'due_date', f.due_date, 'time_zone', f.time_zone,
                'priority', f.priority, 'bucket', 'missed', 'completed_at', NULL, 'outcome', NULL,
                'lateness_s', NULL, 'version', f.version, 'created_at', {_utc("f.created_at")},
                'updated_at', {_utc("f.updated_at")}),
            'fired_at', {_utc("f.miss_fired_at")})
    FROM fired AS f JOIN taken ON taken.id = f.owner_id
    RETURNING stream_id, seq, id, at, data::text
)
SELECT * FROM told
"""  # noqa: S608 (constants only)


async def timers(offsets_s: Sequence[float]) -> list[float]:
    """Return how late a bare `loop.call_at` is at each of some instants from now, in milliseconds."""
    loop = asyncio.get_running_loop()
    late_ms: list[float] = []
    start = loop.time() + 0.1
    for due in (start + offset_s for offset_s in offsets_s):
        loop.call_at(due, lambda due: late_ms.append((loop.time() - due) * 1000), due)
    await asyncio.sleep(0.1 + max(offsets_s) + 0.5)
    return late_ms


def claim(connection: psycopg.Connection) -> int:
    """Do all of one batch in one statement, commit included; return how many events it made.

    Args:
        connection: In autocommit.
    """
    return len(connection.execute(_CLAIM).fetchall())


def burst(url: str, *, at: float, count: int) -> None:
    """Claim all that is due at an instant, from that instant on, batch by batch."""
    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection:
        while claim(connection) or time.time() < at - 0.1:  # whatever is due before it
            time.sleep(0.02)
        while time.time() < at:
            pass
        claimed = 0
        while claimed < count:
            claimed += claim(connection)
