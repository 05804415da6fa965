"""Working hours where clocks change: gaps, folds, half hours, a day that never was."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskengine.planning.intervals import Interval, between
from taskengine.planning.working_hours import DAYS, WorkingHours, parse
from tests.support.calendars import ALWAYS, hours, minutes_of, span, texts, utc, worked_minutes

# An hour in which the clocks of each zone change, UTC. All in the past, where laws no longer change.
CHANGES = [
    ("Europe/Berlin", "2025-03-30 01:00"),
    ("Europe/Berlin", "2025-10-26 01:00"),
    ("America/New_York", "2025-03-09 07:00"),
    ("America/New_York", "2025-11-02 06:00"),
    ("Australia/Lord_Howe", "2025-04-05 15:00"),
    ("Australia/Lord_Howe", "2025-10-04 15:30"),
    ("Pacific/Apia", "2011-12-30 10:00"),
    ("Africa/Casablanca", "2024-03-10 02:00"),
    ("Africa/Casablanca", "2024-04-14 02:00"),
    ("America/Sao_Paulo", "2018-02-18 02:00"),  # midnight back to 23:00 of the day before
    ("America/Sao_Paulo", "2018-11-04 03:00"),  # midnight does not exist
    ("America/St_Johns", "2010-11-07 02:31"),  # 00:01 back to 23:01: the days interleave
    ("Asia/Kathmandu", "1985-12-31 18:30"),
    ("UTC", "2025-01-01 00:00"),
]


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[list[str]]]:
    """Return a week's spans, at any minutes."""
    week = {}
    for day in DAYS:
        edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
        times = [f"{edge // 60:02}:{edge % 60:02}" for edge in edges]
        week[day] = [list(pair) for pair in zip(times[::2], times[1::2], strict=False)]
    return week


@st.composite
def windows(draw: st.DrawFn) -> tuple[str, Interval]:
    """Return a zone, and a window of up to two days about a change of its clocks."""
    zone, change = draw(st.sampled_from(CHANGES))
    start = utc(change) - timedelta(minutes=draw(st.integers(0, 1500)))
    return zone, between(start, utc(change) + timedelta(minutes=draw(st.integers(-200, 1500))))


@settings(max_examples=100, deadline=None)
@given(weeks(), windows())
def test_working_time_is_what_the_clock_on_the_wall_says_minute_by_minute(
    week: dict[str, list[list[str]]], zone_and_window: tuple[str, Interval]
) -> None:
    zone, window = zone_and_window
    worked = parse(week, zone=ZoneInfo(zone))
    forward = list(worked.forward(window))
    assert minutes_of(forward) == worked_minutes(worked, window)
    assert list(worked.backward(window)) == forward[::-1]


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_around_the_clock_is_every_minute_also_where_clocks_change(zone: str, change: str) -> None:
    window = between(utc(change) - timedelta(days=2), utc(change) + timedelta(days=2))
    always = parse(ALWAYS, zone=ZoneInfo(zone))
    assert sum(each.length_min for each in always.forward(window)) == 4 * 1440


