"""What will be missed at this pace.

**The rule.**

1. *Pace* is the median of what was completed on each working day of the last 28 whole days (a day on which the person
   has working hours; without any hours, each day). Days before the person's first are not counted.
2. It is counted in minutes of estimates where at least half of the completed tasks and half of those ahead have one,
   a task without one then being as long as the others are on average; in tasks otherwise.
3. From now on so much gets done on each working day of the fourteen ahead, and of today as much as its hours left are
   of it. Nearer deadlines go first, and nothing else comes.
4. What is due by the end of a day and beyond what gets done by then can't be done in time: so many of the tasks that are
   due by then, each as long as the others. The largest such excess is what will be missed: no order of work misses
   less, and doing the nearest first misses no more.
5. The same is asked at the lower and the upper quartile of the days. Where the three don't agree on whether anything
   is missed, the answer is of `low` confidence; where they do, `high` from 18 counted days on, and else `medium`.

There is no answer where there is too little to go by: fewer than 10 counted days, fewer than 10 tasks completed on
them, or a median of nothing at all.
"""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from taskengine.insights.load import Day, Work, is_working_day
from taskengine.insights.quarters import local_day
from taskengine.planning.working_hours import WorkingHours

HISTORY_DAYS: Final = 28
MIN_DAYS: Final = 10
MIN_TASKS: Final = 10
SURE_DAYS: Final = 18  # of the twenty that most people work in four weeks


class Unit(StrEnum):
    """What pace is counted in."""

    MINUTES = "minutes"
    TASKS = "tasks"


class Confidence(StrEnum):
    """How sure an answer is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


UNIT_CHOICES: Final = [(unit.value, unit.value) for unit in Unit]
CONFIDENCE_CHOICES: Final = [(confidence.value, confidence.value) for confidence in Confidence]


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """What the next fourteen days come to at this pace.

    Attributes:
        unit: What pace is counted in.
        pace: So much gets done on a working day.
        slow, fast: The same at the lower and the upper quartile.
        days: How many days it was found from.
        due: How many tasks fall due.
        missed: How many of them will be missed.
        least, most: The same at the faster and the slower pace.
        first_day: The first day by whose end something is missed; None where nothing is.
        first_day_missed: How many are missed by its end, of those due by then.
        confidence: How sure it is.
    """

    unit: Unit
    pace: float
    slow: float
    fast: float
    days: int
    due: int
    missed: int
    least: int
    most: int
    first_day: date | None
    first_day_missed: int
    confidence: Confidence


@dataclass(frozen=True, kw_only=True, slots=True)
class _Amounts:
    """Work by day in one unit, and how much of it a task is."""

    by_day: Sequence[float]
    of_a_task: float


def forecast(
    done: Iterable[Work], ahead: Sequence[Day], *, hours: WorkingHours, first_day: date, now: datetime
) -> Forecast | None:
    """Return what will be missed by the rule above; None where there is too little to go by.

    Args:
        done: What was completed in the last `HISTORY_DAYS` days.
        ahead: The days ahead, as `load.days_ahead` has them.
        hours: When the person works.
        first_day: The first local day that the person was there.
        now: Aware.
    """
    days = _counted_days(hours=hours, first_day=first_day, today=local_day(now, hours.zone))
    done_on = _by_day(done, days, hours=hours)
    completed = sum(work.tasks for work in done_on)
    if len(days) < MIN_DAYS or completed < MIN_TASKS:
        return None
    planned = [_Sum(tasks=day.tasks, estimated=day.estimated, minutes=day.due_min) for day in ahead]
    unit = _unit(done_on, planned)
    slow, pace, fast = statistics.quantiles(_amounts(done_on, unit).by_day, n=4, method="inclusive")
    if pace <= 0:
        return None
    wanted = _amounts(planned, unit)
    by_day = _missed_by_day(wanted, ahead, pace)
    missed = max(by_day)
    least, most = (max(_missed_by_day(wanted, ahead, speed)) for speed in (fast, slow))
    short = ((day.day, count) for day, count in zip(ahead, by_day, strict=True) if count)
    first_short, first_missed = next(short, (None, 0))
    return Forecast(
        unit=unit,
        pace=pace,
        slow=slow,
        fast=fast,
        days=len(days),
        due=sum(work.tasks for work in planned),
        missed=missed,
        least=least,
        most=most,
        first_day=first_short,
        first_day_missed=first_missed,
        confidence=_confidence(agree=len({missed > 0, least > 0, most > 0}) == 1, days=len(days)),
    )


@dataclass(kw_only=True, slots=True)
class _Sum:
    """The work of one day."""

    tasks: int = 0
    estimated: int = 0
    minutes: int = 0


def _counted_days(*, hours: WorkingHours, first_day: date, today: date) -> list[date]:
    whole = (today - timedelta(days=ago) for ago in range(HISTORY_DAYS, 0, -1))
    return [day for day in whole if day >= first_day and is_working_day(hours, day)]


def _by_day(done: Iterable[Work], days: Sequence[date], *, hours: WorkingHours) -> list[_Sum]:
    sums = {day: _Sum() for day in days}
    for work in done:
        total = sums.get(local_day(work.quarter, hours.zone))
        if total is not None:
            total.tasks += work.tasks
            total.estimated += work.estimated
            total.minutes += work.minutes
    return list(sums.values())


def _unit(*groups: Sequence[_Sum]) -> Unit:
    is_estimated = all(
        2 * sum(work.estimated for work in group) >= sum(work.tasks for work in group) for group in groups
    )
    return Unit.MINUTES if is_estimated else Unit.TASKS


def _amounts(group: Sequence[_Sum], unit: Unit) -> _Amounts:
    if unit is Unit.TASKS:
        return _Amounts(by_day=[float(work.tasks) for work in group], of_a_task=1.0)
    estimated = sum(work.estimated for work in group)
    of_a_task = sum(work.minutes for work in group) / estimated if estimated else 1.0
    by_day = [work.minutes + (work.tasks - work.estimated) * of_a_task for work in group]
    return _Amounts(by_day=by_day, of_a_task=of_a_task)


def _missed_by_day(wanted: _Amounts, ahead: Sequence[Day], speed: float) -> list[int]:
    """Return for each day how many of the tasks that are due by its end can't be done by then."""
    missed, tasks, due, got = [], 0, 0.0, 0.0
    for amount, day in zip(wanted.by_day, ahead, strict=True):
        tasks += day.tasks
        due += amount
        got += speed * day.share
        # Sums of means may be off in the last digits, which are no task.
        excess = math.ceil((due - got) / wanted.of_a_task - 1e-9)
        missed.append(min(tasks, max(0, excess)))
    return missed


def _confidence(*, agree: bool, days: int) -> Confidence:
    if not agree:
        return Confidence.LOW
    return Confidence.HIGH if days >= SURE_DAYS else Confidence.MEDIUM
