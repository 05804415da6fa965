"""Tasks whose deadline can't be fired: the database itself refuses, as it would for a broken row."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Literal

import psycopg
from psycopg import sql

Where = Literal["when it is stamped", "when it is told"]

_TRIGGERS: Final[dict[Where, str]] = {
    "when it is stamped": (
        "CREATE TRIGGER poison BEFORE UPDATE ON tasks_task FOR EACH ROW WHEN (NEW.miss_fired_at IS NOT NULL"
        " AND OLD.miss_fired_at IS NULL AND NEW.id = ANY ({}::uuid[])) EXECUTE FUNCTION poison()"
    ),
    "when it is told": (
        "CREATE TRIGGER poison BEFORE INSERT ON realtime_event FOR EACH ROW WHEN (NEW.type = 'task.missed'"
        " AND NEW.data->'task'->>'id' = ANY ({}::text[])) EXECUTE FUNCTION poison()"
    ),
}
_TABLES: Final[dict[Where, str]] = {"when it is stamped": "tasks_task", "when it is told": "realtime_event"}


@contextmanager
def poisoned(url: str, tasks: Sequence[str], *, where: Where) -> Iterator[None]:
    """Let what fires these tasks raise, until the block ends."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'poison'; END $$"
        )
        connection.execute(sql.SQL(_TRIGGERS[where]).format(sql.Literal(list(tasks))))
        try:
            yield
        finally:
            connection.execute(sql.SQL("DROP TRIGGER poison ON {}").format(sql.Identifier(_TABLES[where])))


def retries(url: str, *tasks: str) -> list[float]:
    """Return in how many seconds each of them that was put off is tried again."""
    with psycopg.connect(url) as connection:
        return [
            seconds
            for (seconds,) in connection.execute(
                "SELECT extract(epoch FROM miss_retry_at - clock_timestamp())::float8 FROM tasks_task"
                " WHERE id = ANY (%s::uuid[]) AND miss_retry_at IS NOT NULL",
                [list(tasks)],
            )
        ]


def let_retry(url: str) -> None:
    """Move the time that a retry waits for to now."""
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE tasks_task SET miss_retry_at = now() WHERE miss_retry_at IS NOT NULL")
