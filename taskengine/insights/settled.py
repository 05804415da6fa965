"""How deadlines went, over twelve ISO weeks of the person's zone: on time by week, misses by hour, how late.

**The rule.** A task is *settled* once it is completed or its deadline has passed (`deadline <= now`). It counts in the
week of its deadline, whenever it was completed, as *on time* if that is its outcome. Every other settled task was
*missed*: its deadline passed while it was open, whether it was completed since or not. What has no deadline counts
nowhere. A deadline that was given as a day stands in the last quarter hour of that day, and so on that day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from taskengine.insights.quarters import local_day, monday_of, start_of

WEEKS: Final = 12
# The least lateness of each bar but the first, in seconds: a quarter hour, 1 and 4 hours, 1, 3 and 7 days.
LATENESS_EDGES_S: Final = (900, 3_600, 14_400, 86_400, 259_200, 604_800)

# How a task ended: one of these, or else late, by the place of its bar.
ON_TIME: Final = -1
STILL_OPEN: Final = -2


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """Tasks whose deadlines are in one quarter hour and that ended alike.

    Attributes:
        quarter: When the quarter begins, aware.
        ended: `ON_TIME`, `STILL_OPEN`, or the bar of their lateness: 0 to `len(LATENESS_EDGES_S)`.
        tasks: How many.
    """

    quarter: datetime
    ended: int
    tasks: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """An ISO week: how many of the deadlines in it are settled, and how many of these were kept."""

    starts_on: date
    settled: int
    on_time: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Lateness:
    """A bar of the histogram: how many were completed late by at least `from_s`, and by less than `until_s`."""

    from_s: int
    until_s: int | None
    tasks: int


def window(*, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Return the first instant of the twelve weeks, and the first one after them; this week is the last of them."""
    this_week = monday_of(local_day(now, zone))
    first = this_week - timedelta(weeks=WEEKS - 1)
    return start_of(first, zone), start_of(this_week + timedelta(weeks=1), zone)


def by_week(settled: Iterable[Settled], *, zone: ZoneInfo, now: datetime) -> list[Week]:
    """Return all twelve weeks, the oldest first; what lies outside of them is passed over."""
    this_week = monday_of(local_day(now, zone))
    mondays = [this_week - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]
    counts = {monday: [0, 0] for monday in mondays}
    for some in settled:
        count = counts.get(monday_of(local_day(some.quarter, zone)))
        if count is not None:
            count[0] += some.tasks
            count[1] += some.tasks if some.ended == ON_TIME else 0
    return [
        Week(starts_on=monday, settled=count, on_time=on_time) for monday, (count, on_time) in counts.items()
    ]


def missed_by_hour(settled: Iterable[Settled], *, zone: ZoneInfo, now: datetime) -> list[list[int]]:
    """Return how many deadlines of the twelve weeks were missed, by weekday from Monday and by hour on the wall.

    An hour that comes twice is one hour here, and one that is skipped has nothing.
    """
    since, until = window(zone=zone, now=now)
    matrix = [[0] * 24 for _ in range(7)]
    for some in settled:
        if some.ended != ON_TIME and since <= some.quarter < until:
            local = some.quarter.astimezone(zone)
            matrix[local.weekday()][local.hour] += some.tasks
    return matrix


def by_lateness(settled: Iterable[Settled], *, zone: ZoneInfo, now: datetime) -> list[Lateness]:
    """Return how late the late completions were whose deadlines are in the twelve weeks; what is open is in no bar."""
    since, until = window(zone=zone, now=now)
    counts = [0] * (len(LATENESS_EDGES_S) + 1)
    for some in settled:
        if some.ended >= 0 and since <= some.quarter < until:
            counts[some.ended] += some.tasks
    edges: Sequence[int | None] = (0, *LATENESS_EDGES_S, None)
    return [
        Lateness(from_s=start or 0, until_s=end, tasks=count)
        for start, end, count in zip(edges, edges[1:], counts, strict=False)
    ]
