"""`/api/v1/batch/`: many operations in one, by themselves or all or nothing."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taskengine.accounts.models import User
from taskengine.api.batch_shapes import SHAPES
from taskengine.api.batch_verbs import ACTS
from taskengine.operations.models import Operation
from taskengine.organisation.models import Label, Project
from taskengine.tasks.models import Task
from taskengine.tasks.payloads import task_payload
from tests.support.accounts import AppClient, signed_up
from tests.support.people import events_of, make_label, make_project, make_task, miss_due, told

pytestmark = pytest.mark.django_db

BATCH, TASKS, UNDO = "/api/v1/batch/", "/api/v1/tasks/", "/api/v1/undo/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)  # which a token outlives
_OWN_TO_A_WRITE = {"version", "updated_at"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(clock: time_machine.Traveller) -> AppClient:
    """Ada, logged in."""
    return signed_up()


@pytest.fixture
def ada(client: AppClient) -> User:
    """Ada."""
    return User.objects.get(email="ada@example.org")


def send(
    client: AppClient, *operations: Any, atomic: bool = False, headers: Mapping[str, str] | None = None
) -> Any:
    """Send a batch."""
    return client.send("POST", BATCH, {"atomic": atomic, "operations": operations}, **(headers or {}))


def results(response: Any) -> list[dict[str, Any]]:
    """Return the results of a batch that was carried out."""
    assert response.status_code == 200, response.content
    body = response.json()
    assert body["op_id"] == response["Operation-Id"]
    assert body["failed"] == sum(result["problem"] is not None for result in body["results"])
    found: list[dict[str, Any]] = body["results"]
    return found


def bodies(response: Any) -> list[Any]:
    """Return what each of them answered; none of them failed."""
    assert [result["problem"] for result in results(response)] == [None] * len(results(response))
    return [result["body"] for result in results(response)]


def pointers(problem: dict[str, Any]) -> dict[str, str]:
    """Return pointer → code of a problem document."""
    return {error["pointer"]: error["code"] for error in problem["errors"]}


def ids(*things: Task | Label) -> list[str]:
    """Return their ids as the wire has them."""
    return [str(thing.id) for thing in things]


def state(person: User) -> dict[str, Any]:
    """Return what is in a person's tasks, but for what every write changes."""
    return {
        str(task.id): {
            name: value for name, value in task_payload(task, now=NOON).items() if name not in _OWN_TO_A_WRITE
        }
        for task in Task.objects.filter(owner=person, deleted_at=None)
    }


def test_every_verb_has_a_shape_and_an_act() -> None:
    assert SHAPES.keys() == ACTS.keys()
    for name, shape in SHAPES.items():
        assert list(shape().fields["verb"].choices) == [name]  # type: ignore[attr-defined]


def test_all_verbs_in_one_batch_are_one_operation(client: AppClient, ada: User) -> None:
    project, label, first, second = (str(uuid.uuid4()) for _ in range(4))
    other = make_project(ada, "Other")
    done = send(
        client,
        {"verb": "project.create", "fields": {"id": project, "name": "Work"}},
        {"verb": "label.create", "fields": {"id": label, "name": "urgent"}},
        {"verb": "task.create", "fields": {"id": first, "title": "One", "project": project}},
        {"verb": "task.create", "fields": {"id": second, "title": "Two"}},
        {"verb": "task.update", "id": first, "fields": {"labels": [label], "priority": 1}},
        {"verb": "task.move", "id": second, "before": first},
        {"verb": "task.complete", "id": first},
        {"verb": "task.reopen", "id": first},
        {"verb": "task.delete", "id": second},
        {"verb": "task.restore", "id": second},
        {"verb": "tasks.update", "ids": [first, second], "fields": {"add_labels": [label]}},
        {"verb": "tasks.complete", "ids": [first, second]},
        {"verb": "tasks.delete", "ids": [first, second]},
        {"verb": "project.update", "id": project, "fields": {"archived": True}},
        {"verb": "project.move", "id": project, "before": str(other.id)},
        {"verb": "project.delete", "id": project},
        {"verb": "label.update", "id": label, "fields": {"colour": "red"}},
        {"verb": "label.delete", "id": label},
    )
    bodies(done)
    statuses = [result["status"] for result in results(done)]
    assert statuses == [201] * 4 + [200] * 4 + [204] + [200] * 3 + [204, 200, 200, 204, 200, 204]
    operation = Operation.objects.get(id=done["Operation-Id"])
    assert operation.verb == "batch"
    events = [event for event in events_of(ada) if event.op_id == operation.id]
    assert len(events) == len(operation.changes) >= 18
    assert {event.seq for event in events} == set(range(2, len(events) + 2))


