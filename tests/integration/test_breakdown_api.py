"""`/api/v1/breakdowns/` and `/api/v1/ai/` as a client sees them."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from taskengine.api.throttles import AiThrottle
from taskengine.planning.models import Breakdown
from tests.support.accounts import AppClient
from tests.support.breakdowns import GOAL, plan, planned, work

pytestmark = pytest.mark.django_db

BREAKDOWNS = "/api/v1/breakdowns/"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FRIDAY = "2026-11-27T17:00:00.000000Z"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Monday noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada() -> AppClient:
    """Ada, logged in."""
    client = AppClient()
    client.sign_up("ada@example.org")
    return client


@pytest.fixture
def eve() -> AppClient:
    """Eve, logged in."""
    client = AppClient()
    client.sign_up("eve@example.org")
    return client


def start(client: AppClient, **fields: Any) -> dict[str, Any]:
    """Ask for a breakdown; return it as it was answered."""
    response = client.send("POST", BREAKDOWNS, {"goal": GOAL, **fields})
    assert response.status_code == 202, response.content
    draft: dict[str, Any] = response.json()
    return draft


def ready(client: AppClient, **fields: Any) -> dict[str, Any]:
    """Return a breakdown whose steps are made."""
    draft = start(client, **fields)
    work(Breakdown.objects.get(id=draft["id"]))
    return read(client, draft)


def read(client: AppClient, draft: dict[str, Any]) -> dict[str, Any]:
    """Return a breakdown as it is now."""
    response = client.send("GET", path(draft))
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def path(draft: dict[str, Any], rest: str = "") -> str:
    """Return a breakdown's address, or what stands below it."""
    return f"{BREAKDOWNS}{draft['id']}/{rest}"


def keys(draft: dict[str, Any]) -> list[str]:
    """Return the steps by their keys."""
    return [step["key"] for step in draft["steps"]]


