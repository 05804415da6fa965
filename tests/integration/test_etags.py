"""What was read is told by its tag, and what was changed since is not overwritten."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from taskengine.accounts.models import User
from tests.support.accounts import AppClient, signed_up
from tests.support.breakdowns import ready
from tests.support.people import miss_due, told

pytestmark = pytest.mark.django_db

TASKS, PROJECTS, LABELS = "/api/v1/tasks/", "/api/v1/projects/", "/api/v1/labels/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(clock: time_machine.Traveller) -> AppClient:
    """Ada, logged in."""
    return signed_up()


def make(client: AppClient, **fields: Any) -> str:
    """Make a task; return its address."""
    made = client.send("POST", TASKS, {"title": "Send invoice", **fields})
    assert made.status_code == 201, made.content
    return f"{TASKS}{made.json()['id']}/"


def test_every_answer_that_holds_a_task_has_its_tag(ada: AppClient, clock: time_machine.Traveller) -> None:
    made = ada.send("POST", TASKS, {"title": "Send invoice"})
    assert made["ETag"] == '"1.upcoming"'
    task = f"{TASKS}{made.json()['id']}/"
    assert ada.send("GET", task)["ETag"] == '"1.upcoming"'
    assert ada.send("PATCH", task, {"priority": 1})["ETag"] == '"2.upcoming"'
    assert ada.send("PUT", task, {"title": "Another"})["ETag"] == '"3.upcoming"'
    assert ada.send("POST", f"{task}complete/")["ETag"] == '"4.completed"'
    assert ada.send("POST", f"{task}reopen/")["ETag"] == '"5.upcoming"'
    clock.shift(MINUTE)  # so that the other one comes after it
    beside = make(ada).removeprefix(TASKS).strip("/")
    assert ada.send("POST", f"{task}move/", {"after": beside})["ETag"] == '"6.upcoming"'
    assert "ETag" not in ada.send("DELETE", task)
    assert ada.send("POST", f"{task}restore/")["ETag"] == '"8.upcoming"'


def test_what_is_known_is_not_sent_again(ada: AppClient) -> None:
    task = make(ada)
    for known in ('"1.upcoming"', 'W/"1.upcoming"', '"7.missed", "1.upcoming"', "*"):
        same = ada.send("GET", task, **{"if-none-match": known})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", '"1.upcoming"'), known
        assert same["Cache-Control"] == "private, no-cache"
    for known in ('"2.upcoming"', '"1"', '"1.missed"', "1.upcoming", ""):
        assert ada.send("GET", task, **{"if-none-match": known}).status_code == 200, known


def test_the_clock_changes_the_tag_but_not_the_version(ada: AppClient, clock: time_machine.Traveller) -> None:
    task = make(ada, deadline=(NOON + MINUTE).isoformat())
    read = ada.send("GET", task)["ETag"]
    clock.move_to(NOON + MINUTE)
    later = ada.send("GET", task, **{"if-none-match": read})
    assert (later.status_code, later["ETag"]) == (200, '"1.missed"')
    assert miss_due(now=NOON + MINUTE) == 1
    written = ada.send("PATCH", task, {"priority": 1}, **{"if-match": read})
    assert (written.status_code, written["ETag"]) == (200, '"2.missed"')


WRITES: list[tuple[str, str, Any]] = [
    ("PATCH", "", {"priority": 1}),
    ("PUT", "", {"title": "Mine"}),
    ("DELETE", "", None),
    ("POST", "complete/", None),
    ("POST", "reopen/", None),
    ("POST", "move/", {"before": "…"}),
    ("POST", "restore/", None),
]


@pytest.mark.parametrize(("method", "verb", "body"), WRITES)
def test_no_write_overwrites_what_was_changed_since(
    ada: AppClient, method: str, verb: str, body: Any
) -> None:
    task = make(ada)
    if verb == "move/":
        body = {"before": make(ada).removeprefix(TASKS).strip("/")}
    read = ada.send("GET", task)["ETag"]
    current = ada.send("PATCH", task, {"title": "Somebody was here"})
    before = told(User.objects.get())
    refused = ada.send(method, task + verb, body, **{"if-match": read})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (412, "precondition_failed")
    assert refused["Content-Type"] == "application/problem+json"
    assert (problem["current"], refused["ETag"]) == (current.json(), current["ETag"])
    assert told(User.objects.get()) == before
    accepted = ada.send(method, task + verb, body, **{"if-match": refused["ETag"]})
    assert accepted.status_code in {200, 204}


def test_a_deleted_task_is_restored_from_the_version_that_it_had(ada: AppClient) -> None:
    task = make(ada)
    ada.send("DELETE", task)
    assert ada.send("POST", f"{task}restore/", **{"if-match": '"1"'}).status_code == 412
    assert ada.send("POST", f"{task}restore/", **{"if-match": '"2"'}).status_code == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("*", 200),
        (' "1.upcoming" ', 200),
        ('"1"', 200),  # the version is what counts
        ('"1.missed"', 200),
        ('"9.upcoming", "1.upcoming"', 200),
        (', "9" ,, "1",', 200),  # RFC 9110, section 5.6.1.2
        ('W/"1.upcoming"', 412),  # the comparison is strong: section 13.1.1
        ('W/"1.upcoming", "1.upcoming"', 200),
        ('"one"', 412),
        ('""', 412),
        ('"9.upcoming"', 412),
        ("1.upcoming", 400),
        ("", 400),
        (", ,", 400),
        ('"1.upcoming', 400),
        ('w/"1.upcoming"', 400),  # upper case only: section 8.8.3
        ('*, "1.upcoming"', 400),
        ('"1.upcoming" "2.upcoming"', 400),
    ],
)
def test_the_header_is_read_by_the_letter(ada: AppClient, header: str, status: int) -> None:
    answer = ada.send("PATCH", make(ada), {"priority": 1}, **{"if-match": header})
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errors"][0]["pointer"] == "/If-Match"
        assert answer.json()["errors"][0]["code"] == "invalid_if_match"


def test_a_retry_is_answered_as_before_with_the_tag_of_then(ada: AppClient) -> None:
    task, key = make(ada), str(uuid.uuid4())
    headers = {"if-match": '"1.upcoming"', "idempotency-key": key}
    first = ada.send("PATCH", task, {"priority": 1}, **headers)
    ada.send("PATCH", task, {"priority": 2})
    again = ada.send("PATCH", task, {"priority": 1}, **headers)
    assert (again.status_code, again.json(), again["ETag"]) == (200, first.json(), '"2.upcoming"')
    assert ada.send("GET", task)["ETag"] == '"3.upcoming"'


def test_what_is_not_there_is_404_whatever_it_should_be(ada: AppClient) -> None:
    absent = f"{TASKS}{uuid.uuid4()}/"
    for header in ("*", '"1"'):
        assert ada.send("PATCH", absent, {}, **{"if-match": header}).status_code == 404
    task = make(ada)
    eve = signed_up("eve@example.org")
    assert eve.send("PATCH", task, {}, **{"if-match": '"7"'}).status_code == 404
    assert eve.send("GET", task, **{"if-none-match": '"1.upcoming"'}).status_code == 404


def test_a_write_to_what_has_no_tag_says_so(ada: AppClient) -> None:
    refused = ada.send("POST", TASKS, {"title": "New"}, **{"if-match": "*"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "if_match_unsupported"
    refused = ada.send("PUT", make(ada), {"title": "New"}, **{"if-none-match": "*"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "if_none_match_unsupported"


def test_only_the_task_of_the_path_is_compared_and_not_its_parts(ada: AppClient) -> None:
    whole = make(ada)
    part = make(ada, parent=whole.removeprefix(TASKS).strip("/"))
    ada.send("PATCH", part, {"priority": 1})
    done = ada.send("POST", f"{whole}complete/", {"children": "complete"}, **{"if-match": '"1"'})
    assert done.status_code == 200
    assert ada.send("GET", part)["ETag"] == '"3.completed"'


def test_a_breakdown_has_a_tag_too(ada: AppClient) -> None:
    draft = ready(User.objects.get())
    address = f"/api/v1/breakdowns/{draft.id}/"
    read = ada.send("GET", address)
    tag = read["ETag"]
    assert tag == f'"{read.json()["version"]}"'
    assert ada.send("GET", address, **{"if-none-match": tag}).status_code == 304
    changed = ada.send("PATCH", f"{address}steps/sources/", {"locked": True}, **{"if-match": tag})
    assert changed.status_code == 200
    for method, path, body in (
        ("PATCH", "", {"goal": "Another"}),
        ("POST", "apply/", None),
        ("POST", "cancel/", None),
        ("POST", "regenerate/", {}),
        ("POST", "steps/", {"title": "Mine", "estimate_min": 30}),
        ("PATCH", "steps/sources/", {"locked": False}),
        ("DELETE", "steps/sources/", None),
        ("POST", "steps/sources/split/", {}),
    ):
        refused = ada.send(method, address + path, body, **{"if-match": tag})
        assert (refused.status_code, refused["ETag"]) == (412, changed["ETag"]), path
        assert refused.json()["current"] == changed.json()
    assert ada.send("POST", f"{address}cancel/", **{"if-match": changed["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", [PROJECTS, LABELS])
def test_projects_and_labels_have_tags_too(ada: AppClient, address: str) -> None:
    made = ada.send("POST", address, {"name": "Work"})
    thing = f"{address}{made.json()['id']}/"
    assert made["ETag"] == ada.send("GET", thing)["ETag"] == '"1"'
    assert ada.send("GET", thing, **{"if-none-match": '"1"'}).status_code == 304
    changed = ada.send("PATCH", thing, {"name": "Play"}, **{"if-match": '"1"'})
    assert changed["ETag"] == '"2"'
    for method, body in (("PATCH", {"name": "Work"}), ("DELETE", None)):
        refused = ada.send(method, thing, body, **{"if-match": '"1"'})
        assert (refused.status_code, refused.json()["current"]) == (412, changed.json())
        assert refused["ETag"] == '"2"'
    assert ada.send("DELETE", thing, **{"if-match": '"2"'}).status_code == 204
