"""Half-open intervals of time in whole minutes, the unit in which the calendar counts.

Inside the calendar an instant is a whole number of minutes since 1970 (UTC): sums are exact, and no
sitting begins at a fraction of a second. Whatever comes in is rounded so that time is only ever
lost by it: a beginning up, an end down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

DAY_MIN: Final = 24 * 60

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """The time from `start_min` up to, but not including, `end_min` (minutes since 1970, UTC).

    It is empty when it ends where it begins, or before.
    """

    start_min: int
    end_min: int

    @property
    def start(self) -> datetime:
        """Its first instant, in UTC."""
        return instant(self.start_min)

    @property
    def end(self) -> datetime:
        """The first instant after it, in UTC."""
        return instant(self.end_min)

    @property
    def length_min(self) -> int:
        """How long it is, in minutes."""
        return self.end_min - self.start_min


def between(start: datetime, end: datetime) -> Interval:
    """Return the whole minutes from one aware instant to another."""
    return Interval(start_min=minute_from(start), end_min=minute_until(end))


def minute_from(at: datetime) -> int:
    """Return the first whole minute that does not begin before an aware instant."""
    return -((_EPOCH - at) // _MINUTE)


def minute_until(at: datetime) -> int:
    """Return the last whole minute that does not begin after an aware instant."""
    return (at - _EPOCH) // _MINUTE


def instant(minute: int) -> datetime:
    """Return the instant, in UTC, at which a minute begins."""
    return _EPOCH + minute * _MINUTE


def joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return ascending intervals with those that touch or overlap made one."""
    whole: list[Interval] = []
    for interval in intervals:
        if whole and interval.start_min <= whole[-1].end_min:
            end_min = max(interval.end_min, whole[-1].end_min)
            whole[-1] = Interval(start_min=whole[-1].start_min, end_min=end_min)
        else:
            whole.append(interval)
    return tuple(whole)
