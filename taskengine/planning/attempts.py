"""What one worker's attempt at a breakdown writes: each function a short transaction of its own.

The stream is locked first, as in every write. Then the row is looked at: only while it is being
generated and its `attempt` is still ours may anything be written. An attempt whose worker died is taken
up by another one when its lease is over; if the first was only asleep, it finds itself fenced off.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from ai.errors import PlannerError, PlanNotMade
from ai.plans import Brief, Plan, Step
from realtime import outbox
from realtime.outbox import UnknownStream
from taskengine import clock
from taskengine.accounts.models import User
from taskengine.planning import making, metrics
from taskengine.planning.briefs import brief_of
from taskengine.planning.edits import Edit
from taskengine.planning.events import BreakdownEvent
from taskengine.planning.lifecycle import GIVE_UP_AFTER, MAX_TRIES, PENDING, Status
from taskengine.planning.models import Breakdown

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A worker's right to write to a breakdown.

    Attributes:
        breakdown_id: Which one.
        owner_id: Whose.
        number: The fence: a later attempt has a higher one.
        planner: The name of the planner that is to be asked.
        brief: What it is to be asked.
        tries: How many attempts there were since it was asked for, this one too: those before it died.
    """

    breakdown_id: UUID
    owner_id: UUID
    number: int
    planner: str
    brief: Brief
    tries: int


def claim(breakdown_id: UUID) -> Attempt | None:
    """Take a breakdown that waits, or whose worker died, and start it afresh.

    None if there is nothing to take: it is done, cancelled, or somebody else's for now.
    """
    owner_id = Breakdown.objects.filter(id=breakdown_id).values_list("owner_id", flat=True).first()
    if owner_id is None:
        return None
    attempt: Attempt | None = None
    with _held(owner_id) as now:
        edit = _edit(now, id=breakdown_id, status__in=PENDING, lease_until__lte=now) if now else None
        if edit is not None and edit.draft.tries >= MAX_TRIES:
            logger.error("The breakdown %s was tried %d times and is given up.", breakdown_id, MAX_TRIES)
            _end_in_failure(edit, PlanNotMade("Every worker that took it died."))
            metrics.count(metrics.Outcome.GIVEN_UP)
        elif edit is not None:
            draft = edit.draft
            making.begin(draft, now=edit.now)
            edit.save(BreakdownEvent.STARTED)
            zone = ZoneInfo(User.objects.values_list("time_zone", flat=True).get(pk=owner_id))
            attempt = Attempt(
                breakdown_id=draft.id,
                owner_id=owner_id,
                number=draft.attempt,
                planner=draft.planner,
                brief=brief_of(draft, now=edit.now, zone=zone),
                tries=draft.tries,
            )
    return attempt


def extend(attempt: Attempt) -> bool:
    """Say that the attempt is alive; False if it is not wanted any more.

    Takes no stream: it is one row by its key, and no event.
    """
    rows = Breakdown.objects.filter(id=attempt.breakdown_id, attempt=attempt.number, status=Status.GENERATING)
    return rows.update(lease_until=clock.now() + settings.WORKER_LEASE) > 0


def add_step(attempt: Attempt, step: Step) -> bool:
    """Write one step more and tell it; False if the attempt is not wanted any more."""
    with _ours(attempt) as edit:
        if edit is not None:
            making.add(edit.draft, step)
            edit.draft.lease_until = edit.now + settings.WORKER_LEASE
            edit.save(BreakdownEvent.STEP, step=step.key)
    return edit is not None


def finish(attempt: Attempt, plan: Plan) -> bool:
    """Write the whole plan, lay it out in the calendar, and tell it; False as for `add_step`."""
    with _ours(attempt) as edit:
        if edit is not None:
            making.finish(edit.draft, plan)
            edit.lay_out()
            edit.save(BreakdownEvent.READY)
    return edit is not None


def fail(attempt: Attempt, error: PlannerError) -> bool:
    """Write that there is no plan, and why; False as for `add_step`."""
    with _ours(attempt) as edit:
        if edit is not None:
            _end_in_failure(edit, error)
    return edit is not None


def release(attempt: Attempt) -> None:
    """Leave it to another worker, at once, and without counting as a death."""
    with _ours(attempt) as edit:
        if edit is not None:  # no event: the next attempt begins with one
            Breakdown.objects.filter(id=attempt.breakdown_id).update(
                lease_until=edit.now, tries=max(0, edit.draft.tries - 1)
            )


def postpone(breakdown_id: UUID) -> None:
    """Try a breakdown again in a while that could not even be taken, so that it holds up no other."""
    waiting = Breakdown.objects.filter(id=breakdown_id, status__in=PENDING)
    waiting.update(lease_until=clock.now() + settings.WORKER_LEASE, tries=F("tries") + 1)


def give_up(*, now: datetime, limit: int = 20) -> bool:
    """Fail breakdowns that nobody took for long; True if there were some."""
    over = now - GIVE_UP_AFTER
    stale = Breakdown.objects.filter(status__in=PENDING, lease_until__lte=over)
    found = list(stale.order_by("lease_until").values_list("id", "owner_id")[:limit])
    for breakdown_id, owner_id in found:
        try:
            _give_up(breakdown_id, owner_id, over=over)
        except (OperationalError, InterfaceError):
            raise  # the database, not a breakdown
        except Exception:
            logger.exception("The breakdown %s can't be given up; it is tried again later.", breakdown_id)
            postpone(breakdown_id)
    return bool(found)


def _give_up(breakdown_id: UUID, owner_id: UUID, *, over: datetime) -> None:
    with _held(owner_id) as now:
        edit = _edit(now, id=breakdown_id, status__in=PENDING, lease_until__lte=over) if now else None
        if edit is not None:
            logger.error("No worker took the breakdown %s: it is given up.", breakdown_id)
            _end_in_failure(edit, PlanNotMade("No worker took it."))
            metrics.count(metrics.Outcome.GIVEN_UP)


def unheard(*, now: datetime, limit: int = 100) -> list[UUID]:
    """Return breakdowns that wait and of which no worker was told lately, and note that they are told now."""
    with transaction.atomic():
        waiting = Breakdown.objects.select_for_update(no_key=True, skip_locked=True).filter(
            status__in=PENDING, lease_until__lte=now, hinted_at__lte=now - settings.WORKER_LEASE
        )
        ids = list(waiting.order_by("lease_until", "id").values_list("id", flat=True)[:limit])
        Breakdown.objects.filter(id__in=ids).update(hinted_at=now)
    return ids


@contextmanager
def _held(owner_id: UUID) -> Iterator[datetime | None]:
    """Open a transaction, take somebody's stream, and read the clock after it; None if they are gone."""
    with transaction.atomic():
        try:
            outbox.lock_stream(owner_id)
        except UnknownStream:
            yield None
        else:
            yield clock.now()


@contextmanager
def _ours(attempt: Attempt) -> Iterator[Edit | None]:
    """Open a transaction on the attempt's breakdown; None if it is not ours any more."""
    with _held(attempt.owner_id) as now:
        ours = {"id": attempt.breakdown_id, "attempt": attempt.number, "status": Status.GENERATING}
        yield _edit(now, **ours) if now else None


def _edit(now: datetime, **conditions: Any) -> Edit | None:
    draft = Breakdown.objects.select_for_update(no_key=True).filter(**conditions).first()
    return Edit(draft, now=now) if draft is not None else None


def _end_in_failure(edit: Edit, error: PlannerError) -> None:
    making.fail(edit.draft, error)
    if edit.draft.status == Status.READY:
        edit.lay_out()
    edit.save(BreakdownEvent.FAILED)
