"""Behind the servers' backs: many tasks at once, and what a stranger can prove of their events."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from taskengine.tasks.deadlines import Bucket, bucket
from tests.support.history import History, Row, Told

_EVENTS = (
    "SELECT stream_id::text AS stream, seq, type, at, actor IS NULL AS by_clock, op_id::text,"
    "  data->'task'->>'id' AS task, data->'task'->>'bucket' AS bucket, data->'task'->>'outcome' AS outcome,"
    "  (data->'task'->>'version')::int AS version,"
    "  (data->'task'->>'deadline')::timestamptz AS deadline,"
    "  (data->'task'->>'completed_at')::timestamptz AS completed_at,"
    "  (data->>'fired_at')::timestamptz AS fired_at, recorded_at"
    " FROM realtime_event WHERE type LIKE 'task.%' ORDER BY stream_id, seq"
)
_TASKS = (
    "SELECT id::text, title, deadline, completed_at, outcome, deleted_at, miss_fired_at,"
    "  deadline <= clock_timestamp() AS passed FROM tasks_task"
)
# A stream's numbers are unique, so that as many as its head, from 1 on, have no gap.
_GAPS = (
    "SELECT s.id::text, s.seq, count(e.seq), min(e.seq), max(e.seq) FROM realtime_stream AS s"
    " LEFT JOIN realtime_event AS e ON e.stream_id = s.id GROUP BY s.id"
    " HAVING (s.seq, s.seq) <> (count(e.seq), coalesce(max(e.seq), 0)) OR min(e.seq) <> 1"
)
_DEADLINES_BEFORE = (
    "SELECT o.id::text, c->>'id', (c->'before'->>'deadline')::timestamptz"
    " FROM operations_operation AS o, jsonb_array_elements(o.changes) AS c WHERE c->>'kind' = 'task'"
)


def add_people(url: str, count: int) -> list[str]:
    """Make people who never log in, with their streams, by two statements; return their ids."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "INSERT INTO accounts_user (id, email, password, time_zone, is_guest, is_active, is_staff,"
            "  is_superuser, created_at)"
            " SELECT id, id || '@example.org', '!', 'UTC', false, true, false, false, now()"
            " FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, %s)) AS made RETURNING id",
            [count],
        ).fetchall()
        ids = [id_ for (id_,) in rows]
        connection.execute(
            "INSERT INTO realtime_stream (id, epoch, seq, min_seq)"
            " SELECT id, replace(gen_random_uuid()::text, '-', ''), 0, 1 FROM unnest(%s::uuid[]) AS id",
            [ids],
        )
    return [str(id_) for id_ in ids]


def add_tasks(
    url: str,
    *owners: str,
    count: int,
    first: datetime,
    spread_s: float,
    instants: int | None = None,
    notes_chars: int = 0,
) -> list[str]:
    """Make open tasks by one statement, without events; return their ids, nearest deadline first.

    Args:
        url: The servers' database.
        owners: Whose tasks; several have every so-many-eth each.
        count: How many, for all together.
        first: The first deadline.
        spread_s: Over how many seconds the deadlines lie, evenly.
        instants: How many different deadlines there are; None for one a task.
        notes_chars: How long their notes are.
    """
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "INSERT INTO tasks_task (id, owner_id, title, notes, priority, deadline, deadline_version, version,"
            "  created_at, updated_at)"
            " SELECT gen_random_uuid(), (%(owners)s::uuid[])[1 + n %% cardinality(%(owners)s::uuid[])],"
            "  'Task ' || n, repeat('x', %(notes_chars)s), 4,"
            "  %(first)s + %(spread_s)s * div(n * %(instants)s, %(count)s) / %(instants)s * interval '1 second',"
            "  1, 1, now(), now()"
            " FROM generate_series(0, %(count)s - 1) AS n RETURNING id::text, deadline",
            {
                "owners": list(owners),
                "first": first,
                "spread_s": spread_s,
                "count": count,
                "instants": instants or count,
                "notes_chars": notes_chars,
            },
        ).fetchall()
    return [id_ for id_, _ in sorted(rows, key=lambda row: row[1])]


def unfired(url: str) -> int:
    """Return how many open tasks have a deadline that nobody was told of yet: passed, or due in a minute."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM tasks_task WHERE completed_at IS NULL AND deleted_at IS NULL"
            " AND deadline < clock_timestamp() + interval '1 minute' AND miss_fired_at IS NULL"
        ).fetchone()
    assert row is not None
    return int(row[0])


def heads(url: str, owners: list[str]) -> dict[str, int]:
    """Return how far each of these people's streams reaches."""
    with psycopg.connect(url) as connection:
        return dict(
            connection.execute(
                "SELECT id::text, seq FROM realtime_stream WHERE id = ANY (%s::uuid[])", [owners]
            ).fetchall()
        )


