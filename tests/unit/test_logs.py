"""Lines of the log: what stands in them, and what never does."""

import json
import logging
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from taskengine import logs

SECRET = "zV3nq0Yk2-Lw7tRj9XsBpE4uHc8Fm1Qd"


def line(message: str, *args: Any, style: str = "json", name: str = "some.where", **more: Any) -> str:
    """Return what would be written."""
    record = logging.LogRecord(name, logging.WARNING, __file__, 1, message, args, more.get("exc_info"))
    record.__dict__.update(more.get("extra", {}))
    return logs.formatter(style=style, secrets=[SECRET, "short"]).format(record)


def entry(message: str, *args: Any, **more: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(line(message, *args, **more))
    return found


def test_a_line_is_one_object_with_the_sentence_and_what_is_bound() -> None:
    with logs.bound(op_id="5f0c", attempt=2, nothing=None):
        found = entry("The lease of %s is over.\nBegin afresh.", "it")
    assert found["timestamp"].endswith("+00:00")
    assert {name: value for name, value in found.items() if name != "timestamp"} == {
        "level": "warning",
        "logger": "some.where",
        "event": "The lease of it is over.\nBegin afresh.",
        "op_id": "5f0c",
        "attempt": 2,
    }
    assert "\n" not in line("Two\nlines.")


def test_text_is_for_people() -> None:
    with logs.bound(request_id="abc", op_id="5f0c"):
        found = line("It failed. request_id=%s", "abc", style="text")
    assert found.partition(" ")[2] == "WARNING some.where: It failed. request_id=abc op_id=5f0c"


@pytest.mark.parametrize("style", ["json", "text"])
def test_a_fault_comes_with_its_trace_and_without_what_was_in_it(style: str) -> None:
    try:
        raise RuntimeError(f"no answer from redis://:{SECRET}@redis:6379")
    except RuntimeError:
        found = line("It failed.", style=style, exc_info=sys.exc_info())
    assert "Traceback" in found
    assert "no answer from redis://:[hidden]@redis:6379" in found
    assert SECRET not in found


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"The key is {SECRET}!", "The key is [hidden]!"),
        ("postgresql://ada:open%20sesame@db/tasks", "postgresql://ada:[hidden]@db/tasks"),
        ("Authorization: Bearer te_0123456789abcdefghijKLMN", "Authorization: Bearer [hidden]"),
        ("it was te_0123456789abcdefghijKLMN there", "it was [hidden] there"),
        ("token eyJhbGciOi.eyJzdWIiOi.c2ln-_ was old", "token [hidden] was old"),
        ("Cookie: sessionid=abcdef0123456789; theme=dark", "Cookie: sessionid=[hidden]; theme=dark"),
        ("{'password': 'open sesame1'}", "{'password': [hidden]}"),
        ('{"refresh_token": "abc"}', '{"refresh_token": [hidden]}'),
        ("GET /account/password/reset/3x-abc?x=1", "GET /account/password/reset/[hidden]?x=1"),
        ("short and plain words about a token", "short and plain words about a token"),
    ],
)
def test_nothing_that_proves_anything_gets_into_a_line(given: str, kept: str) -> None:
    assert entry("%s", given)["event"] == kept
    assert line("%s", given, style="text").endswith(kept)


def test_what_was_bound_in_a_request_ends_with_it() -> None:
    with logs.of_request("abc"):
        logs.bind(user_id="ada", op_id="5f0c")
        assert (logs.field("request_id"), logs.field("user_id")) == ("abc", "ada")
    assert {logs.field(name) for name in ("request_id", "user_id", "op_id")} == {None}


def test_an_operation_that_fails_is_named_by_who_reports_it() -> None:
    with logs.bound(op_id=None):
        with logs.of_operation("1"):
            assert logs.field("op_id") == "1"
        assert logs.field("op_id") is None
        with pytest.raises(LookupError), logs.of_operation("2"):
            raise LookupError
        assert logs.field("op_id") == "2"
    assert logs.field("op_id") is None
