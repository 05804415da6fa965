"""Writing events in the transaction that makes them true, and reading them back.

The order of a stream is the order of its row lock: `record` takes sequence numbers under it and
the lock is held until commit, so a lower number is never seen after a higher one.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from realtime.envelope import Event, encode_event
from realtime.models import EventRow, Stream
from realtime.publisher import doorbell

logger = logging.getLogger(__name__)

STREAMS_TOPIC: Final = "streams"
READ_LIMIT: Final = 100  # events of one stream in one read
# A ring carries its events while they are few; beyond that the listener reads the rows.
_MAX_CARRIED_EVENTS: Final = 50
_MAX_CARRIED_CHARS: Final = 32_768


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
    assert connection.in_atomic_block, "a lock ends with its transaction"
    if not Stream.objects.select_for_update(no_key=True).filter(id=stream_id).exists():
        raise UnknownStream(f"No stream {stream_id}.")


def close_streams(stream_ids: Collection[UUID]) -> None:
    """Delete streams and all their events, in the caller's transaction."""
    assert connection.in_atomic_block, "a lock ends with its transaction"
    # Writers wait for the lock and then find the stream gone. In the order of their ids, as everybody does.
    locked = list(Stream.objects.select_for_update().filter(id__in=stream_ids).order_by("id"))
    EventRow.objects.filter(stream__in=locked).delete()
    Stream.objects.filter(id__in=stream_ids).delete()


def record(drafts: Sequence[Draft]) -> list[Event]:
    """Append events to their streams, in the caller's transaction, and ring after its commit.

    Two statements, however many events. The caller holds the locks of the streams already; of
    several, taken in the order of their ids.

    Raises:
        UnknownStream: A stream does not exist.
    """
    if not drafts:
        return []
    assert connection.in_atomic_block, "an event is recorded in the transaction of its cause"
    counts = Counter(draft.stream for draft in drafts)
    next_seq = _take(counts)
    recorded = []
    for draft in drafts:
        seq = next_seq[draft.stream]
        next_seq[draft.stream] += 1
        recorded.append(
            Event(
                stream=draft.stream,
                seq=seq,
                id=uuid.uuid4(),
                type=draft.type,
                at=draft.at,
                actor=draft.actor,
                op_id=draft.op_id,
                data=draft.data,
            )
        )
    EventRow.objects.bulk_create(
        EventRow(
            stream_id=event.stream,
            seq=event.seq,
            id=event.id,
            type=event.type,
            at=event.at,
            actor=event.actor,
            op_id=event.op_id,
            data=event.data,
        )
        for event in recorded
    )
    transaction.on_commit(lambda: doorbell.publish(STREAMS_TOPIC, _rings(recorded)), robust=True)
    return recorded


def _take(counts: Mapping[UUID, int]) -> dict[UUID, int]:
    """Take a range of numbers in each stream; return the first of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE realtime_stream AS s SET seq = s.seq + taken.n"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS taken (id, n)"
            " WHERE s.id = taken.id RETURNING s.id, s.seq - taken.n + 1",
            [list(counts), list(counts.values())],
        )
        first = dict(cursor.fetchall())
    if len(first) != len(counts):
        raise UnknownStream(f"No stream {min(counts.keys() - first.keys())}.")
    return first


def _rings(recorded: Sequence[Event]) -> list[list[Any]]:
    """Return `[stream, first, last, encoded events or None]` for each stream that grew."""
    by_stream: dict[UUID, list[Event]] = {}
    for event in recorded:
        by_stream.setdefault(event.stream, []).append(event)
    rings: list[list[Any]] = []
    for stream, grown in by_stream.items():
        encoded: list[str] | None = None
        if len(grown) <= _MAX_CARRIED_EVENTS:
            encoded = [event.encode() for event in grown]
            if sum(map(len, encoded)) > _MAX_CARRIED_CHARS:
                encoded = None
        rings.append([str(stream), grown[0].seq, grown[-1].seq, encoded])
    return rings


def heads(streams: Collection[UUID]) -> dict[UUID, Head]:
    """Return how far each stream reaches, by one query; what does not exist is left out."""
    rows = Stream.objects.filter(id__in=streams).values_list("id", "epoch", "seq", "min_seq")
    return {stream: Head(epoch=epoch, seq=seq, min_seq=min_seq) for stream, epoch, seq, min_seq in rows}


def read(wanted: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], list[tuple[int, str]]]:
    """Read what follows in several streams at once, by one query.

    Args:
        wanted: Pairs of a stream and the last seq that is already known.

    Returns:
        For each pair, `(seq, event as JSON)` in order, at most `READ_LIMIT` of them.
    """
    pairs = list(wanted)
    found: dict[tuple[UUID, int], list[tuple[int, str]]] = {pair: [] for pair in pairs}
    with connection.cursor() as cursor:
        # The JSON of `data` goes from the row to the wire as text.
        cursor.execute(
            "SELECT w.id, w.after, e.seq, e.id, e.type, e.at, e.actor, e.op_id, e.data::text"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS w (id, after)"
            " CROSS JOIN LATERAL (SELECT * FROM realtime_event"
            "   WHERE stream_id = w.id AND seq > w.after ORDER BY seq LIMIT %s) AS e"
            " ORDER BY w.id, w.after, e.seq",
            [[stream for stream, _ in pairs], [after for _, after in pairs], READ_LIMIT],
        )
        for stream, after, seq, id_, type_, at, actor, op_id, data in cursor:
            encoded = encode_event(
                stream=stream, seq=seq, id=id_, type=type_, at=at, actor=actor, op_id=op_id, data=data
            )
            found[stream, after].append((seq, encoded))
    return found
