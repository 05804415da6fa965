"""Finding tasks by words: the query's side of `tasks_document`, which triggers keep.

How text becomes words is said in SQL, where the triggers need it: `migrations/0006_search.py`, and what a sign is in
`migrations/0009_signs_part_words.py`. Words are found as they stand, in any language; where the person has set theirs,
other forms of a word find it too. The last word of a query is a beginning, unless a space follows it: whoever types
sees what it may become.
"""

from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, IntegerField, QuerySet
from django.db.models.expressions import RawSQL

from taskengine.tasks.models import Task

MAX_QUERY_CHARS: Final = 200

# The key of the index begins with the owner, in each word: so a search reads the words of one person only,
# however many others use them, also where it asks for a beginning.
# What was typed is a query in a SELECT of its own: PostgreSQL reads it once, not once a plan and once a row. What is found
# is an array, each looked up by its id: PostgreSQL can't know that it is few, and would read all of a person's tasks.
_FOUND: Final = """
tasks_task.id = ANY (ARRAY(
    SELECT d.task_id FROM tasks_document AS d
    WHERE tasks_keyed(d.owner_id, d.words) @@
        (SELECT tasks_asked(tasks_key(%s), (SELECT language FROM accounts_user WHERE id = %s), %s))
))
"""
# An integer, so that a cursor can hold it exactly. Title before notes: see the weights in the migration.
_RANK: Final = """
(SELECT (1000000 * ts_rank(d.words, (SELECT tasks_asked('', (SELECT language FROM accounts_user WHERE id = %s), %s))))::int
 FROM tasks_document AS d WHERE d.task_id = tasks_task.id)
"""
_READ_ANEW: Final = """
UPDATE tasks_document AS d SET words = tasks_words(u.language, t.title, t.notes)
FROM tasks_task AS t JOIN accounts_user AS u ON u.id = t.owner_id
WHERE t.owner_id = %s AND d.task_id = t.id
"""


def found(rows: QuerySet[Task], text: str, *, owner_id: UUID) -> QuerySet[Task]:
    """Return those of a person's tasks in which every word of a text stands, each with its `rank`."""
    stands = RawSQL(_FOUND, [owner_id, owner_id, text], output_field=BooleanField())  # noqa: S611 (constants only)
    rank = RawSQL(_RANK, [owner_id, text], output_field=IntegerField())  # noqa: S611 (likewise)
    return rows.filter(stands).annotate(rank=rank)


def read_anew(*, owner_id: UUID) -> None:
    """Make a person's words anew, after their language was changed: one statement, however many tasks."""
    parameters: list[Any] = [owner_id]
    with connection.cursor() as cursor:
        cursor.execute(_READ_ANEW, parameters)
