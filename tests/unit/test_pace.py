"""How many streams the repair asks about at once."""

import pytest

from realtime.pace import MAX_PORTIONS, MAX_TIMES, PORTION_STREAMS, Pace


@pytest.mark.parametrize(
    ("streams", "portions"), [(0, 1), (1, 1), (25, 1), (26, 2), (1_000, 40), (1_001, 40), (10_000, 40)]
)
def test_a_round_is_parted_into_portions_that_grow_only_when_there_are_too_many(
    streams: int, portions: int
) -> None:
    assert Pace().portions(streams) == portions


def test_in_quiet_times_a_portion_is_what_has_become_due() -> None:
    pace = Pace()
    assert pace.due(1_000, since_s=1.25 / 40, round_s=1.25) == PORTION_STREAMS
    pace.asked(25)
    assert pace.due(1_000, since_s=0.5, round_s=1.25) == 400  # the answer was slow
    assert pace.due(1_000, since_s=30.0, round_s=1.25) == 1_000


@pytest.mark.parametrize("streams", [1, 25, 26, 100, 1_000, 10_000])
@pytest.mark.parametrize("away_s", [0.5, 3.0, 600.0])
def test_after_a_failure_portions_grow_to_four_and_no_further_and_reach_everybody_once(
    streams: int, away_s: float
) -> None:
    pace, round_s = Pace(), 1.25
    normal = -(-streams // pace.portions(streams))
    asked: list[int] = []
    pace.failed(streams)
    while sum(asked) < streams:
        asked.append(pace.due(streams, since_s=away_s, round_s=round_s))
        pace.asked(asked[-1])

    assert asked[:4] == [min(times * normal, streams) for times in (1, 2, 4, 4)][: len(asked)]
    assert max(asked) <= MAX_TIMES * normal
    # As quick as can be at that: a third of a round, where it has as many portions as may be.
    assert len(asked) <= MAX_PORTIONS / MAX_TIMES + 2
    # And then as ever.
    assert pace.due(streams, since_s=round_s / pace.portions(streams), round_s=round_s) == normal


def test_a_failure_while_it_catches_up_begins_anew_with_one_portion() -> None:
    pace = Pace()
    pace.failed(1_000)
    for _ in range(3):
        pace.asked(pace.due(1_000, since_s=1.0, round_s=1.25))
    assert pace.due(1_000, since_s=1.0, round_s=1.25) == 100
    pace.failed(1_000)
    assert pace.due(1_000, since_s=1.0, round_s=1.25) == 25


def test_who_leaves_while_it_catches_up_is_not_waited_for() -> None:
    pace = Pace()
    pace.failed(100)
    assert pace.due(0, since_s=1.0, round_s=1.25) == 0
    assert pace.due(30, since_s=1.0, round_s=1.25) == 15
