"""The tour in `docs/api.md`: each line of its table, pasted as it stands, shows what its row promises."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.support.pasting import block, paste, printed
from tests.support.servers import ROOT, Server

pytestmark = pytest.mark.untimed

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


def what_changed_since_is_not_overwritten(text: str) -> None:
    assert text.startswith("HTTP/1.1 412")
    assert 'etag: "1.upcoming"' in text.lower()
    problem = one(text)
    assert (problem["code"], problem["current"]["priority"]) == ("precondition_failed", 1)


def absent_null_and_value_are_three_things(text: str) -> None:
    task = one(text)
    assert (task["due_date"], task["deadline"]) == (None, None)
    assert (task["estimate_min"], task["priority"], task["title"]) == (30, 1, "Send invoice")


def it_is_taken_back(text: str) -> None:
    answer = one(text)
    assert [each["kind"] for each in answer["objects"]] == ["task"]
    assert answer["undid"] != answer["op_id"]


def it_is_in_the_trash(text: str) -> None:
    task, undone = one(text)["results"]
    assert (task["title"], undone["title"]) == ("Send invoice", "Once")  # what was deleted last comes first
    assert task["purge_at"] > task["deleted_at"]


def all_that_became_of_it_is_told(text: str) -> None:
    entries = one(text)["results"]
    assert [entry["verb"] for entry in entries] == ["task.delete", "task.update", "task.create"]
    changes = {change["field"]: (change["before"], change["after"]) for change in entries[1]["changes"]}
    assert changes["estimate_min"] == (None, 30)
    assert changes["due_date"] == ("2036-11-27", None)


def it_is_done_at_once(text: str) -> None:
    answer = one(text)
    assert [each["status"] for each in answer["results"]] == [200, 200]
    assert answer["results"][-1]["body"]["bucket"] == "completed"


def the_token_may_only_read(text: str) -> None:
    assert text.startswith("HTTP/1.1 403")
    assert one(text)["code"] == "insufficient_scope"


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
    "ETag": what_changed_since_is_not_overwritten,
    "PATCH three-state": absent_null_and_value_are_three_things,
    "undo": it_is_taken_back,
    "trash": it_is_in_the_trash,
    "history": all_that_became_of_it_is_told,
    "batch": it_is_done_at_once,
    "scopes": the_token_may_only_read,
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
