"""The Python client is held to the scenarios that the page's client is held to as well."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from taskengine_client import Change, Snapshot, Stream, StreamEnded
from taskengine_client.frames import parse
from tests.support.client import eventually
from tests.support.scripted import QUICK, ScriptedServer, scenarios

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
FRAMES = json.loads((CONTRACTS / "frames.json").read_text())["frames"]


def told(change: Change) -> dict[str, Any]:
    """Return a change as the scenarios write it."""
    at = {"epoch": change.cursor.epoch, "seq": change.cursor.seq}
    if isinstance(change, Snapshot):
        return {"snapshot": [item.data["id"] for item in change.items], "at": at}
    return {"event": change.type, "at": at}


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario["name"])
async def test_the_client_keeps_the_contract(scenario: dict[str, Any]) -> None:
    got: list[dict[str, Any]] = []
    end: StreamEnded | None = None
    async with (
        ScriptedServer(scenario["connections"]) as server,
        Stream(server.url, token="a token", pace=QUICK) as stream,
    ):

        async def listen() -> None:
            async for change in stream:
                got.append(told(change))  # noqa: PERF401 (what came so far counts)

        listening = asyncio.create_task(listen())
        await server.finish()
        with suppress(AssertionError):
            await eventually("change", lambda: len(got) >= len(scenario["changes"]), deadline_s=2)
        if scenario["ends"] is None:
            await asyncio.sleep(0.05)  # what comes too often comes after
            assert not listening.done(), listening
            listening.cancel()
        else:
            with pytest.raises(StreamEnded) as raised:
                await asyncio.wait_for(listening, 2)
            end = raised.value
    assert got == scenario["changes"]
    assert (end and end.code) == scenario["ends"]
    assert server.visits == len(scenario["connections"])


@pytest.mark.parametrize(
    "frame",
    [each["frame"] for each in FRAMES if each["direction"] == "server"],
    ids=[each["name"] for each in FRAMES if each["direction"] == "server"],
)
def test_the_frames_that_the_server_sends_are_understood(frame: dict[str, Any]) -> None:
    read = parse(json.dumps(frame))
    assert read is not None
    for name in read.__slots__:
        found = getattr(read, name)
        if isinstance(found, tuple):
            assert len(found) == len(frame["items"])
        else:
            assert found == (frame[name] if frame[name] is not None else 0)


def test_the_scripts_say_what_a_server_would_say() -> None:
    fields: dict[str, set[str]] = {}
    for each in FRAMES:
        fields[each["frame"]["type"]] = fields.get(each["frame"]["type"], set()) | each["frame"].keys()
    (event, *_) = next(each["frame"]["items"] for each in FRAMES if each["frame"]["type"] == "events")
    for scenario in scenarios():
        for connection in scenario["connections"]:
            for step in connection["steps"]:
                frame = step.get("server", {})
                if frame.get("code") == 4099 or frame.get("type", "fireworks") == "fireworks":
                    continue
                assert fields[frame["type"]] <= frame.keys(), frame
                if frame["type"] == "events":
                    assert all(event.keys() <= item.keys() for item in frame["items"]), frame
