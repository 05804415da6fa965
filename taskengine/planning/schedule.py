"""When each step has its turn: as late as possible, through the free time before the deadline.

One person does the steps, so they are in one line: a step begins after the one before it has ended,
also where it does not depend on it. From the deadline backward each takes the last free minutes that
are left, in as many sittings as they are in pieces. So the order decides nothing about whether all
fit, only the minutes do (`steps.in_order` sees to the steps that have deadlines of their own).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from taskengine.planning.free_time import FreeTime
from taskengine.planning.intervals import Interval, joined, minute_until
from taskengine.planning.steps import Step, in_order


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledStep:
    """A step's turn: its sittings, ascending, at least one, none touching another."""

    key: str
    sittings: tuple[Interval, ...]

    @property
    def start(self) -> datetime:
        """When its first sitting begins, in UTC."""
        return self.sittings[0].start

    @property
    def deadline(self) -> datetime:
        """When its last sitting ends, in UTC."""
        return self.sittings[-1].end


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """Every step in the order of work. Each begins at or after the deadline of the one before it.

    So deadlines increase strictly along the whole line, the last is at or before the goal's, no two
    sittings overlap, and all lie in free time from now on.
    """

    steps: tuple[ScheduledStep, ...]


def schedule(steps: Sequence[Step], *, deadline: datetime, free: FreeTime) -> Schedule | None:
    """Lay the steps out before a deadline; None if they do not fit.

    Args:
        steps: In the order in which their author would have them; none at all fit anywhere.
        deadline: The goal's, aware.
        free: The person's free time from now on.

    Raises:
        DomainError: What `steps.in_order` raises.
    """
    end_min = minute_until(deadline)
    turns: list[ScheduledStep] = []
    for bound in reversed(in_order(steps, end_min=end_min)):
        end_min = min(end_min, bound.end_min)
        sittings = _last_minutes(bound.step.estimate_min, before_min=end_min, free=free)
        if sittings is None:
            return None
        turns.append(ScheduledStep(key=bound.step.key, sittings=sittings))
        end_min = sittings[0].start_min
    return Schedule(steps=tuple(reversed(turns)))


def _last_minutes(work_min: int, *, before_min: int, free: FreeTime) -> tuple[Interval, ...] | None:
    """Return the last so many free minutes before a minute, ascending; None if there are fewer."""
    taken: list[Interval] = []
    for interval in free.backward(before_min):
        used_min = min(work_min, interval.length_min)
        taken.append(Interval(start_min=interval.end_min - used_min, end_min=interval.end_min))
        work_min -= used_min
        if not work_min:
            return joined(reversed(taken))
    return None
