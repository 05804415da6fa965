"""Trimming: events that nobody will ask for any more leave, batch by batch, and never in the write path.

A client that comes later than its history reaches takes a snapshot; so nothing depends on an old event.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

STREAMS_IN_LOOK: Final = 1_000
STREAMS_IN_BATCH: Final = 20
EVENTS_OF_STREAM_IN_BATCH: Final = 100
_FIRST: Final = UUID(int=0)

# One statement, one transaction. A slice of the streams is gone through by their key, and of each only the
# oldest event is looked at. Those that hold too old or too many events are locked, if they are free, changed
# as little as `min_seq`, and lose at most a hundred events: a writer waits for a few milliseconds at most.
# `min_seq` is compared again on the locked row, since another process may have trimmed it meanwhile.
_TRIM: Final = """
WITH slice AS MATERIALIZED (
    SELECT id, seq, min_seq FROM realtime_stream WHERE id > %(after)s ORDER BY id LIMIT %(look)s
), due AS MATERIALIZED (
    SELECT s.id, s.seq, s.min_seq FROM slice AS s
    CROSS JOIN LATERAL (
        SELECT e.recorded_at FROM realtime_event AS e WHERE e.stream_id = s.id AND e.seq = s.min_seq
    ) AS oldest
    WHERE s.seq - s.min_seq >= %(keep)s OR oldest.recorded_at < %(before)s
    ORDER BY s.id LIMIT %(streams)s
), locked AS MATERIALIZED (
    SELECT s.id, s.min_seq FROM realtime_stream AS s JOIN due AS d ON d.id = s.id
    WHERE s.min_seq = d.min_seq ORDER BY s.id FOR NO KEY UPDATE OF s SKIP LOCKED
), doomed AS MATERIALIZED (
    SELECT e.stream_id, e.seq FROM locked AS l JOIN due AS d ON d.id = l.id
    CROSS JOIN LATERAL (
        SELECT o.stream_id, o.seq, o.recorded_at FROM realtime_event AS o
        WHERE o.stream_id = l.id AND o.seq >= l.min_seq ORDER BY o.seq LIMIT %(events)s
    ) AS e
    WHERE e.seq <= d.seq - %(keep)s OR e.recorded_at < %(before)s
), reached AS MATERIALIZED (
    SELECT stream_id, max(seq) + 1 AS min_seq FROM doomed GROUP BY stream_id
), moved AS (
    UPDATE realtime_stream AS s SET min_seq = r.min_seq FROM reached AS r WHERE s.id = r.stream_id
), trimmed AS (
    DELETE FROM realtime_event AS e USING reached AS r WHERE e.stream_id = r.stream_id AND e.seq < r.min_seq
    RETURNING e.stream_id
)
SELECT (SELECT count(*) FROM slice), (SELECT id FROM slice ORDER BY id DESC LIMIT 1),
    (SELECT count(*) FROM due), (SELECT count(*) FROM trimmed),
    (SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM trimmed GROUP BY stream_id) AS each)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trimmed:
    """What a batch did.

    Attributes:
        events: How many events left.
        after: Where the next batch begins; None when all streams were gone through.
    """

    events: int
    after: UUID | None


def trim(*, before: datetime, keep: int, after: UUID | None = None) -> Trimmed:
    """Trim a batch of events, by one statement.

    An event leaves together with all that stand before it in its stream. What somebody is writing to at the
    moment is passed over until the next time.

    Args:
        before: Events recorded earlier leave.
        keep: Of each stream, events beyond so many leave, the oldest first.
        after: The stream where the batch before ended; None for the first.
    """
    values: dict[str, Any] = {
        "after": after or _FIRST,
        "before": before,
        "events": EVENTS_OF_STREAM_IN_BATCH,
        "keep": keep,
        "look": STREAMS_IN_LOOK,
        "streams": STREAMS_IN_BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TRIM, values)
        looked_at, last, due, trimmed, most = cursor.fetchone()
    # The same slice again, as long as something leaves: what is locked for ever does not hold up the others.
    is_cut = due == STREAMS_IN_BATCH or most == EVENTS_OF_STREAM_IN_BATCH
    if trimmed and is_cut:
        return Trimmed(events=trimmed, after=after or _FIRST)
    return Trimmed(events=trimmed, after=last if looked_at == STREAMS_IN_LOOK else None)


class Walk:
    """Goes through all streams now and then, one batch a call. Any number of processes may.

    Args:
        max_age: How long an event is kept.
        keep: How many events of a stream are kept at most.
        interval: From the beginning of one walk to that of the next.
    """

    def __init__(self, *, max_age: timedelta, keep: int, interval: timedelta) -> None:
        self._max_age = max_age
        self._keep = keep
        self._interval = interval
        self._begun_at: datetime | None = None
        self._after: UUID | None = None
        self._is_walking = False

    def step(self, *, now: datetime) -> bool:
        """Trim the next batch; False when the walk is over, and until the next one is due."""
        if not self._is_walking:
            if self._begun_at is not None and now < self._begun_at + self._interval:
                return False
            self._begun_at, self._after = now, None
        trimmed = trim(before=now - self._max_age, keep=self._keep, after=self._after)
        self._after = trimmed.after
        self._is_walking = trimmed.after is not None
        return self._is_walking
