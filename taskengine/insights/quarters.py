"""Local days and hours of quarter hours, the unit in which the database counts.

The database adds up tasks by quarter hours of UTC, so that what it answers is bounded by time and not by how many
tasks there are; which local day and hour a quarter belongs to is said here. Nothing is lost by it: since 1986 every
zone's offset, and so every local hour and midnight, is a whole number of quarters.
"""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from taskengine.tasks.deadlines import end_of_day

QUARTER_MIN: Final = 15
DAY: Final = timedelta(days=1)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the day that the calendar on the wall shows at an aware instant."""
    return at.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return a local day's first instant, in UTC."""
    return end_of_day(day - DAY, zone)


def monday_of(day: date) -> date:
    """Return the first day of a day's ISO week."""
    return day - timedelta(days=day.weekday())
