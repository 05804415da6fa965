"""For how long an answer is kept for retries. What the operation changed is kept for longer, for other readers."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

ANSWER_AGE: Final = timedelta(days=1)
_BATCH_ROWS: Final = 500
# Materialised, because the limit holds only as long as it is read once: joined by a nested loop, a plain subquery is
# run again for every row, and each time it finds the next rows that are not emptied yet.
_FORGET: Final = """
    WITH old AS MATERIALIZED (
        SELECT owner_id, id FROM operations_operation WHERE status IS NOT NULL AND at <= %s
        ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE operations_operation AS o SET status = NULL, answer = NULL, fingerprint = NULL
    FROM old WHERE (o.owner_id, o.id) = (old.owner_id, old.id)
"""


def forget_answers(*, now: datetime) -> bool:
    """Empty some answers that no retry gets any more; True if there were some.

    What the operations changed stays, for history and undo, as long as the log keeps it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [now - ANSWER_AGE, _BATCH_ROWS])
        return bool(cursor.rowcount)
