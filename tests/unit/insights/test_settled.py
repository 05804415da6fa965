"""How deadlines went, by the weeks and hours of the person's zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskengine.insights.settled import (
    LATENESS_EDGES_S,
    ON_TIME,
    STILL_OPEN,
    WEEKS,
    Settled,
    by_lateness,
    by_week,
    missed_by_hour,
    window,
)
from tests.support.calendars import utc
from tests.support.zones import instants, zone_names

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = utc("2026-11-22 12:00")
BARS = range(len(LATENESS_EDGES_S) + 1)


def some(at: str, ended: int = ON_TIME, tasks: int = 1) -> Settled:
    """Return tasks in the quarter that begins at an instant."""
    return Settled(quarter=utc(at), ended=ended, tasks=tasks)


def filled(matrix: list[list[int]]) -> dict[tuple[int, int], int]:
    """Return what is not empty, by weekday and hour."""
    return {(day, hour): count for day, row in enumerate(matrix) for hour, count in enumerate(row) if count}


def test_a_week_begins_on_the_persons_monday() -> None:
    weeks = by_week([some("2026-11-15 22:45"), some("2026-11-15 23:00")], zone=BERLIN, now=SUNDAY)
    assert [(week.starts_on, week.settled) for week in weeks[-2:]] == [
        (date(2026, 11, 9), 1), (date(2026, 11, 16), 1),
    ]  # fmt: skip
    assert len(weeks) == WEEKS


def test_only_what_was_done_by_its_deadline_is_on_time() -> None:
    ended = [some("2026-11-20 12:00", how, tasks=2) for how in (ON_TIME, STILL_OPEN, 0, 6)]
    (week,) = by_week(ended, zone=BERLIN, now=SUNDAY)[-1:]
    assert (week.settled, week.on_time) == (8, 2)


@pytest.mark.parametrize(
    ("at", "day", "hour"),
    [
        ("2026-10-25 00:30", 6, 2),  # summer time: 02:30
        ("2026-10-25 01:30", 6, 2),  # and again, an hour later
        ("2026-10-25 02:00", 6, 3),
        ("2026-11-15 22:45", 6, 23),
        ("2026-11-15 23:00", 0, 0),
    ],
)
def test_a_miss_stands_where_the_clock_on_the_wall_was(at: str, day: int, hour: int) -> None:
    assert filled(missed_by_hour([some(at, STILL_OPEN)], zone=BERLIN, now=SUNDAY)) == {(day, hour): 1}


def test_the_hour_that_is_skipped_has_no_miss() -> None:
    now = utc("2026-04-01 12:00")
    quarters = [
        some(f"2026-03-29 {hour:02}:{minute:02}", 0) for hour in range(24) for minute in (0, 15, 30, 45)
    ]
    on_sunday = missed_by_hour(quarters, zone=BERLIN, now=now)[6]
    assert on_sunday[1:4] == [4, 0, 4]


def test_lateness_is_of_what_was_completed_late() -> None:
    ended = [some("2026-11-20 12:00", how, tasks=how + 3) for how in (STILL_OPEN, ON_TIME, *BARS)]
    bars = by_lateness(ended, zone=BERLIN, now=SUNDAY)
    assert [bar.tasks for bar in bars] == [3, 4, 5, 6, 7, 8, 9]
    assert [(bar.from_s, bar.until_s) for bar in bars] == [
        (0, 900), (900, 3600), (3600, 14400), (14400, 86400), (86400, 259200), (259200, 604800), (604800, None),
    ]  # fmt: skip


@given(
    zone_names,
    instants,
    st.lists(
        st.tuples(
            st.integers(-12 * 700, 900), st.sampled_from([ON_TIME, STILL_OPEN, *BARS]), st.integers(1, 9)
        ),
        max_size=40,
    ),
)
def test_nothing_is_counted_twice_or_lost(
    zone_name: str, now: datetime, ended: list[tuple[int, int, int]]
) -> None:
    zone = ZoneInfo(zone_name)
    since, until = window(zone=zone, now=now)
    base = since + timedelta(weeks=WEEKS - 1)
    some_ended = [
        Settled(quarter=base + timedelta(minutes=15 * place), ended=how, tasks=tasks)
        for place, how, tasks in ended
    ]
    inside = [each for each in some_ended if since <= each.quarter < until]
    weeks = by_week(some_ended, zone=zone, now=now)
    assert [week.starts_on.isoweekday() for week in weeks] == [1] * WEEKS
    assert sum(week.settled for week in weeks) == sum(each.tasks for each in inside)
    on_time = sum(each.tasks for each in inside if each.ended == ON_TIME)
    assert sum(week.on_time for week in weeks) == on_time
    missed = sum(map(sum, missed_by_hour(some_ended, zone=zone, now=now)))
    assert missed == sum(each.tasks for each in inside) - on_time
    late = sum(bar.tasks for bar in by_lateness(some_ended, zone=zone, now=now))
    assert late == sum(each.tasks for each in inside if each.ended >= 0)
