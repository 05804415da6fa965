"""What would make steps fit that do not. Each fix carries the schedule that proves it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import Final

from taskengine.planning.free_time import FreeTime, Supply
from taskengine.planning.intervals import instant, minute_until
from taskengine.planning.schedule import Schedule, schedule
from taskengine.planning.steps import Step, in_order, without
from taskengine.planning.working_hours import DAYS, Span, WorkingHours


class Change(StrEnum):
    """One thing that can give way, the least painful first."""

    DROP_OPTIONAL = "drop_optional"
    EXTEND_HOURS = "extend_hours"
    RELEASE_STEPS = "release_steps"
    MOVE_DEADLINE = "move_deadline"


class Extension(StrEnum):
    """On which days work goes on from 7:00 to 22:00, besides the person's own hours."""

    WORKING_DAYS = "working_days"
    EVERY_DAY = "every_day"


EXTENDED: Final = Span(opens_min=7 * 60, closes_min=22 * 60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fix:
    """A smallest set of changes with which the steps fit.

    Attributes:
        changes: What gives way: all of these together.
        dropped: Keys of optional steps to leave out, in the steps' order; none of them can stay.
        freed_min: How many minutes of work that saves.
        released: Keys of steps whose own deadline is given up; none of them can be kept.
        extension: Which days are longer; `hours` are the person's hours then.
        hours: None if they stay as they are.
        deadline: The goal's deadline moved to the earliest whole minute at which the steps fit; None
            if it stays.
        schedule: The steps laid out under these changes.
    """

    changes: tuple[Change, ...]
    dropped: tuple[str, ...]
    freed_min: int
    released: tuple[str, ...]
    extension: Extension | None
    hours: WorkingHours | None
    deadline: datetime | None
    schedule: Schedule


def find_fixes(steps: Sequence[Step], *, deadline: datetime, free: FreeTime) -> tuple[Fix, ...]:
    """Return what would make steps fit: single changes, and combinations of which no part is enough.

    Args:
        steps: They do not fit.
        deadline: The goal's, aware.
        free: The person's free time from now on.

    Raises:
        DomainError: What `steps.in_order` raises.
    """
    goal = _Goal(steps=tuple(steps), deadline=deadline, free=free)
    possible = [change for change in Change if goal.can(change)]
    found: list[Fix] = []
    for size in range(1, len(possible) + 1):
        for changes in combinations(possible, size):
            if not any(set(fix.changes) <= set(changes) for fix in found):
                found.extend(goal.fixes(changes))
    return tuple(found)


class _Goal:
    """What does not fit, and what was counted about it so far."""

    def __init__(self, *, steps: tuple[Step, ...], deadline: datetime, free: FreeTime) -> None:
        self.steps = steps
        self.deadline = deadline
        self._free = free
        self._rooms: dict[Extension | None, _Room] = {}

    def can(self, change: Change) -> bool:
        """Whether there is anything that could give way like this."""
        match change:
            case Change.DROP_OPTIONAL:
                return any(step.optional for step in self.steps)
            case Change.RELEASE_STEPS:
                return any(step.due is not None for step in self.steps)
            case Change.EXTEND_HOURS | Change.MOVE_DEADLINE:
                return True

    def fixes(self, changes: tuple[Change, ...]) -> Iterator[Fix]:
        """Yield the fix by exactly these changes, if there is one: that by the mildest extension."""
        for extension in Extension if Change.EXTEND_HOURS in changes else (None,):
            trial = _Trial(goal=self, changes=changes, extension=extension, room=self._room(extension))
            fix = trial.smallest()
            if fix is not None:
                yield fix
                return

    def _room(self, extension: Extension | None) -> "_Room":
        """Return the free time with an extension: each is counted once, however many changes go with it."""
        if extension not in self._rooms:
            hours = self._free.hours
            free = self._free.with_hours(_extended(hours, extension)) if extension else self._free
            needed_min = sum(step.estimate_min for step in self.steps)
            self._rooms[extension] = _Room(free=free, supply=Supply(free, most_min=needed_min))
        return self._rooms[extension]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Room:
    """Free time, and its minutes counted."""

    free: FreeTime
    supply: Supply


@dataclass(frozen=True, kw_only=True, slots=True)
class _Trial:
    """An attempt at a goal with given changes."""

    goal: _Goal
    changes: tuple[Change, ...]
    extension: Extension | None
    room: _Room

    def smallest(self) -> Fix | None:
        """Give up all that the changes allow; then take back, one by one, what need not be given up."""
        dropped = self._allowed(Change.DROP_OPTIONAL, [step for step in self.goal.steps if step.optional])
        released = self._allowed(Change.RELEASE_STEPS, [step for step in self.goal.steps if step.due])
        if not self._fits(dropped, released):
            return None
        for key in sorted(dropped, key=self._estimate):  # the shortest first: few are left out
            if self._fits(dropped - {key}, released):
                dropped -= {key}
        for key in sorted(released, key=self._estimate):
            if self._fits(dropped, released - {key}):
                released -= {key}
        return self._fix(dropped, released)

    def _fits(self, dropped: Collection[str], released: Collection[str]) -> bool:
        """Whether the rest fits: in the best order each is done by when it must be (`steps.in_order`)."""
        steps = self._left(dropped, released)
        deadline = self._deadline(steps)
        if deadline is None:
            return False
        done_min = 0
        for bound in in_order(steps, end_min=minute_until(deadline)):
            done_min += bound.step.estimate_min
            if done_min > self.room.supply.minutes(bound.end_min):
                return False
        return True

    def _fix(self, dropped: Collection[str], released: Collection[str]) -> Fix | None:
        steps = self._left(dropped, released)
        deadline = self._deadline(steps)
        laid_out = schedule(steps, deadline=deadline, free=self.room.free) if deadline else None
        if laid_out is None or not steps:
            return None  # to do nothing at all is no fix
        return Fix(
            changes=self.changes,
            dropped=tuple(step.key for step in self.goal.steps if step.key in dropped),
            freed_min=sum(step.estimate_min for step in self.goal.steps if step.key in dropped),
            released=tuple(step.key for step in steps if step.key in released),
            extension=self.extension,
            hours=self.room.free.hours if self.extension else None,
            deadline=deadline if Change.MOVE_DEADLINE in self.changes else None,
            schedule=laid_out,
        )

    def _left(self, dropped: Collection[str], released: Collection[str]) -> list[Step]:
        """Return what is left to do, and by when."""
        return [
            replace(step, due=None) if step.key in released else step
            for step in without(self.goal.steps, dropped)
        ]

    def _deadline(self, steps: Sequence[Step]) -> datetime | None:
        """Return the goal's deadline, or the earliest one at which so much work can be done."""
        if Change.MOVE_DEADLINE not in self.changes or not steps:
            return self.goal.deadline
        end_min = self.room.supply.minute_after(sum(step.estimate_min for step in steps))
        return None if end_min is None else instant(end_min)

    def _allowed(self, change: Change, steps: Sequence[Step]) -> frozenset[str]:
        return frozenset(step.key for step in steps) if change in self.changes else frozenset()

    def _estimate(self, key: str) -> tuple[int, int]:
        return next(
            (step.estimate_min, place) for place, step in enumerate(self.goal.steps) if step.key == key
        )


def _extended(hours: WorkingHours, extension: Extension) -> WorkingHours:
    if extension is Extension.EVERY_DAY:
        return hours.extended(EXTENDED, DAYS)
    return hours.extended(EXTENDED, [day for day, spans in zip(DAYS, hours.week, strict=True) if spans])
