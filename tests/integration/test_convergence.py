"""Promise 4: a snapshot and the events after it are what a fresh snapshot says, at the same instant."""

import inspect
import itertools
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ai.errors import QuotaExceeded
from realtime import envelope, outbox
from realtime.envelope import CloseCode
from realtime.models import EventRow
from taskengine.accounts.models import User
from taskengine.errors import DomainError
from taskengine.operations.errors import OperationNotFound, UndoConflict, UndoImpossible
from taskengine.organisation import queries as organisation_queries
from taskengine.organisation import services as organisation
from taskengine.organisation.models import Label, Project
from taskengine.planning import applying, attempts, step_services
from taskengine.planning import queries as planning_queries
from taskengine.planning import services as planning
from taskengine.planning.attempts import Attempt
from taskengine.planning.models import Breakdown
from taskengine.runtime import Snapshots
from taskengine.tasks import places, queries, services
from taskengine.tasks.models import Task
from tests.support import contracts, state
from tests.support.breakdowns import STEPS, ask, plan, planned
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


class World:
    """A person, their tasks and breakdowns, and a clock that the test moves."""

    def __init__(self, clock: time_machine.Traveller, person: User) -> None:
        self.clock = clock
        self.person = person
        self.tasks: list[Task] = []
        self.projects: list[Project] = []
        self.labels: list[Label] = []
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
            arguments = {"children": services.Children.LEAVE} if verb is services.complete_task else {}
            do(self.person, verb, task, **arguments)

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

    def undo(self, number: int) -> None:
        """Take an operation back, if that can be done."""
        told = EventRow.objects.filter(stream_id=self.person.pk, op_id__isnull=False).order_by("-seq")
        op_ids = list(dict.fromkeys(told.values_list("op_id", flat=True)))
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

    def travel(self, time_zone: str) -> None:
        """Take the person to another zone."""
        move_to_zone(self.person, time_zone)

    def ask(self, goal: str | None, due_in: timedelta | None = None, **fields: Any) -> None:
        """Ask for a breakdown."""
        deadline = None if due_in is None else self.now + due_in
        self.drafts.append(ask(self.person, goal, deadline=deadline, **fields))

    def work(self, write: Callable[..., object] | None, number: int, *made: Any) -> None:
        """Do what a worker does next: take a breakdown (None), or write to one that it took."""
        if write is None:
            attempt = attempts.claim(self.drafts[number % len(self.drafts)].id)
            self.attempts += [attempt] if attempt is not None else []
        elif self.attempts:
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


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Ada at noon. Every id is the next number, so that a story is told the same each time."""
    numbers = itertools.count(1)
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=next(numbers) << 64, version=4))
    for model in (Task, Project, Label, Breakdown):  # which took the function before it was replaced
        monkeypatch.setattr(model._meta.get_field("id"), "_get_default", uuid.uuid4)
    globals()["_ids"] = itertools.count(1)
    with time_machine.travel(NOON, tick=False) as clock:
        yield World(clock, User.objects.create_user("ada@example.org", id=uuid.UUID(int=7, version=4)))


step = st.one_of(
    st.tuples(st.just("make"), st.sampled_from([None, -HOUR, HOUR, 2 * HOUR, 3 * DAY])),
    st.tuples(
        st.sampled_from(
            [services.complete_task, services.reopen_task, services.delete_task, services.restore_task]
        ),
        st.integers(0, 9),
    ),
    st.tuples(st.just("move"), st.integers(0, 9), st.sampled_from([None, -HOUR, HOUR, DAY])),
    st.tuples(st.just("title"), st.integers(0, 9)),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("time"), st.sampled_from([timedelta(), HOUR, DAY, 6 * DAY, 31 * DAY]), st.booleans()),
    st.tuples(st.just("snapshot")),
    st.tuples(st.just("name"), st.sampled_from(["project", "label"]), st.sampled_from(["Work", "Home"])),
    st.tuples(
        st.just("organise"),
        st.integers(0, 3),
        st.sampled_from(
            [
                (organisation.update_project, {"fields": {"colour": "teal", "archived": True}}),
                (organisation.update_label, {"fields": {"name": "work", "colour": "red"}}),
                (places.delete_project, {}),
                (places.delete_project, {"tasks": places.Tasks.MOVE}),
                (places.delete_project, {"tasks": places.Tasks.DELETE}),
                (places.delete_label, {}),
            ]
        ),
    ),
    st.tuples(
        st.just("place"),
        st.integers(0, 9),
        st.sampled_from([None, 0, 1]),
        st.sampled_from([(), (0,), (0, 1)]),
    ),
    st.tuples(st.just("beside"), st.integers(0, 9), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("below"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("complete all"), st.integers(0, 9)),
    st.tuples(st.just("day"), st.integers(0, 9), st.integers(-1, 2)),
    st.tuples(st.just("travel"), st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"])),
    st.tuples(st.just("ask"), st.sampled_from([None, HOUR, 3 * DAY])),
    st.tuples(
        st.just("work"),
        st.integers(0, 3),
        st.sampled_from(
            [
                (None,),
                (attempts.add_step, STEPS[0]),
                (attempts.add_step, planned("part", "Do a part")),
                (attempts.finish, plan()),
                (attempts.finish, plan([planned("part", "Do a part")])),
                (attempts.fail, QuotaExceeded(retry_after_s=3)),
                (attempts.release,),
            ]
        ),
    ),
    st.tuples(
        st.just("plan"),
        st.integers(0, 3),
        st.sampled_from(
            [
                (planning.cancel, {}),
                (planning.regenerate, {"granularity": 2}),
                (planning.split_step, {"key": "sources"}),
                (planning.update_breakdown, {"fields": {"deadline": NOON + 9 * DAY}, "drop": ["proof"]}),
                (step_services.add_step, {"fields": {"title": "One's own", "estimate_min": 30}}),
                (step_services.edit_step, {"key": "sources", "fields": {"locked": True}}),
                (applying.apply_breakdown, {}),
            ]
        ),
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=3, max_size=25))
@pytest.mark.django_db
def test_a_snapshot_at_any_point_and_the_events_after_it_are_a_fresh_snapshot(steps: list[Any]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        world = World(clock, User.objects.create_user(f"{uuid.uuid4().hex}@example.org"))
        world.make("First", HOUR)
        world.ask("Write my thesis", 3 * DAY, task_id=world.tasks[0].id)
        joined: list[tuple[int, state.State]] = [(0, {})]
        for this in steps:
            match this:
                case ("make", due_in):
                    world.make("Next", due_in)
                case ("move", number, due_in):
                    world.change(number, deadline=None if due_in is None else world.now + due_in)
                case ("title", number):
                    world.change(number, title=f"Title {len(joined)}")
                case ("name", kind, name):
                    world.name(kind, name)
                case ("organise", number, (verb, arguments)):
                    world.organise(verb, number, **arguments)
                case ("place", number, project, labels):
                    if world.projects and world.labels:
                        world.place(number, project=project, labels=labels)
                case ("beside", number, other, before):
                    world.move(number, other, before=before)
                case ("below", number, other):
                    with suppress(DomainError):
                        world.change(number, parent=world.tasks[other % len(world.tasks)].id)
                case ("complete all", number):
                    world.complete_all(number)
                case ("day", number, days):
                    world.change(number, due_date=(world.now + days * DAY).date())
                case ("travel", zone):
                    world.travel(zone)
                case ("undo", number):
                    world.undo(number)
                case ("time", duration, engine):
                    world.pass_time(duration, engine=engine)
                case ("ask", due_in):
                    world.ask("Another goal", due_in)
                case ("work", number, (write, *made)):
                    world.work(write, number, *made)
                case ("plan", number, (verb, arguments)):
                    world.plan(number, verb, **arguments)
                case ("snapshot",):
                    joined.append((world.head(), state.from_snapshot(world.snapshot())))
                case (verb, number):
                    world.do(verb, number)
        fresh = state.as_of(state.from_snapshot(world.snapshot()), world.now)
        for since, kept in joined:
            events = world.events(after=since)
            assert [event["seq"] for event in events] == list(range(since + 1, world.head() + 1))
            for event in events:
                state.apply(kept, event)
            assert state.as_of(kept, world.now) == fresh


def every_verb(world: World) -> None:
    """Everything that can happen to a task, once."""
    world.make("Send invoice", HOUR)
    world.make("No deadline", None)
    world.make("Too late already", -HOUR)
    world.change(0, title="Send the invoice", notes="To *Ben*", priority=1, estimate_min=45)
    world.change(1, parent=world.tasks[0].id)
    world.do(services.complete_task, 1)
    world.do(services.reopen_task, 1)
    world.pass_time(HOUR, engine=True)
    world.do(services.complete_task, 0)
    world.do(services.delete_task, 2)
    world.do(services.restore_task, 2)
    world.do(services.delete_task, 1)


def projects_and_labels(world: World) -> None:
    """Projects and labels come, change, are put in order and go; what is in them follows, and comes back."""
    for name in ("Work", "Home", "Work"):
        world.name("project", name)
    for name in ("urgent", "phone"):
        world.name("label", name)
    for number in range(4):
        world.make(f"Task {number}", None if number else HOUR)
        world.place(number, project=number % 2, labels=(0, 1)[: number % 3])
    world.organise(organisation.update_project, 0, fields={"name": "Office", "colour": "teal"})
    world.organise(organisation.move_project, 2, before=world.projects[0].id)
    world.organise(organisation.update_project, 2, fields={"archived": True})
    world.organise(organisation.update_label, 1, fields={"name": "call"})
    world.move(3, 0, before=True)
    world.move(2, 3, before=False)
    world.organise(places.delete_label, 0)
    world.undo(0)
    world.organise(places.delete_label, 1)
    world.organise(places.delete_project, 0, tasks=places.Tasks.MOVE)
    world.organise(places.delete_project, 1, tasks=places.Tasks.DELETE)
    world.undo(0)
    world.organise(places.delete_project, 2)


def a_tree_and_a_journey(world: World) -> None:
    """A task is completed with its parts, and days end elsewhere when their person travels."""
    world.make("Thesis", None)
    world.make("Outline", HOUR)
    world.make("Sources", None)
    world.change(1, parent=world.tasks[0].id)
    world.change(2, parent=world.tasks[1].id)
    world.complete_all(0)
    world.undo(0)
    for number, days in ((0, 0), (1, -1), (2, 1)):
        world.change(number, due_date=(world.now + days * DAY).date())
    world.travel("America/Los_Angeles")
    world.travel("Pacific/Kiritimati")


def a_deadline_that_moves(world: World) -> None:
    """Missed, moved, missed again, moved into the past, cleared."""
    world.make("Moving target", HOUR)
    world.pass_time(HOUR, engine=True)
    world.change(0, deadline=world.now + HOUR)
    world.pass_time(HOUR, engine=False)
    world.change(0, deadline=world.now - DAY)
    world.make("Due as the story ends", HOUR)
    world.pass_time(HOUR, engine=False)


def thirty_days(world: World) -> None:
    """What was closed long ago leaves the state without an event."""
    world.make("Closed first", None)
    world.make("Closed later", DAY)
    world.make("Still open", -HOUR)
    world.do(services.complete_task, 0)
    world.pass_time(DAY - HOUR, engine=True)
    world.do(services.complete_task, 1)
    world.pass_time(29 * DAY + HOUR, engine=True)


def a_breakdown(world: World) -> None:
    """A goal is broken down, tried again by another worker, edited, split, applied, and taken back."""
    world.make("Write my thesis", 3 * DAY)
    world.ask(None, task_id=world.tasks[0].id)
    world.work(None, 0)
    world.work(attempts.add_step, 0, STEPS[0])
    world.pass_time(LEASE, engine=False)
    world.work(None, 0)
    for made in STEPS:
        world.work(attempts.add_step, 1, made)
    world.work(attempts.add_step, 0, planned("late", "Come too late"))
    world.work(attempts.finish, 1, plan(risks=("The library closes early.",)))
    world.plan(0, step_services.edit_step, key="sources", fields={"locked": True, "title": "Find sources"})
    world.plan(0, step_services.add_step, fields={"title": "Ask Ben", "estimate_min": 30, "after": "sources"})
    world.plan(0, step_services.remove_step, key="proof")
    world.plan(0, planning.update_breakdown, fields={"deadline": world.now + HOUR})
    world.plan(0, planning.update_breakdown, fields={"deadline": world.now + 4 * DAY})
    world.plan(0, planning.split_step, key="draft")
    world.work(None, 0)
    world.work(attempts.add_step, 2, planned("begin", "Begin it"))
    world.work(attempts.finish, 2, plan([planned("begin", "Begin it"), planned("end", "End it", "begin")]))
    world.plan(0, planning.regenerate)
    world.work(None, 0)
    world.work(attempts.fail, 3, QuotaExceeded(retry_after_s=30))
    world.plan(0, applying.apply_breakdown)
    world.undo(0)


def breakdowns_that_end(world: World) -> None:
    """One is applied, one fails, one is cancelled in the making, and one still waits."""
    for goal in ("Learn to swim", "Plan the party", "Paint the fence", "Clear the attic"):
        world.ask(goal, 3 * DAY)
    world.work(None, 0)
    world.work(attempts.finish, 0, plan())
    world.plan(0, applying.apply_breakdown)
    world.work(None, 1)
    world.work(attempts.add_step, 1, STEPS[0])
    world.work(attempts.fail, 1, QuotaExceeded())
    world.work(None, 2)
    world.work(attempts.add_step, 2, STEPS[0])
    world.plan(2, planning.cancel)


def seven_days(world: World) -> None:
    """What nobody touched for a week leaves the state without an event."""
    world.ask("Touched first", None)
    world.ask("Touched later", None)
    world.work(None, 0)
    world.work(attempts.finish, 0, plan(STEPS[:1]))
    world.pass_time(DAY, engine=False)
    world.work(None, 1)
    world.work(attempts.finish, 1, plan(STEPS[:1]))
    world.pass_time(6 * DAY, engine=False)


STORIES = [
    every_verb,
    projects_and_labels,
    a_tree_and_a_journey,
    a_deadline_that_moves,
    thirty_days,
    a_breakdown,
    breakdowns_that_end,
    seven_days,
]


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("joined", ["from the start", "in the middle"])
def test_the_page_is_held_to_the_same_stories(
    world: World, story: Callable[[World], None], joined: str
) -> None:
    if joined == "in the middle":
        world.make("Was there before", HOUR)
        world.make("Done before", None)
        world.do(services.complete_task, 1)
        world.ask("Asked before", DAY)
        world.name("project", "Old")
        world.name("label", "old")
        world.tasks.clear()
        world.projects.clear()
        world.labels.clear()
        world.drafts.clear()
    since, snapshot = world.head(), world.snapshot()
    story(world)
    kept = state.from_snapshot(snapshot)
    events = world.events(after=since)
    for event in events:
        state.apply(kept, event)
    fresh = world.snapshot()
    assert state.as_of(kept, world.now) == state.as_of(state.from_snapshot(fresh), world.now)
    contracts.check(
        f"convergence/{story.__name__}-{joined.replace(' ', '-')}.json",
        {
            "name": f"{story.__doc__} Joined {joined}.",
            "now": envelope.rfc3339(world.now),
            "snapshot": snapshot,
            "events": events,
            "fresh": fresh,
        },
    )


def test_a_snapshot_is_whole_however_many_pages_it_has(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        world.make(f"Task {number}", None)
        world.ask(f"Goal {number}")
        world.name("project", f"Project {number}")
        world.name("label", f"Label {number}")
    whole = world.snapshot()
    kinds = ("project", "label", "task", "breakdown")
    assert [item["kind"] for item in whole] == [kind for kind in kinds for _ in range(4)]
    for rows in (1, 2, 3, 4, 5):
        monkeypatch.setattr(organisation_queries, "SNAPSHOT_PAGE_ROWS", rows)
        monkeypatch.setattr(queries, "SNAPSHOT_PAGE_ROWS", rows)
        monkeypatch.setattr(planning_queries, "SNAPSHOT_PAGE_ROWS", rows)
        assert world.snapshot() == whole


def test_a_page_without_items_is_sent_only_where_there_is_nothing_at_all(world: World) -> None:
    assert Snapshots().page(world.person.pk, as_of=world.now, after=None) == ([], None)
    world.make("Send invoice", None)
    items, after = Snapshots().page(world.person.pk, as_of=world.now, after=None)
    assert ([item["kind"] for item in items], after) == (["task"], "breakdown:")
    assert Snapshots().page(world.person.pk, as_of=world.now, after=after) == ([], None)


def test_the_frames_are_what_the_page_was_built_for(world: World) -> None:
    world.make("Send invoice", HOUR)
    world.pass_time(HOUR, engine=True)
    events = outbox.read([(world.person.pk, 0)])[world.person.pk, 0]
    server = {
        "welcome, resumed": envelope.welcome(epoch="e1", head=2, server_time=NOON, resumed=True),
        "welcome, a snapshot follows": envelope.welcome(epoch="e1", head=2, server_time=NOON, resumed=False),
        "snapshot, empty": envelope.snapshot(seq=0, encoded=(), done=True),
        "snapshot, more follows": envelope.snapshot(
            seq=2, encoded=map(envelope.encode_item, world.snapshot()), done=False
        ),
        "events": envelope.events(first=1, last=2, encoded=[text for _, text in events]),
        "ping": envelope.ping(head=2, t=NOON),
        "bye, come back": envelope.bye(
            code=CloseCode.RESTART, reason="The server restarts.", retry_after_s=1.5
        ),
        "bye, for good": envelope.bye(
            code=CloseCode.SESSION_ENDED, reason="You are signed out.", retry_after_s=None
        ),
    }
    client = {
        "hello, for the first time": '{"type":"hello"}',
        "hello, with nulls": '{"type":"hello","since":null,"epoch":null}',
        "hello, to resume": '{"type":"hello","since":2,"epoch":"e1"}',
        "ack": '{"type":"ack","seq":2}',
        "pong": '{"type":"pong"}',
    }
    for text in client.values():
        envelope.decode(text)
    contracts.check(
        "frames.json",
        {
            "frames": [
                {"name": name, "direction": direction, "frame": orjson.loads(text)}
                for direction, frames in (("server", server), ("client", client))
                for name, text in frames.items()
            ]
        },
    )
