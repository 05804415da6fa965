"""A person's world for the tests of promise 4: their tasks and breakdowns, a clock, and what they are told."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine

from realtime import outbox
from realtime.models import EventRow
from taskengine.accounts.models import User
from taskengine.errors import DomainError
from taskengine.operations.errors import OperationNotFound, UndoConflict, UndoImpossible
from taskengine.planning import attempts
from taskengine.planning.attempts import Attempt
from taskengine.planning.errors import TooManyInTheMaking
from taskengine.planning.models import Breakdown
from taskengine.snapshots import Snapshots
from taskengine.tasks import services
from taskengine.tasks.models import Task
from tests.support.breakdowns import ask
from tests.support.people import do, make_task, miss_due, operation_of, undo, update

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=30)
DAY = timedelta(days=1)


class World:
    """A person, their tasks and breakdowns, and a clock that the test moves."""

    def __init__(self, clock: time_machine.Traveller, person: User) -> None:
        self.clock = clock
        self.person = person
        self.tasks: list[Task] = []
        self.drafts: list[Breakdown] = []
        self.attempts: list[Attempt] = []

    @property
    def now(self) -> datetime:
        """The instant it is."""
        return datetime.now(UTC)

    def pass_time(self, duration: timedelta, *, engine: bool) -> None:
        """Move the clock; the engine may or may not look."""
        self.clock.shift(duration)
        if engine:
            miss_due(now=self.now)

    def make(self, title: str, due_in: timedelta | None) -> None:
        """Make a task that is due in some time."""
        deadline = None if due_in is None else self.now + due_in
        self.tasks.append(make_task(self.person, title, id=_next_id(), deadline=deadline))

    def do(self, verb: Callable[..., Any], number: int) -> None:
        """Do something to a task that can be done to it."""
        task = self.tasks[number % len(self.tasks)]
        if Task.objects.filter(id=task.id, deleted_at=None).exists() or verb is services.restore_task:
            do(self.person, verb, task)

    def change(self, number: int, **fields: Any) -> None:
        """Change a task that is there."""
        task = self.tasks[number % len(self.tasks)]
        if Task.objects.filter(id=task.id, deleted_at=None).exists():
            update(self.person, task, **fields)

    def make_a_part(self, number: int, of: int) -> None:
        """Make a task a part of another, if both are there and it closes no circle."""
        with suppress(DomainError):
            self.change(number, parent=self.tasks[of % len(self.tasks)].id)

    def undo(self, number: int) -> None:
        """Take an operation back, if that can be done."""
        told = EventRow.objects.filter(stream_id=self.person.pk, op_id__isnull=False).order_by("-seq")
        op_ids = list(dict.fromkeys(told.values_list("op_id", flat=True)))
        with suppress(OperationNotFound, UndoConflict, UndoImpossible):
            undo(self.person, op_ids[number % len(op_ids)])

    def ask(self, goal: str | None, due_in: timedelta | None = None, **fields: Any) -> None:
        """Ask for a breakdown."""
        deadline = None if due_in is None else self.now + due_in
        with suppress(TooManyInTheMaking):
            self.drafts.append(ask(self.person, goal, deadline=deadline, **fields))

    def work(self, write: Callable[..., object] | None, number: int, *made: Any) -> None:
        """Do what a worker does next: take a breakdown (None), or write to one that it took."""
        if write is None:
            attempt = attempts.claim(self.drafts[number % len(self.drafts)].id)
            self.attempts += [attempt] if attempt is not None else []
        elif self.attempts:
            with suppress(
                DomainError
            ):  # such as one step twice, which the port to the planners lets nobody do
                write(self.attempts[number % len(self.attempts)], *made)

    def plan(self, number: int, verb: Callable[..., Any], **arguments: Any) -> None:
        """Do something to a breakdown, if that can be done."""
        with suppress(DomainError), operation_of(self.person) as operation:
            verb(operation=operation, breakdown_id=self.drafts[number % len(self.drafts)].id, **arguments)

    def snapshot(self) -> list[dict[str, Any]]:
        """Return the whole state as it is served now."""
        items: list[Any] = []
        after: str | None = None
        while True:
            page, after = Snapshots().page(self.person.pk, as_of=self.now, after=after)
            items += page
            if after is None:
                return items

    def head(self) -> int:
        """Return how far the stream reaches."""
        return outbox.heads([self.person.pk])[self.person.pk].seq

    def events(self, *, after: int) -> list[dict[str, Any]]:
        """Return what is sent to a client that has everything up to `after`."""
        found: list[dict[str, Any]] = []
        while page := outbox.read([(self.person.pk, after)])[self.person.pk, after]:
            found += [orjson.loads(text) for _, text in page]
            after = page[-1][0]
        return found


_ids = itertools.count(1)


def _next_id() -> uuid.UUID:
    return uuid.UUID(int=next(_ids), version=4)


@contextmanager
def told_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Ada at noon. Every id is the next number, so that a story is told the same each time."""
    global _ids
    numbers = itertools.count(1)
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=next(numbers) << 64, version=4))
    for model in (Task, Breakdown):  # which took the function before it was replaced
        monkeypatch.setattr(model._meta.get_field("id"), "_get_default", uuid.uuid4)
    _ids = itertools.count(1)
    with time_machine.travel(NOON, tick=False) as clock:
        yield World(clock, User.objects.create_user("ada@example.org", id=uuid.UUID(int=7, version=4)))