def test_each_answers_what_its_own_route_would(client: AppClient, ada: User) -> None:
    task = make_task(ada)
    made, changed, gone = bodies(
        send(
            client,
            {"verb": "task.create", "fields": {"title": "New", "deadline": "2026-11-22T13:00:00Z"}},
            {"verb": "tasks.update", "ids": ids(task), "fields": {"priority": 2}},
            {"verb": "task.delete", "id": str(task.id)},
        )
    )
    assert made == client.send("GET", f"{TASKS}{made['id']}/").json()
    assert gone is None
    assert (changed["tasks"][0]["priority"], changed["tasks"][0]["version"]) == (2, 2)


def test_one_that_fails_changes_nothing_else(client: AppClient, ada: User) -> None:
    task, absent = make_task(ada), str(uuid.uuid4())
    response = send(
        client,
        {"verb": "task.create", "fields": {"title": "One", "id": str(task.id)}},
        {"verb": "task.complete", "id": absent},
        {"verb": "task.update", "id": str(task.id), "fields": {"project": absent}},
        {"verb": "task.move", "id": str(task.id), "before": absent},
        {"verb": "tasks.delete", "ids": [str(task.id), absent]},
        {"verb": "task.complete", "id": str(task.id)},
    )
    told_of = [
        (result["status"], result["problem"]["code"], pointers(result["problem"]))
        for result in results(response)[:-1]
    ]
    assert told_of == [
        (409, "id_taken", {"/fields/id": "id_taken"}),
        (404, "task_not_found", {}),
        (400, "project_not_found", {"/fields/project": "project_not_found"}),
        (400, "neighbour_not_found", {"/before": "neighbour_not_found"}),
        (404, "task_not_found", {"/ids/1": "task_not_found"}),
    ]
    assert all(
        result["problem"]["request_id"] == response["X-Request-ID"] for result in results(response)[:-1]
    )
    assert results(response)[-1]["body"]["bucket"] == "completed"
    assert told(ada) == ["task.created", "task.completed"]
    assert len(Operation.objects.get(id=response["Operation-Id"]).changes) == 1


def test_what_is_atomic_is_done_whole_or_not_at_all(client: AppClient, ada: User) -> None:
    task, absent, key = make_task(ada), str(uuid.uuid4()), str(uuid.uuid4())
    before = state(ada)
    asked: list[Any] = [
        {"verb": "task.create", "fields": {"title": "One"}},
        {"verb": "task.update", "id": str(task.id), "fields": {"title": "Another"}},
        {"verb": "task.update", "id": str(task.id), "fields": {"project": absent}},
        {"verb": "task.delete", "id": str(task.id)},
    ]
    refused = send(client, *asked, atomic=True, headers={"idempotency-key": key})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "batch_failed")
    assert pointers(problem) == {"/operations/2/fields/project": "project_not_found"}
    assert problem["failed"]["index"] == 2
    assert problem["failed"]["problem"]["status"] == 400
    assert pointers(problem["failed"]["problem"]) == {"/fields/project": "project_not_found"}
    assert (state(ada), told(ada)) == (before, ["task.created"])
    assert not Operation.objects.filter(id=key).exists()
    del asked[2]
    assert len(bodies(send(client, *asked, atomic=True, headers={"idempotency-key": key}))) == 3


