"""The databases of a measurement, and what is put into them and read from them by SQL."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import psycopg
from psycopg import sql

from bench._process import PYTHON, ROOT
from bench._servers import environment
from taskengine.embedded.postgres import Postgres

# What titles begin with and go on with. The two numbers share no divisor, nor does any round number of owners:
# somebody who has a hundred tasks has each pair at least once.
VERBS: Final = ("Send", "Review", "Write", "Call about", "Pay", "Book", "Cancel")
NOUNS: Final = (
    *("invoice", "contract", "flights", "garden", "roadmap", "insurance"),
    *("newsletter", "dentist", "budget", "holiday", "kitchen"),
)
_TASK: Final = """
    INSERT INTO tasks_task (id, owner_id, title, notes, priority, deadline, deadline_version, version,
        created_at, updated_at)
    SELECT gen_random_uuid(), {owner}, concat_ws(' ', ({verbs})[1 + n %% {verb_count}], ({nouns})[1 + n %% {noun_count}], n), '', 4,
        {deadline}, 1, 1, now(), now()
    FROM {source}
"""
_WORDS: Final = {
    "verbs": f"ARRAY{list(VERBS)}",
    "verb_count": len(VERBS),
    "nouns": f"ARRAY{list(NOUNS)}",
    "noun_count": len(NOUNS),
}
# Deadlines days away, over a month, in no order; each owner's lie all over it.
_PENDING: Final = _TASK.format(
    **_WORDS,
    owner="(%(owners)s::uuid[])[1 + n %% cardinality(%(owners)s::uuid[])]",
    deadline="now() + interval '2 days' + random() * interval '30 days'",
    source="generate_series(1, %(count)s) AS n",
)
_DUE: Final = _TASK.format(
    **_WORDS,
    owner="owner",
    deadline="%(at)s",
    source="unnest(%(owners)s::uuid[]) AS owner, generate_series(1, %(each)s) AS n",
)
_OWNERS: Final = """
    WITH made AS (
        INSERT INTO accounts_user (id, password, is_superuser, email, time_zone, is_guest, is_active,
            is_staff, created_at)
        SELECT gen_random_uuid(), '!', false, gen_random_uuid() || '@example.org', 'UTC', false, true,
            false, now()
        FROM generate_series(1, %(count)s) RETURNING id
    ), opened AS (
        INSERT INTO realtime_stream (id, epoch, seq, min_seq)
        SELECT id, replace(gen_random_uuid()::text, '-', ''), 0, 1 FROM made
    )
    SELECT id::text FROM made
"""
_TOLD: Final = """
    SELECT data->'task'->>'id', extract(epoch FROM at)::float8,
        extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8, actor IS NULL
    FROM realtime_event WHERE type = 'task.missed' AND at >= %s
"""
_EVENTS: Final = """
    WITH grown AS (
        UPDATE realtime_stream SET seq = seq + %(each)s WHERE id = ANY (%(streams)s::uuid[])
        RETURNING id, seq - %(each)s AS base
    )
    INSERT INTO realtime_event (stream_id, seq, id, type, at, data)
    SELECT id, base + n, gen_random_uuid(), 'task.missed', now(), jsonb_build_object('task', jsonb_build_object(
        'id', (base + n)::text, 'title', 'Missed meanwhile', 'notes', repeat('As long as a task is. ', 20)))
    FROM grown, generate_series(1, %(each)s) AS n
"""
_CREATED: Final = """
    SELECT data->'task'->>'id', extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8
    FROM realtime_event WHERE type = 'task.created' AND at >= %s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One `task.missed` as it stands in the table.

    Attributes:
        task: The task's id.
        at: The deadline, or the write that made it missed; in seconds since 1970.
        committed: When it was committed.
        by_engine: Whether it was the clock that made it missed, and no write.
    """

    task: str
    at: float
    committed: float
    by_engine: bool


def create(server: Postgres, name: str, *, template: str | None = None) -> str:
    """Make a database, empty or a copy of another one, and return its address."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(statement)
    return server.url(name)


def drop(server: Postgres, name: str) -> None:
    """Drop a database."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def migrate(url: str) -> None:
    """Make the product's tables."""
    command = [PYTHON, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment(url), cwd=ROOT, check=True)


