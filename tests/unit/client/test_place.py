"""Where a client stands: whatever order frames come in, what it is told has no gap and nothing twice."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskengine_client.changes import Cursor, Item
from taskengine_client.frames import BrokenFrame, Events, Page, Welcome, parse
from taskengine_client.pace import Pace, Waits
from taskengine_client.place import OutOfOrder, Place


def events(*seqs: int) -> Events:
    return Events(items=tuple({"seq": seq, "type": "note.added", "data": {}} for seq in seqs))


@given(
    frames=st.lists(st.lists(st.integers(1, 12), max_size=6), max_size=30),
    since=st.integers(0, 6),
)
def test_events_are_told_once_each_in_order_whatever_comes(frames: list[list[int]], since: int) -> None:
    place = Place(Cursor(epoch="e1", seq=since))
    told: list[int] = []
    place.reconnect()
    place.welcome(Welcome(epoch="e1", resumed=True))
    for seqs in frames:
        fresh, gap = place.events(events(*seqs))
        told += [event.seq for event in fresh]
        assert told == list(range(since + 1, since + 1 + len(told)))
        if not gap:
            continue
        cursor = place.reconnect()
        if cursor is None:  # it asks for a snapshot: the same place, as it happens
            place.welcome(Welcome(epoch="e1", resumed=False))
            place.page(Page(seq=since + len(told), items=(), done=True))
        else:
            assert cursor == Cursor(epoch="e1", seq=since + len(told))
            place.welcome(Welcome(epoch="e1", resumed=True))


def test_a_gap_elsewhere_is_no_second_gap_at_the_same_place() -> None:
    place = Place(Cursor(epoch="e1", seq=1))
    for expected, seqs in ((1, (3,)), (2, (2, 4)), (3, (3, 5))):
        place.reconnect()
        place.welcome(Welcome(epoch="e1", resumed=True))
        _, gap = place.events(events(*seqs))
        assert (gap, place.cursor) == (True, Cursor(epoch="e1", seq=expected))


def test_a_snapshot_replaces_the_place_only_when_it_is_whole() -> None:
    place = Place(Cursor(epoch="e1", seq=9))
    place.reconnect()
    place.welcome(Welcome(epoch="e2", resumed=False))
    note = Item(kind="note", data={"id": "n"})
    assert place.page(Page(seq=3, items=(note,), done=False)) is None
    assert (place.cursor, place.joined) == (Cursor(epoch="e1", seq=9), False)
    whole = place.page(Page(seq=3, items=(note,), done=True))
    assert whole is not None
    assert (whole.cursor, whole.items) == (Cursor(epoch="e2", seq=3), (note, note))
    assert place.joined


@pytest.mark.parametrize(
    ("since", "frames"),
    [
        (None, [Page(seq=1, items=(), done=True)]),
        (None, [Welcome(epoch="e1", resumed=True)]),
        (1, [Welcome(epoch="e2", resumed=True)]),
        (1, [Welcome(epoch="e1", resumed=True), Page(seq=1, items=(), done=True)]),
        (1, [Welcome(epoch="e1", resumed=True), Welcome(epoch="e1", resumed=True)]),
        (1, [events(2)]),
    ],
)
def test_what_can_not_come_now_is_not_believed(since: int | None, frames: list[Any]) -> None:
    place = Place(None if since is None else Cursor(epoch="e1", seq=since))
    place.reconnect()

    def take(frame: Any) -> None:
        match frame:
            case Welcome():
                place.welcome(frame)
            case Page():
                place.page(frame)
            case Events():
                place.events(frame)

    *before, last = frames
    for frame in before:
        take(frame)
    with pytest.raises(OutOfOrder):
        take(last)


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"type":7}',
        '{"type":"welcome","head":1,"resumed":true}',
        '{"type":"welcome","epoch":"e1","resumed":1}',
        '{"type":"snapshot","seq":"1","items":[],"done":true}',
        '{"type":"snapshot","seq":1,"items":[{"kind":"task"}],"done":true}',
        '{"type":"events","items":[{"seq":true,"type":"x","data":{}}]}',
        '{"type":"events","items":{}}',
        '{"type":"bye","reason":"none"}',
        '{"type":"bye","code":4012,"retry_after_s":"soon"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_frame_is_not_believed(text: str | bytes) -> None:
    with pytest.raises(BrokenFrame):
        parse(text)


def test_a_frame_of_a_type_that_is_not_known_is_nothing() -> None:
    assert parse('{"type":"fireworks"}') is None


def test_waits_double_up_to_their_cap_and_come_on_top_of_what_the_server_asks() -> None:
    waits = Waits(Pace(), lambda: 1.0)
    assert [waits.next_s(asked_s=0) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert waits.next_s(asked_s=3) == 33
    waits.start_over()
    assert waits.next_s(asked_s=0) == 0.5


def test_waits_are_anything_below_their_upper_end() -> None:
    waits = Waits(Pace(backoff_cap_s=0.5), random.Random(1).random)
    found = [waits.next_s(asked_s=0) for _ in range(200)]
    assert min(found) < 0.05
    assert 0.45 < max(found) < 0.5
