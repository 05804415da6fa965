"""What is deleted can be had back for a while; what is purged is gone, and nothing is said of it any more."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction

from realtime import outbox
from taskengine.accounts.models import User
from taskengine.engine import housekeeping
from taskengine.operations import retention
from taskengine.operations.errors import UndoImpossible
from taskengine.operations.models import Operation
from taskengine.tasks import many, places, services, trash
from taskengine.tasks.errors import ParentCircle, TaskNotFound
from taskengine.tasks.models import Document, Task
from taskengine.tasks.queries import trash_of
from tests.support.accounts import AppClient, signed_up
from tests.support.breakdowns import ready
from tests.support.locks import in_flight
from tests.support.people import (
    do,
    last_operation,
    make_label,
    make_person,
    make_project,
    make_task,
    operation_of,
    told,
    undo,
    update,
)

pytestmark = pytest.mark.django_db

BATCH, TASKS, TRASH, UNDO = "/api/v1/batch/", "/api/v1/tasks/", "/api/v1/trash/", "/api/v1/undo/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)


def trashed(
    person: User, *titles: str, clock: time_machine.Traveller | None = None, **fields: Any
) -> list[Task]:
    """Make tasks and delete them, a microsecond after each other where there is a clock."""
    made = [make_task(person, title, **fields) for title in titles]
    for task in made:
        do(person, services.delete_task, task)
        if clock:
            clock.shift(TICK)
    return made


def purge(person: User, task: Task) -> None:
    """Purge one."""
    do(person, trash.purge_task, task)


def in_log(text: str) -> bool:
    """Whether a text stands anywhere in the log of operations, answers included."""
    return any(
        text in orjson.dumps([row.changes, row.answer], default=str).decode()
        for row in Operation.objects.all()
    )


# --- The list ---------------------------------------------------------------------------------------


def test_the_trash_lists_what_was_deleted_last_first_and_page_by_page(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    make_task(ada, "not deleted")
    trashed(ada, "a", "b", "c", clock=clock, deadline=NOON + HOUR)
    page = client.send("GET", f"{TRASH}?limit=2").json()
    assert [task["title"] for task in page["results"]] == ["c", "b"]
    assert set(page) == {"results", "next_cursor", "as_of", "server_time", "next_transition_at"}
    assert page["next_transition_at"] == "2026-11-22T13:00:00.000000Z"
    clock.move_to(NOON + 2 * MINUTE)
    trashed(ada, "deleted in between")
    rest = client.send("GET", f"{TRASH}?limit=2&cursor={page['next_cursor']}").json()
    assert [task["title"] for task in rest["results"]] == ["a"]
    assert (rest["next_cursor"], rest["as_of"]) == (None, page["as_of"])
    (last,) = rest["results"]
    assert last["deleted_at"] == "2026-11-22T12:00:00.000000Z"
    assert last["purge_at"] == "2026-12-22T12:00:00.000000Z"
    assert last["bucket"] == "upcoming"


def test_tasks_deleted_at_one_instant_come_once_each(client: AppClient, ada: User) -> None:
    trashed(ada, *"abcde")
    seen, path = [], f"{TRASH}?limit=2"
    while path:
        page = client.send("GET", path).json()
        seen += [task["title"] for task in page["results"]]
        path = page["next_cursor"] and f"{TRASH}?limit=2&cursor={page['next_cursor']}"
    assert sorted(seen) == list("abcde")


def test_a_cursor_of_the_trash_is_for_nobody_else_and_for_no_other_list(client: AppClient, ada: User) -> None:
    trashed(ada, "a", "b")
    cursor = client.send("GET", f"{TRASH}?limit=1").json()["next_cursor"]
    eve = signed_up("eve@example.org")
    for asks, path in ((eve, TRASH), (client, TASKS), (client, "/api/v1/operations/")):
        assert asks.send("GET", f"{path}?cursor={cursor}").status_code == 400, path


# --- Purging ----------------------------------------------------------------------------------------


def test_what_is_not_in_ones_own_trash_is_404(client: AppClient, ada: User) -> None:
    live, (gone,) = make_task(ada), trashed(ada, "gone")
    eve = signed_up("eve@example.org")
    for asks, task_id in ((client, live.id), (eve, gone.id), (eve, live.id), (client, uuid.uuid4())):
        response = asks.send("DELETE", f"{TRASH}{task_id}/")
        assert (response.status_code, response.json()["code"]) == (404, "task_not_found")
    assert eve.send("DELETE", TRASH).status_code == 204
    assert eve.send("GET", TRASH).json()["results"] == []
    assert Task.objects.count() == 2


def test_a_purged_task_is_gone_with_its_words_and_nobody_is_told(client: AppClient, ada: User) -> None:
    (task,) = trashed(ada, "Send invoice")
    before = told(ada)
    response = client.send("DELETE", f"{TRASH}{task.id}/")
    assert (response.status_code, response.content) == (204, b"")
    assert told(ada) == before
    assert not Task.objects.exists()
    assert not Document.objects.exists()
    for method, path in (
        ("POST", f"{TASKS}{task.id}/restore/"),
        ("GET", f"{TASKS}{task.id}/history/"),
        ("DELETE", f"{TRASH}{task.id}/"),
    ):
        assert client.send(method, path).status_code == 404, path


def test_what_was_changed_since_it_was_read_is_not_purged(client: AppClient, ada: User) -> None:
    (task,) = trashed(ada, "Send invoice")
    refused = client.send("DELETE", f"{TRASH}{task.id}/", **{"if-match": '"1.upcoming"'})
    assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
    assert trash_of(ada.pk).count() == 1
    assert client.send("DELETE", f"{TRASH}{task.id}/", **{"if-match": refused["ETag"]}).status_code == 204
    assert client.send("DELETE", TRASH, **{"if-match": "*"}).status_code == 400


def test_a_purge_leaves_nothing_of_the_task_in_the_log(client: AppClient, ada: User) -> None:
    key = str(uuid.uuid4())
    body = {"title": "Secret gift", "notes": "for Bob"}
    task = client.send("POST", TASKS, body, **{"idempotency-key": key}).json()
    path = f"{TASKS}{task['id']}/"
    client.send("PATCH", path, {"title": "Secret gifts"})
    unchanged = {"idempotency-key": str(uuid.uuid4())}
    client.send("PATCH", path, {"title": "Secret gifts"}, **unchanged)  # logged for its answer only
    other = make_task(ada, "Other")
    with operation_of(ada, "both") as operation:
        for id_ in (uuid.UUID(task["id"]), other.id):
            services.update_task(operation=operation, task_id=id_, fields={"priority": 1})
    client.send("DELETE", path)
    assert in_log("Secret")
    client.send("DELETE", f"{TRASH}{task['id']}/")
    assert not in_log("Secret")
    assert not in_log("Bob")
    assert in_log("Other"), "what it says of others stays"
    for sent in (
        (("POST", TASKS, body), {"idempotency-key": key}),
        (("PATCH", path, {"title": "Secret gifts"}), unchanged),
    ):
        again = client.send(*sent[0], **sent[1])
        assert (again.status_code, again.json()["code"]) == (409, "answer_gone")
    assert Task.objects.count() == 1


def test_a_purge_leaves_nothing_of_the_task_in_what_batches_were_answered(
    client: AppClient, ada: User
) -> None:
    secret, other = make_task(ada, "Secret gift"), make_task(ada, "Other")
    do(ada, services.complete_task, secret)

    def batch(*operations: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        body, key = {"operations": operations}, {"idempotency-key": str(uuid.uuid4())}
        assert client.send("POST", BATCH, body, **key).status_code == 200
        return body, key

    is_complete = {"verb": "task.complete", "id": str(secret.id)}
    was_changed = {"verb": "task.reopen", "id": str(secret.id), "version": 1}
    about = [batch(is_complete), batch(was_changed)]  # neither of which changed it
    beside = batch({"verb": "task.complete", "id": str(other.id)})
    do(ada, services.delete_task, secret)
    client.send("DELETE", f"{TRASH}{secret.id}/")
    assert not in_log("Secret")
    for body, key in about:
        again = client.send("POST", BATCH, body, **key)
        assert (again.status_code, again.json()["code"]) == (409, "answer_gone")
    assert client.send("POST", BATCH, beside[0], **beside[1]).status_code == 200, "it speaks of another"


def test_what_was_done_to_a_purged_task_cant_be_undone(client: AppClient, ada: User) -> None:
    (task,) = trashed(ada, "Send invoice")
    deleted = last_operation(ada)
    response = client.send("DELETE", f"{TRASH}{task.id}/")
    for op_id in (deleted, response["Operation-Id"]):
        refused = client.send("POST", UNDO, {"op_id": str(op_id)})
        assert (refused.status_code, refused.json()["code"]) == (409, "undo_impossible")
        assert "purged" in refused.json()["detail"]


def test_an_operation_on_several_tasks_cant_be_undone_by_half_once_one_is_purged(ada: User) -> None:
    first, second = make_task(ada, "a"), make_task(ada, "b")
    with operation_of(ada, "both") as operation:
        for task in (first, second):
            services.delete_task(operation=operation, task_id=task.id)
    purge(ada, first)
    with pytest.raises(UndoImpossible):
        undo(ada, operation.id)
    assert Task.objects.get().deleted_at is not None


def test_the_trash_is_emptied_in_batches_and_a_retry_empties_nothing_more(
    client: AppClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "BATCH_TASKS", 2)
    live = make_task(ada, "live")
    bob = make_person("bob")
    trashed(bob, "Bob's")
    trashed(ada, *"abcde")
    key = {"idempotency-key": str(uuid.uuid4())}
    assert client.send("DELETE", TRASH, **key).status_code == 204
    assert list(Task.objects.filter(owner=ada)) == [live]
    assert trash_of(bob.pk).count() == 1
    assert [len(row.changes) for row in Operation.objects.filter(verb="trash.empty").order_by("at")] in (
        [2, 2, 1],
        [1, 2, 2],
        [2, 1, 2],
    )
    trashed(ada, "x", "y", "z")
    assert client.send("DELETE", TRASH, **key).status_code == 204
    assert trash_of(ada.pk).count() == 3


@pytest.mark.parametrize("header", ["if-match", "if-none-match", "idempotency-key"])
def test_what_is_refused_has_purged_nothing(
    client: AppClient, ada: User, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setattr(trash, "BATCH_TASKS", 2)
    trashed(ada, *"abcde")
    assert client.send("DELETE", TRASH, **{header: '"1"'}).status_code == 400
    assert trash_of(ada.pk).count() == 5


@pytest.mark.django_db(transaction=True)
def test_while_a_twin_empties_the_trash_nothing_is_purged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "BATCH_TASKS", 2)
    client = signed_up()
    ada, key = User.objects.get(), uuid.uuid4()
    trashed(ada, *"abcde")
    with in_flight(ada.pk, key):
        refused = client.send("DELETE", TRASH, **{"idempotency-key": str(key)})
    assert (refused.status_code, refused.json()["code"]) == (409, "operation_in_flight")
    assert trash_of(ada.pk).count() == 5


# --- By age -----------------------------------------------------------------------------------------


def test_the_sweep_purges_at_the_end_of_the_thirtieth_day_and_not_before(
    ada: User, clock: time_machine.Traveller
) -> None:
    make_task(ada, "live")
    trashed(ada, "Send invoice")
    due = NOON + settings.TRASH_MAX_AGE
    assert timedelta(days=30) == settings.TRASH_MAX_AGE
    assert trash.purge_old(now=due - TICK) is False
    assert trash_of(ada.pk).count() == 1
    assert trash.purge_old(now=due) is True
    assert trash.purge_old(now=due) is False
    assert [task.title for task in Task.objects.all()] == ["live"]
    assert not in_log("Send invoice")


def test_what_is_restored_and_deleted_again_begins_its_days_anew(
    ada: User, clock: time_machine.Traveller
) -> None:
    (task,) = trashed(ada, "Send invoice")
    clock.shift(timedelta(days=29))
    do(ada, services.restore_task, task)
    do(ada, services.delete_task, task)
    assert trash.purge_old(now=NOON + timedelta(days=31)) is False


def test_housekeeping_purges_batch_by_batch_until_nothing_is_left(
    ada: User, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "BATCH_TASKS", 2)
    trashed(ada, *"abcde")
    batches = 0
    while housekeeping._old_trash(now=NOON + timedelta(days=30)):
        batches += 1
    assert batches == 3
    assert not Task.objects.exists()
    assert {housekeeping._old_trash, housekeeping._old_operations} <= set(housekeeping.SWEEPS)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_leaves_whom_somebody_writes_for_and_several_share_the_rest() -> None:
    with time_machine.travel(NOON, tick=False):
        people = [make_person(name) for name in ("ada", "bob", "eve")]
        for person in people:
            trashed(person, *"abc")
    now = NOON + settings.TRASH_MAX_AGE
    held, done = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def in_thread(act: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            try:
                act()
            except BaseException as error:  # noqa: BLE001 (told below)
                failures.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def hold() -> None:
        with transaction.atomic():
            outbox.lock_stream(people[0].pk)
            held.set()
            done.wait(10)

    holder = in_thread(hold)
    assert held.wait(10)
    sweepers = [in_thread(lambda: trash.purge_old(now=now)) for _ in range(3)]
    for thread in sweepers:
        thread.join(10)
        assert not thread.is_alive(), "nobody waits for the one who writes"
    assert set(Task.objects.values_list("owner", flat=True)) == {people[0].pk}
    done.set()
    holder.join()
    trash.purge_old(now=now)
    assert not Task.objects.exists()
    assert not failures


# --- What is left, and coming back ------------------------------------------------------------------


def test_parts_of_a_purged_task_stay_name_it_and_are_nobody_elses(ada: User) -> None:
    whole = make_task(ada, "whole")
    part = make_task(ada, "part", parent=whole.id)
    do(ada, services.delete_task, whole)
    purge(ada, whole)
    part.refresh_from_db()
    assert (part.parent_id, part.version) == (whole.id, 1)
    update(ada, part, title="renamed")
    do(ada, services.complete_task, part)
    do(ada, services.reopen_task, part)
    eve = make_person("eve")
    taken = make_task(eve, "the id is free again", id=whole.id)
    do(eve, services.complete_task, taken)  # and would be refused for a part that is open
    assert Task.objects.get(id=part.id).completed_at is None


def test_a_purged_tasks_id_may_be_used_again_but_closes_no_circle(ada: User) -> None:
    whole = make_task(ada, "whole")
    part = make_task(ada, "part", parent=whole.id)
    do(ada, services.delete_task, whole)
    purge(ada, whole)
    with pytest.raises(ParentCircle):
        make_task(ada, "again", id=whole.id, parent=part.id)
    again = make_task(ada, "again", id=whole.id)
    assert again.version == 1


@pytest.mark.parametrize("is_purged", [False, True])
def test_a_task_that_comes_back_is_below_a_deleted_task_but_not_below_a_purged_one(
    ada: User, is_purged: bool
) -> None:
    whole = make_task(ada, "whole")
    part = make_task(ada, "part", parent=whole.id)
    do(ada, services.delete_task, part)
    do(ada, services.delete_task, whole)
    if is_purged:
        purge(ada, whole)
    restored = do(ada, services.restore_task, part)
    assert restored.parent_id == (None if is_purged else whole.id)


def test_a_task_whose_deletion_is_undone_is_not_below_a_purged_one(ada: User) -> None:
    whole, deleted = make_task(ada, "whole"), make_task(ada, "deleted")
    parts = [make_task(ada, f"part of {each.title}", parent=each.id) for each in (whole, deleted)]
    with operation_of(ada, "both") as operation:
        many.delete_tasks(operation=operation, task_ids=[part.id for part in parts])
    both = last_operation(ada)
    do(ada, services.delete_task, deleted)
    do(ada, services.delete_task, whole)
    purge(ada, whole)
    undo(ada, both)
    back = {task.title: task.parent_id for task in Task.objects.filter(deleted_at=None)}
    assert back == {"part of whole": None, "part of deleted": deleted.id}


def test_a_task_that_comes_back_has_its_parts_but_not_the_project_and_label_that_are_gone(ada: User) -> None:
    project, label = make_project(ada), make_label(ada)
    whole = make_task(ada, "whole", project=project.id, labels=[label.id])
    parts = [make_task(ada, name, parent=whole.id) for name in ("left", "deleted", "purged")]
    for task in (whole, *parts[1:]):
        do(ada, services.delete_task, task)
    purge(ada, parts[2])
    with operation_of(ada) as operation:
        places.delete_project(operation=operation, project_id=project.id)
        places.delete_label(operation=operation, label_id=label.id)
    restored = do(ada, services.restore_task, whole)
    assert (restored.project_id, restored.labels) == (None, [])
    assert [task.title for task in Task.objects.filter(parent=whole, deleted_at=None)] == ["left"]
    assert told(ada)[-1] == "task.restored"


def test_a_purge_is_no_hindrance_to_a_draft_of_the_task(ada: User) -> None:
    task = make_task(ada, "Write thesis")
    draft = ready(ada)
    type(draft).objects.filter(id=draft.id).update(task=task)
    do(ada, services.delete_task, task)
    purge(ada, task)
    draft.refresh_from_db()
    assert draft.task_id == task.id


def test_restoring_is_undone_and_done_again(ada: User) -> None:
    (task,) = trashed(ada, "Send invoice")
    do(ada, services.restore_task, task)
    taken_back = undo(ada)
    assert trash_of(ada.pk).count() == 1
    undo(ada, taken_back)
    assert told(ada)[-3:] == ["task.restored", "task.deleted", "task.restored"]
    do(ada, services.delete_task, task)
    purge(ada, task)
    with pytest.raises(TaskNotFound):
        do(ada, services.restore_task, task)


# --- The log ----------------------------------------------------------------------------------------


def test_old_operations_leave_in_batches_and_the_others_stay(
    ada: User, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "OPERATIONS_IN_BATCH", 2)
    monkeypatch.setattr(retention, "PEOPLE_IN_LOOK", 1)
    bob = make_person("bob")
    for person in (ada, bob):
        for title in "abcde":
            make_task(person, title)
    clock.shift(timedelta(days=1))
    kept = [make_task(person, "young") for person in (ada, bob)]
    walk = retention.Walk(max_age=timedelta(days=90), interval=HOUR)
    now = NOON + timedelta(days=90) + TICK
    steps = 0
    while walk.step(now=now):
        steps += 1
    assert steps >= 6
    assert Operation.objects.count() == len(kept)
    assert Task.objects.count() == 12
    later = now + timedelta(days=1)
    assert walk.step(now=now + HOUR - TICK) is False
    assert Operation.objects.count() == 2
    while walk.step(now=later):
        pass
    assert not Operation.objects.exists()
    assert timedelta(days=90) == settings.OPERATIONS_MAX_AGE


@pytest.mark.django_db(transaction=True)
def test_an_operation_that_somebody_holds_is_passed_over() -> None:
    ada = make_person()
    with time_machine.travel(NOON, tick=False):
        make_task(ada)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                list(Operation.objects.select_for_update().all())
                held.set()
                done.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        assert retention.trim(before=NOON + HOUR) == retention.Trimmed(operations=0, after=None)
    finally:
        done.set()
        holder.join()
    assert retention.trim(before=NOON + HOUR).operations == 1
