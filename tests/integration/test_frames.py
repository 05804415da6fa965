"""The frames of protocol v1: golden ones that server and clients are held to, and the document about them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
import yaml
from django.conf import settings

from realtime import consumers, envelope
from realtime.cursor import MAX_UNACKED_BYTES, MAX_UNACKED_EVENTS
from realtime.envelope import (
    Ack,
    Bye,
    ClientFrame,
    CloseCode,
    Events,
    Hello,
    Ping,
    Pong,
    ProtocolError,
    ServerFrame,
    Snapshot,
    Welcome,
)
from taskengine.api import asyncapi
from taskengine.organisation.events import NamedEvent
from taskengine.planning.events import BreakdownEvent
from taskengine.tasks.events import TaskEvent
from tests.support import contracts
from tests.support.accounts import AppClient
from tests.support.stories import STORIES
from tests.support.world import NOON, World, told_world

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "asyncapi.yaml"
EVENT_TYPES = [
    *(f"{kind}.{event}" for kind in ("project", "label") for event in NamedEvent),
    *(str(event) for events in (TaskEvent, BreakdownEvent) for event in events),
]

CLIENT: Mapping[str, tuple[ClientFrame, Mapping[str, Any]]] = {
    "hello, for the first time": (Hello(), {}),
    "hello, with nulls": (Hello(), {"since": None, "epoch": None}),
    "hello, to resume": (Hello(since=2, epoch="e1"), {"since": 2, "epoch": "e1"}),
    "ack": (Ack(seq=2), {"seq": 2}),
    "pong": (Pong(), {}),
}
REFUSED: Mapping[str, Mapping[str, Any]] = {
    "a type that is none": {"type": "subscribe"},
    "no type": {"since": 1},
    "a type of the server": {"type": "ping", "head": 1, "t": "2026-11-22T12:00:00.000000Z"},
    "hello, with a field that is none": {"type": "hello", "token": "x"},
    "hello, with a since that is text": {"type": "hello", "since": "2"},
    "hello, with a negative since": {"type": "hello", "since": -1},
    "hello, with an epoch that is a number": {"type": "hello", "epoch": 1},
    "ack, without a seq": {"type": "ack"},
    "ack, with a field that is none": {"type": "ack", "seq": 1, "at": 2},
    "pong, with a field that is none": {"type": "pong", "t": 1},
}
PASSED_OVER: Mapping[str, Mapping[str, Any]] = {
    "a type of tomorrow": {"type": "presence", "who": ["Ben"]},
    "a field of tomorrow": {"type": "ping", "head": 2, "t": "2026-11-22T12:00:00.000000Z", "load": 0.5},
}


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Ada at noon."""
    with told_world(monkeypatch) as told:
        yield told


def test_the_golden_frames_are_what_the_server_sends_and_understands(world: World) -> None:
    """Every frame of both sides, with an event of every type, a close of every code, and all kinds."""
    for story in STORIES:
        world.forget()
        story(world)
    first: dict[str, dict[str, Any]] = {}
    for event in world.events(after=0):
        first.setdefault(event["type"], event)
    items: dict[str, Mapping[str, Any]] = {}
    for item in world.snapshot():
        items.setdefault(item["kind"], item)
    assert list(items) == ["project", "label", "task", "breakdown"]
    server: dict[str, ServerFrame] = {
        "welcome, resumed": Welcome(epoch="e1", head=2, server_time=NOON, resumed=True),
        "welcome, a snapshot follows": Welcome(epoch="e1", head=2, server_time=NOON, resumed=False),
        "snapshot, empty": Snapshot(seq=0, items=(), done=True),
        "snapshot, more follows": Snapshot(seq=2, items=_encoded(items["task"]), done=False),
        "snapshot, begun anew with another seq": Snapshot(seq=9, items=_encoded(*items.values()), done=True),
        "ping": Ping(head=2, t=NOON),
    }
    for type_ in EVENT_TYPES:
        seq = first[type_]["seq"]
        server[f"events, {type_}"] = Events(first=seq, last=seq, items=_encoded(first[type_]))
    two = [first["task.created"], {**first["task.missed"], "seq": first["task.created"]["seq"] + 1}]
    server["events, several"] = Events(first=two[0]["seq"], last=two[1]["seq"], items=_encoded(*two))
    for code in CloseCode:
        retry_after_s = 1.5 if code < 4500 else None
        reason = f"Why it is {code.name.lower().replace('_', ' ')}."
        server[f"bye, {int(code)}"] = Bye(code=code, reason=reason, retry_after_s=retry_after_s)
    assert {frame.TYPE for frame in server.values()} == {frame.TYPE for frame in envelope.SERVER_FRAMES}

    contracts.check(
        "frames.json",
        {
            "frames": [
                *(_golden(name, "server", orjson.loads(frame.encode())) for name, frame in server.items()),
                *(_golden(name, "client", frame) for name, (_, frame) in _client_frames().items()),
            ],
            "refused": [_golden(name, "client", frame) for name, frame in REFUSED.items()],
            "passed_over": [_golden(name, "server", frame) for name, frame in PASSED_OVER.items()],
        },
    )


def _encoded(*items: Mapping[str, Any]) -> list[str]:
    return [envelope.encode_item(item) for item in items]


def _client_frames() -> dict[str, tuple[ClientFrame, dict[str, Any]]]:
    return {name: (frame, {"type": frame.TYPE, **rest}) for name, (frame, rest) in CLIENT.items()}


def _golden(name: str, direction: str, frame: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "direction": direction, "frame": frame}


# --- Each golden frame, read back from the file ----------------------------------------------------

