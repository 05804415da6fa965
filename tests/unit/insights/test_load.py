"""What falls due on a local day, and how much time it has."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskengine.insights.load import DAYS_AHEAD, Day, Work, days_ahead, horizon
from taskengine.insights.quarters import local_day, start_of
from taskengine.planning.working_hours import default_hours, parse
from tests.support.calendars import ALWAYS, hours, utc
from tests.support.zones import instants, zone_names

BERLIN = ZoneInfo("Europe/Berlin")


def work(at: str, *, tasks: int = 1, minutes: int = 30) -> Work:
    """Return tasks in the quarter that begins at an instant."""
    return Work(quarter=utc(at), tasks=tasks, estimated=tasks, minutes=minutes)


def by_day(days: list[Day]) -> dict[date, Day]:
    """Return days by what they are called."""
    return {day.day: day for day in days}


def test_a_day_is_the_persons_own() -> None:
    now = utc("2026-11-22 23:30")  # Monday in Berlin
    days = days_ahead(
        [work("2026-11-23 22:45"), work("2026-11-23 23:00")], hours=default_hours(BERLIN), now=now
    )
    assert [(day.day.day, day.due_min, day.capacity_min) for day in days[:3]] == [
        (23, 30, 480), (24, 30, 480), (25, 0, 480),
    ]  # fmt: skip


def test_of_today_only_what_is_left_is_capacity() -> None:
    days = days_ahead([], hours=default_hours(BERLIN), now=utc("2026-11-23 12:00"))
    assert [(day.capacity_min, day.share) for day in days[:2]] == [(240, 0.5), (480, 1.0)]
    assert [day.capacity_min for day in days[5:7]] == [0, 0], "the weekend"
    over = days_ahead([], hours=default_hours(BERLIN), now=utc("2026-11-23 19:00"))[0]
    assert (over.capacity_min, over.share) == (0, 0.0)


@pytest.mark.parametrize(("day", "length_h"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-06-01", 24)])
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(day: str, length_h: int) -> None:
    always = parse(ALWAYS, zone=BERLIN)
    now = utc(f"{day} 12:00") - timedelta(days=3)
    assert (
        by_day(days_ahead([], hours=always, now=now))[date.fromisoformat(day)].capacity_min == length_h * 60
    )


def test_another_zone_moves_what_is_due_to_another_day() -> None:
    due, now = [work("2026-11-24 02:00")], utc("2026-11-23 09:00")
    for zone, expected in (("UTC", 24), ("America/New_York", 23), ("Pacific/Auckland", 24)):
        days = days_ahead(due, hours=hours(zone, mon=[["09:00", "17:00"]]), now=now)
        assert [day.day.day for day in days if day.due_min] == [expected], zone


@given(zone_names, instants, st.lists(st.integers(-2_000, 2_000), max_size=30))
def test_every_quarter_is_in_the_day_that_its_clock_shows(
    zone: str, now: datetime, quarters: list[int]
) -> None:
    worked = default_hours(ZoneInfo(zone))
    due = [
        Work(quarter=start_of(local_day(now, worked.zone), worked.zone) + timedelta(minutes=15 * place),
             tasks=1, estimated=1, minutes=15)
        for place in quarters
    ]  # fmt: skip
    days = days_ahead(due, hours=worked, now=now)
    assert [day.day for day in days] == [
        local_day(now, worked.zone) + timedelta(days=n) for n in range(DAYS_AHEAD)
    ]
    for day in days:
        here = [each for each in due if each.quarter.astimezone(worked.zone).date() == day.day]
        assert (day.tasks, day.due_min) == (len(here), 15 * len(here))
        assert 0 <= day.share <= 1
        assert day.capacity_min >= 0
    assert local_day(horizon(zone=worked.zone, now=now), worked.zone) == days[-1].day + timedelta(days=1)


@given(zone_names, st.dates(date(2014, 1, 1), date(2030, 1, 1)))
def test_every_local_day_begins_with_a_quarter(zone: str, day: date) -> None:
    start = start_of(day, ZoneInfo(zone))
    assert start.timestamp() % 900 == 0
    assert local_day(start, ZoneInfo(zone)) == day
    before = local_day(start - timedelta(microseconds=1), ZoneInfo(zone))
    assert before <= day, "the same where midnight comes twice"
