"""Writing tasks: one function for each verb, and the one that misses what is due.

Each runs in a transaction that its caller opens (`operations.perform`, a sweep), so that verbs
compose. `perform` holds the person's stream and has read the clock after it; each verb then has
the same bracket: lock the task, apply the rule, save, log the operation, record the events.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

from realtime import outbox
from realtime.outbox import Draft
from realtime.publisher import doorbell
from taskengine.accounts.models import User
from taskengine.operations.services import OpenOperation
from taskengine.tasks import deadlines, events
from taskengine.tasks.claims import claim_due
from taskengine.tasks.deadlines import Bucket
from taskengine.tasks.errors import DeadlineConflict, TaskIdTaken, TaskNotFound
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import DEFAULT_PRIORITY, Task
from taskengine.tasks.payloads import task_payload

# Messages: the timestamp in seconds of a deadline that was just set.
DEADLINES_TOPIC: Final = "deadlines"
MISS_RETRY_AFTER: Final = timedelta(seconds=60)
_PLAIN: Final = frozenset({"title", "notes", "priority"})
_WRITABLE: Final = (*_PLAIN, "deadline", "due_date", "time_zone")


class _Edit:
    """The bracket around a change to one task that is locked."""

    def __init__(self, task: Task, *, operation: OpenOperation, now: datetime) -> None:
        self.task = task
        self.now = now
        self._operation = operation
        self._before: Mapping[str, Any] | None = None
        self._drafts: list[Draft] = []

    @classmethod
    def of(cls, task_id: UUID, *, operation: OpenOperation, deleted: bool | None = False) -> Self:
        """Lock a task.

        Args:
            task_id: Which one.
            operation: Who asks.
            deleted: Whether it must be deleted, must not, or may be either (None).

        Raises:
            TaskNotFound: There is no such task that the person may see.
        """
        tasks = Task.objects.select_for_update(no_key=True).filter(owner_id=operation.owner_id, id=task_id)
        if deleted is not None:
            tasks = tasks.filter(deleted_at__isnull=not deleted)
        task = tasks.first()
        if task is None:
            raise TaskNotFound
        now = operation.now
        if task.miss_fired_at is not None and task.deadline is not None:
            # It was told that the deadline has passed; a clock that is a little behind must not unsay it.
            now = max(now, task.deadline)
        edit = cls(task, now=now, operation=operation)
        edit._before = _logged(task, now=now) if task.deleted_at is None else None
        edit._miss_what_is_due()
        return edit

    def save(self, event: TaskEvent) -> Task:
        """Write the task, the log and the events."""
        task, is_new = self.task, event is TaskEvent.CREATED
        if not is_new:
            task.version += 1
        task.updated_at = self.now
        self._drafts.append(events.written(event, task, at=self.now, operation=self._operation))
        self._miss_what_it_became()
        if is_new:
            _insert(task)
        else:
            task.save(force_update=True)
        outbox.record(self._drafts)
        after = _logged(task, now=self.now) if task.deleted_at is None else None
        self._operation.changed(kind="task", object_id=task.id, before=self._before, after=after)
        if task.deadline is not None and task.miss_fired_at is None:
            _wake_engines(task.deadline)
        return task

    def leave(self) -> Task:
        """Change nothing; a deadline that had passed unnoticed is told all the same."""
        if self._drafts:
            self.task.save(update_fields=["miss_fired_at"])
            outbox.record(self._drafts)
        return self.task

    def _is_unfired(self) -> bool:
        task = self.task
        return (
            task.miss_fired_at is None
            and task.deleted_at is None
            and deadlines.bucket(completed_at=task.completed_at, deadline=task.deadline, now=self.now)
            is Bucket.MISSED
        )

    def _miss_what_is_due(self) -> None:
        """The clock came first: what was missed before this write is told before it."""
        deadline = self.task.deadline
        if deadline is not None and self._is_unfired():
            self.task.miss_fired_at = self.now
            self._drafts.append(events.missed(self.task, at=deadline, fired_at=self.now))

    def _miss_what_it_became(self) -> None:
        """The write itself made it missed: set in the past, reopened or restored too late."""
        if self._is_unfired():
            self.task.miss_fired_at = self.now
            self._drafts.append(
                events.missed(self.task, at=self.now, fired_at=self.now, operation=self._operation)
            )


def create_task(
    *,
    operation: OpenOperation,
    title: str,
    id: UUID | None = None,  # noqa: A002 (the field's name)
    notes: str = "",
    priority: int = DEFAULT_PRIORITY,
    deadline: datetime | None = None,
    due_date: date | None = None,
    time_zone: str | None = None,
) -> Task:
    """Make a task.

    Args:
        operation: Who asks.
        title: What is to be done, at most 500 characters.
        id: Its id; None to make one up.
        notes: Markdown, kept as it is.
        priority: 1, the highest, to 4.
        deadline: The instant it is due, aware. May have passed: then it is missed at once.
        due_date: The day it is due instead; sets `deadline` to that day's end.
        time_zone: The zone of that day; None for the user's.

    Raises:
        TaskIdTaken: The id exists already, whoever has it.
        DeadlineConflict: A day and an instant were given that are not the same deadline.
    """
    now = operation.now
    task = Task(owner_id=operation.owner_id, title=title, notes=notes, priority=priority, created_at=now)
    if id is not None:
        task.id = id
    _set_due(task, {"deadline": deadline, "due_date": due_date, "time_zone": time_zone})
    return _Edit(task, now=now, operation=operation).save(TaskEvent.CREATED)


def update_task(*, operation: OpenOperation, task_id: UUID, fields: Mapping[str, Any]) -> Task:
    """Change some fields of a task; a value that is what it was changes nothing.

    Args:
        operation: Who asks.
        task_id: Which task.
        fields: New values, as for `create_task`. A new `deadline` takes the place of a
            `due_date` and the other way round.

    Raises:
        TaskNotFound: There is no such task.
        DeadlineConflict: A day and an instant were given that are not the same deadline.
    """
    edit = _Edit.of(task_id, operation=operation)
    task = edit.task
    old = {name: getattr(task, name) for name in _WRITABLE}
    for name in _PLAIN & fields.keys():
        setattr(task, name, fields[name])
    _set_due(task, fields)
    if all(getattr(task, name) == value for name, value in old.items()):
        return edit.leave()
    if task.deadline != old["deadline"]:
        # A new deadline may be missed afresh.
        task.deadline_version += 1
        task.miss_fired_at = task.miss_retry_at = None
    return edit.save(TaskEvent.UPDATED)


def _set_due(task: Task, fields: Mapping[str, Any]) -> None:
    """Apply what `fields` says of deadline, day and zone: a new one takes the other's place."""
    before = (task.due_date, task.time_zone)
    if "time_zone" in fields:
        task.time_zone = fields["time_zone"]
    if fields.get("due_date") is not None:
        task.due_date = fields["due_date"]
    elif "deadline" in fields and ("due_date" in fields or fields["deadline"] != task.deadline):
        task.due_date, task.deadline = None, fields["deadline"]
    elif "due_date" in fields and task.due_date is not None:
        task.due_date = task.deadline = None
    if task.due_date is not None:
        if (task.due_date, task.time_zone) != before:
            task.deadline = _end_of_day(task)
        if fields.get("deadline") not in (None, task.deadline):
            raise DeadlineConflict(pointer="/deadline")


