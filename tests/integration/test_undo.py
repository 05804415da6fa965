"""Any operation of the last day is taken back by another one: whole, or not at all."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskengine.accounts.models import User
from taskengine.errors import DomainError
from taskengine.operations.errors import OperationNotFound, UndoConflict, UndoImpossible
from taskengine.operations.models import Operation
from taskengine.operations.services import perform
from taskengine.tasks import services
from taskengine.tasks.models import Task
from taskengine.tasks.payloads import task_payload
from tests.support.accounts import ME, AppClient, signed_up
from tests.support.people import (
    do,
    events_of,
    last_operation,
    make_person,
    make_task,
    miss_due,
    move_to_zone,
    operation_of,
    told,
    undo,
    update,
)

pytestmark = pytest.mark.django_db

TASKS, UNDO = "/api/v1/tasks/", "/api/v1/undo/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_OWN_TO_A_WRITE = {"version", "updated_at", "bucket"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(clock: time_machine.Traveller) -> User:
    """Ada."""
    return make_person()


def state(person: User) -> dict[str, Any]:
    """Return what is in a person's tasks, but for what every write changes."""
    return {
        str(task.id): {
            name: value for name, value in task_payload(task, now=NOON).items() if name not in _OWN_TO_A_WRITE
        }
        for task in Task.objects.filter(owner=person, deleted_at=None)
    }


def against(person: User, op_id: uuid.UUID) -> dict[str, str]:
    """Return what stands against an undo: pointer → code."""
    before, seq = Task.objects.order_by("id").values(), len(events_of(person))
    rows = list(before)
    with pytest.raises(UndoConflict) as refused:
        undo(person, op_id)
    assert list(before.all()) == rows, "nothing is half undone"
    assert len(events_of(person)) == seq
    return {fault.pointer: fault.code for fault in refused.value.faults}


def test_each_verb_is_taken_back_by_the_event_of_its_counterpart(ada: User) -> None:
    task = make_task(ada, deadline=NOON + HOUR)
    for verb, counterpart in (
        (lambda: update(ada, task, title="New"), "task.updated"),
        (lambda: do(ada, services.complete_task, task), "task.reopened"),
        (lambda: do(ada, services.delete_task, task), "task.restored"),
    ):
        before = state(ada)
        verb()
        undo(ada)
        assert told(ada)[-1] == counterpart
        assert state(ada) == before
    assert [event.seq for event in events_of(ada)] == list(range(1, 8))
    undo(ada, events_of(ada)[0].op_id)
    assert (told(ada)[-1], state(ada)) == ("task.deleted", {})


def test_an_undo_is_a_write_of_its_own_with_its_own_name(ada: User) -> None:
    task = make_task(ada, title="Old")
    update(ada, task, title="New")
    op_id = undo(ada)
    event = events_of(ada)[-1]
    assert (event.op_id, event.actor, event.data["task"]["version"]) == (op_id, ada.pk, 3)
    logged = Operation.objects.get(id=op_id)
    assert logged.verb == "undo"
    assert logged.changes[0]["after"]["title"] == "Old"


def test_a_completion_comes_back_with_its_own_instant_and_outcome(
    ada: User, clock: time_machine.Traveller
) -> None:
    task = make_task(ada, deadline=NOON + HOUR)
    do(ada, services.complete_task, task)
    clock.shift(2 * HOUR)
    do(ada, services.reopen_task, task)
    undo(ada)
    task.refresh_from_db()
    assert (task.completed_at, task.outcome, task.lateness_s) == (NOON, "on_time", None)
    assert told(ada)[-1] == "task.completed"


def test_a_day_comes_back_and_ends_where_its_owner_is_now(ada: User) -> None:
    task = make_task(ada, due_date=date(2026, 11, 25))
    update(ada, task, deadline=NOON + HOUR)
    op_id = last_operation(ada)
    move_to_zone(ada, "Asia/Tokyo")
    undo(ada, op_id)
    task.refresh_from_db()
    assert (task.due_date, task.deadline) == (date(2026, 11, 25), datetime(2026, 11, 25, 15, tzinfo=UTC))


