"""The cursor: whatever the doorbell does, the sequence that is sent has no gap and no repeat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.cursor import MAX_UNACKED_BYTES, MAX_UNACKED_EVENTS, AckBeyondSent, Cursor


def test_the_next_events_fit_and_no_others() -> None:
    cursor = Cursor(last_sent=10, head=10)

    assert cursor.fits(first=11, last=11, size=1)
    assert cursor.fits(first=11, last=15, size=1)
    assert not cursor.fits(first=10, last=11, size=1)  # partly sent
    assert not cursor.fits(first=9, last=10, size=1)  # sent
    assert not cursor.fits(first=12, last=12, size=1)  # one is missing before it


def test_it_is_behind_until_the_head_was_sent() -> None:
    cursor = Cursor(last_sent=3, head=3)
    behind = [cursor.behind]
    cursor.note(5)
    cursor.note(4)  # an old ring changes nothing
    behind.append(cursor.behind)
    assert cursor.head == 5

    for seq in (4, 5):
        cursor.sent(to=seq, size=1)
        behind.append(cursor.behind)

    assert behind == [False, True, True, False]


def test_a_head_that_is_older_than_what_was_sent_is_passed_over() -> None:
    assert Cursor(last_sent=7, head=3).head == 7


def test_what_was_sent_moves_the_head_when_it_is_beyond_it() -> None:
    cursor = Cursor(last_sent=1, head=1)
    cursor.sent(to=9, size=1)
    assert (cursor.head, cursor.behind) == (9, False)


def test_the_window_closes_after_as_many_events_as_may_be_unacknowledged() -> None:
    cursor = Cursor(last_sent=0, head=2 * MAX_UNACKED_EVENTS)
    assert cursor.window == MAX_UNACKED_EVENTS
    assert cursor.fits(first=1, last=MAX_UNACKED_EVENTS, size=1)
    assert not cursor.fits(first=1, last=MAX_UNACKED_EVENTS + 1, size=1)

    cursor.sent(to=MAX_UNACKED_EVENTS, size=1)
    assert cursor.window == 0
    assert not cursor.fits(first=MAX_UNACKED_EVENTS + 1, last=MAX_UNACKED_EVENTS + 1, size=1)

    cursor.ack(1)
    assert cursor.window == 1


def test_what_a_client_resumed_with_counts_as_acknowledged() -> None:
    assert Cursor(last_sent=5000, head=9000).window == MAX_UNACKED_EVENTS


def test_an_ack_that_was_overtaken_changes_nothing() -> None:
    cursor = Cursor(last_sent=10, head=10)
    cursor.sent(to=30, size=1)
    cursor.ack(25)
    cursor.ack(12)
    assert cursor.acked == 25


def test_an_ack_of_what_was_never_sent_is_refused() -> None:
    cursor = Cursor(last_sent=10, head=50)
    cursor.ack(10)
    with pytest.raises(AckBeyondSent, match="seq 11"):
        cursor.ack(11)
    assert cursor.acked == 10


def test_the_bytes_on_their_way_are_bounded_too() -> None:
    cursor = Cursor(last_sent=0, head=100)
    half = MAX_UNACKED_BYTES // 2
    assert cursor.takes([half, half, 1]) == 2
    assert cursor.fits(first=1, last=2, size=MAX_UNACKED_BYTES)
    assert not cursor.fits(first=1, last=2, size=MAX_UNACKED_BYTES + 1)

    cursor.sent(to=1, size=half)
    assert cursor.takes([half + 1]) == 0
    assert cursor.takes([half, 1]) == 1
    assert not cursor.fits(first=2, last=2, size=half + 1)
    cursor.sent(to=2, size=half)
    assert cursor.is_full
    assert cursor.takes([1]) == 0

    cursor.ack(1)
    assert cursor.unacked_bytes == half
    assert cursor.takes([half, 1]) == 1


def test_an_event_larger_than_the_bound_goes_by_itself_and_only_then() -> None:
    cursor = Cursor(last_sent=0, head=100)
    large = MAX_UNACKED_BYTES + 1
    assert cursor.takes([large, 1]) == 1
    assert cursor.fits(first=1, last=1, size=large)

    cursor.sent(to=1, size=1)
    assert cursor.takes([large]) == 0
    assert not cursor.fits(first=2, last=2, size=large)
    cursor.ack(1)
    cursor.sent(to=2, size=large)
    assert cursor.is_full
    assert cursor.takes([1]) == 0


def test_what_is_taken_is_never_more_events_than_the_window() -> None:
    assert Cursor(last_sent=0, head=9000).takes([1] * 5000) == MAX_UNACKED_EVENTS


@given(st.lists(st.tuples(st.integers(1, 300_000), st.integers(0, 3)), max_size=200))
def test_whatever_is_sent_and_acknowledged_the_bounds_hold_at_a_constant_cost(
    steps: list[tuple[int, int]],
) -> None:
    cursor = Cursor(last_sent=0, head=10_000)
    sizes: dict[int, int] = {}
    for size, lag in steps:
        if not cursor.takes([size]):
            cursor.ack(cursor.last_sent - lag if cursor.last_sent - lag > cursor.acked else cursor.last_sent)
            continue
        sizes[cursor.last_sent + 1] = size
        cursor.sent(to=cursor.last_sent + 1, size=size)
        on_their_way = [sizes[seq] for seq in range(cursor.acked + 1, cursor.last_sent + 1)]
        assert len(on_their_way) <= MAX_UNACKED_EVENTS
        assert sum(on_their_way) <= MAX_UNACKED_BYTES or len(on_their_way) == 1
        assert cursor.unacked_bytes >= sum(on_their_way)
        assert len(cursor._lumps or ()) <= 65
    cursor.ack(cursor.last_sent)
    assert (cursor.unacked_bytes, cursor._lumps) == (0, None)


@st.composite
def doorbells(draw: st.DrawFn) -> tuple[int, int, list[tuple[int, int]]]:
    """Return where a client stands, the stream's head, and rings: lost, doubled, in any order."""
    start = draw(st.integers(0, 50))
    sizes = draw(st.lists(st.integers(1, 7), max_size=30))
    rings, last = [], start - draw(st.integers(0, min(start, 5)))
    for size in sizes:
        rings.append((last + 1, last + size))
        last += size
    kept = draw(st.lists(st.sampled_from(rings), max_size=60)) if rings else []
    return start, max(last, start), kept


@given(doorbells(), st.data())
def test_any_loss_order_and_repetition_of_rings_yields_the_sequence(
    doorbell: tuple[int, int, list[tuple[int, int]]], data: st.DataObject
) -> None:
    start, head, rings = doorbell
    cursor = Cursor(last_sent=start, head=start)
    sent: list[int] = []

    def send(first: int, last: int) -> None:
        sent.extend(range(first, last + 1))
        cursor.sent(to=last, size=1)

    for first, last in rings:
        cursor.note(last)
        if cursor.fits(first=first, last=last, size=1):
            send(first, last)
        elif cursor.behind and data.draw(st.booleans()):  # the outbox is read, some of it at a time
            send(cursor.last_sent + 1, min(cursor.head, cursor.last_sent + data.draw(st.integers(1, 5))))
        if data.draw(st.booleans()):
            cursor.ack(data.draw(st.integers(start, cursor.last_sent)))
        assert cursor.last_sent <= cursor.head
        assert cursor.last_sent - cursor.acked <= MAX_UNACKED_EVENTS
    cursor.note(head)  # the repair query
    while cursor.behind:
        send(cursor.last_sent + 1, cursor.last_sent + 1)

    assert sent == list(range(start + 1, head + 1))
