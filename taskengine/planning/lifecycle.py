"""What becomes of a breakdown, as pure rules: nothing here reads a clock or a database."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SNAPSHOT_AGE: Final = timedelta(days=7)
# So many workers may die of one draft before it is given up.
MAX_TRIES: Final = 5
# A draft that nobody takes for so long is given up too: there is no worker.
GIVE_UP_AFTER: Final = timedelta(minutes=15)
# So many of one person's may be in the making at once: workers are there for everybody.
MAX_PENDING: Final = 10


class Status(StrEnum):
    """Where a breakdown stands."""

    QUEUED = "queued"  # no worker has taken it yet
    GENERATING = "generating"
    READY = "ready"
    FAILED = "failed"
    APPLIED = "applied"
    CANCELLED = "cancelled"


# A worker has it, or should.
PENDING: Final = (Status.QUEUED, Status.GENERATING)
# Nothing changes any more, but for an undo.
CLOSED: Final = (Status.APPLIED, Status.CANCELLED)

STATUS_CHOICES: Final = [(status.value, status.value) for status in Status]


def in_snapshot(*, status: Status, updated_at: datetime, now: datetime) -> bool:
    """Whether a breakdown belongs in a snapshot: those that are not closed and were touched in a week.

    Server and clients apply the same rule, so that a snapshot and events lead to the same state.
    """
    return status not in CLOSED and updated_at > now - SNAPSHOT_AGE