GOLDEN: dict[str, list[dict[str, Any]]] = json.loads((contracts.FOLDER / "frames.json").read_text())


def _of(group: str, direction: str) -> pytest.MarkDecorator:
    chosen = [one for one in GOLDEN.get(group, []) if one["direction"] == direction]
    return pytest.mark.parametrize("golden", chosen, ids=[one["name"] for one in chosen])


@pytest.fixture(scope="module")
def payload() -> Callable[[Mapping[str, Any]], jsonschema.Draft202012Validator]:
    """What checks a frame against the document's schema for its type."""
    document = yaml.safe_load(DOCUMENT.read_text())

    def validator(frame: Mapping[str, Any]) -> jsonschema.Draft202012Validator:
        message = document["components"]["messages"][frame["type"]]
        return jsonschema.Draft202012Validator(
            {**message["payload"], "components": document["components"]},
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )

    return validator


@_of("frames", "server")
def test_a_frame_of_the_server_is_as_the_document_says(golden: dict[str, Any], payload: Any) -> None:
    payload(golden["frame"]).validate(golden["frame"])


@_of("frames", "client")
def test_a_frame_of_a_client_is_understood_and_as_the_document_says(
    golden: dict[str, Any], payload: Any
) -> None:
    payload(golden["frame"]).validate(golden["frame"])
    read, _ = _client_frames()[golden["name"]]
    assert envelope.decode(json.dumps(golden["frame"])) == read


@_of("refused", "client")
def test_what_is_refused_is_against_the_document_too(golden: dict[str, Any], payload: Any) -> None:
    with pytest.raises(ProtocolError):
        envelope.decode(json.dumps(golden["frame"]))
    if golden["frame"].get("type") in {frame.TYPE for frame in envelope.CLIENT_FRAMES}:
        assert not payload(golden["frame"]).is_valid(golden["frame"])


@pytest.mark.parametrize("broken", ["type", "seq", "data", "id", "v"])
def test_an_event_that_lacks_something_is_against_the_document(broken: str, payload: Any) -> None:
    golden = next(one["frame"] for one in GOLDEN["frames"] if one["name"] == "events, task.missed")
    event = {name: value for name, value in golden["items"][0].items() if name != broken}
    assert not payload(golden).is_valid({**golden, "items": [event]})


def test_a_task_of_another_shape_is_against_the_document(payload: Any) -> None:
    golden = next(one["frame"] for one in GOLDEN["frames"] if one["name"] == "snapshot, more follows")
    item = golden["items"][0]
    wrong = {**item, "data": {**item["data"], "priority": 9}}
    assert not payload(golden).is_valid({**golden, "items": [wrong]})


# --- The document ---------------------------------------------------------------------------------


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text() == asyncapi.text(), "run `make openapi`"


def test_the_document_is_whole() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    assert document["asyncapi"] == "3.0.0"
    assert set(document) >= {"info", "channels", "operations", "components"}
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    references = list(_references(document))
    assert references
    for reference in references:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
    said = {
        operation["action"]: {message["$ref"].rpartition("/")[2] for message in operation["messages"]}
        for operation in document["operations"].values()
    }
    assert said == {
        "send": {frame.TYPE for frame in envelope.SERVER_FRAMES},
        "receive": {frame.TYPE for frame in envelope.CLIENT_FRAMES},
    }
    assert document["components"]["schemas"]["Event"]["properties"]["type"]["enum"] == EVENT_TYPES


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_the_document_is_served_beside_the_other() -> None:
    answer = AppClient().send("GET", "/api/v1/asyncapi/")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/vnd.aai.asyncapi+yaml")
    assert answer.content.decode() == DOCUMENT.read_text()


# --- The page about the protocol --------------------------------------------------------------------

PAGE = (DOCUMENT.parent / "realtime.md").read_text()
DIAGRAM = PAGE.partition("```mermaid")[2].partition("```")[0]


def test_the_page_has_each_close_code_and_says_who_comes_back() -> None:
    table = PAGE.partition("## Close codes")[2].partition("\n\n##")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines() if line.startswith("| 4")]
    comes_back = {int(code): again.strip().startswith("yes") for code, _, again in rows}

    assert comes_back == {int(code): code < 4500 for code in CloseCode}
    # A client learns of each by the diagram, too.
    assert {int(code) for code in re.findall(r"\((4\d{3})\)", DIAGRAM)} == {int(code) for code in CloseCode}


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("no hello in {} s", [consumers.HELLO_TIMEOUT_S]),
        ("no ack in {} s (4008)", [consumers.STALL_TIMEOUT_S]),
        ("live --> full: {:,} events or {} KiB", [MAX_UNACKED_EVENTS, MAX_UNACKED_BYTES // 1024]),
        ("no pong for {} seconds (4012)", [consumers.PONG_TIMEOUT_S]),
        ("takes nothing in for {} (4008)", [consumers.STALL_TIMEOUT_S]),
        ("about every {} seconds", [consumers.PING_INTERVAL_S]),
        ("{} sockets of a person", [settings.SOCKETS_PER_USER]),
        ("frames of {} Ki characters", [envelope.MAX_CLIENT_FRAME_CHARS // 1024]),
        ("end at {} Ki characters", [envelope.MAX_SERVER_FRAME_CHARS // 1024]),
        ("in {} seconds (`SOCKETS_DISMISSED_WITHIN_S`)", [settings.SOCKETS_DISMISSED_WITHIN_S]),
    ],
)
def test_the_page_has_the_figures_that_the_code_has(words: str, figures: list[int]) -> None:
    assert words.format(*figures) in " ".join(PAGE.split())
