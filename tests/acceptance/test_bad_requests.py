"""What a client's author gets for a mistake: a problem that says what was wrong, never a 500, never another's page."""

import asyncio
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from taskengine.settings import MAX_BODY_BYTES
from tests.support.client import TASKS, Client
from tests.support.servers import Server

pytestmark = pytest.mark.untimed

PROBLEM = "application/problem+json"
A_TASK = b'{"title": "Send invoice"}'
UNKNOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, byte for byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The problem's code; it has to be one."""
        assert self.headers["content-type"] == PROBLEM, self.body
        problem = json.loads(self.body)
        assert problem["status"] == self.status
        assert problem["request_id"] == self.headers["x-request-id"]
        assert problem["title"]
        assert problem["detail"]
        return str(problem["code"])

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Where the problem is, and its code there."""
        return [(error["pointer"], error["code"]) for error in json.loads(self.body)["errors"]]


Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def ask(shared_server: Callable[..., Server]) -> Ask:
    """Send what no client library would: `ask(method, path, body, headers...)`, as somebody who is logged in."""
    server = shared_server()
    address = urlsplit(server.url)
    person = asyncio.run(Client.sign_up(server.url))

    def send(method: str, path: str, body: bytes | None = None, **headers: str | None) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {
            "host": address.netloc,
            "connection": "close",
            "authorization": f"Bearer {person.token}",
            **(
                {} if body is None else {"content-type": "application/json", "content-length": f"{len(body)}"}
            ),
            **given,
        }
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in sent.items() if text)]
        with socket.create_connection((str(address.hostname), address.port or 0), timeout=15) as wire:
            wire.sendall("\r\n".join([*lines, "", ""]).encode() + (body or b""))
            with wire.makefile("rb") as answer:
                head, _, content = answer.read().partition(b"\r\n\r\n")
        first, *rest = head.decode().splitlines()
        found = dict(line.lower().split(": ", 1) for line in rest)
        return Answer(int(first.split()[1]), found, content)

    return send


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/api/v1/nowhere/", "/api/v1/tasks/not-an-id/", "/api/v1/tasks", "/api/nowhere/"]
)
def test_where_there_is_nothing_is_404_however_it_is_asked_for(ask: Ask, method: str, path: str) -> None:
    body = None if method == "GET" else A_TASK
    answer = ask(method, path, body)
    assert (answer.status, answer.code) == (404, "not_found")
    assert (b"slash" in answer.body) == (not path.endswith("/"))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (TASKS, {"GET", "POST", "HEAD", "OPTIONS"}),
        ("/api/v1/undo/", {"POST", "OPTIONS"}),
        ("/api/v1/schema/", {"GET", "HEAD", "OPTIONS"}),
        ("/api/v1/asyncapi/", {"GET", "HEAD", "OPTIONS"}),
        ("/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("/readyz", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_another_method_is_405_and_allow_says_which(ask: Ask, path: str, allowed: set[str]) -> None:
    answer = ask("PATCH", path, b"{}")
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].upper().split(", ")) == allowed


def test_options_are_answered_where_they_are_allowed(ask: Ask) -> None:
    answer = ask("OPTIONS", TASKS)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["allow"] == "get, post, head, options"


def test_head_is_get_without_the_body(ask: Ask) -> None:
    answer = ask("HEAD", TASKS)
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) == len(ask("GET", TASKS).body)
    assert ask("HEAD", "/api/v1/undo/").status == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "garbage"},
        {"content_type": None},
        {"content_encoding": "gzip"},
    ],
    ids=str,
)
def test_what_is_no_json_by_its_own_account_is_415(ask: Ask, headers: dict[str, Any]) -> None:
    answer = ask("POST", TASKS, A_TASK, **headers)
    assert (answer.status, answer.code) == (415, "unsupported_media_type")


def test_who_takes_no_json_gets_406(ask: Ask) -> None:
    answer = ask("GET", TASKS, accept="text/csv")
    assert (answer.status, answer.code) == (406, "not_acceptable")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"title": "x",}',
        b"{'title': 'x'}",
        b'{"title": "x"} and more',
        b'{"title": NaN}',
        b'{"title": "x", "priority": 1e400}',
        b'{"title": "\\ud800"}',
        b'{"title": "\xff"}',
        b'{"title": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"title": "x"}',
        b"[" * 100_000,
        b"[" * 2_000 + b"]" * 2_000,
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_body_that_is_no_json_is_400_and_says_where(ask: Ask, body: bytes) -> None:
    answer = ask("POST", TASKS, body)
    assert (answer.status, answer.code) == (400, "invalid_json")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", ("/title", "required")),
        (b"null", ("", "null")),
        (b"[]", ("", "invalid")),
        (b'"x"', ("", "invalid")),
        (b'{"title": "a\\u0000b"}', ("/title", "null_characters_not_allowed")),
        (b'{"title": 5}', ("/title", "invalid")),
        (b'{"title": " \\t"}', ("/title", "blank")),
        (b'{"title": "%s"}' % (b"x" * 501), ("/title", "max_length")),
        (b'{"title": "x", "priority": "1"}', ("/priority", "invalid")),
        (b'{"title": "x", "priority": true}', ("/priority", "invalid")),
        (b'{"title": "x", "priority": 1.5}', ("/priority", "invalid")),
        (b'{"title": "x", "priority": 99999999999999999999}', ("/priority", "invalid")),
        (b'{"title": "x", "estimate_min": -1e300}', ("/estimate_min", "invalid")),
        (b'{"title": "x", "a/b~c": 1}', ("/a~1b~0c", "unknown_field")),
        (b'{"title": ' + b"[" * 900 + b"]" * 900 + b"}", ("/title", "invalid")),
    ],
    ids=lambda each: repr(each[:40]),
)
def test_a_value_that_will_not_do_is_400_and_named(ask: Ask, body: bytes, fault: tuple[str, str]) -> None:
    answer = ask("POST", TASKS, body)
    assert (answer.status, answer.code) == (400, "invalid"), answer.body
    assert fault in answer.faults, answer.faults


def test_of_two_values_of_one_name_the_last_counts(ask: Ask) -> None:
    answer = ask("POST", TASKS, b'{"title": "first", "title": "last"}')
    assert (answer.status, json.loads(answer.body)["title"]) == (201, "last")
    assert ask("GET", f"{TASKS}?limit=0&limit=1").status == 200


def test_a_body_that_is_too_large_is_413(ask: Ask) -> None:
    answer = ask("POST", TASKS, None, content_length=str(MAX_BODY_BYTES + 1), content_type="application/json")
    assert (answer.status, answer.code) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("q=%00", ("/q", "null_characters_not_allowed")),
        ("limit=201", ("/limit", "max_value")),
        ("limit=" + "9" * 5_000, ("/limit", "max_string_length")),
        ("limit=x", ("/limit", "invalid")),
        ("nope=1", ("/nope", "unknown_field")),
        ("cursor=x", ("/cursor", "invalid_cursor")),
        ("deadline_from=2026-11-27T18:00:00", ("/deadline_from", "naive")),
        ("label=x", ("/label/0", "invalid")),
    ],
    ids=lambda each: repr(each[:40]),
)
def test_a_parameter_that_will_not_do_is_400_and_named(ask: Ask, query: str, fault: tuple[str, str]) -> None:
    answer = ask("GET", f"{TASKS}?{query}")
    assert (answer.status, answer.code) == (400, "invalid")
    assert fault in answer.faults


@pytest.mark.parametrize(
    "query",
    ["q=%ff", "q=%ed%a0%80", "%ff=1", "&".join(f"a{number}=1" for number in range(1_200))],
    ids=["no UTF-8", "a surrogate", "a name that is no UTF-8", "too many"],
)
def test_a_query_that_can_not_be_read_is_400(ask: Ask, query: str) -> None:
    answer = ask("GET", f"{TASKS}?{query}")
    assert (answer.status, answer.code) == (400, "bad_request")


@pytest.mark.parametrize(
    "token", [None, "Bearer", "Bearer x", "Bearer a b", "Basic eDp5", "x" * 3_000], ids=repr
)
def test_who_is_not_logged_in_is_told_how(ask: Ask, token: str | None) -> None:
    for method, body in (("GET", None), ("POST", A_TASK)):
        answer = ask(method, TASKS, body, authorization=token)
        assert answer.status == 401
        assert answer.code in {"not_authenticated", "authentication_failed", "invalid_token"}
        assert answer.headers["www-authenticate"].startswith("bearer")


def test_a_key_that_is_none_is_400_and_a_task_that_is_not_ones_own_404(ask: Ask) -> None:
    answer = ask("POST", TASKS, A_TASK, idempotency_key="again")
    assert (answer.status, answer.faults) == (400, [("/Idempotency-Key", "invalid_idempotency_key")])
    for method in ("GET", "DELETE"):
        answer = ask(method, f"{TASKS}{UNKNOWN}/")
        assert (answer.status, answer.code) == (404, "task_not_found")
