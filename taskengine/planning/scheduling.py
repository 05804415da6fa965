"""The calendar for a draft: the person's hours, their other tasks, and the steps."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from taskengine.accounts.models import User
from taskengine.planning import outline, queries, working_hours
from taskengine.planning.fitting import Misfit, fit
from taskengine.planning.free_time import FreeTime, free_time
from taskengine.planning.intervals import Interval, between
from taskengine.planning.models import Breakdown
from taskengine.planning.wording import misfit_payload
from taskengine.planning.working_hours import WorkingHours

# Nobody looks at a calendar hour by hour for longer than that.
TAKEN_AHEAD: Final = timedelta(days=400)


def hours_of(person: User) -> WorkingHours:
    """Return when a person works, by the clock of their zone."""
    zone = ZoneInfo(person.time_zone)
    if person.working_hours is None:
        return working_hours.default_hours(zone)
    return working_hours.parse(person.working_hours, zone=zone)


def lay_out(draft: Breakdown, *, now: datetime, besides: UUID | None) -> None:
    """Set when each of a draft's steps has its turn, or else what is in the way. Saves nothing.

    Without a deadline there is no calendar, and nothing of either.

    Args:
        draft: The draft.
        now: The instant.
        besides: The task whose place the steps take: it and its parts are not in their way.
    """
    steps = outline.unplaced(outline.read(draft.steps))
    draft.misfit = None
    if draft.deadline is not None and steps:
        person = User.objects.get(pk=draft.owner_id)
        free = _free_time_for(person, besides=besides, now=now)
        found = fit(outline.calendar_steps(steps), deadline=draft.deadline, free=free)
        if isinstance(found, Misfit):
            draft.misfit = misfit_payload(
                found,
                titles={step.key: step.title for step in steps},
                deadline=draft.deadline,
                now=now,
                zone=ZoneInfo(person.time_zone),
            )
        else:
            turns = {turn.key: turn for turn in found.steps}
            steps = tuple(
                replace(step, starts_at=turns[step.key].start, deadline=turns[step.key].deadline)
                for step in steps
            )
    draft.steps = outline.written(steps)


def taken(draft: Breakdown, *, now: datetime) -> list[Interval]:
    """Return the working time before a draft's deadline that other tasks take, ascending.

    Args:
        draft: Its own task and the parts of that take nothing; without a deadline nothing does.
        now: From when on, aware; no further ahead than `TAKEN_AHEAD`.
    """
    if draft.deadline is None:
        return []
    until = between(now, min(draft.deadline, now + TAKEN_AHEAD)).end_min
    person = User.objects.get(pk=draft.owner_id)
    return [
        Interval(start_min=busy.start_min, end_min=min(busy.end_min, until))
        for busy in _free_time_for(person, besides=draft.task_id, now=now).busy
        if busy.start_min < until
    ]


def _free_time_for(person: User, *, besides: UUID | None, now: datetime) -> FreeTime:
    return free_time(
        hours=hours_of(person),
        commitments=queries.commitments(owner_id=person.pk, besides=besides, now=now),
        now=now,
    )