@pytest.mark.parametrize("atomic", [False, True])
def test_what_is_not_valid_in_itself_is_told_all_at_once(client: AppClient, ada: User, atomic: bool) -> None:
    id_, other = str(uuid.uuid4()), str(uuid.uuid4())
    refused = send(
        client,
        {"verb": "task.create", "fields": {"title": ""}},
        {"verb": "task.create", "fields": {"title": "Fine"}},
        {"verb": "task.move", "id": "x", "before": id_, "after": other},
        {"verb": "task.update", "id": id_, "fields": {"bucket": "missed"}},
        {"verb": "task.explode", "id": id_},
        {"verb": "task.complete", "id": id_, "fields": {}},
        {"verb": "task.move", "id": id_, "before": id_, "after": other},
        atomic=atomic,
    )
    assert refused.status_code == 400
    assert pointers(refused.json()) == {
        "/operations/0/fields/title": "blank",
        "/operations/2/id": "invalid",
        "/operations/3/fields/bucket": "read_only",
        "/operations/4/verb": "unknown_verb",
        "/operations/5/fields": "unknown_field",
        "/operations/6": "one_of_two",
    }
    assert told(ada) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"/operations": "required"}),
        ({"operations": []}, {"/operations": "min_length"}),
        ({"operations": [{"verb": "task.delete"}] * 101}, {"/operations": "max_length"}),
        ({"operations": ["task.delete"]}, {"/operations/0": "not_a_dict"}),
        ({"operations": [{}], "then": 1}, {"/then": "unknown_field"}),
        ({"operations": [{}], "atomic": "perhaps"}, {"/atomic": "invalid"}),
        (
            {"operations": [{"verb": "tasks.delete", "ids": [str(uuid.uuid4())] * 200}] * 6},
            {"/operations": "too_many_tasks"},
        ),
        (
            {"atomic": True, "operations": [{"verb": "tasks.delete", "ids": [str(uuid.uuid4())] * 201}]},
            {"/operations/0/ids": "max_length"},
        ),
        ({"atomic": True, "operations": [{"verb": ["x"]}]}, {"/operations/0/verb": "unknown_verb"}),
        (
            {
                "atomic": True,
                "operations": [{"verb": "task.update", "id": str(uuid.uuid4()), "fields": None}],
            },
            {"/operations/0/fields": "null"},
        ),
        (
            {
                "atomic": True,
                "operations": [
                    {"verb": "tasks.update", "ids": [str(uuid.uuid4())], "fields": {"title": "x"}}
                ],
            },
            {"/operations/0/fields/title": "unknown_field"},
        ),
    ],
)
def test_a_batch_that_is_not_one_is_refused(client: AppClient, body: Any, expected: dict[str, str]) -> None:
    refused = client.send("POST", BATCH, body)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert pointers(refused.json()) == expected