def add_pending(url: str, count: int, *, per_owner: int = 100) -> None:
    """Add open tasks that are not due for days, spread over owners made for them, and let things settle."""
    with psycopg.connect(url) as connection:
        owners = connection.execute(_OWNERS, {"count": max(1, count // per_owner)}).fetchall()
        connection.execute(_PENDING, {"owners": [id_ for (id_,) in owners], "count": count})
    settle(url)


def add_tasks(url: str, owners: Sequence[str], *, each: int) -> None:
    """Give each owner so many open tasks that are not due for days, and let things settle."""
    with psycopg.connect(url) as connection:
        connection.execute(_PENDING, {"owners": list(owners), "count": each * len(owners)})
    settle(url)


def reopen_tasks(url: str) -> None:
    """Open what was completed, where there is some, and let things settle."""
    with psycopg.connect(url) as connection:
        reopened = connection.execute(
            "UPDATE tasks_task SET completed_at = NULL, outcome = NULL, lateness_s = NULL WHERE completed_at IS NOT NULL"
        )
        found = reopened.rowcount
    if found:
        settle(url)


def tasks_of(url: str, owners: Sequence[str], *, at_most: int) -> list[tuple[str, str]]:
    """Return `(id, owner)` of so many tasks, drawn evenly from those of the owners."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT t.id::text, t.owner_id::text FROM unnest(%s::uuid[]) AS owner CROSS JOIN LATERAL"
            " (SELECT id, owner_id FROM tasks_task WHERE owner_id = owner LIMIT %s) AS t",
            [list(owners), -(-at_most // len(owners))],
        ).fetchall()
    return rows[:at_most]


def soonest(url: str, owner: str) -> list[str]:
    """Return the ids of somebody's open tasks, in the order in which they are due."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT id::text FROM tasks_task WHERE owner_id = %s AND completed_at IS NULL AND deadline > now()"
            " ORDER BY deadline, id",
            [owner],
        ).fetchall()
    return [id_ for (id_,) in rows]


def add_owners(url: str, count: int) -> list[str]:
    """Add people whom nobody can log in as; return their ids."""
    with psycopg.connect(url) as connection:
        return [id_ for (id_,) in connection.execute(_OWNERS, {"count": count}).fetchall()]


def add_due(url: str, owners: Sequence[str], *, each: int, at: float) -> None:
    """Give each owner so many tasks that are due at one instant, in seconds since 1970."""
    with psycopg.connect(url) as connection:
        connection.execute(
            _DUE, {"owners": list(owners), "each": each, "at": datetime.fromtimestamp(at, UTC)}
        )


def add_events(url: str, streams: Sequence[str], *, each: int) -> None:
    """Let each stream grow by so many events, and nobody ring for them."""
    with psycopg.connect(url) as connection:
        connection.execute(_EVENTS, {"streams": list(streams), "each": each})
    settle(url)


def settle(url: str) -> None:
    """Have PostgreSQL do now what it would else do in the middle of the measurement."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def analyze(url: str) -> None:
    """Bring the statistics of the tasks up to date, as autovacuum would within a minute."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE tasks_task")


def told_since(url: str, instant: float) -> list[Told]:
    """Return each `task.missed` since an instant, with the time of its commit.

    PostgreSQL takes that time when it writes the commit to its log, just before it is flushed.
    """
    with psycopg.connect(url) as connection:
        rows = connection.execute(_TOLD, [datetime.fromtimestamp(instant, UTC)]).fetchall()
    return [
        Told(task=task, at=at, committed=committed, by_engine=by_engine)
        for task, at, committed, by_engine in rows
    ]


def created_since(url: str, instant: float) -> dict[str, float]:
    """Return when each task that was made since an instant was committed, in seconds since 1970."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(_CREATED, [datetime.fromtimestamp(instant, UTC)]).fetchall()
    return dict(rows)


def unfired(url: str, *, before: float) -> int:
    """Return how many open tasks with a deadline before an instant nobody was told of."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM tasks_task WHERE completed_at IS NULL AND deleted_at IS NULL"
            " AND miss_fired_at IS NULL AND deadline <= %s",
            [datetime.fromtimestamp(before, UTC)],
        ).fetchone()
    assert row is not None
    return int(row[0])


def version(url: str) -> str:
    """Return PostgreSQL's version."""
    with psycopg.connect(url) as connection:
        number = connection.info.server_version
    return f"{number // 10_000}.{number % 10_000}"