def test_a_day_that_moved_with_its_owner_was_not_changed_since(ada: User) -> None:
    task = make_task(ada, due_date=date(2026, 11, 25))
    made = last_operation(ada)
    update(ada, task, due_date=date(2026, 11, 27))
    changed = last_operation(ada)
    move_to_zone(ada, "Asia/Tokyo")
    assert events_of(ada)[-1].data["task"]["deadline"] == "2026-11-27T15:00:00.000000Z"
    undo(ada, changed)
    task.refresh_from_db()
    assert (task.due_date, task.deadline) == (date(2026, 11, 25), datetime(2026, 11, 25, 15, tzinfo=UTC))
    move_to_zone(ada, "Europe/Berlin")
    undo(ada, made)
    assert state(ada) == {}


def test_a_day_that_somebody_changed_was_changed_wherever_its_owner_is(ada: User) -> None:
    day, zone = (make_task(ada, due_date=date(2026, 11, 25)) for _ in "ab")
    for task, fields in ((day, {"due_date": date(2026, 11, 28)}), (zone, {"time_zone": "Asia/Tokyo"})):
        update(ada, task, due_date=date(2026, 11, 27))
        op_id = last_operation(ada)
        update(ada, task, **fields)
        move_to_zone(ada, "Asia/Tokyo")
        assert against(ada, op_id) == {f"/task/{task.id}/{next(iter(fields))}": "undo_conflict"}


