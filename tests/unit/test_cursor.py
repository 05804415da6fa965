"""The cursor: whatever the doorbell does, the sequence that is sent has no gap and no repeat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.cursor import MAX_UNACKED_EVENTS, AckBeyondSent, Cursor


def test_the_next_events_fit_and_no_others() -> None:
    cursor = Cursor(last_sent=10, head=10)

    assert cursor.fits(first=11, last=11)
    assert cursor.fits(first=11, last=15)
    assert not cursor.fits(first=10, last=11)  # partly sent
    assert not cursor.fits(first=9, last=10)  # sent
    assert not cursor.fits(first=12, last=12)  # one is missing before it


def test_it_is_behind_until_the_head_was_sent() -> None:
    cursor = Cursor(last_sent=3, head=3)
    behind = [cursor.behind]
    cursor.note(5)
    cursor.note(4)  # an old ring changes nothing
    behind.append(cursor.behind)
    assert cursor.head == 5

    for seq in (4, 5):
        cursor.sent(to=seq)
        behind.append(cursor.behind)

    assert behind == [False, True, True, False]


def test_a_head_that_is_older_than_what_was_sent_is_passed_over() -> None:
    assert Cursor(last_sent=7, head=3).head == 7


def test_what_was_sent_moves_the_head_when_it_is_beyond_it() -> None:
    cursor = Cursor(last_sent=1, head=1)
    cursor.sent(to=9)
    assert (cursor.head, cursor.behind) == (9, False)


def test_the_window_closes_after_as_many_events_as_may_be_unacknowledged() -> None:
    cursor = Cursor(last_sent=0, head=2 * MAX_UNACKED_EVENTS)
    assert cursor.window == MAX_UNACKED_EVENTS
    assert cursor.fits(first=1, last=MAX_UNACKED_EVENTS)
    assert not cursor.fits(first=1, last=MAX_UNACKED_EVENTS + 1)

    cursor.sent(to=MAX_UNACKED_EVENTS)
    assert cursor.window == 0
    assert not cursor.fits(first=MAX_UNACKED_EVENTS + 1, last=MAX_UNACKED_EVENTS + 1)

    cursor.ack(1)
    assert cursor.window == 1


def test_what_a_client_resumed_with_counts_as_acknowledged() -> None:
    assert Cursor(last_sent=5000, head=9000).window == MAX_UNACKED_EVENTS


def test_an_ack_that_was_overtaken_changes_nothing() -> None:
    cursor = Cursor(last_sent=10, head=10)
    cursor.sent(to=30)
    cursor.ack(25)
    cursor.ack(12)
    assert cursor.acked == 25


def test_an_ack_of_what_was_never_sent_is_refused() -> None:
    cursor = Cursor(last_sent=10, head=50)
    cursor.ack(10)
    with pytest.raises(AckBeyondSent, match="seq 11"):
        cursor.ack(11)
    assert cursor.acked == 10


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
        cursor.sent(to=last)

    for first, last in rings:
        cursor.note(last)
        if cursor.fits(first=first, last=last):
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
