"""The units of due work. Each handles one batch and returns True if it found some."""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from taskengine import clock
from taskengine.tasks import queries, services

logger = logging.getLogger(__name__)

BATCH_TASKS: Final = 2_500
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class DeadlineSweep:
    """Fires what is due.

    Attributes:
        busy_streams: Streams that somebody else held in the last round. They are passed over in
            the next pick, so that they can't fill it, until a round finds nothing else.
        looked_at: The database's time at the last look: what was due then and is still unfired is
            held by somebody.
    """

    busy_streams: frozenset[UUID] = field(default_factory=frozenset)
    looked_at: datetime = _NEVER

    def __call__(self, *, now: datetime | None = None) -> bool:
        """Fire one batch.

        Args:
            now: The instant that decides; None for the database's own clock.
        """
        passing_over = self.busy_streams
        try:
            missed = _miss(now=now, passing_over=passing_over)
        except (OperationalError, InterfaceError):
            raise  # the database, not a row: the loop comes back when it does
        except Exception:
            logger.exception("A batch of deadlines failed; looking for the task that spoils it.")
            return _fire_around_the_poisoned(now=now, passing_over=passing_over)
        self.looked_at = missed.claimed_at
        if missed.more and (missed.fired or missed.busy_streams):
            self.busy_streams = passing_over | missed.busy_streams
            return True
        # What was passed over may be free by the next look; if it is not, that sees it again.
        self.busy_streams = frozenset()
        return False


def _miss(
    *,
    now: datetime | None,
    passing_over: Collection[UUID] = (),
    only: Collection[UUID] | None = None,
) -> services.Missed:
    with transaction.atomic():
        return services.miss_due(limit=BATCH_TASKS, now=now, passing_over=passing_over, only=only)


def _fire_around_the_poisoned(*, now: datetime | None, passing_over: Collection[UUID]) -> bool:
    """Halve the batch until what raises stands alone, and put that off; fire all the rest."""
    halves = [queries.due_task_ids(limit=BATCH_TASKS, now=now, passing_over=passing_over)]
    found = bool(halves[0])
    while halves:
        ids = halves.pop()
        try:
            if ids:
                _miss(now=now, only=ids)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            if len(ids) == 1:
                logger.exception("The deadline of task %s can't be fired; it is tried again later.", ids[0])
                services.postpone_miss(task_id=ids[0], now=now or clock.now())
            else:
                middle = len(ids) // 2
                halves += [ids[middle:], ids[:middle]]
    return found
