"""The README's walk-throughs, pasted as they stand."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tests.support.gemini import FakeGemini
from tests.support.pasting import block, paste, printed
from tests.support.servers import ROOT, Server

pytestmark = pytest.mark.untimed

README = (ROOT / "README.md").read_text()


def paste_block(mark: str, server: Server) -> list[dict[str, Any]]:
    """Run the shell block that follows a mark; return all JSON that it printed, in order."""
    return list(printed(paste(block(README, mark), server)))


def frames(answers: Sequence[Mapping[str, Any]], type_: str) -> list[Mapping[str, Any]]:
    """Return the socket's frames of one type."""
    return [answer for answer in answers if answer.get("type") == type_]


def test_the_walk_through_works_when_it_is_pasted(start_server: Callable[..., Server]) -> None:
    answers = paste_block("walk-through", start_server())
    by_type = {answer.get("type"): answer for answer in answers if isinstance(answer.get("type"), str)}
    assert {"welcome", "snapshot", "events"} <= by_type.keys(), answers
    (event,) = by_type["events"]["items"]
    assert (event["type"], event["data"]["task"]["title"]) == ("task.missed", "Send the invoice")
    summary = answers[-1]
    assert (summary["upcoming"], summary["missed"], summary["completed"]) == (0, 1, 0)


@pytest.mark.parametrize("planner", ["offline", "gemini"])
def test_the_walk_through_of_the_planner_works_when_it_is_pasted(
    start_server: Callable[..., Server], gemini: FakeGemini, planner: str
) -> None:
    server = start_server(**(gemini.env if planner == "gemini" else {}))
    answers = paste_block("walk-through of the planner", server)
    assert (answers[0]["planner"], len(gemini.requests)) == (planner, 1 if planner == "gemini" else 0)
    events = [event for frame in frames(answers, "events") for event in frame["items"]]
    types = [event["type"] for event in events]
    count = types.count("breakdown.step")
    assert types == ["breakdown.started", "breakdown.started", *["breakdown.step"] * count, "breakdown.ready"]
    steps = events[-1]["data"]["breakdown"]["steps"]
    assert len(steps) == count >= 5

    *_, tasks, undone = answers
    made = [task for task in tasks["results"] if task["parent"]]
    assert [task["deadline"] for task in made] == [step["deadline"] for step in steps]
    assert [task["title"] for task in made] == ["Find ten sources", *(step["title"] for step in steps[1:])]
    assert len(undone["objects"]) == count + 2, "the draft, the goal's task, and one for each step"


def test_the_page_is_pictured() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).stat().st_size > 10_000, picture
