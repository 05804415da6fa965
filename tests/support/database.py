"""Behind the servers' backs: many tasks at once, and what a stranger can prove of their events."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row


@dataclass(frozen=True)
class Told:
    """One event as it stands in the table."""

    stream: str
    seq: int
    type: str
    at: datetime
    actor: str | None
    data: dict[str, Any]

    @property
    def task(self) -> dict[str, Any]:
        """The task it is about."""
        task: dict[str, Any] = self.data["task"]
        return task


def add_tasks(url: str, owner_id: str, *, count: int, first: datetime, spread_s: float) -> list[str]:
    """Make open tasks by one statement, without events; return their ids, nearest deadline first.

    Args:
        url: The servers' database.
        owner_id: Whose tasks.
        count: How many.
        first: The first deadline.
        spread_s: Over how many seconds the deadlines lie, evenly.
    """
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "INSERT INTO tasks_task (id, owner_id, title, notes, priority, deadline, deadline_version, version,"
            "  created_at, updated_at)"
            " SELECT gen_random_uuid(), %(owner)s, 'Task ' || n, '', 4,"
            "  %(first)s + %(spread_s)s * n / %(count)s * interval '1 second', 1, 1, now(), now()"
            " FROM generate_series(0, %(count)s - 1) AS n RETURNING id::text, deadline",
            {"owner": owner_id, "first": first, "spread_s": spread_s, "count": count},
        ).fetchall()
    return [id_ for id_, _ in sorted(rows, key=lambda row: row[1])]


def unfired(url: str) -> int:
    """Return how many open tasks have a deadline that nobody was told of yet, passed or still to come."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM tasks_task WHERE completed_at IS NULL AND deleted_at IS NULL"
            " AND deadline IS NOT NULL AND miss_fired_at IS NULL"
        ).fetchone()
    assert row is not None
    return int(row[0])


def audit(url: str) -> dict[str, int]:
    """Check every stream against every task, and return how many events of each type there are.

    - The numbers of a stream have no gap and end at its head.
    - A deadline that passed while its task was open was told exactly once, no other one was.
    - What the clock did is told with the deadline as its time, and was noticed no earlier.
    - A task that was completed late was missed first.
    """
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # one instant for all
        with connection.cursor(row_factory=class_row(Told)) as cursor:
            events = cursor.execute(
                "SELECT stream_id::text AS stream, seq, type, at, actor::text, data FROM realtime_event"
                " ORDER BY stream_id, seq"
            ).fetchall()
        heads: dict[str, int] = dict(
            connection.execute("SELECT id::text, seq FROM realtime_stream").fetchall()
        )
        with connection.cursor(row_factory=dict_row) as rows:
            tasks = rows.execute(
                "SELECT *, deadline <= clock_timestamp() AS passed FROM tasks_task"
            ).fetchall()
    _check_numbers(events, heads)
    missed: defaultdict[str, list[Told]] = defaultdict(list)
    completed: dict[str, Told] = {}
    for event in events:
        if event.type == "task.missed":
            missed[event.task["id"]].append(event)
            _check_instant(event)
        elif event.type == "task.completed":
            completed[event.task["id"]] = event
    for task in tasks:
        _check_task(task, missed.pop(str(task["id"]), []), completed.get(str(task["id"])))
    assert not missed, f"tasks that there are not were missed: {set(missed)}"
    counts: defaultdict[str, int] = defaultdict(int)
    for event in events:
        counts[event.type] += 1
    return counts


def _check_numbers(events: list[Told], heads: Mapping[str, int]) -> None:
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for event in events:
        numbers[event.stream].append(event.seq)
    for stream, head in heads.items():
        assert numbers[stream] == list(range(1, head + 1)), f"the stream {stream} has a gap"


def _check_instant(event: Told) -> None:
    deadline = datetime.fromisoformat(event.task["deadline"])
    if event.actor is None:
        assert event.at == deadline, f"missed at {event.at}, but its deadline was {deadline}"
    assert datetime.fromisoformat(event.data["fired_at"]) >= deadline, f"fired before its deadline: {event}"
    assert event.task["bucket"] == "missed"
    assert event.task["completed_at"] is None


def _check_task(task: Mapping[str, Any], missed: list[Told], completed: Told | None) -> None:
    by_deadline: defaultdict[datetime, list[Told]] = defaultdict(list)
    for event in missed:
        by_deadline[datetime.fromisoformat(event.task["deadline"])].append(event)
    for deadline, told in by_deadline.items():
        assert len(told) == 1, f"{task['title']} was missed {len(told)} times for {deadline}"
    name = f"{task['title']} ({task['id']}, {task['outcome']})"
    if task["completed_at"] is None:
        if task["deleted_at"] is None:
            last = by_deadline.get(task["deadline"], [])
            assert len(last) == int(task["passed"]), (
                f"{name}: passed={task['passed']}, told {len(last)} times"
            )
        return
    # A deadline may have been moved since, which changes nothing of how the task ended.
    assert completed is not None, f"{name} was completed and nobody was told"
    ended = by_deadline.get(datetime.fromisoformat(completed.task["deadline"]), [])
    if task["outcome"] == "on_time":
        assert not ended, f"{name} was completed in time and missed all the same"
    else:
        assert len(ended) == 1, f"{name} was completed late and never missed"
        assert ended[0].seq < completed.seq, f"{name} was missed after it was completed"
