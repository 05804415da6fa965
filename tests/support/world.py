"""A person's world for the tests of promise 4: all that is theirs, a clock, and what they are told."""

import copy
import inspect
import io
import itertools
import uuid
from collections.abc import Callable, Iterator, Sequence
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
from taskengine.operations import services as operations
from taskengine.operations.errors import OperationNotFound, UndoConflict, UndoImpossible
from taskengine.organisation.models import Label, Project
from taskengine.planning import attempts
from taskengine.planning.attempts import Attempt
from taskengine.planning.errors import TooManyInTheMaking
from taskengine.planning.models import Breakdown
from taskengine.portability import backup, sheets
from taskengine.portability.export import write_backup
from taskengine.portability.services import import_bundle
from taskengine.snapshots import Snapshots
from taskengine.tasks import places, services, trash
from taskengine.tasks.errors import TaskNotFound
from taskengine.tasks.models import Task
from tests.support.breakdowns import ask
from tests.support.people import (
    do,
    make_label,
    make_project,
    make_task,
    miss_due,
    move_to_zone,
    operation_of,
    undo,
    update,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=30)
DAY = timedelta(days=1)
SHEET = """id,title,deadline,due_date,project,labels,parent,completed_at
a,Whole,2026-11-22T13:00:00Z,,Work,"home, work",,
b,Part,,2026-11-23,Home,,a,
c,Past,2026-11-20T12:00:00Z,,,work,,
d,Done,,,Work,,,2026-11-21T12:00:00Z
"""


class World:
    """A person, what they have, and a clock that the test moves."""

    def __init__(self, clock: time_machine.Traveller, person: User) -> None:
        self.clock = clock
        self.person = person
        self.tasks: list[Task] = []
        self.projects: list[Project] = []
        self.labels: list[Label] = []
        self.drafts: list[Breakdown] = []
        self.attempts: list[Attempt] = []
        self.files = [sheets.read(SHEET)]

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
        if verb in (services.restore_task, trash.purge_task):
            with suppress(TaskNotFound):
                do(self.person, verb, task)
        elif Task.objects.filter(id=task.id, deleted_at=None).exists():
            arguments = {"children": services.Children.LEAVE} if verb is services.complete_task else {}
            do(self.person, verb, task, **arguments)

    def purge(self, *, all_of_it: bool) -> None:
        """Empty the trash, or of what is in it for long enough."""
        if all_of_it:
            with operation_of(self.person) as operation:
                trash.purge_batch(operation=operation)
        else:
            trash.purge_old(now=self.now)

    def complete_all(self, number: int) -> None:
        """Complete a task with its parts, if it is there."""
        task = self.tasks[number % len(self.tasks)]
        with suppress(DomainError):
            do(self.person, services.complete_task, task, children=services.Children.COMPLETE)

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
        """Take an operation back, if one is still told of and that can be done."""
        told = EventRow.objects.filter(stream_id=self.person.pk, op_id__isnull=False).order_by("-seq")
        op_ids = list(dict.fromkeys(told.values_list("op_id", flat=True)))
        if not op_ids:  # all of them were trimmed
            return
        with suppress(OperationNotFound, UndoConflict, UndoImpossible):
            undo(self.person, op_ids[number % len(op_ids)])

    def name(self, kind: str, name: str, **fields: Any) -> None:
        """Make a project or a label, if the name is free."""
        with suppress(DomainError):
            if kind == "project":
                self.projects.append(make_project(self.person, name, id=_next_id(), **fields))
            else:
                self.labels.append(make_label(self.person, name, id=_next_id(), **fields))

    def organise(self, verb: Callable[..., Any], number: int, **arguments: Any) -> None:
        """Do something to a project or a label, if that can be done."""
        (name,) = {"project_id", "label_id"} & inspect.signature(verb).parameters.keys()
        things: list[Any] = self.projects if name == "project_id" else self.labels
        if things:
            arguments[name] = things[number % len(things)].id
            with suppress(DomainError), operation_of(self.person) as operation:
                verb(operation=operation, **arguments)

    def place(self, number: int, *, project: int | None, labels: Sequence[int]) -> None:
        """Put a task into a project and under labels, if they are there."""
        with suppress(DomainError):
            self.change(
                number,
                project=None if project is None else self.projects[project % len(self.projects)].id,
                labels=[self.labels[label % len(self.labels)].id for label in labels],
            )

    def move(self, number: int, beside: int, *, before: bool) -> None:
        """Put a task before or after another one, if both are there."""
        task, other = (self.tasks[place % len(self.tasks)] for place in (number, beside))
        with suppress(DomainError):
            do(self.person, places.move_task, task, **{"before" if before else "after": other.id})

    def batch(self, parts: Sequence[tuple[tuple[Callable[..., Any], dict[str, Any]], Sequence[int]]]) -> None:
        """Do several things to tasks in one operation, each that can be done."""
        with operation_of(self.person, "batch") as operation:
            for (verb, arguments), numbers in parts:
                ids = [self.tasks[number % len(self.tasks)].id for number in numbers]
                takes_many = "task_ids" in inspect.signature(verb).parameters
                which: dict[str, Any] = {"task_ids": ids} if takes_many else {"task_id": ids[0]}
                with suppress(DomainError), operation.part():
                    verb(operation=operation, **which, **arguments)

    def write_down(self) -> None:
        """Write everything into a file, to be taken in again some time."""
        file = io.BytesIO()
        write_backup(file, user=self.person, now=self.now)
        self.files.append(backup.read(file.getvalue().decode()))

    def take_in(self, number: int) -> None:
        """Import a file: a spreadsheet, or what was written down before."""
        bundle = copy.deepcopy(self.files[number % len(self.files)])  # faults are added to it
        with suppress(DomainError), operation_of(self.person, "import") as operation:
            plan = import_bundle(operation=operation, bundle=bundle, skip_invalid=True)
            self.tasks += [*plan.tasks, *plan.trash]
            self.projects += plan.projects
            self.labels += plan.labels

    def travel(self, time_zone: str) -> None:
        """Take the person to another zone."""
        move_to_zone(self.person, time_zone)

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

    def forget(self) -> None:
        """Let a story begin with nothing of what was there before."""
        for things in (self.tasks, self.projects, self.labels, self.drafts, self.attempts):
            things.clear()

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


_ids = itertools.count(1)  # of what the world makes
_others = itertools.count(1)  # of what comes of it


def _next_id() -> uuid.UUID:
    return uuid.UUID(int=next(_ids), version=4)


def _next_other() -> uuid.UUID:
    return uuid.UUID(int=next(_others) << 64, version=4)


def number_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every id be the next number, so that a story is told the same each time: snapshots go by ids."""
    monkeypatch.setattr(uuid, "uuid4", _next_other)
    for module in (outbox, operations, services):
        monkeypatch.setattr(module, "new_id", _next_other)
    for model in (Task, Project, Label, Breakdown):  # which took the function before it was replaced
        monkeypatch.setattr(model._meta.get_field("id"), "_get_default", uuid.uuid4)


def begin_anew() -> None:
    """Let the numbers begin with one again, for another story in an empty database."""
    global _ids, _others
    _ids, _others = itertools.count(1), itertools.count(1)


@contextmanager
def told_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Ada at noon."""
    number_ids(monkeypatch)
    begin_anew()
    with time_machine.travel(NOON, tick=False) as clock:
        yield World(clock, User.objects.create_user("ada@example.org", id=uuid.UUID(int=7, version=4)))
