"""The main job, by a foreign client: a task with a deadline, watched to the instant it is missed and on."""

from collections.abc import Callable

import pytest

from tests.support.client import Client, Listener, Page, in_seconds, utc, wire
from tests.support.servers import KINDS, Kind, Server

pytestmark = pytest.mark.untimed


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Which server program."""
    found: Kind = request.param
    return found


@pytest.fixture(params=["process", "off"])
def server(request: pytest.FixtureRequest, kind: Kind, shared_server: Callable[..., Server]) -> Server:
    """A server with its engine, its doorbell on or off: each way to run."""
    return shared_server(kind, DOORBELL=request.param)


@pytest.fixture
def deaf_server(shared_server: Callable[..., Server]) -> Server:
    """A server whose doorbell never rings, where the rules don't depend on which server it is."""
    return shared_server("uvicorn", DOORBELL="off")


async def assert_all_agree(client: Client, listener: Listener) -> None:
    """State by events, state of a newcomer and the list are the same, field by field."""
    assert listener.tasks == await client.snapshot() == await client.tasks()


async def test_a_deadline_is_told_once_at_its_instant_and_a_late_completion_after_it(server: Server) -> None:
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        deadline = in_seconds(1.5)
        task = await ada.create(deadline=deadline)
        assert (task["bucket"], task["deadline"]) == ("upcoming", wire(deadline))

        missed = await listener.event("task.missed", task)

        assert utc(missed["at"]) == deadline
        assert missed["data"]["task"] == {**task, "bucket": "missed"}
        assert (missed["actor"], missed["op_id"]) == (None, None)
        assert deadline <= utc(missed["data"]["fired_at"])
        assert listener.arrived[missed["seq"]] >= deadline.timestamp()

        completed = await ada.act("complete", task["id"])

        assert (completed["bucket"], completed["outcome"]) == ("completed", "late")
        late_s = (utc(completed["completed_at"]) - deadline).total_seconds()
        assert completed["lateness_s"] == pytest.approx(late_s)
        told = await listener.event("task.completed", task)
        assert told["data"]["task"] == completed
        assert [event["type"] for event in listener.events] == [
            "task.created",
            "task.missed",
            "task.completed",
        ]
        await assert_all_agree(ada, listener)


async def test_a_client_that_was_cut_off_resumes_with_just_what_it_lacks(server: Server) -> None:
    async with await Client.sign_up(server.url) as ada:
        listener, bystander = await ada.listen(), await ada.listen()
        kept, due = await ada.create("Kept"), await ada.create("Due", deadline=in_seconds(1))
        await listener.event("task.created", due)

        await listener.cut()
        gone = await ada.create("Gone")
        await ada.delete(gone["id"])
        await ada.change(kept["id"], title="Kept and renamed")
        for type_, task in (("deleted", gone), ("updated", kept), ("missed", due)):
            await bystander.event(f"task.{type_}", task)
        assert len(listener.events) <= len(bystander.events) - 3
        await listener.resume()

        assert listener.welcome is not None
        assert listener.welcome["resumed"]
        await listener.reach(bystander.last_seq or 0)
        assert listener.events == bystander.events
        assert not [frame for frame in listener.frames if frame["type"] == "snapshot"]
        await assert_all_agree(ada, listener)


async def test_a_deadline_that_is_moved_is_missed_afresh_and_only_then(deaf_server: Server) -> None:
    async with await Client.sign_up(deaf_server.url) as ada:
        listener = await ada.listen()
        task = await ada.create(deadline=in_seconds(0.3))
        await listener.event("task.missed", task)

        second = in_seconds(1.5)
        moved = await ada.change(task["id"], deadline=second)

        assert moved["bucket"] == "upcoming"
        await listener.until("a second task.missed", lambda: len(listener.of(task, "task.missed")) == 2)
        again = listener.of(task, "task.missed")[1]
        assert utc(again["at"]) == second
        assert again["data"]["task"]["version"] == moved["version"]
        await assert_all_agree(ada, listener)


async def test_what_is_completed_or_deleted_in_time_is_never_missed(deaf_server: Server) -> None:
    async with await Client.sign_up(deaf_server.url) as ada:
        listener = await ada.listen()
        deadline = in_seconds(1.5)
        done, deleted = (
            await ada.create("Done", deadline=deadline),
            await ada.create("Gone", deadline=deadline),
        )
        left = await ada.create("Left", deadline=deadline)
        await ada.act("complete", done["id"])
        await ada.delete(deleted["id"])

        await listener.event("task.missed", left)

        # The engine fires by deadline and then by id; all three had the same deadline.
        marker = await ada.create("Marker", deadline=in_seconds(0.1))
        await listener.event("task.missed", marker)
        assert not listener.of(done, "task.missed")
        assert not listener.of(deleted, "task.missed")
        await assert_all_agree(ada, listener)


@pytest.mark.parametrize(("kind", "bell"), [("uvicorn", "process"), ("daphne", "off")])
async def test_every_kind_of_write_reaches_two_listeners_alike(
    kind: Kind, bell: str, shared_server: Callable[..., Server]
) -> None:
    server = shared_server(kind, DOORBELL=bell)
    async with await Client.sign_up(server.url) as ada:
        one, two = await ada.listen(), await ada.listen()
        task = await ada.create("Everything", notes="at once", priority=1)
        await ada.change(task["id"], due_date="2026-01-01", time_zone="Europe/Berlin")
        for verb in ("complete", "reopen"):
            await ada.act(verb, task["id"])
        await ada.delete(task["id"])
        await ada.act("restore", task["id"])
        last = await ada.create("Last")

        for listener in (one, two):
            await listener.event("task.created", last)
        assert one.events == two.events
        assert [event["type"].removeprefix("task.") for event in one.of(task)] == [
            "created",
            "updated",
            "missed",
            "completed",
            "reopened",
            "deleted",
            "restored",
        ]
        await assert_all_agree(ada, one)


async def test_a_page_listens_by_its_cookie(kind: Kind, shared_server: Callable[..., Server]) -> None:
    server = shared_server(kind, DOORBELL="process")
    async with Page(server.url) as page:
        listener = page.listener(origin=server.url)
        await listener.connect()
        await listener.hello()
        await listener.until("snapshot", lambda: listener.has_state)

        task = await page.create("Water the plants")

        await listener.event("task.created", task)
        await listener.close()
