"""The sweep of deadlines: looks, drafts ahead, and fires what is due, batch by batch."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError

from realtime import tracing
from taskengine import clock
from taskengine.engine import metrics
from taskengine.engine.agenda import Agenda
from taskengine.tasks import claims, services
from taskengine.tasks.claims import Coming, Miss

logger = logging.getLogger(__name__)

T = TypeVar("T")

HORIZON_S: Final = 1.0
MAX_COMING: Final = 10_000
# While somebody holds what is due. It comes again within 50 ms, the claim and what it waits for included.
RETRY_HELD_S: Final = 0.02
MAX_CLAIM_CHARS: Final = 4_000_000
# The index keeps an entry of each fired deadline until no transaction can see it any more, and behind a
# long one (a backup, a report) they are many. So most looks leave out what is settled, and one that goes
# through everything comes the less often the longer it takes. What it alone finds is a deadline that was
# committed long after it had passed, if the wake-up that says so was lost as well.
WHOLE_LOOK_INTERVAL_S: Final = 1.0
MAX_WHOLE_LOOK_INTERVAL_S: Final = 30.0
MAX_WHOLE_LOOK_SHARE: Final = 0.02
SETTLED_AFTER: Final = timedelta(seconds=2)
REFUSED_FOR_S: Final = 60.0
_MAX_REFUSED: Final = 10_000
_INSTANT: Final = timedelta(microseconds=1)


class OwnerWithoutStream(LookupError):
    """Whoever the task belongs to has no stream, so there is nowhere to tell of it."""


class DeadlineSweep:
    """Fires deadlines, however they come: one, ten thousand at once, held by somebody, or poisoned.

    Attributes:
        agenda: What is coming.
        look_at: When the table has to be looked at again at the latest, by `time.monotonic()`.
        look_takes_s: How long the last look took, in seconds.
    """

    def __init__(self) -> None:
        self.agenda = Agenda()
        self.look_at = 0.0
        self.look_takes_s = 0.0
        self._is_cut = False
        self._passes_over = False
        self._whole_look_at = 0.0
        self._settled_to: datetime | None = None
        # Until when, by `time.monotonic()`, this replica leaves tasks alone that it could not even put off.
        self._refused: dict[UUID, float] = {}

    def look(
        self, *, again_in_s: float, back_to: datetime | None = None, now: datetime | None = None
    ) -> None:
        """See what is coming, and by the way what time it is.

        Args:
            again_in_s: How long this is good for, in seconds, if nothing happens.
            back_to: A deadline that somebody set, however long it has passed; None for none.
            now: The instant that decides; None for the database's own clock.
        """
        begun_at = time.monotonic()
        self.agenda.release(now=begun_at)
        is_whole = begun_at >= self._whole_look_at
        if is_whole:  # one that fails because it takes too long is not asked again at once
            self._whole_look_at = begun_at + MAX_WHOLE_LOOK_INTERVAL_S
        if back_to is not None and self._settled_to is not None:
            self._settled_to = min(self._settled_to, back_to - _INSTANT)
        # What is held may fill a look, so that nothing else is seen.
        passing_over = self.agenda.held if self._is_cut else []
        sent = time.time()
        seen = claims.look(
            ahead=timedelta(seconds=HORIZON_S),
            limit=MAX_COMING,
            after=None if is_whole else self._settled_to,
            passing_over=passing_over,
            now=now,
        )
        if clock.observe(sent=sent, received=time.time(), reading=seen.database_time):
            metrics.CLOCK_STEPS.inc()
        if is_whole:
            pause_s = (time.monotonic() - begun_at) / MAX_WHOLE_LOOK_SHARE
            pause_s = min(max(WHOLE_LOOK_INTERVAL_S, pause_s), MAX_WHOLE_LOOK_INTERVAL_S)
            self._whole_look_at = time.monotonic() + pause_s
        if not passing_over:
            settled_to = seen.database_time - SETTLED_AFTER
            self._settled_to = min([settled_to, *(one.deadline - _INSTANT for one in seen.coming[:1])])
        self._is_cut = len(seen.coming) >= MAX_COMING
        self._passes_over = bool(passing_over)
        self.agenda.replace(self._without_refused(seen.coming))
        metrics.PENDING.set(len(seen.coming))
        self.look_takes_s = time.monotonic() - begun_at
        self.look_at = time.monotonic() + again_in_s

    def draft_ahead(self, count: int) -> bool:
        """Draft some of what is coming, nearest deadline first; False if there is nothing to draft."""
        ids = self.agenda.undrafted(count)
        self._draft(ids)
        return bool(ids)

    def fire(self, *, now: datetime | None = None) -> bool:
        """Fire the next batch of what is due; False if nothing is.

        Args:
            now: The instant that decides; None for the database's own clock.
        """
        if self.agenda.release(now=time.monotonic()) and self._passes_over:
            self.look_at = 0.0  # what is due of them was not looked at
            return False
        batch = self.agenda.take_due(now=now or clock.now())
        if not batch:
            if self._is_cut and self.agenda.is_empty:
                self.look_at = 0.0  # more was due than one look brings
            return False
        self._draft(self.agenda.lacks(batch))
        for part in _parts(self.agenda.take_drafts(batch)):
            held = set(self.agenda.held)
            free = [miss for miss in part if miss.owner_id not in held]
            self._around_the_poisoned(
                free, lambda misses: self._claim(misses, now), lambda miss: miss.task_id
            )
        return True

    def _draft(self, ids: Sequence[UUID]) -> None:
        self._around_the_poisoned(
            ids, lambda some: self.agenda.add(services.draft_misses(some)), lambda task_id: task_id
        )

    def _claim(self, misses: Sequence[Miss], now: datetime | None) -> None:
        with tracing.span("engine claim", tasks=len(misses)):
            claimed = services.miss(misses, now=now)
        metrics.count(claimed, at=now or clock.now())
        if len(claimed.told) == len(misses):
            return
        for miss in claimed.homeless:
            self._put_off(miss.task_id, OwnerWithoutStream(str(miss.owner_id)))
        versions = {one.id: one.version for one in claimed.waiting}
        self.agenda.add(miss for miss in misses if versions.get(miss.task_id) == miss.version)
        self.agenda.hold(claimed.waiting, until=time.monotonic() + RETRY_HELD_S)
        self.agenda.add(claimed.early)  # the next look says which of them still hold
        is_behind = self.agenda.has_due and len(misses) > 2 * len(claimed.told)
        if claimed.early or (claimed.waiting and self._is_cut) or is_behind:
            # Our clock needs a look. Or what is held takes the place of others. Or other replicas have done
            # most of it already, and what follows as well.
            self.look_at = 0.0

    def _around_the_poisoned(
        self, batch: Sequence[T], act: Callable[[Sequence[T]], None], task_id: Callable[[T], UUID]
    ) -> None:
        """Do what may raise for one task; halve until that one stands alone, and put it off."""
        if not batch:
            return
        try:
            act(batch)
        except (OperationalError, InterfaceError):
            raise  # the database, not a task: the loop comes back when it does
        except Exception as error:  # noqa: BLE001 (it is reported where it stands alone)
            if len(batch) == 1:
                self._put_off(task_id(batch[0]), error)
                return
            logger.warning("A batch of %d deadlines failed; looking for the task that spoils it.", len(batch))
            middle = len(batch) // 2
            self._around_the_poisoned(batch[:middle], act, task_id)
            self._around_the_poisoned(batch[middle:], act, task_id)

    def _put_off(self, task_id: UUID, error: Exception) -> None:
        """Report a task that can't be fired, and have it tried again later."""
        logger.error(
            "The deadline of task %s can't be fired; it is tried again later.", task_id, exc_info=error
        )
        metrics.POISONED.inc()
        try:
            services.postpone_miss(task_id=task_id, now=clock.now())
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("It can't be put off either: this replica leaves it alone for a while.")
            self._refused[task_id] = time.monotonic() + REFUSED_FOR_S
            if len(self._refused) > _MAX_REFUSED:
                del self._refused[next(iter(self._refused))]

    def _without_refused(self, coming: list[Coming]) -> list[Coming]:
        if not self._refused:
            return coming
        now = time.monotonic()
        self._refused = {task_id: until for task_id, until in self._refused.items() if until > now}
        return [one for one in coming if one.id not in self._refused]


def _parts(misses: Sequence[Miss]) -> Iterator[list[Miss]]:
    """Cut a batch where its text gets too long for one statement."""
    part: list[Miss] = []
    chars = 0
    for miss in misses:
        if part and chars + len(miss.data) > MAX_CLAIM_CHARS:
            yield part
            part, chars = [], 0
        part.append(miss)
        chars += len(miss.data)
    if part:
        yield part
