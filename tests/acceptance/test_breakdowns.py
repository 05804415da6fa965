"""A goal becomes steps, seen by a foreign client on real servers."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.client import BREAKDOWNS, Client, Listener, utc, wire
from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import Stream, plan
from tests.support.servers import KINDS, Kind, Server

pytestmark = pytest.mark.untimed

GOAL = "Write my thesis on urban trees"
WHOLE = plan()
TWO_STEPS = WHOLE[: WHOLE.index("Outline")]


@pytest.fixture
def server(gemini: FakeGemini, start_server: Callable[..., Server]) -> Server:
    """A server that has a key, to the fake Gemini."""
    return start_server(**gemini.env)


def types(listener: Listener, draft: dict[str, Any]) -> list[str]:
    """Return what was told of a breakdown, without the kind."""
    return [event["type"].partition(".")[2] for event in listener.of(draft)]


def next_month() -> datetime:
    """Return a deadline that leaves time enough."""
    return datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0) + timedelta(days=30)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_goal_becomes_steps_that_become_tasks_and_one_undo_takes_all_back(
    kind: Kind, shared_server: Callable[..., Server]
) -> None:
    server = shared_server(kind)
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        deadline = next_month()
        task = await ada.create(GOAL, deadline=deadline)
        draft = await ada.break_down(task=task["id"])
        assert (draft["status"], draft["planner"], draft["steps"]) == ("queued", "offline", [])

        ready = (await listener.event("breakdown.ready", draft))["data"]["breakdown"]
        steps = ready["steps"]
        assert types(listener, draft) == ["started", "started", *["step"] * len(steps), "ready"]
        assert [event["data"]["step"] for event in listener.of(draft, "breakdown.step")] != []
        assert ready == await ada.breakdown(draft["id"])
        ends = [utc(step["deadline"]) for step in steps]
        assert ends == sorted(set(ends)), "each ends after the one before it"
        assert ends[-1] <= deadline
        by_key = {step["key"]: step for step in steps}
        for step in steps:
            for key in step["depends_on"]:
                assert utc(by_key[key]["deadline"]) <= utc(step["starts_at"])

        answer = await ada.send("POST", f"{BREAKDOWNS}{draft['id']}/apply/")
        op_id = answer.json()["applied_op"]
        applied = await listener.event("breakdown.applied", draft)
        made = [event for event in listener.events if event["op_id"] == op_id]
        assert [event["type"] for event in made] == ["task.created"] * len(steps) + ["breakdown.applied"]
        assert applied["seq"] == made[-1]["seq"] == made[0]["seq"] + len(steps)
        assert [
            (
                event["data"]["task"]["title"],
                event["data"]["task"]["deadline"],
                event["data"]["task"]["parent"],
            )
            for event in made[:-1]
        ] == [(step["title"], step["deadline"], task["id"]) for step in steps]
        assert listener.tasks == await ada.tasks()

        undone = await ada.send("POST", "/api/v1/undo/", json={"op_id": op_id})
        assert undone.status_code == 200, undone.text
        await listener.event("breakdown.updated", draft)
        await listener.reach(applied["seq"] + len(steps) + 1)
        assert listener.tasks == await ada.tasks() == {task["id"]: task}
        newcomer = await ada.newcomer()
        assert newcomer.breakdowns == listener.breakdowns
        assert newcomer.breakdowns[draft["id"]]["status"] == "ready"


async def test_a_client_that_comes_back_in_the_middle_has_every_step(
    server: Server, gemini: FakeGemini
) -> None:
    gemini.answer(Stream(texts=[TWO_STEPS, WHOLE[len(TWO_STEPS) :]], hold_before=1))
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        draft = await ada.break_down(goal=GOAL, deadline=wire(next_month()))
        await listener.until("first step", lambda: listener.of(draft, "breakdown.step"))
        await listener.cut()
        newcomer = await ada.listen()
        await newcomer.until(
            "two steps", lambda: len(newcomer.breakdowns.get(draft["id"], {"steps": []})["steps"]) == 2
        )
        gemini.release()
        await newcomer.event("breakdown.ready", draft)
        await listener.resume()
        assert listener.welcome is not None
        assert listener.welcome["resumed"]
        await listener.event("breakdown.ready", draft)
        keys = [event["data"]["step"] for event in listener.of(draft, "breakdown.step")]
        assert keys == ["sources", "question", "outline", "draft", "check"]
        assert listener.breakdowns == newcomer.breakdowns


async def test_a_fault_is_told_and_the_next_try_is_whole(server: Server, gemini: FakeGemini) -> None:
    gemini.answer(Stream(texts=[TWO_STEPS], finish="SAFETY"))
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        draft = await ada.break_down(goal=GOAL)
        failed = (await listener.event("breakdown.failed", draft))["data"]["breakdown"]
        assert (failed["status"], failed["error"]["code"], failed["steps"]) == ("failed", "ai_blocked", [])
        again = await ada.send("POST", f"{BREAKDOWNS}{draft['id']}/regenerate/", json={})
        assert again.status_code == 202, again.text
        ready = (await listener.event("breakdown.ready", draft))["data"]["breakdown"]
        assert (len(ready["steps"]), ready["error"], ready["attempt"]) == (5, None, 2)
        assert (await ada.send("GET", "/api/v1/ai/")).json()["budget"]["left"] == 28
        assert await ada.tasks() == {}


async def test_cancelled_in_the_middle_it_stays_cancelled(server: Server, gemini: FakeGemini) -> None:
    gemini.answer(Stream(texts=[TWO_STEPS], finish=None, ending="silent"))
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        draft = await ada.break_down(goal=GOAL)
        await listener.until("two steps", lambda: len(listener.of(draft, "breakdown.step")) == 2)
        await ada.send("POST", f"{BREAKDOWNS}{draft['id']}/cancel/")
        await listener.event("breakdown.cancelled", draft)
        assert await asyncio.to_thread(gemini.hung_up.wait, 15)
        assert types(listener, draft)[-1] == "cancelled"
        assert (await ada.breakdown(draft["id"]))["status"] == "cancelled"


async def test_a_server_that_is_stopped_leaves_the_breakdown_to_the_next(
    server: Server, gemini: FakeGemini
) -> None:
    gemini.answer(Stream(texts=[TWO_STEPS], finish=None, ending="silent"))
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        draft = await ada.break_down(goal=GOAL)
        await listener.until("two steps", lambda: len(listener.of(draft, "breakdown.step")) == 2)
        await asyncio.to_thread(server.restart)
        await listener.come_back()
        ready = (await listener.event("breakdown.ready", draft))["data"]["breakdown"]
        assert (ready["attempt"], len(ready["steps"])) == (2, 5)
