"""What was told of one task, replayed against the promise: each deadline that passes open, exactly once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One event as it stands in the table, with what it says of its task.

    `recorded_at` is the database's own time; all the rest was said by some process.
    """

    stream: str
    seq: int
    type: str
    at: datetime
    by_clock: bool
    op_id: str | None
    task: str
    deadline: datetime | None
    completed_at: datetime | None
    outcome: str | None
    bucket: str
    version: int
    fired_at: datetime | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One task as it stands in the table now; `passed` is what the database's clock says of its deadline."""

    id: str
    title: str
    deadline: datetime | None
    completed_at: datetime | None
    outcome: str | None
    deleted_at: datetime | None
    miss_fired_at: datetime | None
    passed: bool | None


class History:
    """The state of one task between its events.

    Args:
        name: For the message of a failure.
        deadline: The first one, where the task was there before its first event.
    """

    def __init__(self, name: str, deadline: datetime | None) -> None:
        self._name = name
        self._deadline = deadline
        self._is_completed = self._is_deleted = False
        self._is_told = False  # of the deadline that it has now
        self._written_at: datetime | None = None
        self._version: int | None = None
        self._owes = False  # the last write made it missed, so the next thing told is that

    def replay(self, events: Iterable[Told]) -> None:
        """Take in its events, in the order of their numbers; raises AssertionError where one is wrong."""
        for event in events:
            if event.type == "task.missed":
                self._miss(event)
            else:
                self._write(event)

    def end(self, row: Row) -> None:
        """Compare with the row, once everything was fired that is due."""
        found = (row.deadline, row.completed_at is not None, row.deleted_at is not None)
        if found != (self._deadline, self._is_completed, self._is_deleted):
            self._fail(f"the row is not what its events say: {row}")
        if self._is_open and row.passed and not self._is_told:
            self._fail(f"its deadline {self._deadline} passed open and nobody was told")
        if self._is_told != (row.miss_fired_at is not None):
            self._fail(f"told={self._is_told}, but the row says {row.miss_fired_at}")

    def _miss(self, event: Told) -> None:
        if not self._is_open:
            self._fail(f"it was closed when it was missed: {event}")
        if event.deadline is None or event.deadline != self._deadline:
            self._fail(f"missed for {event.deadline}, but its deadline was {self._deadline}")
        if self._is_told:
            self._fail(f"missed twice for {self._deadline}: {event}")
        if event.fired_at is None or min(event.fired_at, event.recorded_at) < event.deadline:
            self._fail(f"fired before its deadline: {event}")
        # A write that made it missed tells so itself, with its own instant; the clock tells the deadline's.
        if (event.by_clock, event.at) != (not self._owes, self._written_at if self._owes else event.deadline):
            self._fail(f"told by another than it should be, or with another instant: {event}")
        if (event.bucket, event.completed_at) != ("missed", None):
            self._fail(f"the event shows a task that is not missed: {event}")
        if event.version != (self._version or event.version):
            self._fail(f"the event shows the task as it was before version {self._version}: {event}")
        self._is_told, self._owes = True, False

    def _write(self, event: Told) -> None:
        if self._is_due(event.at) and not self._is_told:
            self._fail(f"its deadline {self._deadline} came first and nobody was told: {event}")
        if event.type == "task.completed":
            on_time = self._deadline is None or event.at < self._deadline
            if (event.completed_at, event.outcome) != (event.at, "on_time" if on_time else "late"):
                self._fail(f"it ended otherwise than the event says: {event}")
            if on_time and self._is_told:
                self._fail(f"it was completed in time, and missed all the same: {event}")
        if event.deadline != self._deadline:
            self._is_told = False  # moving it arms it afresh
        self._deadline = event.deadline
        self._is_completed = event.completed_at is not None
        self._is_deleted = event.type == "task.deleted"
        self._written_at, self._version = event.at, event.version
        self._owes = self._is_due(event.at) and not self._is_told

    @property
    def _is_open(self) -> bool:
        return not self._is_completed and not self._is_deleted

    def _is_due(self, now: datetime) -> bool:
        return self._is_open and self._deadline is not None and self._deadline <= now

    def _fail(self, what: str) -> NoReturn:
        raise AssertionError(f"{self._name}: {what}")