def replicas(url: str) -> int:
    """Return how many replicas of the engine gave a sign of life lately."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM engine_heartbeat WHERE beat_at > clock_timestamp() - interval '10 seconds'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def outcomes(url: str, *tasks: str) -> Counter[str]:
    """Return how often these tasks ended on time and late."""
    with psycopg.connect(url) as connection:
        return Counter(
            outcome
            for (outcome,) in connection.execute(
                "SELECT outcome FROM tasks_task WHERE id = ANY (%s::uuid[]) AND outcome IS NOT NULL",
                [list(tasks)],
            )
        )


def fired(url: str, *tasks: str) -> dict[str, float]:
    """Return when the clock's miss of each of these tasks was noticed, in seconds since 1970, if it was."""
    with psycopg.connect(url) as connection:
        return dict(
            connection.execute(
                "SELECT data->'task'->>'id', extract(epoch FROM (data->>'fired_at')::timestamptz)::float8"
                " FROM realtime_event WHERE type = 'task.missed' AND actor IS NULL"
                " AND data->'task'->>'id' = ANY (%s)",
                [list(tasks)],
            ).fetchall()
        )


def misses(url: str, owners: list[str]) -> list[tuple[datetime, float]]:
    """Return each deadline that the clock told of, and how many seconds later that was recorded."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT at, extract(epoch FROM recorded_at - at)::float8 FROM realtime_event"
            " WHERE type = 'task.missed' AND actor IS NULL AND stream_id = ANY (%s::uuid[]) ORDER BY at",
            [owners],
        ).fetchall()


def told_out_of_order(url: str) -> int:
    """Return how many misses of the clock stand after a later one in their stream."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE at < before) FROM ("
            "  SELECT at, lag(at) OVER (PARTITION BY stream_id ORDER BY seq) AS before FROM realtime_event"
            "  WHERE type = 'task.missed' AND actor IS NULL) AS told"
        ).fetchone()
    assert row is not None
    return int(row[0])


def buckets(url: str, owner: str, *, now: datetime) -> Counter[Bucket]:
    """Count a person's tasks by the pure rule, row by row."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT completed_at, deadline FROM tasks_task WHERE owner_id = %s AND deleted_at IS NULL",
            [owner],
        ).fetchall()
    return Counter(
        bucket(completed_at=completed_at, deadline=deadline, now=now) for completed_at, deadline in rows
    )


def audit(url: str) -> Counter[str]:
    """Check every stream against every task, and return how many events of each type there are.

    - The numbers of a stream have no gap and end at its head.
    - A deadline that passed while its task was open was told exactly once, also where the task was
      completed, moved or deleted afterwards; no other one was. Told before what was written after it,
      and by the write itself where that made it missed.
    - What was told shows the task as it was then.
    - What the clock did is told with the deadline as its time, and was noticed no earlier.
    - A task that was completed in time was not missed for that deadline.
    """
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # one instant for all
        gaps = connection.execute(_GAPS).fetchall()
        with connection.cursor(row_factory=class_row(Told)) as cursor:
            events = cursor.execute(_EVENTS).fetchall()
        with connection.cursor(row_factory=class_row(Row)) as cursor:
            tasks = cursor.execute(_TASKS).fetchall()
        before = {
            (operation, task): deadline
            for operation, task, deadline in connection.execute(_DEADLINES_BEFORE).fetchall()
        }
    assert not gaps, f"(stream, head, count, first, last) of streams with a gap: {gaps}"
    by_task: defaultdict[str, list[Told]] = defaultdict(list)
    for event in events:
        by_task[event.task].append(event)
    for task in tasks:
        told = by_task.pop(task.id, [])
        history = History(f"{task.title} ({task.id})", _first_deadline(task, told, before))
        history.replay(told)
        history.end(task)
    assert not by_task, f"tasks that there are not were told of: {set(by_task)}"
    return Counter(event.type for event in events)


def _first_deadline(
    task: Row, told: list[Told], before: Mapping[tuple[str, str], datetime | None]
) -> datetime | None:
    """Return the deadline that a task was made with: its first event may have moved it already."""
    if not told:
        return task.deadline
    first = told[0]
    return before[first.op_id, task.id] if first.op_id is not None else first.deadline
