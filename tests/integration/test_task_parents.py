"""Tasks that are parts of others, and how long they take: rules, wire, log."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from taskengine.accounts.models import User
from taskengine.operations.models import Operation
from taskengine.tasks import services
from taskengine.tasks.errors import OpenChildren, ParentCircle, ParentNotFound
from taskengine.tasks.models import Task
from taskengine.tasks.services import Children
from tests.support.accounts import PASSWORD, AppClient, signed_up
from tests.support.people import do, events_of, make_person, make_task, purge_deleted, told, undo, update

pytestmark = pytest.mark.django_db

TASKS = "/api/v1/tasks/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def chain(person: User, length: int) -> list[Task]:
    """Make tasks each of which is a part of the one before."""
    tasks = [make_task(person, "0")]
    for number in range(1, length):
        tasks.append(make_task(person, str(number), parent=tasks[-1].id))
    return tasks


def refusal(response: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """Return status, code and the faults of a problem document."""
    body = response.json()
    return response.status_code, body["code"], [(error["pointer"], error["code"]) for error in body["errors"]]


def test_a_part_names_its_whole_in_the_event_and_the_log() -> None:
    ada = make_person()
    whole = make_task(ada, "Thesis")
    part = make_task(ada, "Outline", parent=whole.id, estimate_min=90)
    task = events_of(ada)[-1].data["task"]
    assert (task["parent"], task["estimate_min"]) == (str(whole.id), 90)
    update(ada, part, parent=None, estimate_min=None)
    (change,) = Operation.objects.get(changes__0__before__estimate_min=90).changes
    assert (change["before"]["parent"], change["after"]["parent"]) == (str(whole.id), None)
    assert change["after"]["estimate_min"] is None


def test_the_same_parent_and_estimate_again_change_nothing() -> None:
    ada = make_person()
    whole = make_task(ada)
    part = make_task(ada, parent=whole.id, estimate_min=90)
    assert update(ada, part, parent=whole.id, estimate_min=90).version == 1
    assert told(ada, part) == ["task.created"]


def test_a_parent_is_ones_own_and_there() -> None:
    ada, eve = make_person("ada"), make_person("eve")
    hers, gone, part = make_task(eve), make_task(ada), make_task(ada)
    do(ada, services.delete_task, gone)
    for parent in (hers.id, gone.id, uuid.uuid4()):
        with pytest.raises(ParentNotFound):
            make_task(ada, parent=parent)
        with pytest.raises(ParentNotFound):
            update(ada, part, parent=parent)
    assert told(ada, part) == ["task.created"]


def test_no_task_is_a_part_of_itself_or_of_its_own_parts() -> None:
    ada = make_person()
    first, second, third = chain(ada, 3)
    for below in (first, second, third):
        with pytest.raises(ParentCircle):
            update(ada, first, parent=below.id)
    assert update(ada, third, parent=first.id).parent_id == first.id
    assert update(ada, second, parent=third.id).parent_id == third.id


def test_a_circle_is_not_closed_through_what_is_deleted_for_it_may_be_restored() -> None:
    ada = make_person()
    first, second, third = chain(ada, 3)
    do(ada, services.delete_task, second)
    with pytest.raises(ParentCircle):
        update(ada, first, parent=third.id)


def test_looking_for_a_circle_takes_as_many_statements_however_deep() -> None:
    ada = make_person()
    deep, other = chain(ada, 40), make_task(ada)
    counts = []
    for parent in (deep[1], deep[-1]):
        with CaptureQueriesContext(connection) as captured:
            update(ada, other, parent=parent.id)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_parts_outlive_their_whole_and_find_it_restored() -> None:
    ada = make_person()
    whole = make_task(ada)
    part = make_task(ada, parent=whole.id)
    do(ada, services.delete_task, whole)
    assert told(ada, part) == ["task.created"]
    assert update(ada, part, title="New", parent=whole.id).parent_id == whole.id
    do(ada, services.restore_task, whole)
    part.refresh_from_db()
    assert part.parent_id == whole.id


def test_completing_the_whole_asks_what_becomes_of_open_parts_at_any_depth(
    clock: time_machine.Traveller,
) -> None:
    ada = make_person()
    whole, part, deeper = chain(ada, 3)
    do(ada, services.complete_task, part, children=Children.LEAVE)
    with pytest.raises(OpenChildren) as refused:
        do(ada, services.complete_task, whole)
    assert [fault.pointer for fault in refused.value.faults] == [f"/children/{deeper.id}"]
    do(ada, services.complete_task, deeper)
    assert do(ada, services.complete_task, whole).completed_at == NOON


def test_what_is_deleted_and_what_is_below_it_is_no_open_part(clock: time_machine.Traveller) -> None:
    ada = make_person()
    whole, part, _ = chain(ada, 3)
    do(ada, services.delete_task, part)
    assert do(ada, services.complete_task, whole).completed_at == NOON


def test_the_parts_are_left_open_or_completed_with_the_whole_by_one_operation(
    clock: time_machine.Traveller,
) -> None:
    ada = make_person()
    tree = chain(ada, 4)
    late = make_task(ada, "late", parent=tree[1].id, deadline=NOON - timedelta(hours=1))
    do(ada, services.complete_task, tree[3], children=Children.LEAVE)
    do(ada, services.complete_task, tree[0], children=Children.COMPLETE)
    assert [task.completed_at for task in Task.objects.all()] == [NOON] * 5
    late.refresh_from_db()
    assert (late.outcome, late.lateness_s) == ("late", 3600)
    done = [event for event in events_of(ada) if event.type == "task.completed"][1:]
    assert {event.op_id for event in done} == {done[0].op_id}
    assert done[-1].data["task"]["id"] == str(tree[0].id), "the whole is told last"
    undo(ada)
    is_open = dict(Task.objects.values_list("id", "completed_at"))
    assert {id_ for id_, at in is_open.items() if at} == {tree[3].id}, "what was done before stays done"
    do(ada, services.complete_task, tree[0], children=Children.LEAVE)
    assert Task.objects.filter(completed_at=None).count() == 3


def test_a_circle_that_the_table_were_to_have_is_completed_once() -> None:
    ada = make_person()
    whole, part = chain(ada, 2)
    Task.objects.filter(id=whole.id).update(parent_id=part.id)
    do(ada, services.complete_task, whole, children=Children.COMPLETE)
    assert [told(ada, task).count("task.completed") for task in (whole, part)] == [1, 1]
    undo(ada)
    assert Task.objects.filter(completed_at=None).count() == 2


def test_completing_with_its_parts_takes_as_many_statements_however_many_they_are() -> None:
    counted = []
    for many in (1, 12):
        ada = make_person(f"ada{many}")
        whole = make_task(ada)
        for number in range(many):
            make_task(ada, str(number), parent=whole.id)
        with CaptureQueriesContext(connection) as captured:
            do(ada, services.complete_task, whole, children=Children.COMPLETE)
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_the_api_names_the_open_parts_and_takes_an_answer() -> None:
    ada = signed_up()
    whole = ada.send("POST", TASKS, {"title": "Thesis"}).json()
    part = ada.send("POST", TASKS, {"title": "Outline", "parent": whole["id"]}).json()
    address = f"{TASKS}{whole['id']}/complete/"
    assert refusal(ada.send("POST", address)) == (
        409, "open_children", [(f"/children/{part['id']}", "open_children")],
    )  # fmt: skip
    assert refusal(ada.send("POST", address, {"children": "burn"}))[2] == [("/children", "invalid_choice")]
    progress = f"{TASKS}summary/?parent={whole['id']}"
    assert ada.send("GET", progress).json()["upcoming"] == 1
    assert ada.send("POST", address, {"children": "complete"}).json()["bucket"] == "completed"
    assert ada.send("GET", progress).json()["completed"] == 1


@pytest.mark.parametrize("estimate_min", [0, 10_081])
def test_the_database_refuses_an_estimate_out_of_range(estimate_min: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_task(make_person(), estimate_min=estimate_min)


def test_the_database_refuses_a_task_that_is_its_own_parent() -> None:
    task = make_task(make_person())
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(id=task.id).update(parent_id=task.id)


def test_the_api_takes_and_answers_both(clock: time_machine.Traveller) -> None:
    ada = signed_up()
    whole = ada.send("POST", TASKS, {"title": "Thesis"}).json()
    assert (whole["parent"], whole["estimate_min"]) == (None, None)
    part = ada.send("POST", TASKS, {"title": "Outline", "parent": whole["id"], "estimate_min": 10_080}).json()
    assert (part["parent"], part["estimate_min"]) == (whole["id"], 10_080)
    address = f"{TASKS}{part['id']}/"
    assert ada.send("PATCH", address, {"title": "New"}).json()["parent"] == whole["id"]
    read = ada.send("GET", address).json()
    assert ada.send("PUT", address, read).json() == read
    ada.send("DELETE", f"{TASKS}{whole['id']}/")
    assert ada.send("PUT", address, read).json() == read, "what was read can be put back"
    cleared = ada.send("PATCH", address, {"parent": None, "estimate_min": 1}).json()
    assert (cleared["parent"], cleared["estimate_min"]) == (None, 1)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"estimate_min": 0}, ("/estimate_min", "min_value")),
        ({"estimate_min": 10_081}, ("/estimate_min", "max_value")),
        ({"estimate_min": 1.5}, ("/estimate_min", "invalid")),
        ({"estimate_min": "soon"}, ("/estimate_min", "invalid")),
        ({"parent": "thesis"}, ("/parent", "invalid")),
        ({"parent": 7}, ("/parent", "invalid")),
        ({"parent": str(uuid.UUID(int=7))}, ("/parent", "parent_not_found")),
    ],
)
def test_what_is_not_valid_is_named(fields: dict[str, Any], expected: tuple[str, str]) -> None:
    response = signed_up().send("POST", TASKS, {"title": "Outline", **fields})
    status, _, faults = refusal(response)
    assert (status, faults) == (400, [expected])
    assert not Task.objects.exists()


def test_a_circle_has_a_code_and_a_strangers_task_is_not_found() -> None:
    ada, eve = signed_up("ada@example.org"), signed_up("eve@example.org")
    mine, hers = (client.send("POST", TASKS, {"title": "x"}).json() for client in (ada, eve))
    own = ada.send("PATCH", f"{TASKS}{mine['id']}/", {"parent": mine["id"]})
    assert refusal(own) == (400, "parent_circle", [("/parent", "parent_circle")])
    strange = ada.send("PATCH", f"{TASKS}{mine['id']}/", {"parent": hers["id"]})
    assert refusal(strange) == (400, "parent_not_found", [("/parent", "parent_not_found")])


def test_a_list_holds_the_parts_of_one_task(clock: time_machine.Traveller) -> None:
    ada, eve = signed_up("ada@example.org"), signed_up("eve@example.org")
    whole = ada.send("POST", TASKS, {"title": "Thesis"}).json()
    parts = []
    for title in ("a", "b", "c"):
        clock.shift(1)
        parts.append(ada.send("POST", TASKS, {"title": title, "parent": whole["id"]}).json())
    ada.send("DELETE", f"{TASKS}{parts.pop(0)['id']}/")

    address = f"{TASKS}?parent={whole['id']}&ordering=created_at&limit=1"
    page = ada.send("GET", address).json()
    rest = ada.send("GET", f"{address}&cursor={page['next_cursor']}").json()
    assert page["results"] + rest["results"] == parts
    other = ada.send("GET", f"{TASKS}?parent={uuid.uuid4()}&limit=1&cursor={page['next_cursor']}")
    assert refusal(other)[2] == [("/cursor", "invalid_cursor")]
    assert eve.send("GET", f"{TASKS}?parent={whole['id']}").json()["results"] == []
    assert refusal(ada.send("GET", f"{TASKS}?parent=7"))[2] == [("/parent", "invalid")]


@pytest.mark.django_db(transaction=True)
def test_an_account_goes_with_its_trees() -> None:
    ada: AppClient = signed_up()
    chain(User.objects.get(), 3)
    with CaptureQueriesContext(connection) as captured:
        assert ada.send("DELETE", "/api/v1/users/me/", {"password": PASSWORD}).status_code == 204
        purge_deleted()
    assert not Task.objects.exists()
    assert not [query for query in captured if query["sql"].startswith('UPDATE "tasks_task"')]
