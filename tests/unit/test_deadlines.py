"""The rules of time, at their exact boundaries."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskengine.tasks.deadlines import Bucket, Outcome, bucket, end_of_day, ending, in_snapshot

DEADLINE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)

instants = st.integers(0, 2**33).map(lambda second: datetime.fromtimestamp(second, UTC))


def test_a_task_is_upcoming_until_just_before_its_deadline() -> None:
    assert bucket(completed_at=None, deadline=DEADLINE, now=DEADLINE - TICK) is Bucket.UPCOMING


def test_at_the_deadline_itself_an_open_task_is_missed() -> None:
    assert bucket(completed_at=None, deadline=DEADLINE, now=DEADLINE) is Bucket.MISSED


@given(instants)
def test_a_task_without_a_deadline_is_never_missed(now: datetime) -> None:
    assert bucket(completed_at=None, deadline=None, now=now) is Bucket.UPCOMING


@given(instants, instants, instants)
def test_a_completed_task_is_completed_whatever_the_clock_says(
    completed_at: datetime, deadline: datetime, now: datetime
) -> None:
    assert bucket(completed_at=completed_at, deadline=deadline, now=now) is Bucket.COMPLETED


def test_completed_just_before_the_deadline_is_on_time() -> None:
    end = ending(completed_at=DEADLINE - TICK, deadline=DEADLINE)
    assert (end.outcome, end.lateness_s) == (Outcome.ON_TIME, None)


def test_completed_at_the_deadline_is_late_by_nothing() -> None:
    end = ending(completed_at=DEADLINE, deadline=DEADLINE)
    assert (end.outcome, end.lateness_s) == (Outcome.LATE, 0.0)


def test_lateness_is_in_seconds() -> None:
    end = ending(completed_at=DEADLINE + timedelta(hours=3, milliseconds=5), deadline=DEADLINE)
    assert end.lateness_s == pytest.approx(10_800.005)


def test_without_a_deadline_every_completion_is_on_time() -> None:
    assert ending(completed_at=DEADLINE, deadline=None).outcome is Outcome.ON_TIME


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2026, 11, 22), "UTC", datetime(2026, 11, 23, 0, 0, tzinfo=UTC)),
        (date(2026, 11, 22), "Europe/Berlin", datetime(2026, 11, 22, 23, 0, tzinfo=UTC)),
        # The day on which the clocks go forward, and the one on which they go back.
        (date(2026, 3, 29), "Europe/Berlin", datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Berlin", datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),
        # São Paulo skipped midnight: the next day began at one o'clock.
        (date(2018, 11, 3), "America/Sao_Paulo", datetime(2018, 11, 4, 3, 0, tzinfo=UTC)),
        # Samoa skipped a whole day: the 29th ended where the 31st began.
        (date(2011, 12, 31), "Pacific/Apia", datetime(2011, 12, 31, 10, 0, tzinfo=UTC)),
        (date(2024, 2, 28), "Asia/Kathmandu", datetime(2024, 2, 28, 18, 15, tzinfo=UTC)),
    ],
)
def test_a_day_ends_where_the_next_local_day_begins(day: date, zone: str, expected: datetime) -> None:
    assert end_of_day(day, ZoneInfo(zone)) == expected


def test_a_snapshot_keeps_every_open_task() -> None:
    assert in_snapshot(completed_at=None, now=DEADLINE)


def test_a_snapshot_forgets_what_was_closed_thirty_days_ago() -> None:
    assert in_snapshot(completed_at=DEADLINE - timedelta(days=30) + TICK, now=DEADLINE)
    assert not in_snapshot(completed_at=DEADLINE - timedelta(days=30), now=DEADLINE)