def test_a_retried_batch_happens_once(client: AppClient, ada: User) -> None:
    key = {"idempotency-key": str(uuid.uuid4())}
    asked = [
        {"verb": "task.create", "fields": {"title": "Once"}},
        {"verb": "task.delete", "id": str(uuid.uuid4())},
    ]
    first = send(client, *asked, headers=key)
    again = send(client, *asked, headers=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert told(ada) == ["task.created"]
    other = send(client, asked[0], headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_an_id_is_taken_once_within_a_batch_too(client: AppClient, ada: User) -> None:
    eve = signed_up("eve@example.org")
    id_ = str(uuid.uuid4())
    make = {"verb": "task.create", "fields": {"title": "Mine", "id": id_}}
    assert [result["status"] for result in results(send(client, make, make))] == [201, 409]
    (refused,) = results(send(eve, make))
    assert (refused["status"], refused["problem"]["code"]) == (409, "id_taken")
    assert told(ada) == ["task.created"]
    for verb in ("project.create", "label.create"):
        named = [{"verb": verb, "fields": {"name": name, "id": id_}} for name in ("One", "Two")]
        assert [result["status"] for result in results(send(client, *named))] == [201, 409]


def test_a_version_is_expected_of_one_operation(client: AppClient, ada: User) -> None:
    task, project = make_task(ada), make_project(ada)
    update = {"verb": "task.update", "id": str(task.id), "fields": {"priority": 1}}
    done, stale, named = results(
        send(
            client,
            {**update, "version": 1},
            {"verb": "task.delete", "id": str(task.id), "version": 1},
            {"verb": "project.update", "id": str(project.id), "version": 7, "fields": {"name": "x"}},
        )
    )
    assert done["status"] == 200
    assert (stale["status"], stale["problem"]["code"]) == (412, "precondition_failed")
    assert stale["problem"]["current"] == done["body"]
    assert (named["status"], named["problem"]["current"]["name"]) == (412, "Work")
    (later,) = results(send(client, {"verb": "task.complete", "id": str(task.id), "version": 2}))
    assert later["status"] == 200
    assert send(client, update, headers={"if-match": '"1"'}).status_code == 400


# --- Undo -------------------------------------------------------------------------------------------


def test_one_undo_takes_the_whole_batch_back(client: AppClient, ada: User) -> None:
    whole, moved, gone, kept = (make_task(ada, title) for title in ("Whole", "Moved", "Gone", "Kept"))
    part = make_task(ada, "Part", parent=whole.id)
    project, label = make_project(ada), make_label(ada)
    before = state(ada)
    done = send(
        client,
        {"verb": "task.create", "fields": {"title": "New", "project": str(project.id)}},
        {"verb": "tasks.complete", "ids": ids(whole), "children": "complete"},
        {"verb": "tasks.update", "ids": ids(moved, kept), "fields": {"project": str(project.id)}},
        {
            "verb": "tasks.update",
            "ids": ids(kept),
            "fields": {"due_date": "2026-12-24", "add_labels": ids(label)},
        },
        {"verb": "task.move", "id": str(gone.id), "after": str(kept.id)},
        {"verb": "tasks.delete", "ids": ids(gone)},
        {"verb": "project.delete", "id": str(project.id), "tasks": "move"},
    )
    bodies(done)
    assert state(ada) != before
    assert client.send("GET", f"{TASKS}{part.id}/").json()["bucket"] == "completed"
    undone = client.send("POST", UNDO, {"op_id": done["Operation-Id"]})
    assert undone.status_code == 200, undone.content
    assert state(ada) == before
    assert Project.objects.filter(deleted_at=None).exists()
    redone = client.send("POST", UNDO, {"op_id": undone["Operation-Id"]})
    assert redone.status_code == 200
    assert not Project.objects.filter(deleted_at=None).exists()
    assert {task["title"] for task in state(ada).values()} == {"New", "Whole", "Part", "Moved", "Kept"}


def test_a_batch_of_which_one_was_changed_since_is_not_undone(client: AppClient, ada: User) -> None:
    one, two, three = (make_task(ada, title) for title in ("One", "Two", "Three"))
    done = send(client, {"verb": "tasks.complete", "ids": ids(one, two, three)})
    client.send("POST", f"{TASKS}{two.id}/reopen/")
    before, seq = state(ada), len(events_of(ada))
    refused = client.send("POST", UNDO, {"op_id": done["Operation-Id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "undo_conflict")
    assert pointers(refused.json()) == {f"/task/{two.id}/completed_at": "undo_conflict"}
    assert (state(ada), len(events_of(ada))) == (before, seq)


# --- Many at once -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [
        {"verb": "tasks.complete"},
        {"verb": "tasks.delete"},
        {"verb": "tasks.update", "fields": {"project": "…"}},
        {"verb": "tasks.update", "fields": {"add_labels": ["…"], "priority": 1}},
        {"verb": "tasks.update", "fields": {"due_date": "2026-12-24"}},
        {"verb": "tasks.update", "fields": {"deadline": "2026-11-22T09:00:00Z"}},
        {"verb": "tasks.update", "fields": {}},
    ],
    ids=str,
)
def test_what_is_done_to_many_and_undone_takes_as_many_statements_as_of_two(
    client: AppClient, ada: User, clock: time_machine.Traveller, operation: dict[str, Any]
) -> None:
    project, label = make_project(ada), make_label(ada)
    fields = dict(operation.get("fields", {}))
    if "project" in fields:
        fields["project"] = str(project.id)
    if "add_labels" in fields:
        fields["add_labels"] = [str(label.id)]
    taken = []
    for count in (2, 100):
        # Half of them are missed, and nobody has told yet.
        now = datetime.now(UTC)
        tasks = [
            Task(owner=ada, title="T", created_at=now, updated_at=now, deadline=now + (1 + n % 2) * MINUTE)
            for n in range(count)
        ]
        Task.objects.bulk_create(tasks)
        clock.shift(MINUTE)
        asked = {**operation, "ids": ids(*tasks), **({"fields": fields} if "fields" in operation else {})}
        with CaptureQueriesContext(connection) as captured:
            response = send(client, asked, headers={"idempotency-key": str(uuid.uuid4())})
        bodies(response)
        taken.append([query["sql"].split()[0] for query in captured.captured_queries])
        if fields or "fields" not in operation:
            with CaptureQueriesContext(connection) as captured:
                undone = client.send("POST", UNDO, {"op_id": response["Operation-Id"]})
            assert undone.status_code == 200, undone.content
            taken[-1] += [query["sql"].split()[0] for query in captured.captured_queries]
    assert taken[0] == taken[1]
    assert len(taken[0]) <= 30, taken[0]


def test_what_was_missed_meanwhile_is_told_first_of_many_too(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    tasks = [make_task(ada, deadline=NOON + MINUTE) for _ in range(4)]
    clock.move_to(NOON + MINUTE)
    done, same, moved, gone = (ids(task) for task in tasks)
    bodies(
        send(
            client,
            {"verb": "tasks.complete", "ids": done},
            {"verb": "tasks.update", "ids": same, "fields": {"priority": 4}},
            {"verb": "tasks.update", "ids": moved, "fields": {"deadline": "2026-11-22T12:03:00Z"}},
            {"verb": "tasks.delete", "ids": gone},
        )
    )
    own = {name: [event for event in events_of(ada) if event.data["task"]["id"] == id_[0]] for name, id_ in
           {"done": done, "same": same, "moved": moved, "gone": gone}.items()}  # fmt: skip
    assert {name: [event.type for event in events] for name, events in own.items()} == {
        "done": ["task.created", "task.missed", "task.completed"],
        "same": ["task.created", "task.missed"],
        "moved": ["task.created", "task.missed", "task.updated"],
        "gone": ["task.created", "task.missed", "task.deleted"],
    }
    assert {events[1].at for events in own.values()} == {NOON + MINUTE}
    assert own["done"][2].data["task"]["outcome"] == "late"
    assert Task.objects.get(id=same[0]).version == 1
    assert miss_due(now=NOON + MINUTE) == 0
    assert miss_due(now=NOON + 3 * MINUTE) == 1  # the one that was moved is armed afresh


def test_many_moved_into_the_past_are_missed_now(client: AppClient, ada: User) -> None:
    tasks = [make_task(ada, deadline=NOON + MINUTE) for _ in range(2)]
    (body,) = bodies(
        send(
            client,
            {"verb": "tasks.update", "ids": ids(*tasks), "fields": {"deadline": "2026-11-22T11:00:00Z"}},
        )
    )
    assert {task["bucket"] for task in body["tasks"]} == {"missed"}
    assert told(ada)[2:] == ["task.updated", "task.missed"] * 2
    assert {event.at for event in events_of(ada) if event.type == "task.missed"} == {NOON}


def test_what_fails_of_many_after_others_were_written_leaves_no_event(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    task = make_task(ada, deadline=NOON + MINUTE)
    clock.move_to(NOON + MINUTE)
    (failed,) = results(send(client, {"verb": "tasks.delete", "ids": [*ids(task), str(uuid.uuid4())]}))
    assert failed["status"] == 404
    assert told(ada) == ["task.created"]
    assert miss_due(now=NOON + MINUTE) == 1


def test_parts_that_are_named_with_their_whole_need_no_word(client: AppClient, ada: User) -> None:
    whole = make_task(ada, "Whole")
    part, other = (make_task(ada, title, parent=whole.id) for title in ("Part", "Other"))
    (refused,) = results(send(client, {"verb": "tasks.complete", "ids": ids(whole, part)}))
    assert (refused["status"], refused["problem"]["code"]) == (409, "open_children")
    assert pointers(refused["problem"]) == {f"/children/{other.id}": "open_children"}
    left = {"verb": "tasks.complete", "ids": ids(part, whole), "children": "leave"}
    (body,) = bodies(send(client, left))
    assert [task["id"] for task in body["tasks"]] == ids(part, whole)
    assert told(ada)[3:] == ["task.completed"] * 2
    send(client, left)
    assert told(ada)[3:] == ["task.completed"] * 2, "a repeat tells nothing"


def test_labels_of_many_are_set_added_and_taken_off(client: AppClient, ada: User) -> None:
    one, two, three = (make_label(ada, name) for name in ("one", "two", "three"))
    tasks = [make_task(ada, labels=[one.id]), make_task(ada, labels=[two.id])]

    def change(**fields: list[Label]) -> list[list[str]]:
        names = {label.id: label.name for label in (one, two, three)}
        asked = {name: [str(label.id) for label in labels] for name, labels in fields.items()}
        bodies(send(client, {"verb": "tasks.update", "ids": ids(*tasks), "fields": asked}))
        return [[names[label] for label in Task.objects.get(id=task.id).labels] for task in tasks]

    assert change(add_labels=[two, two]) == [["one", "two"], ["two"]]
    assert change(remove_labels=[two]) == [["one"], []]
    assert change(labels=[three, one]) == [["three", "one"]] * 2
    assert change(add_labels=[two], remove_labels=[three]) == [["one", "two"]] * 2
    absent = str(uuid.uuid4())
    for fields, pointer, code in (
        ({"add_labels": [str(one.id), absent]}, "/fields/add_labels/1", "label_not_found"),
        ({"project": absent}, "/fields/project", "project_not_found"),
        ({"due_date": "2026-12-24", "deadline": "2026-12-24T12:00:00Z"}, "/fields/deadline", "deadline_conflict"),
    ):  # fmt: skip
        (refused,) = results(send(client, {"verb": "tasks.update", "ids": ids(*tasks), "fields": fields}))
        assert refused["status"] == 400
        assert pointers(refused["problem"]) == {pointer: code}


def test_no_task_gets_more_labels_than_it_may_carry(client: AppClient, ada: User) -> None:
    labels = [make_label(ada, f"label {number}").id for number in range(51)]
    task = make_task(ada, labels=labels[:50])
    asked = {"verb": "tasks.update", "ids": ids(task), "fields": {"add_labels": [str(labels[50])]}}
    (refused,) = results(send(client, asked))
    assert (refused["status"], refused["problem"]["code"]) == (400, "too_many_labels")
    assert pointers(refused["problem"]) == {"/fields/add_labels": "too_many_labels"}


def test_nobody_changes_anothers_tasks_by_a_batch(client: AppClient, ada: User) -> None:
    task = make_task(ada)
    eve = signed_up("eve@example.org")
    asked = [
        {"verb": "task.update", "id": str(task.id), "fields": {"title": "Mine now"}},
        {"verb": "task.delete", "id": str(task.id), "version": 9},
        {"verb": "tasks.complete", "ids": ids(task)},
        {"verb": "tasks.update", "ids": ids(task), "fields": {"priority": 1}},
        {"verb": "tasks.delete", "ids": ids(task)},
    ]
    assert {result["status"] for result in results(send(eve, *asked))} == {404}
    assert told(ada) == ["task.created"]
