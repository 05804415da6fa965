"""The same JSON by hand: FastAPI, psycopg on asyncio, raw SQL. `uvicorn bench.peers.fastapi_sql:application`.

No authentication, no throttles, no operations, no events; whose tasks they are stands in the address.
"""

import os
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final

import orjson
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool

# By name: the type checker runs where no peer is installed.
fastapi: Any = import_module("fastapi")

_COLUMNS: Final = (
    "id, title, notes, deadline, due_date, time_zone, priority, estimate_min, parent_id, completed_at,"
    " outcome, lateness_s, version, created_at, updated_at"
)
_OF_OWNER: Final = "FROM tasks_task WHERE owner_id = %(owner)s AND deleted_at IS NULL"
_FIRST_PAGE: Final = f"SELECT {_COLUMNS} {_OF_OWNER} ORDER BY deadline, id LIMIT 51"
_PAGE: Final = (
    f"SELECT {_COLUMNS} {_OF_OWNER} AND (deadline > %(value)s OR (deadline = %(value)s AND id > %(key)s)"
    " OR deadline IS NULL) ORDER BY deadline, id LIMIT 51"
)
_FOUND: Final = f"""
    SELECT {_COLUMNS} FROM tasks_task JOIN tasks_document AS d ON d.task_id = tasks_task.id
    WHERE tasks_keyed(d.owner_id, d.words) @@ (SELECT tasks_asked(tasks_key(%(owner)s), NULL, %(q)s)) AND deleted_at IS NULL
    ORDER BY ts_rank(d.words, (SELECT tasks_asked('', NULL, %(q)s))) DESC, id LIMIT 51
"""  # noqa: S608
_NEXT: Final = f"SELECT min(deadline) {_OF_OWNER} AND completed_at IS NULL AND deadline > %(now)s"
_ONE: Final = f"SELECT {_COLUMNS} FROM tasks_task WHERE id = %(id)s AND deleted_at IS NULL"  # noqa: S608
_INSERT: Final = f"""
    INSERT INTO tasks_task (id, owner_id, title, notes, priority, deadline, deadline_version, version,
        created_at, updated_at)
    VALUES (%(id)s, %(owner)s, %(title)s, %(notes)s, 4, %(deadline)s, 1, 1, %(now)s, %(now)s) RETURNING {_COLUMNS}
"""  # noqa: S608
_COMPLETE: Final = f"""
    UPDATE tasks_task SET completed_at = %(now)s, outcome = 'on_time', version = version + 1, updated_at = %(now)s
    WHERE id = %(id)s AND deleted_at IS NULL RETURNING {_COLUMNS}
"""  # noqa: S608
_SUMMARY: Final = f"""
    SELECT count(*) FILTER (WHERE completed_at IS NULL AND (deadline IS NULL OR deadline > %(now)s)),
        count(*) FILTER (WHERE completed_at IS NULL AND deadline <= %(now)s),
        count(*) FILTER (WHERE completed_at IS NOT NULL),
        min(deadline) FILTER (WHERE completed_at IS NULL AND deadline > %(now)s)
    {_OF_OWNER}
"""

_pool = AsyncConnectionPool(
    os.environ["DATABASE_URL"], min_size=4, max_size=16, open=False, kwargs={"autocommit": True}
)


@asynccontextmanager
async def _lifespan(_: Any) -> AsyncIterator[None]:
    async with _pool:
        yield


async def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    async with _pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(statement.encode(), values)
        return await cursor.fetchall()


def _text(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _task(row: tuple[Any, ...], now: datetime) -> dict[str, Any]:
    id_, title, notes, deadline, due_date, time_zone, priority, estimate_min, parent, *rest = row
    completed_at, outcome, lateness_s, version, created_at, updated_at = rest
    bucket = "completed" if completed_at else "missed" if deadline and deadline <= now else "upcoming"
    return {
        "id": id_,
        "title": title,
        "notes": notes,
        "deadline": _text(deadline),
        "due_date": due_date,
        "time_zone": time_zone,
        "priority": priority,
        "estimate_min": estimate_min,
        "parent": parent,
        "bucket": bucket,
        "completed_at": _text(completed_at),
        "outcome": outcome,
        "lateness_s": lateness_s,
        "version": version,
        "created_at": _text(created_at),
        "updated_at": _text(updated_at),
    }


def _json(body: Any, status: int = 200) -> Any:
    return fastapi.Response(orjson.dumps(body), status_code=status, media_type="application/json")


async def page(owner: uuid.UUID, cursor: str | None = None, q: str | None = None) -> Any:
    """Return fifty tasks; of what is found by words the best fifty."""
    now = datetime.now(UTC)
    if q is not None:
        rows = await _rows(_FOUND, {"owner": owner, "q": q})
    elif cursor is None:
        rows = await _rows(_FIRST_PAGE, {"owner": owner})
    else:
        value, key = orjson.loads(urlsafe_b64decode(cursor))
        rows = await _rows(_PAGE, {"owner": owner, "value": value, "key": key})
    ((coming,),) = await _rows(_NEXT, {"owner": owner, "now": now})
    following = None
    if len(rows) > 50:
        last = rows[49]
        following = urlsafe_b64encode(orjson.dumps([last[3], last[0]])).decode()
    return _json(
        {
            "results": [_task(row, now) for row in rows[:50]],
            "next_cursor": following,
            "as_of": _text(now),
            "server_time": _text(now),
            "next_transition_at": _text(coming),
        }
    )


async def summary(owner: uuid.UUID) -> Any:
    """Count tasks by bucket."""
    now = datetime.now(UTC)
    ((upcoming, missed, completed, coming),) = await _rows(_SUMMARY, {"owner": owner, "now": now})
    counts = {"upcoming": upcoming, "missed": missed, "completed": completed}
    return _json({**counts, "server_time": _text(now), "next_transition_at": _text(coming)})


async def retrieve(task_id: uuid.UUID) -> Any:
    """Return one task."""
    return _one(await _rows(_ONE, {"id": task_id}))


async def create(owner: uuid.UUID, asked: dict[str, Any]) -> Any:
    """Make a task."""
    values = {"id": uuid.uuid4(), "owner": owner, "now": datetime.now(UTC), "notes": asked.get("notes", "")}
    values |= {"title": asked["title"], "deadline": datetime.fromisoformat(asked["deadline"])}
    return _one(await _rows(_INSERT, values), status=201)


async def complete(task_id: uuid.UUID) -> Any:
    """Complete a task."""
    return _one(await _rows(_COMPLETE, {"id": task_id, "now": datetime.now(UTC)}))


def _one(rows: list[tuple[Any, ...]], status: int = 200) -> Any:
    if not rows:
        raise fastapi.HTTPException(404)
    return _json(_task(rows[0], datetime.now(UTC)), status)


application = fastapi.FastAPI(lifespan=_lifespan)
application.get("/tasks/")(page)
application.get("/tasks/summary/")(summary)
application.get("/tasks/{task_id}/")(retrieve)
application.post("/tasks/")(create)
application.post("/tasks/{task_id}/complete/")(complete)
