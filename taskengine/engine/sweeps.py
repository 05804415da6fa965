"""The sweep of deadlines: looks, drafts ahead, and fires what is due, batch by batch."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError

from taskengine import clock
from taskengine.engine import metrics
from taskengine.engine.agenda import Agenda
from taskengine.tasks import claims, services
from taskengine.tasks.claims import Miss

logger = logging.getLogger(__name__)

T = TypeVar("T")

HORIZON_S: Final = 1.0
MAX_COMING: Final = 10_000
# While somebody holds what is due. It comes again within 50 ms, the claim and what it waits for included.
RETRY_HELD_S: Final = 0.02
MAX_CLAIM_CHARS: Final = 4_000_000
# The index keeps an entry of each fired deadline until no transaction can see it any more, and behind a
# long one (a backup, a report) they are many. So most looks leave out what is settled, and one that goes
# through everything comes the less often the longer it takes.
WHOLE_LOOK_INTERVAL_S: Final = 1.0
MAX_WHOLE_LOOK_SHARE: Final = 0.02
SETTLED_AFTER: Final = timedelta(seconds=2)
_INSTANT: Final = timedelta(microseconds=1)


class DeadlineSweep:
    """Fires deadlines, however they come: one, ten thousand at once, held by somebody, or poisoned.

    Attributes:
        agenda: What is coming.
        look_at: When the table has to be looked at again at the latest, by `time.monotonic()`.
    """

    def __init__(self) -> None:
        self.agenda = Agenda()
        self.look_at = 0.0
        self._release_at = 0.0
        self._is_cut = False
        self._whole_look_at = 0.0
        self._settled_to: datetime | None = None

    def look(self, *, again_in_s: float, now: datetime | None = None) -> None:
        """See what is coming, and by the way what time it is.

        Args:
            again_in_s: How long this is good for, in seconds, if nothing happens.
            now: The instant that decides; None for the database's own clock.
        """
        if time.monotonic() >= self._release_at:
            self.agenda.held.clear()
        is_whole = time.monotonic() >= self._whole_look_at
        sent = time.time()
        seen = claims.look(
            ahead=timedelta(seconds=HORIZON_S),
            limit=MAX_COMING,
            after=None if is_whole else self._settled_to,
            passing_over=self.agenda.held,
            now=now,
        )
        received = time.time()
        if clock.observe(sent=sent, received=received, reading=seen.database_time):
            metrics.CLOCK_STEPS.inc()
        if is_whole:
            pause_s = max(WHOLE_LOOK_INTERVAL_S, (received - sent) / MAX_WHOLE_LOOK_SHARE)
            self._whole_look_at = time.monotonic() + pause_s
        if not self.agenda.held:
            settled_to = seen.database_time - SETTLED_AFTER
            self._settled_to = min([settled_to, *(one.deadline - _INSTANT for one in seen.coming[:1])])
        self.agenda.replace(seen.coming)
        self._is_cut = len(seen.coming) == MAX_COMING
        self.look_at = time.monotonic() + again_in_s
        if self.agenda.held:
            self.look_at = min(self.look_at, self._release_at)
        metrics.PENDING.set(len(self.agenda))

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
        batch = self.agenda.take_due(now=now or clock.now())
        if not batch:
            if self._is_cut and not len(self.agenda):
                self.look_at = 0.0  # more was due than one look brings
            return False
        self._draft(self.agenda.lacks(batch))
        for part in _parts(self.agenda.take_drafts(batch)):
            free = [miss for miss in part if miss.owner_id not in self.agenda.held]
            _around_the_poisoned(free, lambda misses: self._claim(misses, now), lambda miss: miss.task_id)
        return True

    def _draft(self, ids: Sequence[UUID]) -> None:
        _around_the_poisoned(
            ids, lambda some: self.agenda.add(services.draft_misses(some)), lambda task_id: task_id
        )

    def _claim(self, misses: Sequence[Miss], now: datetime | None) -> None:
        missed = services.miss(misses, now=now)
        metrics.count(missed, at=now or clock.now())
        if not missed.left:
            return
        self.agenda.add(missed.left)  # for the next look: it says which of them still hold
        held = {miss.owner_id for miss in missed.left if miss.deadline <= missed.claimed_at}
        if held:
            self.agenda.hold(held)
            self._release_at = time.monotonic() + RETRY_HELD_S
            self.look_at = min(self.look_at, self._release_at)
        is_behind = self.agenda.has_due and len(missed.left) > len(missed.told)
        if not held or self._is_cut or is_behind:
            # It was asked too early: our clock needs a look. Or what is held takes the place of others. Or
            # other replicas have done most of it already, and what follows as well.
            self.look_at = 0.0


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


def _around_the_poisoned(
    batch: Sequence[T], act: Callable[[Sequence[T]], None], task_id: Callable[[T], UUID]
) -> None:
    """Do what may raise for one task; halve until that one stands alone, and put it off."""
    if not batch:
        return
    try:
        act(batch)
    except (OperationalError, InterfaceError):
        raise  # the database, not a task: the loop comes back when it does
    except Exception:
        if len(batch) == 1:
            logger.exception(
                "The deadline of task %s can't be fired; it is tried again later.", task_id(batch[0])
            )
            metrics.POISONED.inc()
            services.postpone_miss(task_id=task_id(batch[0]), now=clock.now())
            return
        logger.warning("A batch of %d deadlines failed; looking for the task that spoils it.", len(batch))
        middle = len(batch) // 2
        _around_the_poisoned(batch[:middle], act, task_id)
        _around_the_poisoned(batch[middle:], act, task_id)