def test_a_day_that_comes_back_to_a_task_that_was_told_as_missed_ends_where_its_owner_is_now(
    ada: User, clock: time_machine.Traveller
) -> None:
    task = make_task(ada, due_date=date(2026, 11, 25))
    update(ada, task, due_date=date(2026, 11, 22))
    op_id = last_operation(ada)
    clock.move_to(datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert miss_due(now=datetime(2026, 11, 23, 1, tzinfo=UTC)) == 1
    move_to_zone(ada, "America/Los_Angeles")
    undo(ada, op_id)
    task.refresh_from_db()
    assert (task.due_date, task.deadline) == (date(2026, 11, 25), datetime(2026, 11, 26, 8, tzinfo=UTC))


def test_a_deadline_that_comes_back_is_armed_afresh(ada: User, clock: time_machine.Traveller) -> None:
    task = make_task(ada, deadline=NOON + HOUR)
    update(ada, task, deadline=NOON + 9 * HOUR)
    undo(ada)
    assert miss_due(now=NOON + HOUR) == 1
    clock.move_to(NOON + HOUR)
    update(ada, task, deadline=NOON + 9 * HOUR)
    clock.move_to(NOON + 2 * HOUR)
    undo(ada)
    assert told(ada)[-3:] == ["task.updated", "task.updated", "task.missed"]
    assert events_of(ada)[-1].at == NOON + 2 * HOUR, "missed by the undo, at the undo"
    assert miss_due(now=NOON + 3 * HOUR) == 0


def test_what_an_undo_reopens_or_restores_too_late_is_missed(
    ada: User, clock: time_machine.Traveller
) -> None:
    for verb, counterpart in (
        (services.complete_task, "task.reopened"),
        (services.delete_task, "task.restored"),
    ):
        clock.move_to(NOON)
        task = make_task(ada, deadline=NOON + HOUR)
        do(ada, verb, task)
        clock.move_to(NOON + 2 * HOUR)
        undo(ada)
        assert told(ada, task)[-2:] == [counterpart, "task.missed"]


def test_an_undo_that_comes_before_the_engine_tells_the_miss_first(
    ada: User, clock: time_machine.Traveller
) -> None:
    task = make_task(ada, deadline=NOON + HOUR)
    update(ada, task, title="New")
    clock.move_to(NOON + HOUR)
    undo(ada)
    assert told(ada)[-2:] == ["task.missed", "task.updated"]


def test_an_undo_can_be_undone_and_that_one_too(ada: User) -> None:
    task = make_task(ada, title="Old", deadline=NOON + HOUR)
    update(ada, task, title="New", priority=1)
    new = state(ada)
    first = undo(ada)
    second = undo(ada, first)
    assert state(ada) == new
    undo(ada, second)
    assert state(ada)[str(task.id)]["title"] == "Old"


def test_what_else_was_changed_since_is_left_alone(ada: User) -> None:
    task = make_task(ada, title="Old")
    update(ada, task, title="New")
    op_id = last_operation(ada)
    update(ada, task, notes="Ask Ben", priority=1)
    do(ada, services.complete_task, task)
    undo(ada, op_id)
    task.refresh_from_db()
    assert (task.title, task.notes, task.priority, task.outcome) == ("Old", "Ask Ben", 1, "on_time")


def test_what_was_changed_since_stands_against_it_by_object_and_field(ada: User) -> None:
    task = make_task(ada, title="Old", deadline=NOON + HOUR)
    update(ada, task, title="New", priority=1, deadline=NOON + 2 * HOUR)
    op_id = last_operation(ada)
    update(ada, task, title="Newer", due_date=date(2026, 11, 23), notes="Ask Ben")
    assert against(ada, op_id) == {
        f"/task/{task.id}/title": "undo_conflict",
        f"/task/{task.id}/deadline": "undo_conflict",
    }
    update(ada, task, title="New", deadline=NOON + 2 * HOUR)
    undo(ada, op_id)
    assert state(ada)[str(task.id)]["title"] == "Old"


def test_a_second_undo_of_the_same_operation_is_a_conflict(ada: User) -> None:
    task = make_task(ada)
    do(ada, services.complete_task, task)
    op_id = last_operation(ada)
    undo(ada, op_id)
    assert against(ada, op_id) == {f"/task/{task.id}/completed_at": "undo_conflict"}
    do(ada, services.delete_task, task)
    deleted = last_operation(ada)
    undo(ada, deleted)
    assert against(ada, deleted) == {f"/task/{task.id}": "undo_conflict"}


def test_completed_again_since_stands_against_taking_the_first_completion_back(
    ada: User, clock: time_machine.Traveller
) -> None:
    task = make_task(ada)
    do(ada, services.complete_task, task)
    op_id = last_operation(ada)
    do(ada, services.reopen_task, task)
    clock.shift(HOUR)
    do(ada, services.complete_task, task)
    assert against(ada, op_id) == {f"/task/{task.id}/completed_at": "undo_conflict"}


def test_what_is_deleted_can_not_be_set_back(ada: User) -> None:
    task = make_task(ada)
    update(ada, task, title="New")
    op_id = last_operation(ada)
    do(ada, services.delete_task, task)
    assert against(ada, op_id) == {f"/task/{task.id}": "undo_conflict"}


def test_a_new_task_that_was_worked_on_is_not_taken_back(ada: User) -> None:
    task = make_task(ada)
    made = last_operation(ada)
    update(ada, task, notes="An hour's work")
    assert against(ada, made) == {f"/task/{task.id}/notes": "undo_conflict"}
    undo(ada)
    undo(ada, made)
    assert state(ada) == {}


def test_a_miss_stands_against_nothing(ada: User) -> None:
    task = make_task(ada, title="Old", deadline=NOON + HOUR)
    made = last_operation(ada)
    update(ada, task, title="New")
    miss_due(now=NOON + HOUR)
    undo(ada)
    undo(ada, made)
    assert state(ada) == {}


def tree(person: User) -> list[Task]:
    """Make a task of two parts by one operation."""
    with operation_of(person) as operation:
        whole = services.create_task(operation=operation, title="Thesis")
        parts = [
            services.create_task(operation=operation, title=title, parent=whole.id)
            for title in ("Outline", "Draft")
        ]
    return [whole, *parts]


def test_one_undo_takes_all_back_and_another_brings_all_again(ada: User) -> None:
    tree(ada)
    made = state(ada)
    op_id = undo(ada)
    assert state(ada) == {}
    assert {event.op_id for event in events_of(ada)[-3:]} == {op_id}
    undo(ada, op_id)
    assert state(ada) == made


def test_one_change_since_stands_against_the_whole(ada: User) -> None:
    whole, outline, draft = tree(ada)
    op_id = last_operation(ada)
    do(ada, services.complete_task, outline)
    update(ada, draft, title="First draft", estimate_min=60)
    assert against(ada, op_id) == {
        f"/task/{outline.id}/completed_at": "undo_conflict",
        f"/task/{draft.id}/title": "undo_conflict",
        f"/task/{draft.id}/estimate_min": "undo_conflict",
    }
    assert whole.id in {task.id for task in Task.objects.filter(deleted_at=None)}


def test_changes_of_one_task_are_taken_back_last_first(ada: User) -> None:
    with operation_of(ada) as operation:
        task = services.create_task(operation=operation, title="Old", deadline=NOON - HOUR)
        services.update_task(operation=operation, task_id=task.id, fields={"title": "New"})
        services.complete_task(operation=operation, task_id=task.id)
    done = state(ada)
    op_id = undo(ada)
    assert state(ada) == {}
    undo(ada, op_id)
    assert state(ada) == done


def test_a_parent_comes_back_unless_it_is_gone_or_would_close_a_circle(ada: User) -> None:
    whole, part = make_task(ada, "Whole"), make_task(ada, "Part")
    update(ada, part, parent=whole.id)
    update(ada, part, parent=None)
    taken_out = last_operation(ada)
    update(ada, whole, parent=part.id)
    assert against(ada, taken_out) == {f"/task/{part.id}/parent": "undo_conflict"}
    update(ada, whole, parent=None)
    do(ada, services.delete_task, whole)
    assert against(ada, taken_out) == {f"/task/{part.id}/parent": "undo_conflict"}
    do(ada, services.restore_task, whole)
    undo(ada, taken_out)
    part.refresh_from_db()
    assert part.parent_id == whole.id


def test_what_an_older_server_logged_can_be_taken_back(ada: User) -> None:
    task = make_task(ada, title="Old", estimate_min=30)
    made = last_operation(ada)
    update(ada, task, title="New")
    for operation in Operation.objects.all():
        for side in ("before", "after"):
            if operation.changes[0][side]:
                del operation.changes[0][side]["estimate_min"], operation.changes[0][side]["parent"]
        Operation.objects.filter(owner_id=ada.pk, id=operation.id).update(changes=operation.changes)
    undo(ada)
    assert Task.objects.get().estimate_min == 30
    undo(ada, made)
    assert state(ada) == {}


def test_an_operation_can_be_undone_for_a_day_and_no_longer(ada: User, clock: time_machine.Traveller) -> None:
    make_task(ada, title="First")
    first = last_operation(ada)
    clock.shift(timedelta(microseconds=1))
    make_task(ada, title="Second")
    clock.move_to(NOON + DAY + timedelta(microseconds=1))
    with pytest.raises(OperationNotFound):
        undo(ada, first)
    undo(ada)
    assert [task["title"] for task in state(ada).values()] == ["First"]


def test_nobody_undoes_what_another_did(ada: User) -> None:
    eve = make_person("eve")
    make_task(ada)
    for op_id in (last_operation(ada), uuid.uuid4()):
        with pytest.raises(OperationNotFound):
            undo(eve, op_id)
    assert len(state(ada)) == 1


def test_what_changed_nothing_can_not_be_undone(ada: User) -> None:
    with perform(owner_id=ada.pk, verb="task.reopen", op_id=uuid.uuid4()) as operation:
        pass
    with pytest.raises(UndoImpossible):
        undo(ada, operation.id)


def test_with_one_change_that_can_not_be_undone_nothing_is(ada: User) -> None:
    with operation_of(ada) as operation:
        services.create_task(operation=operation, title="Stays")
        operation.changed(kind="user", object_id=ada.pk, before={"a": 1}, after={"a": 2})
    with pytest.raises(UndoImpossible):
        undo(ada, operation.id)
    assert len(state(ada)) == 1


Write = Callable[[User, Task], object]
_WRITES: dict[str, Write] = {
    "complete": lambda person, task: do(person, services.complete_task, task),
    "reopen": lambda person, task: do(person, services.reopen_task, task),
    "delete": lambda person, task: do(person, services.delete_task, task),
    "restore": lambda person, task: do(person, services.restore_task, task),
    "title": lambda person, task: update(person, task, title=f"{task.title}!", notes="n", priority=2),
    "estimate": lambda person, task: update(person, task, estimate_min=15),
    "no deadline": lambda person, task: update(person, task, deadline=None),
    "past": lambda person, task: update(person, task, deadline=NOON - HOUR),
    "future": lambda person, task: update(person, task, deadline=NOON + 40 * DAY),
    "day": lambda person, task: update(person, task, due_date=date(2026, 11, 24), time_zone="Asia/Tokyo"),
    "zone": lambda person, task: update(person, task, time_zone="Europe/Berlin"),
    "parent": lambda person, task: update(
        person, task, parent=Task.objects.filter(owner=person).exclude(id=task.id).earliest("id").id
    ),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(_WRITES)), st.integers(0, 1), st.sampled_from([0, 1, 3600])),
        min_size=1,
        max_size=12,
    )
)
def test_an_undo_at_once_leads_back_and_its_undo_forth_again(steps: list[tuple[str, int, int]]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        person = User.objects.create_user(f"{uuid.uuid4().hex}@example.org")
        tasks = [make_task(person, "a", deadline=NOON + HOUR), make_task(person, "b")]
        for name, number, seconds in steps:
            clock.shift(seconds)
            before, operations = state(person), Operation.objects.filter(owner=person).count()
            with suppress(DomainError):  # a deleted task can't be edited, nor be a parent
                _WRITES[name](person, tasks[number])
            if Operation.objects.filter(owner=person).count() > operations:
                after = state(person)
                op_id = undo(person)
                assert state(person) == before
                undo(person, op_id)
                assert state(person) == after


@pytest.fixture
def client(clock: time_machine.Traveller) -> AppClient:
    """Ada, logged in."""
    return signed_up()


def send(client: AppClient, op_id: object, **headers: str) -> Any:
    """Ask for an undo."""
    return client.send("POST", UNDO, {"op_id": str(op_id)}, **headers)


def test_the_api_names_the_undo_and_what_it_changed(client: AppClient) -> None:
    made = client.send("POST", TASKS, {"title": "Send invoice"})
    op_id, key = made["Operation-Id"], str(uuid.uuid4())
    response = send(client, op_id, **{"idempotency-key": key})
    assert response.status_code == 200
    objects = [{"kind": "task", "id": made.json()["id"]}]
    assert response.json() == {"op_id": key, "undid": op_id, "objects": objects}
    assert response["Operation-Id"] == key
    assert send(client, op_id, **{"idempotency-key": key}).json() == response.json(), "a retry is no redo"
    assert client.send("GET", TASKS).json()["results"] == []
    redone = send(client, key).json()
    assert redone["objects"] == objects
    assert len(client.send("GET", TASKS).json()["results"]) == 1


def test_the_api_says_what_stands_against_it(client: AppClient) -> None:
    task = client.send("POST", TASKS, {"title": "Old"}).json()
    patched = client.send("PATCH", f"{TASKS}{task['id']}/", {"title": "New"})
    client.send("PATCH", f"{TASKS}{task['id']}/", {"title": "Newer"})
    response = send(client, patched["Operation-Id"])
    assert (response.status_code, response.json()["code"]) == (409, "undo_conflict")
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"/task/{task['id']}/title", "undo_conflict")
    assert "Newer" in error["detail"]


