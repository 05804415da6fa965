"""The tour in `docs/api.md`: each line of its table, pasted as it stands, shows what its row promises."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.pasting import block, paste, printed
from tests.support.servers import ROOT, Server

DOCUMENT = (ROOT / "docs" / "api.md").read_text()
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `(curl [^|]+|for [^|]+)` \|$", re.MULTILINE)
LINES: Mapping[str, str] = {name: line for name, _, line in ROW.findall(DOCUMENT)}

Check = Callable[[str], None]


def one(text: str) -> dict[str, Any]:
    """Return the one answer in a text."""
    (answer,) = printed(text)
    return answer


def events_come_in_order(text: str) -> None:
    answer = one(text)
    events = answer["events"]
    assert [event["seq"] for event in events] == list(range(1, answer["head"] + 1))
    assert [event["type"] for event in events] == ["task.created"]
    assert answer["next_since"] == answer["head"]


def the_retry_is_answered_as_the_first(text: str) -> None:
    first, again = printed(text)
    assert first == again
    assert first["title"] == "Once"


def absent_null_and_value_are_three_things(text: str) -> None:
    task = one(text)
    assert (task["due_date"], task["deadline"]) == (None, None)
    assert (task["estimate_min"], task["priority"], task["title"]) == (30, 1, "Send invoice")


def it_is_taken_back(text: str) -> None:
    answer = one(text)
    assert [each["kind"] for each in answer["objects"]] == ["task"]
    assert answer["undid"] != answer["op_id"]


def the_fields_are_named(text: str) -> None:
    assert text.startswith("HTTP/1.1 400")
    assert "application/problem+json" in text
    problem = one(text)
    assert problem["code"] == "invalid"
    faults = {(each["pointer"], each["code"]) for each in problem["errors"]}
    assert faults == {("/title", "blank"), ("/priority", "max_value")}


def the_document_is_there(text: str) -> None:
    document = json.loads(text)
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) > 25


CHECKS: Mapping[str, Check] = {
    "sync": events_come_in_order,
    "idempotency": the_retry_is_answered_as_the_first,
    "PATCH three-state": absent_null_and_value_are_three_things,
    "undo": it_is_taken_back,
    "RFC 9457": the_fields_are_named,
    "OpenAPI": the_document_is_there,
}


def test_every_row_has_a_line_and_every_line_a_check() -> None:
    table = DOCUMENT.split("a line that shows it |")[1].split("\n\n")[0]
    rows = [row.split("|")[1].strip() for row in table.splitlines()[2:]]
    assert rows == list(LINES) == list(CHECKS)


def test_each_line_shows_what_its_row_promises(start_server: Callable[..., Server]) -> None:
    mark = "--- shown ---"
    lines = [f"echo '{mark}'\n{line}" for line in LINES.values()]
    _, *answers = paste("\n".join([block(DOCUMENT, "tour"), *lines]), start_server()).split(f"{mark}\n")
    for name, answer in zip(LINES, answers, strict=True):
        CHECKS[name](answer)
