"""Writing events in the transaction that makes them true, and reading them back.

The order of a stream is the order of its row lock: sequence numbers are taken under it and it is held
until commit, so a lower number is never seen after a higher one.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, cast
from uuid import UUID

import orjson
from django.db import connection, transaction

from realtime import metrics, tracing
from realtime.cursor import MAX_UNACKED_BYTES
from realtime.envelope import Event
from realtime.ids import new_id
from realtime.models import EventRow, Stream
from realtime.publisher import doorbell

logger = logging.getLogger(__name__)

STREAMS_TOPIC: Final = "streams"
READ_LIMIT: Final = 100  # events of one stream in one read
# A read of one stream ends here too, after a whole event: a socket may not send more at once anyway.
READ_LIMIT_BYTES: Final = MAX_UNACKED_BYTES
# A ring carries its events while they are few; beyond that the listener reads the rows.
_MAX_CARRIED_EVENTS: Final = 50
_MAX_CARRIED_CHARS: Final = 32_768


# How events get into their streams: the one place where numbers are taken. The end of a statement whose
# CTE `draft (stream, place, id, type, at, actor, op_id, data)` names them, `place` being their order.
# Whoever uses it holds the locks of the streams, or takes them in the same statement.
# `appended (id, seq)` says which number each got. A stream that does not exist gets nothing, and its drafts do
# not come back.
APPEND: Final = """
grown AS (
    UPDATE realtime_stream AS s SET seq = s.seq + d.n
    FROM (SELECT stream, count(*) AS n FROM draft GROUP BY stream) AS d
    WHERE s.id = d.stream RETURNING s.id, s.seq - d.n AS base
), appended AS (
    INSERT INTO realtime_event (stream_id, seq, id, type, at, actor, op_id, data)
    SELECT d.stream, g.base + row_number() OVER (PARTITION BY d.stream ORDER BY d.place),
        d.id, d.type, d.at, d.actor, d.op_id, d.data::jsonb
    FROM draft AS d JOIN grown AS g ON g.id = d.stream
    RETURNING id, seq
)
"""
_RECORD: Final = f"""
WITH draft AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[], %s::uuid[], %s::uuid[], %s::text[])
        WITH ORDINALITY AS d (stream, id, type, at, actor, op_id, data, place)
), {APPEND}
SELECT id, seq FROM appended
"""  # noqa: S608 (constants only)
# The same for one event, as most are: to write arrays and to take them apart costs more than all else of it. A stream
# that does not exist has no number to give, and an event without one is refused.
_RECORD_ONE: Final = """
WITH grown AS (UPDATE realtime_stream SET seq = seq + 1 WHERE id = %s RETURNING seq)
INSERT INTO realtime_event (stream_id, seq, id, type, at, actor, op_id, data)
VALUES (%s, (SELECT seq FROM grown), %s, %s, %s, %s, %s, %s::jsonb) RETURNING seq
"""


# An event that has its number: its stream, its number, and itself as JSON.
Appended = tuple[UUID, int, str]


_LOCK: Final = "SELECT id FROM realtime_stream WHERE id = %s FOR NO KEY UPDATE"


class UnknownStream(LookupError):
    """An event was recorded for a stream that does not exist."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An event that has no place in its stream yet. The fields are those of `Event`."""

    stream: UUID
    type: str
    at: datetime
    actor: UUID | None
    op_id: UUID | None
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """How far a stream reaches.

    Attributes:
        epoch: The name of its history.
        seq: Its last event.
        min_seq: Its first event that can still be read.
    """

    epoch: str
    seq: int
    min_seq: int

    def continues(self, *, since: int | None, epoch: str | None) -> bool:
        """Whether the events after `since` of the history `epoch` are all there to be read."""
        return since is not None and epoch == self.epoch and self.min_seq - 1 <= since <= self.seq


def _prepared() -> Any:
    """Return a cursor for one of the statements here, which are always the same: our backend plans them once."""
    return cast(Any, connection).prepared()


def open_stream(stream_id: UUID) -> None:
    """Make an empty stream; one that exists is left as it is."""
    Stream.objects.bulk_create([Stream(id=stream_id)], ignore_conflicts=True)


def lock_stream(stream_id: UUID) -> None:
    """Take a stream's place in line, in the caller's transaction, before anything else is locked.

    Every writer does: two of them then never wait for each other in a circle, and what they find
    after it, the clock included, is in the order in which their events will stand.

    Raises:
        UnknownStream: There is no such stream.
    """
    lock_stream_first(stream_id)()