def test_the_account_is_not_undone(client: AppClient) -> None:
    moved = client.send("PATCH", ME, {"time_zone": "Asia/Tokyo"})
    response = send(client, moved["Operation-Id"])
    assert (response.status_code, response.json()["code"]) == (409, "undo_impossible")
    assert client.send("GET", ME).json()["time_zone"] == "Asia/Tokyo"


def test_a_strangers_operation_is_404_like_one_that_never_was(client: AppClient) -> None:
    eve = signed_up("eve@example.org")
    theirs = client.send("POST", TASKS, {"title": "Send invoice"})["Operation-Id"]
    for op_id in (theirs, uuid.uuid4()):
        response = send(eve, op_id)
        assert (response.status_code, response.json()["code"]) == (404, "operation_not_found")
    assert len(client.send("GET", TASKS).json()["results"]) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ("/op_id", "required")),
        ({"op_id": None}, ("/op_id", "null")),
        ({"op_id": "last"}, ("/op_id", "invalid")),
        ({"op_id": str(uuid.UUID(int=7)), "force": True}, ("/force", "unknown_field")),
    ],
)
def test_what_is_not_valid_is_named(
    client: AppClient, body: dict[str, Any], expected: tuple[str, str]
) -> None:
    response = client.send("POST", UNDO, body)
    errors = [(error["pointer"], error["code"]) for error in response.json()["errors"]]
    assert (response.status_code, errors) == (400, [expected])


def test_nobody_is_401() -> None:
    assert send(AppClient(), uuid.uuid4()).status_code == 401
