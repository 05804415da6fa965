"""The calendar for a draft: the person's hours, their other tasks, and the steps."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from taskengine.accounts.models import User
from taskengine.planning import outline, queries, working_hours
from taskengine.planning.fitting import Misfit, fit
from taskengine.planning.free_time import free_time
from taskengine.planning.models import Breakdown
from taskengine.planning.wording import misfit_payload
from taskengine.planning.working_hours import WorkingHours


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
        free = free_time(
            hours=hours_of(person),
            commitments=queries.commitments(owner_id=draft.owner_id, besides=besides, now=now),
            now=now,
        )
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
