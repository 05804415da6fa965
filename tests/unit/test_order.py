"""The manual order as a pure rule."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from taskengine.organisation import order

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def last(now: datetime = NOON, place: int = 0) -> str:
    return order.last(now=now, place=place, id_=uuid.uuid4())


def test_what_is_made_later_comes_later_and_so_does_the_next_of_one_instant() -> None:
    keys = [last(), last(place=1), last(NOON + 2 * TICK), last(NOON + timedelta(days=50_000))]
    assert keys == sorted(keys)
    assert {len(key) for key in keys} == {12}


def test_what_two_clocks_made_at_one_instant_is_told_apart() -> None:
    assert len({last() for _ in range(100)}) > 90


@given(st.lists(st.integers(0, 30), max_size=60))
def test_between_any_two_there_is_room_again_and_again(places: list[int]) -> None:
    keys = [last(place=number) for number in range(3)]
    for place in places:
        at = place % (len(keys) + 1)
        before, after = keys[at - 1] if at else None, keys[at] if at < len(keys) else None
        new = order.between(before, after, new=last())
        assert new is not None
        assert not new.endswith("0")
        keys.insert(at, new)
        assert keys == sorted(set(keys))


def test_to_the_top_and_to_the_bottom_a_position_stays_short() -> None:
    top, bottom = last(), last()
    for _ in range(1_000):
        above, below = order.between(None, top, new=top), order.between(bottom, None, new=last())
        assert above is not None
        assert below is not None
        assert (above < top, below > bottom, len(above), len(below)) == (True, True, 12, 12)
        top, bottom = above, below


def test_a_gap_that_is_halved_for_ever_is_full_at_some_time_and_says_so() -> None:
    low, high = last(), last(place=1)
    for _ in range(5_000):
        new = order.between(low, high, new="")
        if new is None:
            return
        assert low < new < high
        high = new
    raise AssertionError("it never ended")


def test_between_equals_and_beside_what_has_no_place_there_is_no_room() -> None:
    assert order.between("A", "A", new="") is None
    assert order.between("", "", new="") is None
    assert order.between(None, "", new="") is None
    assert order.between("B", "A", new="") is None
