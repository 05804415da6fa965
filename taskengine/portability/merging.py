"""What of a file is to be made in an account: each object's id there, and what it refers to.

An object keeps its id where that is free. Where somebody else has it, or one's own trash does, it gets one
that follows from the id and the person, so that the same file makes nothing twice in that account either.
"""

import uuid
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Model
from django.db.models.functions import Lower

from taskengine.errors import Fault
from taskengine.organisation import order
from taskengine.organisation.models import Label, Named, Project
from taskengine.organisation.palette import Colour
from taskengine.organisation.queries import named_of
from taskengine.portability.bundle import Bundle, NewNamed, NewTask
from taskengine.portability.checks import read_id
from taskengine.tasks import deadlines
from taskengine.tasks.models import Task
from taskengine.tasks.parents import above

# So many ids are tried for an object: one more each time that it was imported, deleted, and imported again.
_MAX_TRIES: Final = 4

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(kw_only=True, slots=True)
class Plan:
    """What is to be made, and what is not.

    Attributes:
        projects, labels, tasks: To be made, and told.
        trash: Tasks to be made that are deleted already.
        there: How many objects of each kind are in the account already.
        left_out: How many tasks are at fault.
        faults: What is not valid.
        warnings: What does not come in as it stands.
    """

    projects: list[Project] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    trash: list[Task] = field(default_factory=list)
    there: dict[str, int] = field(default_factory=lambda: {"projects": 0, "labels": 0, "tasks": 0})
    left_out: int = 0
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """Who has an id."""

    is_mine: bool
    is_deleted: bool


class _Ids:
    """The ids of one kind of object: who has those of a file, and which they get here."""

    def __init__(self, model: type[Model], owner_id: UUID, wanted: Iterable[UUID]) -> None:
        self._owner_id = owner_id
        self._tries = {id_: list(islice(_followers(owner_id, id_), _MAX_TRIES)) for id_ in wanted}
        # As one text: a list of many thousand ids takes longer to quote than to look up.
        tried = ",".join(map(str, chain.from_iterable(self._tries.values())))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, owner_id, deleted_at IS NOT NULL"  # noqa: S608 (a table of ours)
                f' FROM "{model._meta.db_table}" WHERE id = ANY(%s::uuid[])',
                [f"{{{tried}}}"],
            )
            self._rows = {
                id_: _Row(is_mine=has_it == owner_id, is_deleted=is_deleted)
                for id_, has_it, is_deleted in cursor.fetchall()
            }
        self._given: set[UUID] = set()

    def mine(self, id_: UUID, *, or_deleted: bool = False) -> UUID | None:
        """Return what an object is called that the person has already; None where they have none."""
        for each in self._tries[id_]:
            row = self._rows.get(each)
            if row is not None and row.is_mine and (or_deleted or not row.is_deleted):
                return each
        return None

    def free(self, id_: UUID | None) -> UUID:
        """Return an id for an object that is new here."""
        for each in self._tries[id_] if id_ is not None else ():
            if each not in self._rows and each not in self._given:
                self._given.add(each)
                return each
        return uuid.uuid4()

    def is_in_trash(self, id_: UUID | None) -> bool:
        """Whether the person has deleted an object of this id."""
        row = self._rows.get(id_) if id_ is not None else None
        return row is not None and row.is_mine and row.is_deleted


def _followers(owner_id: UUID, id_: UUID) -> Iterator[UUID]:
    while True:
        yield id_
        id_ = uuid.uuid5(owner_id, id_.hex)


def plan(bundle: Bundle, *, owner_id: UUID, zone: ZoneInfo, now: datetime) -> Plan:
    """Say what is to be made of a file. A fixed number of statements, however much it holds.

    Args:
        bundle: What it holds.
        owner_id: Into whose account.
        zone: Whose days end at midnight there.
        now: The instant.
    """
    return _Merge(bundle, owner_id=owner_id, zone=zone, now=now).plan()


