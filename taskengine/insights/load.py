"""What falls due on each of the next fourteen local days, against the hours in which it can be done.

**The rule.** A day's load is the estimates of the open tasks that fall due on it. A task whose open parts have
estimates takes nothing of its own, as in the planner's calendar: its parts do. A day's capacity is its working time,
of today what is left of it. A deadline that was given as a day falls due on that day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from taskengine.insights.quarters import DAY, local_day, start_of
from taskengine.planning.intervals import Interval, between
from taskengine.planning.working_hours import WorkingHours

DAYS_AHEAD: Final = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """Tasks in one quarter hour: due in it, or completed in it.

    Attributes:
        quarter: When the quarter begins, aware.
        tasks: How many.
        estimated: How many of them have an estimate.
        minutes: The sum of these estimates.
    """

    quarter: datetime
    tasks: int
    estimated: int
    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A local day that is ahead, today included.

    Attributes:
        day: Which.
        tasks: How many tasks fall due.
        estimated: How many of them have an estimate.
        due_min: The sum of these, in minutes.
        capacity_min: The working time of the day that is still ahead, in minutes.
        share: How much of a working day that is: 1 of a whole one, 0 of a free one, less than 1 once today has begun.
            Of somebody who has no working hours at all every day is one, around the clock.
    """

    day: date
    tasks: int
    estimated: int
    due_min: int
    capacity_min: int
    share: float


def horizon(*, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the first instant after the days ahead."""
    return start_of(local_day(now, zone) + DAYS_AHEAD * DAY, zone)


def days_ahead(due: Iterable[Work], *, hours: WorkingHours, now: datetime) -> list[Day]:
    """Return the fourteen days from today on; what falls due on none of them is passed over.

    Args:
        due: What falls due after `now`.
        hours: When the person works; its zone says what a day is.
        now: Aware.
    """
    today = local_day(now, hours.zone)
    sums = {today + timedelta(days=ahead): [0, 0, 0] for ahead in range(DAYS_AHEAD)}
    for work in due:
        total = sums.get(local_day(work.quarter, hours.zone))
        if total is not None:
            total[0] += work.tasks
            total[1] += work.estimated
            total[2] += work.minutes
    days = []
    for day, (tasks, estimated, minutes) in sums.items():
        whole = between(start_of(day, hours.zone), start_of(day + DAY, hours.zone))
        left = between(max(now, whole.start), whole.end)
        days.append(
            Day(
                day=day,
                tasks=tasks,
                estimated=estimated,
                due_min=minutes,
                capacity_min=_worked_min(hours, left),
                share=_share(hours, whole=whole, left=left),
            )
        )
    return days


def is_working_day(hours: WorkingHours, day: date) -> bool:
    """Whether somebody works on a local day; who has no hours at all works on all of them."""
    return bool(hours.week[day.weekday()]) or not any(hours.week)


def _share(hours: WorkingHours, *, whole: Interval, left: Interval) -> float:
    """Return how much of a day's working time is left of it, from 0 to 1."""
    if any(hours.week):
        all_min, left_min = _worked_min(hours, whole), _worked_min(hours, left)
    else:
        all_min, left_min = whole.length_min, left.length_min
    return max(0, left_min) / all_min if all_min > 0 else 0.0


def _worked_min(hours: WorkingHours, window: Interval) -> int:
    return sum(work.length_min for work in hours.forward(window))
