"""People with tasks, and what was told of them. Calls the services as the edges do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from realtime.models import EventRow
from taskengine.accounts import personal_tokens
from taskengine.accounts.models import PersonalToken, User
from taskengine.accounts.personal_tokens import Scope
from taskengine.accounts.services import update_user
from taskengine.api.undo import POSSIBLE, UNDOERS
from taskengine.engine import erasure
from taskengine.operations.services import OpenOperation, perform
from taskengine.operations.undo import undo as undo_operation
from taskengine.organisation import services as organisation
from taskengine.organisation.models import Label, Project
from taskengine.tasks import claims, services
from taskengine.tasks.models import Task
from taskengine.tasks.owners import follow_owner


def make_person(name: str = "ada", **fields: Any) -> User:
    """Make a user who can't log in by password."""
    return User.objects.create_user(f"{name}@example.org", **fields)


@contextmanager
def operation_of(person: User, verb: str = "test") -> Iterator[OpenOperation]:
    """Open an operation of a person."""
    with perform(owner_id=person.pk, verb=verb) as operation:
        yield operation


def make_task(person: User, title: str = "Send invoice", **fields: Any) -> Task:
    """Make a task."""
    with operation_of(person) as operation:
        return services.create_task(operation=operation, title=title, **fields)


def make_project(person: User, name: str = "Work", **fields: Any) -> Project:
    """Make a project."""
    with operation_of(person) as operation:
        return organisation.create_project(operation=operation, name=name, **fields)


def make_label(person: User, name: str = "urgent", **fields: Any) -> Label:
    """Make a label."""
    with operation_of(person) as operation:
        return organisation.create_label(operation=operation, name=name, **fields)


def make_token(
    person: User, *scopes: Scope, expires_at: datetime | None = None, name: str = "Script"
) -> tuple[PersonalToken, str]:
    """Make a personal access token, with every scope unless some are named; return its row and its text."""
    with operation_of(person) as operation:
        return personal_tokens.make(
            user=person, name=name, scopes=scopes or tuple(Scope), expires_at=expires_at, now=operation.now
        )


def move_to_zone(person: User, time_zone: str) -> None:
    """Change the person's time zone, as the account's route does."""
    with operation_of(person) as operation:
        update_user(user=person, fields={"time_zone": time_zone})
        follow_owner(operation=operation, user=person, changed=["time_zone"])


def do(person: User, verb: Callable[..., Any], task: Task, **arguments: Any) -> Any:
    """Carry out a verb on a task."""
    with operation_of(person) as operation:
        return verb(operation=operation, task_id=task.id, **arguments)


def update(person: User, task: Task, **fields: Any) -> Task:
    """Change fields of a task."""
    changed: Task = do(person, services.update_task, task, fields=fields)
    return changed


def last_operation(person: User) -> UUID:
    """Return the name of the operation that a person was told of last."""
    op_id = EventRow.objects.filter(stream_id=person.pk, op_id__isnull=False).latest("seq").op_id
    assert op_id is not None
    return op_id


def undo(person: User, op_id: UUID | None = None) -> UUID:
    """Take an operation back, the last one unless another is given; return the undo's own name."""
    with operation_of(person, "undo") as operation:
        undo_operation(
            operation=operation, op_id=op_id or last_operation(person), undoers=UNDOERS, possible=POSSIBLE
        )
    return operation.id


def miss_due(*, now: datetime, limit: int = 100) -> int:
    """Do what the engine does once; return how many deadlines it told of."""
    seen = claims.look(ahead=timedelta(), limit=limit, now=now)
    drafts = {draft.task_id: draft for draft in services.draft_misses([one.id for one in seen.coming])}
    return len(services.miss([drafts[one.id] for one in seen.coming], now=now).told)


def purge_deleted() -> int:
    """Do what the sweep does until nothing is left of deleted accounts; return in how many batches."""
    batches = 0
    while erasure.purge_deleted():
        batches += 1
    return batches


def events_of(person: User, *, after: int = 0) -> list[EventRow]:
    """Return what a person was told."""
    return list(EventRow.objects.filter(stream_id=person.pk, seq__gt=after).order_by("seq"))


def told(person: User, task: Task | UUID | None = None) -> list[str]:
    """Return the types of the events, of one task if one is given."""
    task_id = str(task.id if isinstance(task, Task) else task) if task is not None else None
    return [
        event.type
        for event in events_of(person)
        if task_id is None or event.data.get("task", {}).get("id") == task_id
    ]


def circles() -> list[UUID]:
    """Return the tasks of anybody that are parts of themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE above AS (SELECT id AS start, parent_id FROM tasks_task"
            " UNION SELECT a.start, t.parent_id FROM tasks_task AS t JOIN above AS a ON t.id = a.parent_id)"
            " SELECT start FROM above WHERE start = parent_id"
        )
        return [id_ for (id_,) in cursor.fetchall()]