def codes(response: Any) -> dict[str, str]:
    """Return pointer → code of a problem document, after a look at its shape."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == response.status_code
    return {error["pointer"]: error["code"] for error in body["errors"]}


def test_a_breakdown_is_answered_whole_and_at_once(ada: AppClient) -> None:
    assert start(ada, deadline=FRIDAY, context="I have a week", language="en") | {"id": ""} == {
        "id": "",
        "task": None,
        "goal": GOAL,
        "notes": "",
        "deadline": FRIDAY,
        "granularity": 3,
        "context": "I have a week",
        "answers": [],
        "language": "en",
        "status": "queued",
        "attempt": 0,
        "planner": "offline",
        "model": None,
        "verdict": None,
        "reason": "",
        "questions": [],
        "assumptions": [],
        "risks": [],
        "remarks": [],
        "steps": [],
        "misfit": None,
        "error": None,
        "applied_op": None,
        "version": 1,
        "created_at": "2026-11-23T12:00:00.000000Z",
        "updated_at": "2026-11-23T12:00:00.000000Z",
    }


def test_a_step_is_answered_whole(ada: AppClient) -> None:
    assert ready(ada, deadline=FRIDAY)["steps"][1] == {
        "key": "outline",
        "title": "Outline the chapters",
        "why": "",
        "done_when": "There is a note on outline.",
        "estimate_min": 60,
        "depends_on": ["sources"],
        "optional": False,
        "locked": False,
        "starts_at": "2026-11-27T11:00:00.000000Z",
        "deadline": "2026-11-27T12:00:00.000000Z",
    }


def test_a_task_is_broken_down_applied_and_taken_back(ada: AppClient) -> None:
    task = ada.send("POST", "/api/v1/tasks/", {"title": GOAL, "deadline": FRIDAY}).json()
    draft = start(ada, goal=None, task=task["id"])
    assert (draft["task"], draft["goal"], draft["deadline"]) == (task["id"], GOAL, FRIDAY)
    work(Breakdown.objects.get(id=draft["id"]))

    response = ada.send("POST", path(draft, "apply/"))
    applied = response.json()
    assert (response.status_code, applied["status"]) == (200, "applied")
    assert applied["applied_op"] == response["Operation-Id"]
    made = ada.send("GET", f"/api/v1/tasks/?parent={task['id']}").json()["results"]
    assert [(one["title"], one["deadline"], one["estimate_min"]) for one in made] == [
        (step["title"], step["deadline"], step["estimate_min"]) for step in applied["steps"]
    ]
    repeat = ada.send("POST", path(draft, "apply/"))
    assert (repeat.status_code, repeat.json()) == (200, applied)

    undone = ada.send("POST", "/api/v1/undo/", {"op_id": applied["applied_op"]})
    assert undone.status_code == 200, undone.content
    assert [one["kind"] for one in undone.json()["objects"]] == ["breakdown", *["task"] * 4]
    assert ada.send("GET", f"/api/v1/tasks/?parent={task['id']}").json()["results"] == []
    back = read(ada, draft)
    assert (back["status"], back["applied_op"], back["steps"]) == ("ready", None, applied["steps"])

    # Undo the undo, and it is applied again: the same tasks are back.
    redone = ada.send("POST", "/api/v1/undo/", {"op_id": undone.json()["op_id"]})
    assert redone.status_code == 200, redone.content
    again = ada.send("GET", f"/api/v1/tasks/?parent={task['id']}").json()["results"]
    assert {one["id"] for one in again} == {one["id"] for one in made}
    assert (read(ada, draft)["status"], read(ada, draft)["applied_op"]) == ("applied", applied["applied_op"])


def test_a_goal_of_its_own_goes_with_the_undo_and_can_be_applied_again(ada: AppClient) -> None:
    draft = ready(ada)
    first = ada.send("POST", path(draft, "apply/")).json()
    ada.send("POST", "/api/v1/undo/", {"op_id": first["applied_op"]})
    assert ada.send("GET", "/api/v1/tasks/").json()["results"] == []
    assert read(ada, draft)["task"] is None
    second = ada.send("POST", path(draft, "apply/")).json()
    assert second["task"] != first["task"]
    assert len(ada.send("GET", "/api/v1/tasks/").json()["results"]) == 5


def test_what_was_worked_on_since_stands_against_the_undo(ada: AppClient) -> None:
    draft = ready(ada)
    applied = ada.send("POST", path(draft, "apply/")).json()
    (one, *_) = ada.send("GET", f"/api/v1/tasks/?parent={applied['task']}").json()["results"]
    ada.send("POST", f"/api/v1/tasks/{one['id']}/complete/")
    refused = ada.send("POST", "/api/v1/undo/", {"op_id": applied["applied_op"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "undo_conflict")
    assert read(ada, draft)["status"] == "applied"
    assert len(ada.send("GET", "/api/v1/tasks/").json()["results"]) == 5


def test_an_edit_of_a_draft_is_taken_back_unless_it_was_edited_since(ada: AppClient) -> None:
    draft = ready(ada, deadline=FRIDAY)
    removed = ada.send("DELETE", path(draft, "steps/outline/"))
    assert keys(removed.json()) == ["sources", "draft", "proof"]
    op_id = removed["Operation-Id"]
    assert ada.send("POST", "/api/v1/undo/", {"op_id": op_id}).status_code == 200
    assert read(ada, draft)["steps"] == draft["steps"]

    moved = ada.send("PATCH", path(draft), {"deadline": "2026-11-26T17:00:00Z"})
    ada.send("PATCH", path(draft, "steps/sources/"), {"title": "Find sources"})
    refused = ada.send("POST", "/api/v1/undo/", {"op_id": moved["Operation-Id"]})
    assert (refused.status_code, codes(refused)) == (
        409,
        {f"/breakdown/{draft['id']}/steps": "undo_conflict"},
    )


def test_a_cancel_is_taken_back_but_not_of_what_was_being_made(ada: AppClient) -> None:
    draft, other = ready(ada), start(ada)
    cancelled = ada.send("POST", path(draft, "cancel/"))
    assert cancelled.json()["status"] == "cancelled"
    assert ada.send("POST", path(draft, "cancel/")).json() == cancelled.json()
    ada.send("POST", "/api/v1/undo/", {"op_id": cancelled["Operation-Id"]})
    assert read(ada, draft)["status"] == "ready"
    lost = ada.send("POST", path(other, "cancel/"))["Operation-Id"]
    refused = ada.send("POST", "/api/v1/undo/", {"op_id": lost})
    assert (refused.status_code, refused.json()["code"]) == (409, "undo_impossible")


def test_steps_are_edited_by_their_keys(ada: AppClient) -> None:
    draft = ready(ada, deadline=FRIDAY)
    added = ada.send(
        "POST",
        path(draft, "steps/"),
        {"title": "Ask Ben", "estimate_min": 30, "after": "sources", "depends_on": ["sources", "sources"]},
    )
    assert added.status_code == 201, added.content
    assert keys(added.json()) == ["sources", "step-5", "outline", "draft", "proof"]
    assert added.json()["steps"][1] | {"starts_at": "", "deadline": ""} == {
        "key": "step-5", "title": "Ask Ben", "why": "", "done_when": "", "estimate_min": 30,
        "depends_on": ["sources"], "optional": False, "locked": True, "starts_at": "", "deadline": "",
    }  # fmt: skip
    moved = ada.send("PATCH", path(draft, "steps/step-5/"), {"after": "proof", "locked": False})
    assert (moved.status_code, keys(moved.json())[-1]) == (200, "step-5")
    removed = ada.send("DELETE", path(draft, "steps/step-5/"))
    assert (removed.status_code, removed.json()["steps"]) == (200, draft["steps"])


def test_a_plan_is_made_anew_and_a_step_is_split(ada: AppClient) -> None:
    draft = ready(ada)
    ada.send("PATCH", path(draft, "steps/sources/"), {"locked": True})
    answers = [{"question": "How long?", "answer": "Eighty pages"}]
    again = ada.send("POST", path(draft, "regenerate/"), {"granularity": 5, "answers": answers})
    assert (again.status_code, again.json()["status"], keys(again.json())) == (202, "queued", ["sources"])
    assert (again.json()["granularity"], again.json()["answers"]) == (5, answers)
    work(Breakdown.objects.get(id=draft["id"]), plan([planned("write", "Write it", "sources")]))
    split = ada.send("POST", path(draft, "steps/write/split/"))
    assert (split.status_code, keys(split.json())) == (202, ["sources", "write"])
    work(
        Breakdown.objects.get(id=draft["id"]), plan([planned("begin", "Begin it"), planned("end", "End it")])
    )
    assert keys(read(ada, draft)) == ["sources", "begin", "end"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"goal": None}, {"/goal": "required"}),
        ({"goal": " "}, {"/goal": "blank"}),
        ({"goal": "x" * 501}, {"/goal": "max_length"}),
        ({"granularity": 6}, {"/granularity": "max_value"}),
        ({"granularity": 0}, {"/granularity": "min_value"}),
        ({"deadline": "2026-11-27T17:00:00"}, {"/deadline": "naive"}),
        ({"language": "English, please"}, {"/language": "invalid"}),
        ({"context": "x" * 4001}, {"/context": "max_length"}),
        ({"answers": [{"question": "Q"}]}, {"/answers/0/answer": "required"}),
        ({"answers": [{"question": "Q", "answer": "A", "mood": "B"}]}, {"/answers/0/mood": "unknown_field"}),
        ({"answers": "none"}, {"/answers": "not_a_list"}),
        ({"answers": [{"question": "Q", "answer": "A"}] * 11}, {"/answers": "max_length"}),
        ({"planner": "gemini"}, {"/planner": "unknown_field"}),
    ],
)
def test_what_is_not_understood_is_refused_by_its_field(
    ada: AppClient, fields: dict[str, Any], expected: dict[str, str]
) -> None:
    response = ada.send("POST", BREAKDOWNS, {"goal": GOAL, **fields})
    assert (response.status_code, codes(response)) == (400, expected)
    assert not Breakdown.objects.exists()


@pytest.mark.parametrize(
    ("method", "rest", "body", "status", "code"),
    [
        ("PATCH", "", {"steps": []}, 400, "invalid"),
        ("PATCH", "", {"drop": ["no-such"]}, 404, "step_not_found"),
        ("POST", "steps/", {"title": "No estimate"}, 400, "invalid"),
        ("POST", "steps/", {"title": "A", "estimate_min": 0}, 400, "invalid"),
        ("POST", "steps/", {"title": "A", "estimate_min": 5, "after": "no-such"}, 404, "step_not_found"),
        ("POST", "steps/", {"title": "A", "estimate_min": 5, "depends_on": ["no-such"]}, 400, "unknown_dependency"),
        ("PATCH", "steps/no-such/", {"title": "A"}, 404, "step_not_found"),
        ("PATCH", "steps/sources/", {"deadline": FRIDAY}, 400, "invalid"),
        ("PATCH", "steps/sources/", {"depends_on": ["proof"]}, 400, "dependency_cycle"),
        ("PATCH", "steps/proof/", {"after": None}, 400, "step_order"),
        ("DELETE", "steps/no-such/", None, 404, "step_not_found"),
        ("POST", "steps/no-such/split/", {}, 404, "step_not_found"),
        ("POST", "regenerate/", {"goal": "Another"}, 400, "invalid"),
    ],
)  # fmt: skip
def test_an_edit_that_can_not_be_changes_nothing(
    ada: AppClient, method: str, rest: str, body: Any, status: int, code: str
) -> None:
    draft = ready(ada)
    response = ada.send(method, path(draft, rest), body)
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert read(ada, draft) == draft


VERBS = [
    ("GET", "", None),
    ("GET", "taken/", None),
    ("PATCH", "", {}),
    ("POST", "cancel/", None),
    ("POST", "regenerate/", {}),
    ("POST", "apply/", None),
    ("POST", "steps/", {"title": "Eve was here", "estimate_min": 5}),
    ("PATCH", "steps/sources/", {"title": "Eve was here"}),
    ("DELETE", "steps/sources/", None),
    ("POST", "steps/sources/split/", {}),
]


@pytest.mark.parametrize(("method", "rest", "body"), VERBS)
def test_a_stranger_finds_nothing(ada: AppClient, eve: AppClient, method: str, rest: str, body: Any) -> None:
    draft = ready(ada)
    response = eve.send(method, path(draft, rest), body)
    assert (response.status_code, response.json()["code"]) == (404, "breakdown_not_found")
    assert AppClient().send(method, path(draft, rest), body).status_code == 401
    assert read(ada, draft) == draft
    assert eve.send("GET", BREAKDOWNS).json()["results"] == []


def test_a_strangers_task_is_not_broken_down(ada: AppClient, eve: AppClient) -> None:
    task = ada.send("POST", "/api/v1/tasks/", {"title": "Ada's"}).json()
    response = eve.send("POST", BREAKDOWNS, {"task": task["id"]})
    assert (response.status_code, response.json()["code"]) == (404, "task_not_found")


@pytest.mark.parametrize(
    ("method", "rest", "body"), [verb for verb in VERBS if verb[1] not in ("", "taken/", "cancel/")]
)
def test_before_it_is_ready_only_a_cancel_helps(ada: AppClient, method: str, rest: str, body: Any) -> None:
    draft = start(ada)
    response = ada.send(method, path(draft, rest), body)
    assert (response.status_code, response.json()["code"]) == (409, "breakdown_not_ready")
    ada.send("POST", path(draft, "cancel/"))
    response = ada.send(method, path(draft, rest), body)
    assert (response.status_code, response.json()["code"]) == (409, "breakdown_closed")


def test_a_retry_is_answered_as_before(ada: AppClient, settings: Any) -> None:
    settings.GEMINI_API_KEY = "a key"
    key = str(uuid.uuid4())
    first = ada.send("POST", BREAKDOWNS, {"goal": GOAL}, **{"Idempotency-Key": key})
    again = ada.send("POST", BREAKDOWNS, {"goal": GOAL}, **{"Idempotency-Key": key})
    assert (again.status_code, again.json()) == (202, first.json())
    assert Breakdown.objects.count() == 1
    assert ada.send("GET", "/api/v1/ai/").json()["budget"]["left"] == 29


def test_the_hours_that_other_tasks_take_can_be_asked_for(ada: AppClient) -> None:
    task = ada.send("POST", "/api/v1/tasks/", {"title": GOAL, "deadline": FRIDAY, "estimate_min": 60}).json()
    ada.send("POST", "/api/v1/tasks/", {"title": "Tax form", "deadline": FRIDAY, "estimate_min": 600})
    draft = ready(ada, task=task["id"])
    assert ada.send("GET", path(draft, "taken/")).json() == {
        "taken": [
            {"starts_at": "2026-11-26T15:00:00.000000Z", "ends_at": "2026-11-26T17:00:00.000000Z"},
            {"starts_at": "2026-11-27T09:00:00.000000Z", "ends_at": FRIDAY},
        ],
        "as_of": "2026-11-23T12:00:00.000000Z",
    }
    assert read(ada, draft)["steps"][-1]["deadline"] == "2026-11-26T15:00:00.000000Z"


def test_nothing_is_taken_where_there_is_no_deadline(ada: AppClient) -> None:
    ada.send("POST", "/api/v1/tasks/", {"title": "Tax form", "deadline": FRIDAY, "estimate_min": 60})
    assert ada.send("GET", path(start(ada), "taken/")).json()["taken"] == []


def test_the_list_is_walked_newest_first(ada: AppClient, clock: time_machine.Traveller) -> None:
    made = []
    for number in range(5):
        made.append(start(ada, goal=f"Goal {number}")["id"])
        clock.shift(1)
    walked: list[str] = []
    cursor = ""
    while True:
        page = ada.send("GET", f"{BREAKDOWNS}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        assert page.keys() == {"results", "next_cursor", "as_of", "server_time"}
        walked += [draft["id"] for draft in page["results"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert walked == made[::-1]
    stolen = ada.send("GET", f"{BREAKDOWNS}?limit=2").json()["next_cursor"]
    assert ada.send("GET", f"/api/v1/tasks/?cursor={stolen}").status_code == 400


def test_it_is_said_which_planner_is_on_and_what_it_is_told(ada: AppClient, settings: Any) -> None:
    assert ada.send("GET", "/api/v1/ai/").json() == {
        "planner": "offline",
        "model": None,
        "budget": {"limit": 30, "left": 30, "resets_at": "2026-11-24T00:00:00.000000Z"},
        "sends": "Nothing leaves this server: the steps are made by rules, without AI.",
    }
    settings.GEMINI_API_KEY, settings.GEMINI_MODEL = "a key", "gemini-test"
    said = ada.send("GET", "/api/v1/ai/").json()
    assert (said["planner"], said["model"]) == ("gemini", "gemini-test")
    assert "Google's Gemini" in said["sends"]
    assert AppClient().send("GET", "/api/v1/ai/").status_code == 401


def test_a_budget_that_is_used_up_says_until_when(ada: AppClient, settings: Any) -> None:
    settings.GEMINI_API_KEY, settings.AI_BUDGET_PER_DAY = "a key", 1
    start(ada)
    response = ada.send("POST", BREAKDOWNS, {"goal": GOAL})
    assert (response.status_code, response.json()["code"]) == (429, "budget_exhausted")
    assert response["Retry-After"] == str(12 * 3600)
    assert ada.send("GET", "/api/v1/ai/").json()["budget"]["left"] == 0


def test_one_person_does_not_keep_all_workers_from_others(
    ada: AppClient, eve: AppClient, settings: Any
) -> None:
    settings.GEMINI_API_KEY = "a key"
    first = ready(ada)
    drafts = [start(ada) for _ in range(10)]
    for ask, body in (("", {"goal": GOAL}), (f"{first['id']}/regenerate/", {})):
        response = ada.send("POST", f"{BREAKDOWNS}{ask}", body)
        assert (response.status_code, response.json()["code"]) == (429, "too_many_in_the_making")
        assert response["Retry-After"] == "5"
    assert ada.send("GET", "/api/v1/ai/").json()["budget"]["left"] == 30 - 11, (
        "what was refused costs nothing"
    )
    assert start(eve)["status"] == "queued"
    ada.send("POST", path(drafts[0], "cancel/"))
    assert start(ada)["status"] == "queued"


def test_what_is_asked_of_a_planner_has_a_rate_of_its_own(
    ada: AppClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(AiThrottle, "THROTTLE_RATES", {"ai": "3/min"})
    draft = ready(ada)
    assert ada.send("POST", path(draft, "steps/sources/split/"), {}).status_code == 202
    work(Breakdown.objects.get(id=draft["id"]), plan([planned("begin", "Begin it")]))
    assert ada.send("POST", path(draft, "regenerate/"), {}).status_code == 202
    work(Breakdown.objects.get(id=draft["id"]))
    refused = ada.send("POST", BREAKDOWNS, {"goal": GOAL})
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert ada.send("PATCH", path(draft, "steps/sources/"), {"locked": True}).status_code == 200
    assert ada.send("GET", BREAKDOWNS).status_code == 200