class _Merge:
    def __init__(self, bundle: Bundle, *, owner_id: UUID, zone: ZoneInfo, now: datetime) -> None:
        self._bundle = bundle
        self._owner_id = owner_id
        self._zone = zone
        self._now = now
        self._plan = Plan(faults=bundle.faults, warnings=bundle.warnings)
        tasks = bundle.tasks.values()
        self._projects = self._ids(Project, bundle.projects, (task.project for task in tasks))
        self._labels = self._ids(Label, bundle.labels, chain.from_iterable(task.labels for task in tasks))
        self._tasks = self._ids(Task, bundle.tasks, (task.parent for task in tasks))

    def _ids(self, model: type[Model], objects: Mapping[str, Any], references: Iterable[str | None]) -> _Ids:
        ids = {each.id for each in objects.values() if each.id is not None}
        ids |= {id_ for key in references if (id_ := read_id(key)) is not None}
        return _Ids(model, self._owner_id, ids)

    def plan(self) -> Plan:
        project_ids = self._named(Project, self._projects, self._bundle.projects, self._projects_by_name)
        label_ids = self._named(Label, self._labels, self._bundle.labels, self._labels_by_name)
        left_out = {*self._bundle.left_out, *self._circles()}
        ready: list[tuple[NewTask, Task]] = []
        task_ids: dict[str, UUID] = {}
        for key, new in self._bundle.tasks.items():
            there = self._tasks.mine(new.id, or_deleted=new.deleted_at is not None) if new.id else None
            if there is not None:
                task_ids[key] = there
                self._plan.there["tasks"] += 1
            elif key not in left_out:
                task = self._task(new, place=len(ready), project_ids=project_ids, label_ids=label_ids)
                if task is None:
                    left_out.add(key)
                else:
                    task_ids[key] = task.id
                    ready.append((new, task))
        for new, task in ready:
            task.parent_id = self._parent(new, task_ids, left_out)
        self._open_circles(ready)
        for _, task in ready:
            (self._plan.trash if task.deleted_at else self._plan.tasks).append(task)
        self._plan.left_out = len(left_out)
        return self._plan

    # --- Projects and labels ----------------------------------------------------------------------

    def _named(
        self,
        model: type[Named],
        ids: _Ids,
        objects: Mapping[str, NewNamed],
        by_name: Callable[[Collection[str]], tuple[dict[str, UUID], dict[str, str]]],
    ) -> dict[str, UUID]:
        """Plan the projects or labels, and return what each is called here, by its key."""
        kind = "projects" if model is Project else "labels"
        there, folded = by_name([new.name for new in objects.values()])
        found: dict[str, UUID] = {}
        for key, new in objects.items():
            name = folded[new.name]
            id_ = ids.mine(new.id) if new.id is not None else None
            if id_ is None and (new.id is None or model is Label):
                id_ = there.get(name)
            if id_ is not None:
                self._plan.there[kind] += 1
            else:
                named = self._new_named(model, new, ids.free(new.id), place=len(found))
                made: list[Any] = getattr(self._plan, kind)
                made.append(named)
                id_ = named.id
                if new.id is None or model is Label:
                    there[name] = id_
            found[key] = id_
        return found

    def _new_named(self, model: type[Named], new: NewNamed, id_: UUID, *, place: int) -> Named:
        named = model(
            id=id_,
            owner_id=self._owner_id,
            name=new.name,
            colour=new.colour or Colour.GREY.value,
            created_at=min(new.created_at or self._now, self._now),
            updated_at=self._now,
        )
        if isinstance(named, Project):
            named.archived = new.archived
            named.position = new.position or order.last(now=self._now, place=place, id_=id_)
        return named

    def _projects_by_name(self, names: Collection[str]) -> tuple[dict[str, UUID], dict[str, str]]:
        rows = named_of(Project, self._owner_id).filter(name__in=names).order_by("-position", "-id")
        return dict(rows.values_list("name", "id")), {name: name for name in names}

    def _labels_by_name(self, names: Collection[str]) -> tuple[dict[str, UUID], dict[str, str]]:
        folded = _folded(names)
        rows = named_of(Label, self._owner_id).annotate(folded=Lower("name"))
        return dict(rows.filter(folded__in=folded.values()).values_list("folded", "id")), folded

    # --- Tasks ------------------------------------------------------------------------------------

    def _task(
        self, new: NewTask, *, place: int, project_ids: Mapping[str, UUID], label_ids: Mapping[str, UUID]
    ) -> Task | None:
        """Return a task that is to be made, still without its parent; None where it is at fault."""
        before = len(self._plan.faults)
        id_ = self._tasks.free(new.id)
        if new.deleted_at is None and self._tasks.is_in_trash(new.id):
            self._warn(new, "id", "in_trash", "It is in your trash: this is another one like it.")
        project = self._reference(new, "project", new.project, project_ids, self._projects)
        labels = [self._reference(new, "labels", label, label_ids, self._labels) for label in new.labels]
        task = Task(
            id=id_,
            owner_id=self._owner_id,
            title=new.title,
            notes=new.notes,
            priority=new.priority,
            estimate_min=new.estimate_min,
            project_id=project,
            labels=list(dict.fromkeys(label for label in labels if label is not None)),
            position=new.position or order.last(now=self._now, place=place, id_=id_),
            deadline=self._deadline(new),
            due_date=new.due_date,
            time_zone=new.time_zone,
            created_at=min(new.created_at or self._now, self._now),
            updated_at=self._now,
            deleted_at=min(new.deleted_at, self._now) if new.deleted_at else None,
        )
        self._complete(task, new)
        self._check_parent(new)
        return task if len(self._plan.faults) == before else None

    def _deadline(self, new: NewTask) -> datetime | None:
        """Return the deadline: a day's end is that of its own zone, or of the account's while it is to come."""
        if new.due_date is None:
            return new.deadline
        zone = ZoneInfo(new.time_zone) if new.time_zone else self._zone
        end = deadlines.end_of_day(new.due_date, zone)
        if new.deadline is None or new.deadline == end:
            return end
        if new.time_zone is not None:
            self._fault(
                new, "deadline", "deadline_conflict", "The day and the instant are not the same deadline."
            )
        # What was over in the account that it comes from stays over; what is to come follows where one is now.
        is_over = new.completed_at is not None or new.deadline <= self._now
        return new.deadline if is_over else end

    def _complete(self, task: Task, new: NewTask) -> None:
        if new.completed_at is None:
            return
        if new.completed_at > self._now:
            self._fault(new, "completed_at", "in_future", "Nothing is completed before its time.")
            return
        task.completed_at = new.completed_at
        if new.outcome is not None:  # fixed when it was completed, whatever became of the deadline since
            task.outcome, task.lateness_s = new.outcome, new.lateness_s
            return
        end = deadlines.ending(completed_at=new.completed_at, deadline=task.deadline)
        task.outcome, task.lateness_s = end.outcome.value, end.lateness_s

    def _reference(
        self, new: NewTask, column: str, key: str | None, made: Mapping[str, UUID], ids: _Ids
    ) -> UUID | None:
        if key is None:
            return None
        found = made.get(key)
        if found is None and (id_ := read_id(key)) is not None:
            found = ids.mine(id_)
        if found is None:
            if new.deleted_at is not None:
                self._warn(new, column, "left", "It was in or carried something that is deleted, too.")
            else:
                self._fault(new, column, "not_found", "This is neither in the file nor in your account.")
        return found

    def _check_parent(self, new: NewTask) -> None:
        key = new.parent
        if key is None or key in self._bundle.tasks or key in self._bundle.left_out:
            return
        id_ = read_id(key)
        if id_ is None or self._tasks.mine(id_, or_deleted=True) is None:
            self._fault(new, "parent", "parent_not_found", "This is neither in the file nor in your account.")

    def _parent(self, new: NewTask, task_ids: Mapping[str, UUID], left_out: Collection[str]) -> UUID | None:
        if new.parent is None:
            return None
        if new.parent in task_ids:
            return task_ids[new.parent]
        if new.parent in left_out:
            self._warn(new, "parent", "parent_left_out", "What it is a part of is left out.")
            return None
        id_ = read_id(new.parent)
        return self._tasks.mine(id_, or_deleted=True) if id_ is not None else None

    def _circles(self) -> set[str]:
        """Return the tasks that the file makes parts of themselves."""
        tasks = self._bundle.tasks
        found = [
            key for circle in _circles({key: new.parent for key, new in tasks.items()}) for key in circle
        ]
        for key in found:
            detail = "A task can't be a part of itself, nor of one of its own parts."
            self._fault(tasks[key], "parent", "parent_circle", detail)
        return set(found)

    def _open_circles(self, ready: Sequence[tuple[NewTask, Task]]) -> None:
        """Take a new task from below a task of the account that would thereby be below it.

        What was purged is still named by its parts. They may have been its wholes when the file was written.
        """
        made = {task.id: new for new, task in ready}
        parents = {task.id: task.parent_id for _, task in ready}
        outside = {parent for parent in parents.values() if parent is not None and parent not in made}
        if not outside:
            return
        tasks = {task.id: task for _, task in ready}
        for circle in _circles(parents | above(outside, owner_id=self._owner_id)):
            # None is in the file alone, so it goes out of it and back. To open it at one place is enough.
            leaving = next((id_ for id_ in circle if parents.get(id_) in outside), None)
            if leaving is not None:  # else it is one that the account has already
                tasks[leaving].parent_id = None
                detail = "What it was a part of is a part of it now: it stands by itself."
                self._warn(made[leaving], "parent", "parent_circle", detail)

    def _fault(self, new: NewTask, column: str, code: str, detail: str) -> None:
        self._plan.faults.append(Fault(pointer=f"{new.place}/{column}", code=code, detail=detail))

    def _warn(self, new: NewTask, column: str, code: str, detail: str) -> None:
        self._plan.warnings.append(Fault(pointer=f"{new.place}/{column}", code=code, detail=detail))


def _circles(parents: Mapping[_Key, _Key | None]) -> Iterator[Sequence[_Key]]:
    """Yield each circle that following parents leads into, once."""
    settled: set[_Key] = set()
    for start in parents:
        path: dict[_Key, None] = {}
        key: _Key | None = start
        while key is not None and key in parents and key not in settled and key not in path:
            path[key] = None
            key = parents[key]
        if key is not None and key in path:
            steps = list(path)
            yield steps[steps.index(key) :]
        settled |= path.keys()


def _folded(names: Collection[str]) -> dict[str, str]:
    """Return names as the database compares them: its lower case is not Python's."""
    if not names:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, lower(name) FROM unnest(%s::text[]) AS n (name)", [list(names)])
        return dict(cursor.fetchall())