def lock_stream_first(stream_id: UUID) -> Callable[[], None]:
    """Take a stream's place in line before whatever the transaction asks next, and in one round trip with it.

    PostgreSQL carries the two out one after the other: what is asked next waits for the lock, and sees what there is
    once it is taken.

    Returns:
        What makes sure that it is taken, for those who ask nothing of the database but have to come after it. It raises
        `UnknownStream` where there is no such stream, and has to be called before anything is committed.
    """
    assert connection.in_atomic_block, "a lock ends with its transaction"
    locked = cast(Any, connection).later(_LOCK, [stream_id])

    def make_sure() -> None:
        if len(locked.fetchall()) != 1:
            raise UnknownStream(f"No stream {stream_id}.")

    return make_sure


def lock_streams(stream_ids: Collection[UUID]) -> None:
    """Take the places in line of several streams, in the order of their ids; what does not exist is passed over."""
    assert connection.in_atomic_block, "a lock ends with its transaction"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM realtime_stream WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(stream_ids)]
        )


def lock_a_free_one(stream_ids: Sequence[UUID]) -> UUID | None:
    """Take the place in line of one stream that nobody holds at the moment, the first there is; None: there is none."""
    assert connection.in_atomic_block, "a lock ends with its transaction"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id FROM unnest(%s::uuid[]) WITH ORDINALITY AS wanted (id, place)"
            " JOIN realtime_stream AS s ON s.id = wanted.id"
            " ORDER BY wanted.place LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED",
            [list(stream_ids)],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def shed(stream_id: UUID, *, limit: int) -> bool:
    """Delete at most `limit` events of a stream that nobody will read again; True if there were some.

    The caller holds the stream's lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM realtime_event WHERE stream_id = %s AND seq IN"
            " (SELECT seq FROM realtime_event WHERE stream_id = %s ORDER BY seq LIMIT %s)",
            [stream_id, stream_id, limit],
        )
        return bool(cursor.rowcount)


def close_streams(stream_ids: Collection[UUID]) -> None:
    """Delete streams and all their events, in the caller's transaction."""
    assert connection.in_atomic_block, "a lock ends with its transaction"
    # Writers wait for the lock and then find the stream gone. In the order of their ids, as everybody does.
    locked = list(Stream.objects.select_for_update().filter(id__in=stream_ids).order_by("id"))
    EventRow.objects.filter(stream__in=locked).delete()
    Stream.objects.filter(id__in=stream_ids).delete()


def record(drafts: Sequence[Draft]) -> None:
    """Append events to their streams, in the caller's transaction, and ring after its commit.

    One statement, however many events; those of one stream get their numbers in the order of their drafts. The caller
    holds the locks of the streams already; of several, taken in the order of their ids.

    Raises:
        UnknownStream: A stream does not exist. Where there is one event alone, it is the commit that fails.
    """
    if not drafts:
        return
    assert connection.in_atomic_block, "an event is recorded in the transaction of its cause"
    ids = [new_id() for _ in drafts]
    data = [orjson.dumps(draft.data).decode() for draft in drafts]
    if len(drafts) == 1:
        _record_one(drafts[0], ids[0], data[0])
        return
    columns: list[Any] = [
        [draft.stream for draft in drafts],
        ids,
        [draft.type for draft in drafts],
        [draft.at for draft in drafts],
        [draft.actor for draft in drafts],
        [draft.op_id for draft in drafts],
        data,
    ]
    with _prepared() as cursor:
        cursor.execute(_RECORD, columns)
        numbers: dict[UUID, int] = dict(cursor.fetchall())
    if unknown := {draft.stream for draft, id_ in zip(drafts, ids, strict=True) if id_ not in numbers}:
        raise UnknownStream(f"No stream {min(unknown)}.")
    ring(
        [
            (draft.stream, numbers[id_], _encoded(draft, id_, numbers[id_], text))
            for draft, id_, text in zip(drafts, ids, data, strict=True)
        ]
    )


def _record_one(draft: Draft, id_: UUID, data: str) -> None:
    """Record one event. Nobody needs its number before the commit, so nobody waits for the statement."""
    stream = draft.stream
    values = [stream, stream, id_, draft.type, draft.at, draft.actor, draft.op_id, data]
    cursor = cast(Any, connection).later(_RECORD_ONE, values)

    def tell() -> None:
        ((seq,),) = cursor.fetchall()
        _tell([(stream, seq, _encoded(draft, id_, seq, data))])

    transaction.on_commit(tell, robust=True)


def _encoded(draft: Draft, id_: UUID, seq: int, data: str) -> str:
    return Event(
        stream=draft.stream, seq=seq, id=id_, type=draft.type, at=draft.at,
        actor=draft.actor, op_id=draft.op_id, data=data,
    ).encode()  # fmt: skip


