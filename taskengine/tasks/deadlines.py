"""The rules of time, as pure functions: nothing here reads a clock or a database.

The one boundary is `deadline <= now`: at the deadline itself an open task is missed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

SNAPSHOT_AGE: Final = timedelta(days=30)


class Bucket(StrEnum):
    """Where a task is. It is in exactly one of these at any instant."""

    UPCOMING = "upcoming"
    COMPLETED = "completed"
    MISSED = "missed"


class Outcome(StrEnum):
    """How a completed task ended, fixed at completion."""

    ON_TIME = "on_time"
    LATE = "late"


BUCKET_CHOICES: Final = [(bucket.value, bucket.value) for bucket in Bucket]
OUTCOME_CHOICES: Final = [(outcome.value, outcome.value) for outcome in Outcome]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """How a completed task ended, and by how many seconds it was late (None when it was not)."""

    outcome: Outcome
    lateness_s: float | None


def bucket(*, completed_at: datetime | None, deadline: datetime | None, now: datetime) -> Bucket:
    """Return the bucket at an instant. A task without a deadline is never missed."""
    if completed_at is not None:
        return Bucket.COMPLETED
    if deadline is not None and deadline <= now:
        return Bucket.MISSED
    return Bucket.UPCOMING


def ending(*, completed_at: datetime, deadline: datetime | None) -> Ending:
    """Return how a task ended that was completed at an instant; at the deadline itself is late."""
    if deadline is None or completed_at < deadline:
        return Ending(outcome=Outcome.ON_TIME, lateness_s=None)
    return Ending(outcome=Outcome.LATE, lateness_s=(completed_at - deadline).total_seconds())


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the deadline that a date means: the first instant of the next local day, in UTC.

    Where a zone skips midnight for summer time, the day begins when its clocks do.

    Raises:
        OverflowError: The calendar ends before the next day.
    """
    # In a gap, fold 0 takes the offset before it: midnight is then the very instant of the jump.
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def in_snapshot(*, completed_at: datetime | None, now: datetime) -> bool:
    """Whether a task belongs in a snapshot: every open one, and those closed in the last 30 days.

    Server and clients apply the same rule, so that a snapshot and events lead to the same state.
    """
    return completed_at is None or completed_at > now - SNAPSHOT_AGE
