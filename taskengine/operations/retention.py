"""What leaves the operation log: what is too old, batch by batch, and what it says of objects that are purged."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from taskengine.operations.models import BATCH, OBJECT_IDS

PEOPLE_IN_LOOK: Final = 1_000
OPERATIONS_IN_BATCH: Final = 500
ANSWER_GONE: Final = 410  # the status of an operation whose answer is kept no longer
_FIRST: Final = UUID(int=0)

# One statement, one transaction. A slice of the people is gone through by their key; the index by owner and time
# says which of their operations are too old. What another process is at is passed over.
_TRIM: Final = """
WITH slice AS MATERIALIZED (
    SELECT id FROM accounts_user WHERE id > %(after)s ORDER BY id LIMIT %(look)s
), old AS MATERIALIZED (
    SELECT o.owner_id, o.id FROM slice AS s CROSS JOIN LATERAL (
        SELECT owner_id, id FROM operations_operation
        WHERE owner_id = s.id AND at < %(before)s ORDER BY at LIMIT %(batch)s
    ) AS o LIMIT %(batch)s
), free AS MATERIALIZED (
    SELECT o.owner_id, o.id FROM operations_operation AS o JOIN old USING (owner_id, id)
    FOR UPDATE OF o SKIP LOCKED
), trimmed AS (
    DELETE FROM operations_operation AS o USING free AS f
    WHERE o.owner_id = f.owner_id AND o.id = f.id RETURNING o.id
)
SELECT (SELECT count(*) FROM slice), (SELECT id FROM slice ORDER BY id DESC LIMIT 1), (SELECT count(*) FROM trimmed)
"""

# The ids are looked for first, by the index alone: see `queries`. What the parts of a batch were answered, such as
# that a task is complete already or was changed since, is looked through as text.
_SCRUB: Final = f"""
WITH about AS MATERIALIZED (
    SELECT owner_id, id FROM operations_operation WHERE {OBJECT_IDS} ?| %(ids)s::text[]
    UNION SELECT owner_id, id FROM operations_operation
    WHERE owner_id = ANY (%(owners)s) AND verb = '{BATCH}' AND answer IS NOT NULL
        AND answer::text LIKE ANY (%(texts)s::text[])
)
UPDATE operations_operation AS o SET
    changes = coalesce((
        SELECT jsonb_agg(
            CASE WHEN c ->> 'kind' = %(kind)s AND c ->> 'id' = ANY (%(ids)s::text[])
            THEN jsonb_build_object('kind', c -> 'kind', 'id', c -> 'id', 'before', NULL, 'after', NULL)
            ELSE c END ORDER BY place
        ) FROM jsonb_array_elements(o.changes) WITH ORDINALITY AS e (c, place)
    ), '[]'),
    status = CASE WHEN o.answer IS NULL THEN o.status ELSE {ANSWER_GONE} END,
    answer = NULL
FROM about AS a WHERE o.owner_id = a.owner_id AND o.id = a.id AND o.owner_id = ANY (%(owners)s)
"""  # noqa: S608 (constants only)


def scrub(*, owner_ids: Collection[UUID], kind: str, object_ids: Collection[UUID]) -> None:
    """Take out of the log all that it says of objects that are purged, but that they were there.

    Their states before and after go, and so do kept answers that may hold them. By one statement. The caller holds
    the owners' streams, so that nobody else changes these rows.

    Args:
        owner_ids: Whose they were.
        kind: What they were, such as `task`.
        object_ids: Which ones.
    """
    assert connection.in_atomic_block, "what is purged and what is said of it go together"
    values: dict[str, Any] = {
        "owners": list(owner_ids),
        "kind": kind,
        "ids": [str(id_) for id_ in object_ids],
        "texts": [f"%{id_}%" for id_ in object_ids],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SCRUB, values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trimmed:
    """What a batch did.

    Attributes:
        operations: How many left.
        after: Where the next batch begins; None when everybody's were gone through.
    """

    operations: int
    after: UUID | None


def trim(*, before: datetime, after: UUID | None = None) -> Trimmed:
    """Remove a batch of operations, by one statement.

    Args:
        before: Those that were carried out earlier leave.
        after: The person where the batch before ended; None for the first.
    """
    values: dict[str, Any] = {
        "after": after or _FIRST,
        "before": before,
        "look": PEOPLE_IN_LOOK,
        "batch": OPERATIONS_IN_BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TRIM, values)
        looked_at, last, trimmed = cursor.fetchone()
    if trimmed == OPERATIONS_IN_BATCH:  # the same people may have more
        return Trimmed(operations=trimmed, after=after or _FIRST)
    return Trimmed(operations=trimmed, after=last if looked_at == PEOPLE_IN_LOOK else None)


class Walk:
    """Goes through everybody's operations now and then, one batch a call. Any number of processes may.

    Args:
        max_age: How long an operation is kept.
        interval: From the beginning of one walk to that of the next.
    """

    def __init__(self, *, max_age: timedelta, interval: timedelta) -> None:
        self._max_age = max_age
        self._interval = interval
        self._begun_at: datetime | None = None
        self._after: UUID | None = None

    def step(self, *, now: datetime) -> bool:
        """Remove the next batch; False when the walk is over, and until the next one is due."""
        if self._after is None:
            if self._begun_at is not None and now < self._begun_at + self._interval:
                return False
            self._begun_at = now
        self._after = trim(before=now - self._max_age, after=self._after).after
        return self._after is not None
