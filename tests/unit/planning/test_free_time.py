"""The working time that is left, and whether a task still fits into it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskengine.planning.busy import Commitment
from taskengine.planning.free_time import HORIZON, FreeTime, Supply, free_minutes, free_time
from taskengine.planning.intervals import minute_until
from taskengine.planning.working_hours import default_hours, parse
from tests.support.calendars import ALWAYS, hours, minutes_of, span, taken_minutes, texts, utc, worked_minutes

UTC_OFFICE = default_hours(ZoneInfo("UTC"))
MONDAY = utc("2025-11-17 00:00")
LUNCH = Commitment(deadline=utc("2025-11-17 13:00"), estimate_min=60)


def minute(text: str) -> int:
    return minute_until(utc(text))


def office(*commitments: Commitment, now: str = "2025-11-17 00:00") -> FreeTime:
    return free_time(hours=UTC_OFFICE, commitments=commitments, now=utc(now))


def test_what_is_busy_is_cut_out_both_ways() -> None:
    free = office(LUNCH)
    end = minute("2025-11-17 23:00")
    assert texts(free.forward(end)) == ["2025-11-17 09:00/12:00", "2025-11-17 13:00/17:00"]
    assert texts(free.backward(end)) == ["2025-11-17 13:00/17:00", "2025-11-17 09:00/12:00"]


def test_a_whole_span_can_be_busy() -> None:
    day = Commitment(deadline=utc("2025-11-17 17:00"), estimate_min=480)
    assert texts(office(day).forward(minute("2025-11-18 10:00"))) == ["2025-11-18 09:00/10:00"]


def test_time_begins_with_the_first_whole_minute_from_now() -> None:
    free = office(now="2025-11-17 09:00:00.000001")
    assert texts(free.backward(minute("2025-11-17 10:00"))) == ["2025-11-17 09:01/10:00"]


@pytest.mark.parametrize(
    ("now", "deadline", "expected"),
    [
        ("2025-11-17 00:00", "2025-11-17 09:00", 0),
        ("2025-11-17 00:00", "2025-11-17 09:00:59", 0),
        ("2025-11-17 00:00", "2025-11-17 09:01", 1),
        ("2025-11-17 09:00", "2025-11-17 10:00", 60),
        ("2025-11-17 09:00:01", "2025-11-17 10:00", 59),
        ("2025-11-17 12:00", "2025-11-17 13:00", 0),  # all busy
        ("2025-11-17 00:00", "2025-11-18 00:00", 7 * 60),
        ("2025-11-17 00:00", "2025-11-24 00:00", 39 * 60),
        ("2025-11-17 10:00", "2025-11-17 10:00", 0),
        ("2025-11-17 10:00", "2025-11-16 10:00", 0),
    ],
)
def test_the_minutes_left_before_a_deadline(now: str, deadline: str, expected: int) -> None:
    left = free_minutes(hours=UTC_OFFICE, commitments=[LUNCH], now=utc(now), deadline=utc(deadline))
    assert left == expected


def test_a_task_of_half_the_day_fits_until_the_minute_at_which_it_does_not() -> None:
    deadline = utc("2025-11-17 17:00")
    assert free_minutes(hours=UTC_OFFICE, now=utc("2025-11-17 13:00"), deadline=deadline) >= 240
    assert free_minutes(hours=UTC_OFFICE, now=utc("2025-11-17 13:00:01"), deadline=deadline) < 240


def test_counting_can_stop_where_it_is_enough() -> None:
    far = utc("9999-12-31 23:59")
    assert free_minutes(hours=UTC_OFFICE, now=MONDAY, deadline=far, at_most=481) == 481


def test_the_minute_after_some_work_is_where_the_last_of_it_ends() -> None:
    free = Supply(office(LUNCH), most_min=7 * 60 + 1)
    assert free.minute_after(1) == minute("2025-11-17 09:01")
    assert free.minute_after(180) == minute("2025-11-17 12:00")
    assert free.minute_after(181) == minute("2025-11-17 13:01")
    assert free.minute_after(7 * 60 + 1) == minute("2025-11-18 09:01")


def test_without_hours_no_work_is_ever_done() -> None:
    never = Supply(free_time(hours=hours(), now=MONDAY), most_min=1)
    assert never.minute_after(1) is None
    assert never.minutes(minute("2025-11-18 00:00")) == 0


def test_nothing_is_free_beyond_the_horizon() -> None:
    hour_a_week = free_time(hours=hours(mon=[["09:00", "10:00"]]), now=MONDAY)
    weeks = HORIZON.days // 7 + 1
    supply = Supply(hour_a_week, most_min=weeks * 60 + 1)
    assert supply.minute_after(weeks * 60) is not None
    assert supply.minute_after(weeks * 60 + 1) is None


def test_at_the_end_of_the_calendar_time_just_ends() -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        always = free_time(hours=parse(ALWAYS, zone=ZoneInfo(zone)), now=utc("9999-12-25 00:00"))
        assert always.minutes(minute("9999-12-31 23:59")) == 4 * 1440
        assert next(always.backward(minute("9999-12-31 23:59"))).end == utc("9999-12-29 00:00")


def test_with_other_hours_the_commitments_move_too() -> None:
    free = office(Commitment(deadline=utc("2025-11-17 20:00"), estimate_min=60))
    assert texts(free.busy) == ["2025-11-17 16:00/17:00"]
    assert texts(free.with_hours(hours(mon=[["09:00", "21:00"]])).busy) == ["2025-11-17 19:00/20:00"]


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(TypeError):
        free_minutes(hours=UTC_OFFICE, now=MONDAY, deadline=MONDAY.replace(tzinfo=None))


commitments = st.builds(
    Commitment,
    deadline=st.integers(1, 4_000).map(lambda after: MONDAY + timedelta(minutes=after)),
    estimate_min=st.integers(1, 300),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(commitments, max_size=6), st.integers(0, 4_000))
def test_free_is_what_is_worked_and_not_taken(tasks: list[Commitment], length_min: int) -> None:
    end = minute_until(MONDAY) + length_min
    days = span("2025-11-17 00:00", "2025-11-20 00:00")
    taken = taken_minutes(tasks, hours=UTC_OFFICE, window=days)
    expected = [each for each in worked_minutes(UTC_OFFICE, days) if each not in taken and each < end]
    free = office(*tasks)
    forward = list(free.forward(end))
    assert minutes_of(forward) == expected
    assert list(free.backward(end)) == forward[::-1]
    assert free.minutes(end) == len(expected)
    supply = Supply(free, most_min=len(expected) + 1)
    assert supply.minutes(end) == len(expected)
    assert [supply.minute_after(place + 1) for place in range(len(expected))] == [
        each + 1 for each in expected
    ]
