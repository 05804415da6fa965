"""The time that other tasks take: as late as possible before their own deadlines."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskengine.planning.busy import Commitment, busy_intervals
from taskengine.planning.errors import InvalidEstimate
from tests.support.calendars import hours, minutes_of, span, taken_minutes, texts, utc

# A Monday to Wednesday; nine to twelve and one to five.
WINDOW = span("2025-11-17 00:00", "2025-11-20 00:00")
OFFICE = hours(**{day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed")})


def due(deadline: str, estimate_min: int) -> Commitment:
    return Commitment(deadline=utc(deadline), estimate_min=estimate_min)


def busy(*commitments: Commitment) -> list[str]:
    return texts(busy_intervals(commitments, hours=OFFICE, window=WINDOW))


def test_a_task_takes_the_last_minutes_before_its_deadline() -> None:
    assert busy(due("2025-11-18 16:00", 60)) == ["2025-11-18 15:00/16:00"]


def test_only_working_time_is_taken() -> None:
    assert busy(due("2025-11-18 21:00", 60)) == ["2025-11-18 16:00/17:00"]
    assert busy(due("2025-11-18 14:00", 120)) == ["2025-11-18 11:00/12:00", "2025-11-18 13:00/14:00"]


def test_a_long_task_reaches_into_the_days_before() -> None:
    assert busy(due("2025-11-18 10:00", 120)) == ["2025-11-17 16:00/17:00", "2025-11-18 09:00/10:00"]


def test_a_task_that_another_one_is_in_the_way_of_is_done_before_it() -> None:
    assert busy(due("2025-11-18 16:00", 60), due("2025-11-18 15:30", 60)) == ["2025-11-18 14:00/16:00"]
    assert busy(due("2025-11-18 16:00", 60), due("2025-11-18 16:00", 30)) == ["2025-11-18 14:30/16:00"]


def test_tasks_that_do_not_meet_leave_the_time_between_them() -> None:
    assert busy(due("2025-11-18 16:00", 30), due("2025-11-18 15:00", 30)) == [
        "2025-11-18 14:30/15:00",
        "2025-11-18 15:30/16:00",
    ]


def test_what_does_not_fit_before_a_deadline_is_taken_from_nobody_else() -> None:
    assert busy(due("2025-11-17 10:00", 600)) == ["2025-11-17 09:00/10:00"]


def test_a_task_that_is_missed_already_takes_nothing() -> None:
    assert busy(due("2025-11-17 00:00", 60), due("2020-01-01 00:00", 60)) == []


def test_a_deadline_beyond_the_horizon_takes_nothing() -> None:
    assert busy(due("2025-11-20 00:00", 60)) == ["2025-11-19 16:00/17:00"]
    assert busy(due("2025-11-20 00:01", 60)) == []


def test_the_seconds_of_a_deadline_are_lost() -> None:
    assert busy(due("2025-11-18 16:00:59.999999", 1)) == ["2025-11-18 15:59/16:00"]


def test_an_estimate_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidEstimate):
        busy(due("2025-11-18 16:00", 0))


def test_without_working_hours_nothing_can_be_taken() -> None:
    assert busy_intervals([due("2025-11-18 16:00", 60)], hours=hours(), window=WINDOW) == ()


commitments = st.lists(
    st.builds(
        Commitment,
        deadline=st.integers(-500, 5_000).map(lambda minute: WINDOW.start + timedelta(minutes=minute)),
        estimate_min=st.integers(1, 400),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(commitments, st.randoms(use_true_random=False))
def test_what_is_taken_is_what_a_minute_by_minute_count_takes_in_any_order(
    tasks: list[Commitment], chance: random.Random
) -> None:
    taken = busy_intervals(tasks, hours=OFFICE, window=WINDOW)
    assert set(minutes_of(taken)) == taken_minutes(tasks, hours=OFFICE, window=WINDOW)
    assert all(earlier.end_min < later.start_min for earlier, later in pairwise(taken))
    chance.shuffle(tasks)
    assert busy_intervals(tasks, hours=OFFICE, window=WINDOW) == taken
