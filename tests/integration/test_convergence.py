"""Promise 4: a snapshot and the events after it are what a fresh snapshot says, at the same instant."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from realtime import envelope
from taskengine.accounts.models import User
from taskengine.organisation import queries as organisation_queries
from taskengine.planning import queries as planning_queries
from taskengine.snapshots import Snapshots
from taskengine.tasks import queries, services
from tests.support import contracts, state
from tests.support.stories import STORIES
from tests.support.world import DAY, HOUR, World, told_world


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Ada at noon."""
    with told_world(monkeypatch) as told:
        yield told


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
        world.forget()
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


def test_a_page_is_filled_with_the_next_kinds(world: World) -> None:
    assert Snapshots().page(world.person.pk, as_of=world.now, after=None) == ([], None)
    world.make("Send invoice", None)
    world.name("project", "Work")
    items, after = Snapshots().page(world.person.pk, as_of=world.now, after=None)
    assert ([item["kind"] for item in items], after) == (["project", "task"], None)


@pytest.mark.parametrize("rows", [1, 2, 3, 200])
def test_first_pages_of_many_are_what_each_gets_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any, rows: int
) -> None:
    for module in (organisation_queries, queries, planning_queries):
        monkeypatch.setattr(module, "SNAPSHOT_PAGE_ROWS", rows)
    people = [world.person, *(User.objects.create_user(f"{n}@example.org") for n in range(4))]
    for number, person in enumerate(people):
        other = World(world.clock, person)
        for n in range(number):
            other.make(f"Task {n}", None)
            other.ask(f"Goal {n}")
            other.name("project", f"Project {n}")
            other.name("label", f"Label {n}")
    streams = [*(person.pk for person in people), uuid.UUID(int=9)]

    with django_assert_num_queries(4):
        found = Snapshots().first_pages(streams, as_of=world.now)

    assert found == [Snapshots().page(stream, as_of=world.now, after=None) for stream in streams]
    assert found[0] == found[-1] == ([], None)