def ring(recorded: Sequence[Appended]) -> None:
    """Tell every process, after the commit, what was appended.

    Args:
        recorded: The events, those of one stream in their order.
    """
    transaction.on_commit(lambda: _tell(recorded), robust=True)


def _tell(recorded: Sequence[Appended]) -> None:
    metrics.EVENTS.inc(len(recorded))
    with tracing.span("doorbell", begins=tracing.ways(text for _, _, text in recorded), events=len(recorded)):
        doorbell.publish(STREAMS_TOPIC, _rings(recorded))


def _rings(recorded: Sequence[Appended]) -> list[list[Any]]:
    """Return `[stream, first, last, encoded events or None]` for each stream that grew."""
    rings: list[list[Any]] = []
    for _, events in groupby(recorded, key=lambda appended: appended[0].int):
        streams, numbers, texts = zip(*events, strict=True)
        encoded: list[str] | None = None
        if len(texts) <= _MAX_CARRIED_EVENTS and sum(map(len, texts)) <= _MAX_CARRIED_CHARS:
            encoded = list(texts)
        rings.append([str(streams[0]), numbers[0], numbers[-1], encoded])
    return rings


def heads(streams: Collection[UUID]) -> dict[UUID, Head]:
    """Return how far each stream reaches, by one query; what does not exist is left out."""
    rows = Stream.objects.filter(id__in=streams).values_list("id", "epoch", "seq", "min_seq")
    return {stream: Head(epoch=epoch, seq=seq, min_seq=min_seq) for stream, epoch, seq, min_seq in rows}


# What is known goes as one JSON text, which costs the process next to nothing; an array of so many would cost it
# twenty times as much, and all of its sockets would wait meanwhile.
_MOVED: Final = """
SELECT k.n, s.epoch, s.seq, s.min_seq
FROM json_array_elements(%s::json) WITH ORDINALITY AS k (known, n)
LEFT JOIN realtime_stream AS s ON s.id = (k.known->>0)::uuid
WHERE s.id IS NULL OR s.seq > (k.known->>1)::bigint OR s.epoch <> k.known->>2
"""


def moved(known: Sequence[tuple[UUID, int, str]]) -> list[tuple[UUID, Head | None]]:
    """Return the streams that are not as far as they are known, by one query.

    Args:
        known: Streams, how far each is known to reach, and in which history.

    Returns:
        Those that reach further or have another history, with their heads; None for what does not exist.
    """
    with _prepared() as cursor:
        cursor.execute(_MOVED, [orjson.dumps(known).decode()])
        return [
            (known[n - 1][0], None if epoch is None else Head(epoch=epoch, seq=seq, min_seq=min_seq))
            for n, epoch, seq, min_seq in cursor
        ]


# The JSON of `data` goes from the row to the wire as text.
_READ: Final = """
SELECT w.id, w.after, e.seq, e.id, e.type, e.at, e.actor, e.op_id, e.data
FROM unnest(%s::uuid[], %s::bigint[]) AS w (id, after)
CROSS JOIN LATERAL (
    SELECT *, sum(octet_length(data)) OVER (ORDER BY seq) - octet_length(data) AS bytes_before FROM (
        SELECT seq, id, type, at, actor, op_id, data::text AS data FROM realtime_event
        WHERE stream_id = w.id AND seq > w.after ORDER BY seq LIMIT %s
    ) AS few
) AS e
WHERE e.bytes_before < %s
ORDER BY w.id, w.after, e.seq
"""


def read(wanted: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], list[tuple[int, str]]]:
    """Read what follows in several streams at once, by one query.

    Args:
        wanted: Pairs of a stream and the last seq that is already known.

    Returns:
        For each pair, `(seq, event as JSON)` in order: at most `READ_LIMIT` of them, and no more after
        `READ_LIMIT_BYTES` of data.
    """
    pairs = list(wanted)
    found: dict[tuple[UUID, int], list[tuple[int, str]]] = {pair: [] for pair in pairs}
    values: list[Any] = [
        [stream for stream, _ in pairs],
        [after for _, after in pairs],
        READ_LIMIT,
        READ_LIMIT_BYTES,
    ]
    with _prepared() as cursor:
        cursor.execute(_READ, values)
        for stream, after, seq, id_, type_, at, actor, op_id, data in cursor:
            event = Event(
                stream=stream, seq=seq, id=id_, type=type_, at=at, actor=actor, op_id=op_id, data=data
            )
            found[stream, after].append((seq, event.encode()))
    return found
