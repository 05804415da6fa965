"""`/api/v1/tasks/` as a client sees it."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from taskengine.tasks.models import Task
from tests.support.accounts import AppClient
from tests.support.people import told

pytestmark = pytest.mark.django_db

TASKS = "/api/v1/tasks/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(clock: time_machine.Traveller) -> AppClient:
    """Ada, logged in."""
    client = AppClient()
    client.sign_up("ada@example.org")
    return client


@pytest.fixture
def eve(clock: time_machine.Traveller) -> AppClient:
    """Eve, logged in."""
    client = AppClient()
    client.sign_up("eve@example.org")
    return client


def make(client: AppClient, **fields: Any) -> dict[str, Any]:
    """Make a task; return it as it was answered."""
    response = client.send("POST", TASKS, {"title": "Send invoice", **fields})
    assert response.status_code == 201, response.content
    task: dict[str, Any] = response.json()
    return task


def path(task: dict[str, Any], verb: str = "") -> str:
    """Return a task's address, or that of one of its verbs."""
    return f"{TASKS}{task['id']}/{verb + '/' if verb else ''}"


def codes(response: Any) -> dict[str, str]:
    """Return pointer → code of a problem document, after a look at its shape."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert body.keys() == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert body["status"] == response.status_code
    assert body["request_id"] == response["X-Request-ID"]
    return {error["pointer"]: error["code"] for error in body["errors"]}


def test_an_id_means_the_same_in_letters_of_either_case(ada: AppClient) -> None:
    task = make(ada)
    answer = ada.send("GET", f"/api/v1/tasks/{task['id'].upper()}/")
    assert (answer.status_code, answer.json()["id"]) == (200, task["id"])


def test_a_task_is_answered_whole(ada: AppClient) -> None:
    assert make(ada, deadline="2026-11-22T14:00:00+01:00", priority=2) | {"id": "", "position": ""} == {
        "id": "",
        "title": "Send invoice",
        "notes": "",
        "deadline": "2026-11-22T13:00:00.000000Z",
        "due_date": None,
        "time_zone": None,
        "priority": 2,
        "estimate_min": None,
        "parent": None,
        "project": None,
        "labels": [],
        "position": "",
        "bucket": "upcoming",
        "completed_at": None,
        "outcome": None,
        "lateness_s": None,
        "version": 1,
        "created_at": "2026-11-22T12:00:00.000000Z",
        "updated_at": "2026-11-22T12:00:00.000000Z",
    }


def test_the_bucket_is_the_clocks_even_with_every_engine_dead(
    ada: AppClient, clock: time_machine.Traveller
) -> None:
    task = make(ada, deadline="2026-11-22T12:00:01Z")
    clock.move_to(NOON + timedelta(seconds=1) - timedelta(microseconds=1))
    assert ada.send("GET", path(task)).json()["bucket"] == "upcoming"
    assert ada.send("GET", f"{TASKS}?bucket=missed").json()["results"] == []
    clock.move_to(NOON + timedelta(seconds=1))
    assert ada.send("GET", path(task)).json()["bucket"] == "missed"
    (listed,) = ada.send("GET", f"{TASKS}?bucket=missed").json()["results"]
    assert listed["bucket"] == "missed"
    assert ada.send("GET", f"{TASKS}?bucket=upcoming").json()["results"] == []
    assert ada.send("GET", f"{TASKS}summary/").json() | {"server_time": ""} == {
        "upcoming": 0, "missed": 1, "completed": 0, "server_time": "", "next_transition_at": None,
    }  # fmt: skip


def test_the_verbs_answer_the_bare_task(ada: AppClient) -> None:
    task = make(ada, deadline="2026-11-22T13:00:00Z")
    assert ada.send("POST", path(task, "complete")).json()["outcome"] == "on_time"
    assert ada.send("POST", path(task, "reopen")).json()["bucket"] == "upcoming"
    assert ada.send("DELETE", path(task)).status_code == 204
    assert ada.send("GET", path(task)).status_code == 404
    assert ada.send("DELETE", path(task)).status_code == 404
    assert ada.send("POST", path(task, "restore")).json()["version"] == 5
    assert ada.send("GET", path(task)).status_code == 200


def test_patch_tells_absent_null_and_a_value_apart(ada: AppClient) -> None:
    task = make(ada, deadline="2026-11-22T13:00:00Z", notes="Ask Ben")
    assert ada.send("PATCH", path(task), {"title": "New"}).json()["deadline"] is not None
    cleared = ada.send("PATCH", path(task), {"deadline": None}).json()
    assert (cleared["deadline"], cleared["notes"]) == (None, "Ask Ben")
    moved = ada.send("PATCH", path(task), {"deadline": "2026-11-23T00:00:00Z"}).json()
    assert moved["deadline"] == "2026-11-23T00:00:00.000000Z"


def test_what_was_read_can_be_put_back(ada: AppClient, clock: time_machine.Traveller) -> None:
    for fields in ({"due_date": "2026-11-30"}, {"deadline": "2026-11-22T11:00:00Z", "priority": 1}, {}):
        task = make(ada, **fields)
        ada.send("POST", path(task, "complete"))
        read = ada.send("GET", path(task)).json()
        clock.shift(1)
        assert ada.send("PUT", path(task), read).json() == read


def test_put_takes_the_default_for_what_is_absent(ada: AppClient) -> None:
    task = make(ada, notes="Ask Ben", priority=1, deadline="2026-11-22T13:00:00Z")
    put = ada.send("PUT", path(task), {"title": "Bare"}).json()
    assert (put["notes"], put["priority"], put["deadline"]) == ("", 4, None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"deadline": "2026-11-22T13:00:00"}, {"/deadline": "naive"}),
        ({"deadline": "tomorrow"}, {"/deadline": "not_a_time"}),
        ({"deadline": "2026-02-30T13:00:00Z"}, {"/deadline": "not_a_time"}),
        ({"deadline": 1_700_000_000}, {"/deadline": "not_text"}),
        ({"deadline": "0001-01-01T00:00:00+14:00"}, {"/deadline": "out_of_range"}),
        ({"deadline": "1970-01-01T00:00:00+14:00"}, {"/deadline": "out_of_range"}),  # 1969 in UTC
        ({"deadline": "9000-12-31T23:00:00-01:00"}, {"/deadline": "out_of_range"}),
        ({"due_date": "9999-12-31"}, {"/due_date": "out_of_range"}),
        ({"due_date": "9000-12-31"}, {"/due_date": "out_of_range"}),  # ends in 9001
        ({"due_date": "2026-W47"}, {"/due_date": "not_a_day"}),
        ({"due_date": "2026-W47-5"}, {"/due_date": "not_a_day"}),
        ({"due_date": "20261127"}, {"/due_date": "not_a_day"}),
        ({"due_date": "2026-1-2"}, {"/due_date": "not_a_day"}),
        ({"due_date": "٢٠٢٦-11-22"}, {"/due_date": "not_a_day"}),
        ({"due_date": "2026-11-27T00:00:00Z"}, {"/due_date": "not_a_day"}),
        ({"due_date": " 2026-11-27"}, {"/due_date": "not_a_day"}),
        ({"due_date": "2026-02-30"}, {"/due_date": "not_a_day"}),
        ({"due_date": 20261127}, {"/due_date": "not_a_day"}),
        ({"due_date": "2026-11-22", "deadline": "2026-11-22T13:00:00Z"}, {"/deadline": "deadline_conflict"}),
        ({"time_zone": "Mars/Olympus"}, {"/time_zone": "invalid_time_zone"}),
        ({"time_zone": "../../etc/passwd"}, {"/time_zone": "invalid_time_zone"}),
        ({"title": ""}, {"/title": "blank"}),
        ({"title": "x" * 501}, {"/title": "max_length"}),
        ({"title": 7}, {"/title": "invalid"}),
        ({"title": "nul\0"}, {"/title": "null_characters_not_allowed"}),
        ({"notes": "x" * 20_001}, {"/notes": "max_length"}),
        ({"priority": 5}, {"/priority": "max_value"}),
        ({"priority": 0}, {"/priority": "min_value"}),
        ({"deadline": "2026-W48-5T10:00:00Z"}, {"/deadline": "not_a_time"}),
        ({"deadline": "20261122T170000Z"}, {"/deadline": "not_a_time"}),
        ({"deadline": "2026-11-22T17:00:00,5Z"}, {"/deadline": "not_a_time"}),
        ({"deadline": "2026-11-22T17:00:00+01:00:30"}, {"/deadline": "not_a_time"}),
        ({"deadline": "٢٠٢٦-11-22T17:00:00Z"}, {"/deadline": "not_a_time"}),
        ({"id": "7"}, {"/id": "invalid"}),
        ({"id": 7}, {"/id": "invalid"}),
        ({"id": True}, {"/id": "invalid"}),
        ({"id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}, {"/id": "uuid_version"}),  # of version 1
        ({"id": "00000000-0000-0000-0000-000000000000"}, {"/id": "uuid_version"}),
        ({"id": "6ba7b810-9dad-41d1-c0b4-00c04fd430c8"}, {"/id": "uuid_version"}),  # of another variant
        ({"colour": "red"}, {"/colour": "unknown_field"}),
        ({"a/b~c": 1}, {"/a~1b~0c": "unknown_field"}),
        ({"bucket": "missed", "completed_at": None}, {"/bucket": "read_only", "/completed_at": "read_only"}),
    ],
)
def test_what_is_not_valid_is_named(ada: AppClient, fields: dict[str, Any], expected: dict[str, str]) -> None:
    response = ada.send("POST", TASKS, {"title": "Send invoice", **fields})
    assert response.status_code == 400
    assert codes(response) == expected
    assert not Task.objects.exists()


def test_patch_refuses_what_is_not_the_clients_to_set(ada: AppClient) -> None:
    task = make(ada)
    response = ada.send(
        "PATCH", path(task), {"completed_at": "2026-11-22T13:00:00Z", "id": str(uuid.uuid4())}
    )
    assert codes(response) == {"/completed_at": "read_only", "/id": "read_only"}
    assert "/complete/" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"title": NaN}', b'{"title": "\\ud800"}', b""])
def test_what_is_not_json_is_named(ada: AppClient, body: bytes) -> None:
    response = Client().generic(
        "POST", TASKS, body, content_type="application/json",
        headers={"authorization": f"Bearer {ada.access}"},
    )  # fmt: skip
    assert response.status_code == 400
    assert response.json()["code"] in {"invalid_json", "invalid"}


@pytest.mark.parametrize("body", [b"[]", b"7", b'"text"', b"null"])
def test_a_body_that_is_no_object_is_refused(ada: AppClient, body: bytes) -> None:
    response = Client().generic(
        "POST", TASKS, body, content_type="application/json",
        headers={"authorization": f"Bearer {ada.access}"},
    )  # fmt: skip
    assert response.status_code == 400


def test_a_body_of_another_kind_is_415(ada: AppClient) -> None:
    response = Client().generic(
        "POST", TASKS, b"title=x", content_type="application/x-www-form-urlencoded",
        headers={"authorization": f"Bearer {ada.access}"},
    )  # fmt: skip
    assert response.status_code == 415
    codes(response)


@pytest.mark.parametrize("verb", ["complete", "reopen", "restore"])
def test_a_verb_takes_no_fields(ada: AppClient, verb: str) -> None:
    task = make(ada)
    refused = ada.send("POST", path(task, verb), {"completed_at": "2020-01-01T00:00:00Z"})
    assert (refused.status_code, codes(refused)) == (400, {"/completed_at": "unknown_field"})
    assert ada.send("POST", path(task, verb), {}).status_code == 200


def test_a_body_that_nests_too_deeply_is_400(ada: AppClient) -> None:
    task = make(ada)
    deep = "[" * 600 + "]" * 600
    for method, address in (("POST", TASKS), ("POST", path(task, "complete")), ("DELETE", path(task))):
        for body in (deep, f'{{"title": {deep}}}'):
            response = Client().generic(
                method, address, body, content_type="application/json",
                headers={"authorization": f"Bearer {ada.access}"},
            )  # fmt: skip
            assert response.status_code == 400, (method, address)


def test_a_problem_is_json_below_every_path(ada: AppClient) -> None:
    for method, address, status in (
        ("POST", "/api/v1/docs/", 405),
        ("DELETE", "/api/v1/schema/", 405),
        ("GET", "/api/v1/schema/more/", 404),
    ):
        response = ada.send(method, address)
        assert response.status_code == status, (method, address)
        codes(response)
    for address in ("/api/v1/docs/", "/api/v1/schema/", TASKS):
        response = ada.send("OPTIONS", address)
        assert (response.status_code, response.content) == (200, b""), address
        assert "OPTIONS" in response["Allow"]


def test_the_same_deadline_again_leaves_the_day_it_was_given_as(ada: AppClient) -> None:
    task = make(ada, due_date="2027-01-05")
    same = ada.send("PATCH", path(task), {"deadline": task["deadline"]}).json()
    assert (same["due_date"], same["version"]) == ("2027-01-05", 1)
    instant = ada.send("PATCH", path(task), {"deadline": task["deadline"], "due_date": None}).json()
    assert (instant["due_date"], instant["deadline"]) == (None, task["deadline"])


def test_ten_megabytes_are_refused(ada: AppClient) -> None:
    response = ada.send("POST", TASKS, {"title": "x", "notes": "x" * 10_000_000})
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    codes(response)


def test_nobody_is_401_and_a_path_that_leads_nowhere_404(ada: AppClient) -> None:
    nobody = AppClient()
    refused = nobody.send("GET", TASKS)
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    codes(refused)
    for nowhere in ("/api/v1/nope/", "/api/v1/tasks/7/", "/api/nope", "/static/nope.js"):
        lost = ada.send("GET", nowhere, accept="text/html")
        assert lost.status_code == 404
        codes(lost)
    wrong = ada.send("PATCH", TASKS, {})
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


def test_another_persons_task_is_404_for_every_verb(ada: AppClient, eve: AppClient) -> None:
    task = make(ada)
    for method, address, body in (
        ("GET", path(task), None),
        ("PATCH", path(task), {"title": "Mine"}),
        ("PUT", path(task), {"title": "Mine"}),
        ("DELETE", path(task), None),
        ("POST", path(task, "complete"), None),
        ("POST", path(task, "reopen"), None),
        ("POST", path(task, "restore"), None),
    ):
        response = eve.send(method, address, body)
        assert (response.status_code, response.json()["code"]) == (404, "task_not_found"), (method, address)
    assert eve.send("GET", TASKS).json()["results"] == []
    assert ada.send("GET", path(task)).json() == task


@pytest.mark.parametrize(
    "id_", ["6ba7b810-9dad-41d1-80b4-00c04fd430c8", "0190a6f0-5c3d-7e5a-9d0e-2f1b8f6f3c11"]
)
def test_an_id_may_be_random_or_begin_with_its_time(ada: AppClient, id_: str) -> None:
    assert make(ada, id=id_)["id"] == id_


def test_a_taken_id_is_409_whoever_has_it(ada: AppClient, eve: AppClient) -> None:
    task = make(ada, id=str(uuid.uuid4()))
    for client in (ada, eve):
        response = client.send("POST", TASKS, {"id": task["id"], "title": "Again"})
        assert response.status_code == 409
        assert codes(response) == {"/id": "id_taken"}


def test_a_retry_with_its_key_happens_once(ada: AppClient) -> None:
    key = str(uuid.uuid4())
    first = ada.send("POST", TASKS, {"title": "Once"}, **{"idempotency-key": key})
    again = ada.send("POST", TASKS, {"title": "Once"}, **{"idempotency-key": key})
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first["Operation-Id"] == again["Operation-Id"] == key
    other = ada.send("POST", TASKS, {"title": "Twice"}, **{"idempotency-key": key})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = ada.send("POST", path(first.json(), "complete"), {}, **{"idempotency-key": key})
    assert elsewhere.status_code == 422
    assert Task.objects.count() == 1


def test_a_retried_delete_is_204_again(ada: AppClient) -> None:
    task, key = make(ada), str(uuid.uuid4())
    for _ in range(2):
        assert ada.send("DELETE", path(task), **{"idempotency-key": key}).status_code == 204


def test_every_write_says_which_operation_it_was(ada: AppClient) -> None:
    response = ada.send("POST", TASKS, {"title": "Once"})
    assert str(uuid.UUID(response["Operation-Id"])) == response["Operation-Id"]
    bad = ada.send("POST", TASKS, {"title": "Once"}, **{"idempotency-key": "seven"})
    assert (bad.status_code, codes(bad)) == (400, {"/Idempotency-Key": "invalid_idempotency_key"})


def test_a_walk_gives_each_row_once_though_others_come_and_go(
    ada: AppClient, clock: time_machine.Traveller
) -> None:
    ids = [make(ada, deadline=f"2026-11-22T12:0{minute}:00Z")["id"] for minute in range(2, 9)]
    seen: list[str] = []
    url = f"{TASKS}?limit=3&ordering=deadline&bucket=upcoming"
    page = ada.send("GET", url).json()
    as_of = page["as_of"]
    while True:
        seen += [task["id"] for task in page["results"]]
        make(ada, deadline="2026-11-22T12:01:00Z")  # before where the walk stands
        clock.shift(100)  # deadlines pass while it walks
        if page["next_cursor"] is None:
            break
        page = ada.send("GET", f"{url}&cursor={page['next_cursor']}").json()
        assert page["as_of"] == as_of
    assert seen == ids


@pytest.mark.parametrize(
    "ordering", ["deadline", "-deadline", "title", "-priority", "created_at", "-completed_at"]
)
def test_every_ordering_walks_over_ties_and_nulls(
    ada: AppClient, clock: time_machine.Traveller, ordering: str
) -> None:
    expected = set()
    for number in range(9):
        deadline = None if number % 3 == 0 else f"2026-11-23T0{number % 2}:00:00Z"
        task = make(ada, title=f"t{number % 2}", deadline=deadline, priority=1 + number % 2)
        expected.add(task["id"])
        if number % 4 == 0:
            ada.send("POST", path(task, "complete"))
    walked, cursor = [], ""
    while True:
        page = ada.send("GET", f"{TASKS}?limit=2&ordering={ordering}{cursor}").json()
        walked += page["results"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(walked) == 9
    assert {task["id"] for task in walked} == expected
    values = [task[ordering.removeprefix("-")] for task in walked]
    present = [value for value in values if value is not None]
    assert values == present + [None] * (9 - len(present)), "nulls come last"
    assert present == sorted(present, reverse=ordering.startswith("-"))


def test_a_cursor_is_bound_to_its_list_its_person_and_its_quarter_of_an_hour(
    ada: AppClient, eve: AppClient, clock: time_machine.Traveller
) -> None:
    make(ada)
    make(ada)
    cursor = ada.send("GET", f"{TASKS}?limit=1").json()["next_cursor"]
    for client, query in ((ada, "&ordering=title"), (ada, "&bucket=missed"), (eve, "")):
        response = client.send("GET", f"{TASKS}?limit=1&cursor={cursor}{query}")
        assert codes(response) == {"/cursor": "invalid_cursor"}
    assert codes(ada.send("GET", f"{TASKS}?cursor={cursor}x")) == {"/cursor": "invalid_cursor"}
    clock.shift(15 * 60 + 1)
    ada.refresh()
    assert codes(ada.send("GET", f"{TASKS}?limit=1&cursor={cursor}")) == {"/cursor": "cursor_expired"}


def test_a_list_is_searched_by_words(ada: AppClient) -> None:
    make(ada, title="Send invoice", notes="to Ben")
    make(ada, title="Call Ben")
    found = ada.send("GET", f"{TASKS}?q=BEN+invoice").json()["results"]
    assert [task["title"] for task in found] == ["Send invoice"]
    assert ada.send("GET", f"{TASKS}?q=%25").json()["results"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=201", {"/limit": "max_value"}),
        ("limit=0", {"/limit": "min_value"}),
        ("limit=1_0", {"/limit": "invalid"}),
        ("limit=5.0", {"/limit": "invalid"}),
        ("limit=05", {"/limit": "invalid"}),
        ("limit=%2B5", {"/limit": "invalid"}),
        ("limit=%D9%A5", {"/limit": "invalid"}),  # five in Arabic digits
        ("priority=1,0_2", {"/priority/1": "invalid"}),
        ("bucket=overdue", {"/bucket": "invalid_choice"}),
        ("ordering=colour", {"/ordering": "invalid_choice"}),
        ("page=2", {"/page": "unknown_field"}),
        ("ordering=rank", {"/ordering": "no_rank"}),
        ("q=%20&ordering=rank", {"/ordering": "no_rank"}),
        ("project=work", {"/project": "invalid"}),
        ("label=urgent", {"/label/0": "invalid"}),
        ("priority=1,5", {"/priority/1": "max_value"}),
        ("deadline_from=2026-11-22", {"/deadline_from": "not_a_time"}),
        ("completed_before=2026-11-22T12:00:00", {"/completed_before": "naive"}),
        ("fields=id,colour", {"/fields/1": "invalid_choice"}),
        (f"q={'x' * 201}", {"/q": "max_length"}),
    ],
)
def test_a_list_says_what_it_can_not_be_asked(ada: AppClient, query: str, expected: dict[str, str]) -> None:
    assert codes(ada.send("GET", f"{TASKS}?{query}")) == expected


def test_a_plus_that_an_address_made_a_space_of_is_said_how_to_write(ada: AppClient) -> None:
    refused = ada.send("GET", f"{TASKS}?deadline_from=2026-11-22T17:00:00+01:00")
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/deadline_from", "not_a_time")
    assert "%2B" in error["detail"]
    assert ada.send("GET", f"{TASKS}?deadline_from=2026-11-22T17:00:00%2B01:00").status_code == 200
    other = ada.send("GET", f"{TASKS}?deadline_from=2026-11-22+17:00").json()
    assert "%2B" not in other["errors"][0]["detail"], "which lacks its seconds"


def test_of_one_task_some_fields_may_be_read_and_its_tag_goes_with_the_next_write(ada: AppClient) -> None:
    task = f"{TASKS}{make(ada, title='Send invoice')['id']}/"
    whole, part = ada.send("GET", task), ada.send("GET", f"{task}?fields=title,bucket")
    assert part.json() == {"title": "Send invoice", "bucket": "upcoming"}
    assert part["ETag"] == whole["ETag"] == '"1.upcoming"'
    assert ada.send("GET", f"{task}?fields=title", **{"if-none-match": part["ETag"]}).status_code == 304
    assert ada.send("PATCH", task, {"priority": 1}, **{"if-match": part["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fields=id,colour", {"/fields/1": "invalid_choice"}),
        ("fields=", {"/fields/0": "invalid_choice"}),
        ("bucket=missed", {"/bucket": "unknown_field"}),
    ],
)
def test_one_task_says_what_it_can_not_be_asked(ada: AppClient, query: str, expected: dict[str, str]) -> None:
    assert codes(ada.send("GET", f"{TASKS}{make(ada)['id']}/?{query}")) == expected


def test_a_list_says_when_the_next_task_changes_bucket(ada: AppClient) -> None:
    make(ada, deadline="2026-11-22T13:00:00Z")
    make(ada, deadline="2026-11-22T11:00:00Z")
    body = ada.send("GET", TASKS).json()
    assert body["next_transition_at"] == "2026-11-22T13:00:00.000000Z"
    assert body["server_time"] == body["as_of"] == "2026-11-22T12:00:00.000000Z"


def test_a_list_costs_the_same_number_of_statements_however_long(ada: AppClient) -> None:
    counts = []
    for _ in range(2):
        make(ada)
        make(ada)
        with CaptureQueriesContext(connection) as captured:
            ada.send("GET", TASKS)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_writes_are_told_on_the_stream(ada: AppClient) -> None:
    task = make(ada, deadline="2026-11-22T13:00:00Z")
    ada.send("POST", path(task, "complete"))
    ada.send("POST", path(task, "complete"))
    assert told(Task.objects.get().owner) == ["task.created", "task.completed"]