def local_day(worked: WorkingHours, day: str) -> list[str]:
    """Return what is worked on one local day, in UTC; no day is more than 14 hours from UTC."""
    start = utc(f"{day} 00:00")
    window = between(start - timedelta(hours=36), start + timedelta(hours=60))
    found = list(worked.forward(window))
    assert list(worked.backward(window)) == found[::-1]
    return texts(each for each in found if f"{each.start.astimezone(worked.zone):%Y-%m-%d}" == day)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", "2025-03-29", "2025-03-29 08:00/16:00"),
        ("Europe/Berlin", "2025-03-30", "2025-03-30 07:00/15:00"),
        ("Europe/Berlin", "2025-10-26", "2025-10-26 08:00/16:00"),
        ("America/New_York", "2025-03-09", "2025-03-09 13:00/21:00"),
        ("America/New_York", "2025-11-02", "2025-11-02 14:00/22:00"),
        ("Australia/Lord_Howe", "2025-04-06", "2025-04-05 22:30/2025-04-06 06:30"),
        ("Australia/Lord_Howe", "2025-10-05", "2025-10-04 22:00/2025-10-05 06:00"),
        ("Africa/Casablanca", "2024-03-10", "2024-03-10 09:00/17:00"),
        ("Africa/Casablanca", "2024-04-14", "2024-04-14 08:00/16:00"),
        ("Pacific/Apia", "2011-12-29", "2011-12-29 19:00/2011-12-30 03:00"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30 19:00/2011-12-31 03:00"),
    ],
)
def test_nine_to_five_is_eight_hours_also_where_the_clock_changed_at_night(
    zone: str, day: str, expected: str
) -> None:
    worked = parse({name: [["09:00", "17:00"]] for name in DAYS}, zone=ZoneInfo(zone))
    assert local_day(worked, day) == [expected]


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("01:00", "04:00", ["2025-03-30 00:00/01:00", "2025-03-30 01:00/02:00"]),
        ("02:00", "03:00", []),
        ("02:15", "02:45", []),
        ("01:59", "02:30", ["2025-03-30 00:59/01:00"]),
        ("02:30", "03:30", ["2025-03-30 01:00/01:30"]),
        ("03:00", "04:00", ["2025-03-30 01:00/02:00"]),
    ],
)
def test_of_a_span_in_a_gap_only_what_exists_is_left(opens: str, closes: str, expected: list[str]) -> None:
    assert local_day(hours("Europe/Berlin", sun=[[opens, closes]]), "2025-03-30") == expected


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("01:00", "04:00", ["2025-10-25 23:00/2025-10-26 01:00", "2025-10-26 01:00/03:00"]),
        ("02:00", "03:00", ["2025-10-26 00:00/01:00", "2025-10-26 01:00/02:00"]),
        ("02:15", "02:45", ["2025-10-26 00:15/00:45", "2025-10-26 01:15/01:45"]),
        ("01:30", "02:30", ["2025-10-25 23:30/2025-10-26 00:30", "2025-10-26 01:00/01:30"]),
        ("02:59", "04:00", ["2025-10-26 00:59/01:00", "2025-10-26 01:59/03:00"]),
        ("03:00", "04:00", ["2025-10-26 02:00/03:00"]),
    ],
)
def test_in_a_fold_both_hours_count(opens: str, closes: str, expected: list[str]) -> None:
    assert local_day(hours("Europe/Berlin", sun=[[opens, closes]]), "2025-10-26") == expected


def test_lord_howe_shifts_by_half_an_hour() -> None:
    night = hours("Australia/Lord_Howe", sun=[["01:00", "03:00"]])
    assert local_day(night, "2025-04-06") == ["2025-04-05 14:00/15:00", "2025-04-05 15:00/16:30"]
    assert local_day(night, "2025-10-05") == ["2025-10-04 14:30/15:30", "2025-10-04 15:30/16:00"]


def test_the_day_that_samoa_skipped_has_no_hours() -> None:
    always = parse(ALWAYS, zone=ZoneInfo("Pacific/Apia"))
    assert local_day(always, "2011-12-29") == ["2011-12-29 10:00/2011-12-30 10:00"]
    assert local_day(always, "2011-12-30") == []
    assert local_day(always, "2011-12-31") == ["2011-12-30 10:00/2011-12-31 10:00"]
    fridays = hours("Pacific/Apia", fri=[["09:00", "17:00"]])  # the 30th would have been one
    assert texts(fridays.forward(span("2011-12-25 00:00", "2012-01-04 00:00"))) == []


def test_an_hour_before_midnight_that_comes_twice_belongs_to_its_own_day_both_times() -> None:
    late = hours("America/Sao_Paulo", sat=[["22:00", "24:00"]])
    assert local_day(late, "2018-02-17") == ["2018-02-18 00:00/02:00", "2018-02-18 02:00/03:00"]


def test_days_that_interleave_come_in_the_order_of_time() -> None:
    worked = hours("America/St_Johns", sat=[["23:30", "24:00"]], sun=[["00:00", "00:30"]])
    assert texts(worked.forward(span("2010-11-07 00:00", "2010-11-08 00:00"))) == [
        "2010-11-07 02:00/02:30",  # Saturday 23:30
        "2010-11-07 02:30/02:31",  # Sunday, for a minute
        "2010-11-07 03:00/03:30",  # Saturday again
        "2010-11-07 03:30/04:00",
    ]