def complete_task(*, operation: OpenOperation, task_id: UUID) -> Task:
    """Complete a task and fix its outcome; one that is completed stays as it is.

    Raises:
        TaskNotFound: There is no such task.
    """
    edit = _Edit.of(task_id, operation=operation)
    task = edit.task
    if task.completed_at is not None:
        return edit.leave()
    end = deadlines.ending(completed_at=edit.now, deadline=task.deadline)
    task.completed_at, task.outcome, task.lateness_s = edit.now, end.outcome.value, end.lateness_s
    return edit.save(TaskEvent.COMPLETED)


def reopen_task(*, operation: OpenOperation, task_id: UUID) -> Task:
    """Take a completion back; one that is open stays as it is.

    Raises:
        TaskNotFound: There is no such task.
    """
    edit = _Edit.of(task_id, operation=operation)
    if edit.task.completed_at is None:
        return edit.leave()
    edit.task.completed_at = edit.task.outcome = edit.task.lateness_s = None
    return edit.save(TaskEvent.REOPENED)


def delete_task(*, operation: OpenOperation, task_id: UUID) -> None:
    """Delete a task, so that it can be restored.

    Raises:
        TaskNotFound: There is no such task, or it is deleted already.
    """
    edit = _Edit.of(task_id, operation=operation)
    edit.task.deleted_at = edit.now
    edit.save(TaskEvent.DELETED)


