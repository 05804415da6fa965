"""Going on from where a client left off, for those who ask now and then instead of listening."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from realtime.outbox import READ_LIMIT, Head, UnknownStream, heads, read

MAX_EVENTS: Final = READ_LIMIT


class HistoryGone(LookupError):
    """What follows can't be told any more. A snapshot can."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, kw_only=True, slots=True)
class Continuation:
    """Some of what follows.

    Attributes:
        head: How far the stream reaches.
        events: `(seq, event as JSON)`, from the first one that was not known.
    """

    head: Head
    events: list[tuple[int, str]]


def head_of(stream: UUID) -> Head:
    """Return how far a stream reaches.

    Raises:
        UnknownStream: There is none.
    """
    head = heads([stream]).get(stream)
    if head is None:
        raise UnknownStream(f"No stream {stream}.")
    return head


def check(head: Head, *, since: int, epoch: str) -> None:
    """Check that the events after `since` are all there.

    Raises:
        HistoryGone: They belong to another history, or some were trimmed.
    """
    if head.continues(since=since, epoch=epoch):
        return
    if epoch != head.epoch or since > head.seq:
        raise HistoryGone("unknown_epoch", "This is another history than the one you have. Begin anew.")
    raise HistoryGone("history_trimmed", "Events that you lack are kept no more. Begin anew.")


def go_on(stream: UUID, *, since: int, epoch: str, limit: int) -> Continuation:
    """Read what follows, by two queries: the same events as a socket brings.

    Args:
        stream: Whose events.
        since: The last event that is known.
        epoch: The history it belongs to.
        limit: At most so many events, and `MAX_EVENTS`.

    Raises:
        HistoryGone: What follows is not there any more.
        UnknownStream: There is no such stream.
    """
    head = head_of(stream)
    check(head, since=since, epoch=epoch)
    events = read([(stream, since)])[stream, since][:limit]
    # Between the two queries some may have been trimmed.
    if since < head.seq and (not events or events[0][0] != since + 1):
        check(head_of(stream), since=since, epoch=epoch)
    return Continuation(head=head, events=events)


def begin_anew() -> None:
    """Give every stream another epoch: its numbers may mean something else from now on, as after a restore.

    Whoever knows the old one is told to begin anew; sockets that are open, by the next repair.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE realtime_stream SET epoch = replace(gen_random_uuid()::text, '-', '')")
