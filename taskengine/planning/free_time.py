"""The working time that is left: working hours, less what other tasks take."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from taskengine.planning.busy import Commitment, busy_intervals
from taskengine.planning.intervals import Interval, between
from taskengine.planning.working_hours import WorkingHours

# Nothing is planned beyond; a later deadline counts as one there. So no question costs more than two
# seconds, however odd the hours and many the steps.
HORIZON: Final = timedelta(days=7_305)  # twenty years
_LAST: Final = datetime(9999, 12, 29, tzinfo=UTC)  # in every zone some days before the calendar ends


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeTime:
    """A person's free working time from now on. Made by `free_time`.

    Attributes:
        hours: When they work.
        commitments: The other tasks that take of it.
        window: From now to the horizon, in whole minutes.
        busy: What the commitments take, ascending.
    """

    hours: WorkingHours
    commitments: tuple[Commitment, ...]
    window: Interval
    busy: tuple[Interval, ...]

    def forward(self, end_min: int) -> Iterator[Interval]:
        """Yield the free intervals from now to a minute, earliest first. They may touch."""
        for work in self.hours.forward(self._until(end_min)):
            yield from self._free_of(work)

    def backward(self, end_min: int) -> Iterator[Interval]:
        """Yield the free intervals before a minute down to now, latest first. They may touch."""
        for work in self.hours.backward(self._until(end_min)):
            yield from reversed(list(self._free_of(work)))

    def minutes(self, end_min: int, *, at_most: int | None = None) -> int:
        """Return how many minutes are free between now and a minute; counts no further than `at_most`."""
        count = 0
        for free in self.forward(end_min):
            count += free.length_min
            if at_most is not None and count >= at_most:
                return at_most
        return count

    def with_hours(self, hours: WorkingHours) -> "FreeTime":
        """Return the free time of somebody with other hours, in which the commitments move too."""
        return _free_time(hours=hours, commitments=self.commitments, window=self.window)

    def _until(self, end_min: int) -> Interval:
        return Interval(start_min=self.window.start_min, end_min=min(end_min, self.window.end_min))

    def _free_of(self, work: Interval) -> Iterator[Interval]:
        """Yield what of an interval is not busy, earliest first."""
        start_min = work.start_min
        place = bisect_right(self.busy, start_min, key=lambda busy: busy.end_min)
        while place < len(self.busy) and self.busy[place].start_min < work.end_min:
            if start_min < self.busy[place].start_min:
                yield Interval(start_min=start_min, end_min=self.busy[place].start_min)
            start_min = self.busy[place].end_min
            place += 1
        if start_min < work.end_min:
            yield Interval(start_min=start_min, end_min=work.end_min)


class Supply:
    """The first so many free minutes, counted once, so that many questions about them cost little.

    Args:
        free: The free time.
        most_min: No question is about more.
    """

    def __init__(self, free: FreeTime, *, most_min: int) -> None:
        self._starts: list[int] = []
        self._before: list[int] = []  # for each interval, how many minutes are free before it
        self._total_min = 0
        for interval in free.forward(free.window.end_min):
            if self._total_min >= most_min:
                break
            self._starts.append(interval.start_min)
            self._before.append(self._total_min)
            self._total_min += interval.length_min

    def minutes(self, end_min: int) -> int:
        """Return how many minutes are free between now and a minute: `most_min` or more where they are enough."""
        place = bisect_left(self._starts, end_min) - 1
        if place < 0:
            return 0
        following = self._before[place + 1] if place + 1 < len(self._before) else self._total_min
        return min(self._before[place] + end_min - self._starts[place], following)

    def minute_after(self, work_min: int) -> int | None:
        """Return the first minute by which so many are free; None if it is beyond the horizon.

        Args:
            work_min: At least one.
        """
        if work_min > self._total_min:
            return None
        place = bisect_left(self._before, work_min) - 1
        return self._starts[place] + work_min - self._before[place]


def free_time(*, hours: WorkingHours, commitments: Iterable[Commitment] = (), now: datetime) -> FreeTime:
    """Return the free working time from `now` (aware) on.

    Raises:
        InvalidEstimate: That of a commitment is less than a minute.
    """
    horizon = now + min(HORIZON, _LAST - now)
    return _free_time(hours=hours, commitments=tuple(commitments), window=between(now, horizon))


def free_minutes(
    *,
    hours: WorkingHours,
    commitments: Iterable[Commitment] = (),
    now: datetime,
    deadline: datetime,
    at_most: int | None = None,
) -> int:
    """Return how many free working minutes are left before a deadline.

    A task still fits if that is no less than its estimate, with all others as commitments.

    Args:
        hours: When the person works.
        commitments: The other open tasks.
        now: Aware; a minute that has begun does not count.
        deadline: Aware.
        at_most: Counts no further, which is what a comparison needs and spares years of days.

    Raises:
        InvalidEstimate: That of a commitment is less than a minute.
    """
    free = free_time(hours=hours, commitments=commitments, now=now)
    return free.minutes(between(now, deadline).end_min, at_most=at_most)


def _free_time(*, hours: WorkingHours, commitments: tuple[Commitment, ...], window: Interval) -> FreeTime:
    busy = busy_intervals(commitments, hours=hours, window=window)
    return FreeTime(hours=hours, commitments=commitments, window=window, busy=busy)