def restore_task(*, operation: OpenOperation, task_id: UUID) -> Task:
    """Take a deletion back; a task that is not deleted stays as it is.

    Raises:
        TaskNotFound: There never was such a task.
    """
    edit = _Edit.of(task_id, operation=operation, deleted=None)
    if edit.task.deleted_at is None:
        return edit.leave()
    edit.task.deleted_at = None
    return edit.save(TaskEvent.RESTORED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """What one round of missing found.

    Attributes:
        fired: How many `task.missed` were recorded.
        busy_streams: Streams with due tasks that somebody else holds.
        more: Whether there may be more that are due.
        claimed_at: The instant that decided what is due.
    """

    fired: int
    busy_streams: frozenset[UUID]
    more: bool
    claimed_at: datetime


def miss_due(
    *,
    limit: int,
    now: datetime | None = None,
    passing_over: Collection[UUID] = (),
    only: Collection[UUID] | None = None,
) -> Missed:
    """Tell of every open task whose deadline has passed, once for each deadline.

    Four statements in one transaction, however many tasks. The arguments are those of `claim_due`.
    """
    assert connection.in_atomic_block, "a verb stands in its caller's transaction"
    claim = claim_due(limit=limit, now=now, passing_over=passing_over, only=only)
    drafts = []
    for task in claim.tasks:
        assert task.deadline is not None, "the claim takes tasks with a deadline"
        assert task.miss_fired_at is not None, "the claim stamps what it takes"
        drafts.append(events.missed(task, at=task.deadline, fired_at=task.miss_fired_at))
    outbox.record(drafts)
    return Missed(
        fired=len(drafts),
        busy_streams=claim.busy_streams,
        more=claim.seen == limit,
        claimed_at=claim.claimed_at,
    )


def postpone_miss(*, task_id: UUID, now: datetime) -> None:
    """Try a deadline whose firing failed again in a minute, so that it holds up no other."""
    Task.objects.filter(id=task_id).update(miss_retry_at=now + MISS_RETRY_AFTER)


def _end_of_day(task: Task) -> datetime:
    assert task.due_date is not None, "the caller checks that there is a day"
    zone = task.time_zone or User.objects.values_list("time_zone", flat=True).get(id=task.owner_id)
    return deadlines.end_of_day(task.due_date, ZoneInfo(zone))


def _insert(task: Task) -> None:
    try:
        with transaction.atomic():
            task.save(force_insert=True)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise TaskIdTaken(pointer="/id") from error
        raise


def _logged(task: Task, *, now: datetime) -> dict[str, Any]:
    """Return what the operation log keeps of a task: the wire's shape."""
    return task_payload(task, now=now)


def _wake_engines(deadline: datetime) -> None:
    transaction.on_commit(lambda: doorbell.publish(DEADLINES_TOPIC, [deadline.timestamp()]), robust=True)
