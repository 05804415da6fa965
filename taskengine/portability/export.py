"""Writing all of a person's data: page by page into a file, and as of one instant."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, Any, Final, TypeVar
from uuid import UUID

import orjson
from django.db import models
from django.db.models import QuerySet

from realtime.envelope import rfc3339
from taskengine.accounts.models import User
from taskengine.database.moment import one_moment
from taskengine.database.table import Table
from taskengine.organisation.models import Label, Project
from taskengine.organisation.payloads import payload
from taskengine.organisation.queries import named_of
from taskengine.planning.models import Breakdown
from taskengine.planning.payloads import breakdown_payload
from taskengine.planning.queries import breakdowns_of
from taskengine.portability import cells
from taskengine.portability.backup import FORMAT, VERSION
from taskengine.portability.sheets import COLUMNS
from taskengine.tasks.models import Task
from taskengine.tasks.payloads import task_payload
from taskengine.tasks.queries import TASKS, tasks_of

M = TypeVar("M", bound=models.Model)

_PAGE_ROWS: Final = 1_000
_BREAKDOWNS: Final = Table(Breakdown)
# Steps and answers make these long.
_BREAKDOWN_ROWS: Final = 100


def write_backup(file: IO[bytes], *, user: User, now: datetime) -> None:
    """Write everything as JSON (`backup.read` reads it). A page is in memory at a time.

    Args:
        file: Where to.
        user: Whose data.
        now: Decides the buckets.
    """
    head = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": rfc3339(now),
        "user": {
            "email": user.email,
            "time_zone": user.time_zone,
            "language": user.language,
            "working_hours": user.working_hours,
            "created_at": rfc3339(user.created_at),
        },
    }

    def task(row: Task) -> dict[str, Any]:
        deleted_at = rfc3339(row.deleted_at) if row.deleted_at else None
        return {**task_payload(row, now=now), "deleted_at": deleted_at}

    with one_moment():
        file.write(orjson.dumps(head)[:-1])
        _write_list(file, "projects", _pages(named_of(Project, user.pk), list), payload)
        _write_list(file, "labels", _pages(named_of(Label, user.pk), list), payload)
        _write_list(file, "tasks", _pages(Task.objects.filter(owner_id=user.pk), TASKS.rows), task)
        drafts = _pages(breakdowns_of(user.pk), _BREAKDOWNS.rows, page_rows=_BREAKDOWN_ROWS)
        _write_list(file, "breakdowns", drafts, breakdown_payload)
        file.write(b"}\n")


def write_sheet(file: IO[bytes], *, user: User) -> None:
    """Write the tasks that are not in the trash as CSV (`sheets.read` reads it).

    Args:
        file: Where to.
        user: Whose tasks.
    """
    with one_moment():
        projects = dict(named_of(Project, user.pk).values_list("id", "name"))
        labels = dict(named_of(Label, user.pk).values_list("id", "name"))
        file.write(cells.written([COLUMNS]).encode())
        for page in _pages(tasks_of(user.pk), TASKS.rows):
            file.write(cells.written(_row(task, projects, labels) for task in page).encode())


def _pages(
    rows: QuerySet[M], read: Callable[[QuerySet[M]], list[M]], *, page_rows: int | None = None
) -> Iterator[list[M]]:
    """Yield a person's rows in the order of their ids."""
    page_rows = page_rows or _PAGE_ROWS
    page = read(rows.order_by("id")[:page_rows])
    while len(page) == page_rows:
        yield page
        last: Any = page[-1]
        page = read(rows.filter(id__gt=last.id).order_by("id")[:page_rows])
    yield page


def _write_list(file: IO[bytes], name: str, pages: Iterable[list[M]], shape: Callable[[M], Any]) -> None:
    file.write(f',"{name}":['.encode())
    comma = b""
    for page in pages:
        for row in page:
            file.write(comma + orjson.dumps(shape(row)))
            comma = b",\n"
    file.write(b"]")


def _row(task: Task, projects: dict[UUID, str], labels: dict[UUID, str]) -> list[str]:
    """Return a task as `COLUMNS` has it. A day says itself when it ends, so it has no instant beside it."""
    wire = task_payload(task, now=task.updated_at)
    wire["project"] = projects.get(task.project_id) if task.project_id else None
    wire["labels"] = cells.joined([labels[label] for label in task.labels if label in labels])
    if task.due_date is not None:
        wire["deadline"] = None
    return ["" if wire[name] is None else str(wire[name]) for name in COLUMNS]
