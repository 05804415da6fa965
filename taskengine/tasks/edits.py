"""The bracket that every write to a task has.

`operations.perform` holds the person's stream and has read the clock after it. Then: lock the task,
tell what the clock has missed meanwhile, let the verb apply its rule, save, log, record the events,
and wake the engines if a deadline was set.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from realtime import outbox
from realtime.outbox import Draft
from realtime.publisher import doorbell
from taskengine import clock
from taskengine.operations.services import OpenOperation
from taskengine.tasks import deadlines, events
from taskengine.tasks.deadlines import Bucket
from taskengine.tasks.errors import TaskIdTaken, TaskNotFound
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import Task
from taskengine.tasks.payloads import task_payload
from taskengine.tasks.queries import HAS_PARTS, TASKS

# Messages: the timestamp in seconds of a deadline that was just set.
DEADLINES_TOPIC: Final = "deadlines"
# What is further ahead the engines see in time by themselves, since they look twice a second: most deadlines are, and
# nobody is rung for them.
RUNG_FOR_S: Final = 5.0
_LOCKED: Final = "t.id = %s AND t.owner_id = %s FOR NO KEY UPDATE OF t"


class Edit:
    """The bracket around a change to one task: what a verb does stands between `of` and `save`.

    Args:
        task: The task, locked or not yet inserted.
        operation: Who asks.
        now: The instant at which it is done.

    Attributes:
        has_parts: Whether other tasks are parts of it, where `of` has locked it.
    """

    has_parts: bool

    def __init__(self, task: Task, *, operation: OpenOperation, now: datetime) -> None:
        self.task = task
        self.now = now
        self._operation = operation
        self._before: Mapping[str, Any] | None = None
        self._after: Mapping[str, Any] | None = None
        self._deadline = task.deadline
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
            PreconditionFailed: It is not the version that whoever asks has read.
        """
        found = TASKS.first_and(HAS_PARTS, _LOCKED, [task_id, operation.owner_id])
        if found is None or deleted not in (None, found[0].deleted_at is not None):
            raise TaskNotFound
        edit = cls.of_locked(found[0], operation=operation)
        edit.has_parts = found[1]
        return edit

    @classmethod
    def of_locked(cls, task: Task, *, operation: OpenOperation) -> Self:
        """Open the bracket of a task that the caller has locked after the stream.

        Raises:
            PreconditionFailed: It is not the version that whoever asks has read.
        """
        now = operation.now
        if task.miss_fired_at is not None and task.deadline is not None:
            # It was told that the deadline has passed; a clock that is a little behind must not unsay it.
            now = max(now, task.deadline)
        operation.refuse_if_stale(task.id, task.version, lambda: task_payload(task, now=now))
        edit = cls(task, now=now, operation=operation)
        edit._before = task_payload(task, now=now) if task.deleted_at is None else None
        edit._miss_what_is_due()
        return edit

    def save(self, event: TaskEvent, *, wait: bool = True) -> Task:
        """Write the task, the log and the events.

        Args:
            event: What became of it.
            wait: Whether a new task may have an id that is taken: a client's may, and then that is said here.

        Raises:
            TaskIdTaken: It is.
        """
        drafts = self.close(event)
        if event is TaskEvent.CREATED:
            _insert(self.task, wait=wait)
        else:
            TASKS.update(self.task)
        outbox.record(drafts)
        self.log()
        if (armed := self.armed) is not None:
            wake_engines(armed)
        return self.task

    def close(self, event: TaskEvent) -> list[Draft]:
        """Make the task what is to be written, and return what is to be told. Writes nothing: `save` does.

        What is told of the task is what the log keeps of it, too.
        """
        task, is_new = self.task, event is TaskEvent.CREATED
        if not is_new:
            task.version += 1
        if task.deadline != self._deadline:
            # A new deadline may be missed afresh.
            task.deadline_version += 1
            task.miss_fired_at = task.miss_retry_at = None
        task.updated_at = self.now
        self._after = task_payload(task, now=self.now)
        self._drafts.append(events.written(event, task, self._after, at=self.now, operation=self._operation))
        self._miss_what_it_became()
        return self._drafts

    def log(self) -> None:
        """Add what was written to the operation's log."""
        after = self._after if self.task.deleted_at is None else None
        self._operation.changed(kind="task", object_id=self.task.id, before=self._before, after=after)

    @property
    def armed(self) -> datetime | None:
        """The deadline that the engines have to know of; None where there is none to fire."""
        task = self.task
        is_open = task.completed_at is None and task.deleted_at is None
        return task.deadline if is_open and task.miss_fired_at is None else None

    @property
    def untold(self) -> list[Draft]:
        """What the clock has missed, where nothing is written besides."""
        return self._drafts

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


def _insert(task: Task, *, wait: bool) -> None:
    """Insert a task. One whose id is taken ends the operation's transaction: there is no savepoint to fall back to."""
    try:
        TASKS.insert(task, wait=wait)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise TaskIdTaken(pointer="/id") from error
        raise


def wake_engines(deadline: datetime) -> None:
    """Have the engines look again after the commit, if this deadline is so near that it may be the nearest."""
    at = deadline.timestamp()

    def ring() -> None:
        if at < clock.timestamp() + RUNG_FOR_S:
            doorbell.publish(DEADLINES_TOPIC, [at], at_once=True)

    transaction.on_commit(ring, robust=True)
