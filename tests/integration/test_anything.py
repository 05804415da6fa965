"""Promise 4 against anything that people, the clock, workers and housekeeping may do, in any order."""

import inspect
import uuid
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ai.errors import QuotaExceeded
from realtime import retention
from realtime.models import EventRow, Stream
from taskengine.accounts.models import User
from taskengine.api.batch_verbs import ACTS
from taskengine.operations import undo
from taskengine.organisation import queries as organisation_queries
from taskengine.organisation import services as organisation
from taskengine.planning import applying, attempts, step_services
from taskengine.planning import queries as planning_queries
from taskengine.planning import services as planning
from taskengine.portability import services as portability
from taskengine.tasks import many, owners, places, queries, services, trash
from tests.support import state
from tests.support.accounts import signed_up
from tests.support.breakdowns import STEPS, plan, planned
from tests.support.people import circles
from tests.support.readers import Reader
from tests.support.routes import asked, settled
from tests.support.verbs import carried_out, name_of
from tests.support.world import DAY, HOUR, NOON, World, begin_anew, number_ids

VERBS_OF_TASKS: list[Callable[..., Any]] = [
    services.complete_task,
    services.reopen_task,
    services.delete_task,
    services.restore_task,
    trash.purge_task,
]
CHANGES: list[dict[str, Any]] = [
    {"title": "Another title"},
    {"notes": "Grüße, 世界"},
    {"priority": 1, "estimate_min": 45},
    {"due_date": None, "deadline": None},
]
VERBS_OF_NAMED: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (organisation.update_project, {"fields": {"colour": "teal", "archived": True}}),
    (organisation.update_label, {"fields": {"name": "work", "colour": "red"}}),
    (places.delete_project, {}),
    (places.delete_project, {"tasks": places.Tasks.MOVE}),
    (places.delete_project, {"tasks": places.Tasks.DELETE}),
    (places.delete_label, {}),
]
VERBS_OF_BREAKDOWNS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (planning.cancel, {}),
    (planning.regenerate, {"granularity": 2}),
    (planning.split_step, {"key": "sources"}),
    (planning.update_breakdown, {"fields": {"deadline": NOON + 9 * DAY}, "drop": ["proof"]}),
    (step_services.add_step, {"fields": {"title": "One's own", "estimate_min": 30}}),
    (step_services.edit_step, {"key": "sources", "fields": {"locked": True}}),
    (step_services.edit_step, {"key": "step-5", "fields": {"after": None}}),
    (step_services.remove_step, {"key": "draft"}),
    (planning.update_breakdown, {"fields": {"goal": "Reworded"}}),
    (applying.apply_breakdown, {}),
]
WORK: list[tuple[Any, ...]] = [
    (None,),  # take one
    (attempts.add_step, STEPS[0]),
    (attempts.add_step, planned("part", "Do a part")),
    (attempts.finish, plan()),
    (attempts.finish, plan([planned("part", "Do a part")])),
    (attempts.fail, QuotaExceeded(retry_after_s=3)),
    (attempts.release,),
    (attempts.extend,),
]
PARTS_OF_BATCHES: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (many.complete_tasks, {}),
    (many.complete_tasks, {"children": services.Children.COMPLETE}),
    (many.update_tasks, {"fields": {"deadline": NOON + DAY}}),
    (many.update_tasks, {"fields": {"due_date": None, "priority": 2}}),
    (many.update_tasks, {"fields": {"project": None, "labels": []}}),
    (many.delete_tasks, {}),
    *((verb, {}) for verb in VERBS_OF_TASKS if verb is not trash.purge_task),
]
ANY = st.integers(0, 9)
WRITES = st.one_of(
    st.tuples(st.just("make"), st.sampled_from([None, -HOUR, HOUR, 2 * HOUR, 3 * DAY])),
    st.tuples(st.just("do"), st.sampled_from(VERBS_OF_TASKS), ANY),
    st.tuples(st.just("move"), ANY, st.sampled_from([-HOUR, HOUR, DAY])),
    st.tuples(st.just("change"), ANY, st.sampled_from(CHANGES)),
    st.tuples(st.just("part"), ANY, ANY),
    st.tuples(st.just("alone"), ANY),
    st.tuples(st.just("whole"), ANY),
    st.tuples(st.just("day"), ANY, st.integers(-1, 2)),
    st.tuples(st.just("travel"), st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"])),
    st.tuples(st.just("name"), st.sampled_from(["project", "label"]), st.sampled_from(["Work", "Home"])),
    st.tuples(st.just("organise"), ANY, st.sampled_from(VERBS_OF_NAMED)),
    st.tuples(st.just("order"), ANY, ANY, st.booleans()),
    st.tuples(st.just("place"), ANY, st.sampled_from([None, 0, 1]), st.sampled_from([(), (0,), (0, 1)])),
    st.tuples(st.just("beside"), ANY, ANY, st.booleans()),
    st.tuples(
        st.just("batch"),
        st.lists(
            st.tuples(st.sampled_from(PARTS_OF_BATCHES), st.lists(ANY, min_size=1, max_size=3)),
            min_size=1,
            max_size=4,
        ),
    ),
    st.tuples(st.just("write down")),
    st.tuples(st.just("import"), st.integers(0, 3)),
    st.tuples(st.just("ask"), st.sampled_from([None, HOUR, 3 * DAY])),
    st.tuples(st.just("work"), ANY, st.sampled_from(WORK)),
    st.tuples(st.just("plan"), ANY, st.sampled_from(VERBS_OF_BREAKDOWNS)),
    st.tuples(st.just("undo"), st.integers(0, 5)),
    st.tuples(st.just("time"), st.sampled_from([HOUR, DAY, 6 * DAY, 31 * DAY]), st.booleans()),
    st.tuples(st.just("give up")),
    st.tuples(st.just("purge"), st.booleans()),
)


class Anything(RuleBasedStateMachine):
    """Everything that can happen, beside readers who come, stall, go and come back."""

    @initialize()
    def begin(self) -> None:
        # Each story is taken back at its end. What one leaves behind, engine, workers and trimming would find
        # in all that follow: ever slower, and the same story would not go the same way twice.
        self.story = transaction.atomic()
        self.story.__enter__()
        begin_anew()
        self.travel = time_machine.travel(NOON, tick=False)
        self.world = World(self.travel.start(), User.objects.create_user("ada@example.org"))
        self.world.make("First", HOUR)
        self.world.ask("Write my thesis", 3 * DAY, task_id=self.world.tasks[0].id)
        self.readers = [Reader(self.world)]
        self.readers[0].catch_up()

    def teardown(self) -> None:
        if hasattr(self, "travel"):
            try:
                self.everybody_catches_up()
            finally:
                self.travel.stop()
                transaction.set_rollback(True)
                self.story.__exit__(None, None, None)

    # --- What is written --------------------------------------------------------------------------

    @rule(these=st.lists(WRITES, min_size=1, max_size=4))
    def write(self, these: list[tuple[Any, ...]]) -> None:
        world = self.world
        for this in these:
            match this:
                case ("make", due_in):
                    world.make("Next", due_in)
                case ("do", verb, number):
                    world.do(verb, number)
                case ("move", number, due_in):
                    world.change(number, deadline=world.now + due_in)
                case ("change", number, fields):
                    world.change(number, **fields)
                case ("part", number, of):
                    world.make_a_part(number, of)
                case ("alone", number):
                    world.change(number, parent=None)
                case ("whole", number):
                    world.complete_all(number)
                case ("day", number, days):
                    world.change(number, due_date=(world.now + days * DAY).date())
                case ("travel", zone):
                    world.travel(zone)
                case ("name", kind, name):
                    world.name(kind, name)
                case ("organise", number, (verb, arguments)):
                    world.organise(verb, number, **arguments)
                case ("order", number, other, before) if world.projects:
                    beside = world.projects[other % len(world.projects)].id
                    world.organise(
                        organisation.move_project, number, **{"before" if before else "after": beside}
                    )
                case ("place", number, project, labels) if world.projects and world.labels:
                    world.place(number, project=project, labels=labels)
                case ("beside", number, other, before):
                    world.move(number, other, before=before)
                case ("batch", parts):
                    world.batch(parts)
                case ("write down",):
                    world.write_down()
                case ("import", number):
                    world.take_in(number)
                case ("ask", due_in):
                    world.ask("Another goal", due_in)
                case ("work", number, (write, *made)):
                    world.work(write, number, *made)
                case ("plan", number, (verb, arguments)):
                    world.plan(number, verb, **arguments)
                case ("undo", number):
                    world.undo(number)
                case ("time", duration, engine):
                    world.pass_time(duration, engine=engine)
                case ("give up",):
                    attempts.give_up(now=world.now)
                case ("purge", all_of_it):
                    world.purge(all_of_it=all_of_it)

    # --- What is trimmed --------------------------------------------------------------------------

    @rule(keep=st.integers(1, 6))
    def trim(self, keep: int) -> None:
        after: uuid.UUID | None = None
        while (after := retention.trim(before=NOON - 999 * DAY, keep=keep, after=after).after) is not None:
            pass

    @rule()
    @precondition(lambda self: len(self.readers) > 1)
    def rebuild(self) -> None:
        Stream.objects.filter(id=self.world.person.pk).update(epoch=uuid.uuid4().hex)

    # --- Who reads --------------------------------------------------------------------------------

    @rule()
    @precondition(lambda self: len(self.readers) < 4)
    def come(self) -> None:
        self.readers.append(Reader(self.world))

    @rule(number=ANY, times=st.integers(1, 3))
    def read_on(self, number: int, times: int) -> None:
        for _ in range(times):
            self.readers[number % len(self.readers)].ask()

    @rule(number=ANY)
    def lose_the_connection(self, number: int) -> None:
        self.readers[number % len(self.readers)].leave()

    @rule()
    def everybody_catches_up(self) -> None:
        fresh = state.as_of(state.from_snapshot(self.world.snapshot()), self.world.now)
        for reader in self.readers:
            reader.catch_up()
            assert reader.since == self.world.head()
            assert state.as_of(reader.kept, self.world.now) == fresh
        assert circles() == []


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """So that much can happen between two of them."""
    number_ids(monkeypatch)
    caplog.set_level("CRITICAL")  # what is given up is logged, hundreds of times
    monkeypatch.setattr(organisation_queries, "SNAPSHOT_PAGE_ROWS", 1)
    monkeypatch.setattr(queries, "SNAPSHOT_PAGE_ROWS", 2)
    monkeypatch.setattr(planning_queries, "SNAPSHOT_PAGE_ROWS", 1)


@pytest.mark.django_db
def test_whatever_happens_a_snapshot_and_the_events_after_it_are_a_fresh_snapshot() -> None:
    _run(examples=30, derandomize=True)  # the same ones each time; the long run is for finding more


@pytest.mark.django_db
def test_a_story_is_told_the_same_each_time_and_leaves_nothing_behind() -> None:
    told = []
    for _ in range(2):
        story = Anything()
        story.begin()
        story.world.pass_time(2 * HOUR, engine=True)
        story.trim(keep=1)
        story.world.undo(0)  # nothing is left of what could be
        told.append([item["data"]["id"] for item in story.world.snapshot()])
        story.teardown()

    assert told[0] == told[1] != []
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_story_that_once_closed_a_circle_closes_none() -> None:
    story = Anything()
    story.begin()
    story.write(
        [
            ("make", None),
            ("part", 1, 0),
            ("write down",),
            ("alone", 1),
            ("part", 0, 1),
            ("do", services.delete_task, 1),
            ("do", trash.purge_task, 1),
            ("import", 1),
        ]
    )
    parent = story.world.tasks[-1].parent_id
    story.teardown()  # which looks for circles, as all stories do
    assert parent is None


@pytest.mark.long
@pytest.mark.django_db
def test_whatever_happens_many_times_over() -> None:
    _run(examples=1_000, derandomize=False)


def _run(*, examples: int, derandomize: bool) -> None:
    run_state_machine_as_test(
        Anything,
        settings=settings(
            max_examples=examples, stateful_step_count=30, deadline=None, derandomize=derandomize
        ),
    )


# --- Nothing is forgotten -------------------------------------------------------------------------

MAY_HAPPEN: set[Callable[..., Any]] = {
    *(services.create_task, services.update_task, planning.start_breakdown),  # make, change, ask
    *(organisation.create_project, organisation.create_label, organisation.move_project),  # name, order
    *(places.move_task, owners.follow_owner, trash.purge_batch),  # beside, travel, purge
    *(portability.import_bundle, undo.undo),
    *VERBS_OF_TASKS,
    *(verb for verb, _ in (*VERBS_OF_NAMED, *VERBS_OF_BREAKDOWNS, *PARTS_OF_BATCHES)),
}


def test_every_verb_of_the_services_is_among_what_may_happen() -> None:
    modules = (services, many, places, owners, trash, organisation, planning, step_services, applying)
    there = {verb for module in modules for verb in _verbs(module)} - {
        places.new_position  # which writes nothing
    }
    assert there <= MAY_HAPPEN


@pytest.mark.django_db
def test_whatever_a_route_carries_out_is_among_what_may_happen(settings: Any) -> None:
    settings.DEMO = True
    ada, sue = signed_up(), signed_up("sue@example.org")
    User.objects.filter(email="sue@example.org").update(is_staff=True)
    ids = settled(User.objects.get(email="ada@example.org"))
    may_happen = {name_of(verb) for verb in MAY_HAPPEN}
    seen: set[str] = set()
    forgotten: list[str] = []
    for one in asked(ids):
        if one.sent is None:
            continue
        body = one.body(ids)
        before = EventRow.objects.count()
        with transaction.atomic(), carried_out() as verbs:
            answer = (sue if one.sent.staff else ada).send(one.method, one.path, body)
            assert answer.status_code == one.sent.answers, (one.name, answer.content)
            told = EventRow.objects.count() - before
            transaction.set_rollback(True)
        forgotten += [f"{one.name} carries out {verb}" for verb in {*verbs} - may_happen]
        if told and not verbs:
            forgotten.append(f"{one.name} tells of something that no verb did")
        seen |= {*verbs}
    assert forgotten == [], "let a rule of this file's machine do it"
    assert len(seen) > 20, "the routes were not seen at work"


def test_whatever_a_batch_may_hold_is_among_what_may_happen() -> None:
    for name, act in ACTS.items():
        held = [each for each in inspect.getclosurevars(act).nonlocals.values() if callable(each)]
        verbs = [each for each in held if "operation" in inspect.signature(each).parameters]
        assert verbs, name
        assert MAY_HAPPEN.issuperset(verbs), name


def _verbs(module: ModuleType) -> list[Callable[..., Any]]:
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == module.__name__
        and "operation" in inspect.signature(function).parameters
    ]
