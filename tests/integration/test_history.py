"""What became of a task, and what a person did: from the log of operations alone, and only one's own."""

import uuid
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realtime.envelope import rfc3339
from taskengine.accounts.models import User
from taskengine.accounts.personal_tokens import Scope
from taskengine.errors import DomainError
from taskengine.operations import queries as log
from taskengine.operations.models import Operation
from taskengine.operations.queries import Place
from taskengine.planning import applying
from taskengine.tasks import history as of_tasks
from taskengine.tasks import places, services
from taskengine.tasks.history import Entry
from taskengine.tasks.models import Task
from tests.support.accounts import ME, AppClient, signed_up
from tests.support.breakdowns import ready
from tests.support.people import (
    do,
    events_of,
    last_operation,
    make_label,
    make_person,
    make_project,
    make_task,
    make_token,
    miss_due,
    operation_of,
    undo,
    update,
)

pytestmark = pytest.mark.django_db

TASKS, OPERATIONS, UNDO = "/api/v1/tasks/", "/api/v1/operations/", "/api/v1/undo/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
KEYED: dict[str, Any] = {"idempotency-key": "0190a6f0-5c3d-7e5a-9d0e-2f1b8f6f3c11"}
DAY = timedelta(days=1)


def walk(client: AppClient, path: str, *, limit: int = 200) -> list[dict[str, Any]]:
    """Return all of a list, page by page."""
    found: list[dict[str, Any]] = []
    first = asked = f"{path}{'&' if '?' in path else '?'}limit={limit}"
    while asked:
        response = client.send("GET", asked)
        assert response.status_code == 200, response.content
        page = response.json()
        found += page["results"]
        asked = page["next_cursor"] and f"{first}&cursor={page['next_cursor']}"
    return found


def history(client: AppClient, task: Task, *, limit: int = 200) -> list[dict[str, Any]]:
    """Return a task's history."""
    return walk(client, f"{TASKS}{task.id}/history/", limit=limit)


def verbs(entries: list[dict[str, Any]]) -> list[str]:
    """Return what was asked for, oldest first."""
    return [entry["verb"] for entry in reversed(entries)]


def changed(entry: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return field → (before, after)."""
    return {change["field"]: (change["before"], change["after"]) for change in entry["changes"]}


# --- The history of a task --------------------------------------------------------------------------


def test_a_history_says_who_changed_what_from_what_to_what(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    made = client.send("POST", TASKS, {"title": "Old", "deadline": rfc3339(NOON + HOUR)}).json()
    task = Task.objects.get()
    for method, path, body in (
        ("PATCH", "", {"title": "New", "priority": 1}),
        ("POST", "complete/", None),
        ("DELETE", "", None),
    ):
        clock.shift(MINUTE)
        assert client.send(method, f"{TASKS}{task.id}/{path}", body).status_code < 300
    page = client.send("GET", f"{TASKS}{task.id}/history/").json()
    entries = page["results"]
    assert page["next_transition_at"] is None, "it is in the trash"
    assert verbs(entries) == ["task.create", "task.update", "task.complete", "task.delete"]
    deleted, completed, updated, created = entries
    assert changed(deleted) == {"deleted": (False, True)}
    assert changed(completed) == {
        "bucket": ("upcoming", "completed"),
        "completed_at": (None, rfc3339(NOON + 2 * MINUTE)),
        "outcome": (None, "on_time"),
    }
    assert changed(updated) == {"title": ("Old", "New"), "priority": (4, 1)}
    assert changed(created) == {
        "title": (None, "Old"),
        "deadline": (None, rfc3339(NOON + HOUR)),
        "priority": (None, 4),
        "position": (None, made["position"]),
        "bucket": (None, "upcoming"),
    }
    assert {entry["actor"] for entry in entries} == {str(ada.pk)}
    assert updated["at"] == rfc3339(NOON + MINUTE)
    assert [entry["undoable"] for entry in entries] == [True] * 4
    clock.shift(MINUTE)
    do(ada, services.restore_task, task)
    assert changed(history(client, task)[0]) == {"deleted": (True, False)}


def test_a_history_comes_page_by_page_each_operation_once(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    task = make_task(ada, "0", deadline=NOON + MINUTE)
    for number in range(1, 8):
        clock.shift(MINUTE / 2)
        update(ada, task, title=str(number))
    whole = history(client, task)
    assert len(whole) == 9
    for limit in (1, 2, 3, 8):
        assert history(client, task, limit=limit) == whole, limit


def test_operations_of_one_instant_come_once_each_too(client: AppClient, ada: User) -> None:
    task = make_task(ada, "0")
    for number in range(1, 6):
        update(ada, task, title=str(number))
    entries = history(client, task, limit=2)
    assert sorted(entry["op_id"] for entry in entries) == sorted(
        str(id_) for id_ in Operation.objects.values_list("id", flat=True)
    )


@pytest.mark.parametrize("by", ["the engine", "a write", "nobody yet"])
def test_a_deadline_that_was_missed_is_part_of_the_history_whoever_told_of_it(
    client: AppClient, ada: User, clock: time_machine.Traveller, by: str
) -> None:
    task = make_task(ada, deadline=NOON + MINUTE)
    page = client.send("GET", f"{TASKS}{task.id}/history/").json()
    assert page["next_transition_at"] == rfc3339(NOON + MINUTE)
    clock.move_to(NOON + 2 * MINUTE)
    if by == "the engine":
        miss_due(now=NOON + MINUTE)
    if by == "a write":
        update(ada, task, title="New")
    entries = history(client, task)
    assert verbs(entries) == ["test", "task.missed", *(["test"] if by == "a write" else [])]
    missed = next(entry for entry in entries if entry["verb"] == "task.missed")
    assert (missed["at"], missed["actor"], missed["op_id"]) == (rfc3339(NOON + MINUTE), None, None)
    assert changed(missed) == {"bucket": ("upcoming", "missed")}
    assert not missed["undoable"]


STEPS = st.lists(
    st.sampled_from(
        [
            "past",
            "soon",
            "later",
            "none",
            "complete",
            "reopen",
            "delete",
            "restore",
            "undo",
            "wait",
            "engine",
            "title",
        ]
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, limit=st.integers(1, 4))
def test_the_misses_of_a_history_are_those_that_the_clock_told_of(
    client: AppClient, ada: User, clock: time_machine.Traveller, steps: list[str], limit: int
) -> None:
    clock.move_to(NOON)
    signed = client.access
    task = make_task(ada, deadline=NOON + HOUR)
    for step in steps:
        clock.shift(MINUTE)
        now = datetime.now(UTC)
        deadlines = {"past": now - MINUTE, "soon": now + MINUTE, "later": now + HOUR, "none": None}
        is_deleted = Task.objects.get(id=task.id).deleted_at is not None
        if step == "wait":
            clock.shift(HOUR)
        elif step == "engine":
            miss_due(now=now)
        elif step == "undo":
            try_to_undo(ada, task)
        elif step == "restore":
            do(ada, services.restore_task, task)
        elif is_deleted:
            continue
        elif step == "title":
            update(ada, task, title=f"At {now}")
        elif step in deadlines:
            update(ada, task, deadline=deadlines[step])
        else:
            verb = getattr(services, f"{step}_task")
            do(ada, verb, task)
    miss_due(now=datetime.now(UTC))
    by_clock = [
        rfc3339(event.at)
        for event in events_of(ada)
        if event.type == "task.missed" and event.actor is None and event.data["task"]["id"] == str(task.id)
    ]
    client.access = signed
    entries = walk_of_log(task, limit=limit)
    assert [entry.at for entry in reversed(entries) if entry.verb == "task.missed"] == by_clock


def try_to_undo(person: User, task: Task) -> None:
    """Undo what was done last to a task, if that can be."""
    latest = Operation.objects.filter(changes__contains=[{"id": str(task.id)}]).latest("at")
    with suppress(DomainError):
        undo(person, latest.id)


def walk_of_log(task: Task, *, limit: int) -> list[Entry]:
    """Return a task's history without the log-in's being asked for, which ends in a test that takes hours."""
    task.refresh_from_db()
    entries: list[Entry] = []
    after = None
    while True:
        page = of_tasks.page(task=task, now=datetime.now(UTC), after=after, limit=limit)
        entries += page.entries
        if page.last is None:
            return entries
        after = Place(at=page.last.at, id=page.last.id)


def test_operations_on_many_show_in_the_history_of_each(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    project, label = make_project(ada), make_label(ada)
    task = make_task(ada, "part of all", project=project.id, labels=[label.id], due_date=date(2026, 11, 25))
    clock.shift(MINUTE)
    assert client.send("PATCH", ME, {"time_zone": "Asia/Tokyo"}).status_code == 200
    clock.shift(MINUTE)
    with operation_of(ada, "label.delete") as operation:
        places.delete_label(operation=operation, label_id=label.id)
    clock.shift(MINUTE)
    undo(ada, operation.id)
    clock.shift(MINUTE)
    with operation_of(ada, "project.delete") as operation:
        places.delete_project(operation=operation, project_id=project.id, tasks=places.Tasks.DELETE)
    entries = history(client, task)
    assert verbs(entries) == ["test", "user.update", "label.delete", "undo", "project.delete"]
    assert changed(entries[3]) == {"deadline": ("2026-11-26T00:00:00.000000Z", "2026-11-25T15:00:00.000000Z")}
    assert changed(entries[2]) == {"labels": ([str(label.id)], [])}
    assert changed(entries[1]) == {"labels": ([], [str(label.id)])}
    assert changed(entries[0]) == {"deleted": (False, True)}
    assert entries[3]["obstacle"] == "not_supported", "a change of the account"


def test_the_tasks_of_a_plan_begin_with_its_being_applied(client: AppClient, ada: User) -> None:
    draft = ready(ada)
    with operation_of(ada, "breakdown.apply") as operation:
        goal = applying.apply_breakdown(operation=operation, breakdown_id=draft.id).task
    assert goal is not None
    for task in Task.objects.all():
        assert verbs(history(client, task)) == ["breakdown.apply"]
        assert history(client, task)[0]["undoable"]


def test_a_history_is_nobody_elses(client: AppClient, ada: User) -> None:
    task = make_task(ada)
    eve = signed_up("eve@example.org")
    theirs = User.objects.get(email="eve@example.org")
    make_project(theirs, id=task.id)  # its id says nothing of whose it is
    for asks, id_ in ((eve, task.id), (client, uuid.uuid4())):
        response = asks.send("GET", f"{TASKS}{id_}/history/")
        assert (response.status_code, response.json()["code"]) == (404, "task_not_found")
    assert verbs(history(client, task)) == ["test"]
    cursor_of = client.send("GET", f"{TASKS}{make_task(ada).id}/history/?cursor=x")
    assert cursor_of.status_code == 400


def test_a_history_is_read_from_its_index(ada: User) -> None:
    task = make_task(ada)
    with CaptureQueriesContext(connection) as captured:
        log.changes_of(owner_id=ada.pk, kind="task", object_id=task.id, after=None, limit=50)
    (asked,) = [query["sql"] for query in captured.captured_queries]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + asked.replace("%", "%%"), [])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Bitmap Index Scan on operations_objects" in plan, plan


# --- The activity -----------------------------------------------------------------------------------


def test_the_activity_lists_what_one_did_with_what_it_was_about(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    eve = make_person("eve")
    make_task(eve, "Eve's")
    project = make_project(ada, "Garden")
    clock.shift(MINUTE)
    client.send("POST", TASKS, {"title": "Water the trees", "project": str(project.id)})
    clock.shift(MINUTE)
    client.send("PATCH", ME, {"time_zone": "Asia/Tokyo"})
    clock.shift(MINUTE)
    client.send("DELETE", f"/api/v1/projects/{project.id}/?tasks=delete")
    entries = walk(client, OPERATIONS, limit=1)
    assert verbs(entries) == ["test", "task.create", "user.update", "project.delete"]
    assert [sorted((each["kind"], each["title"]) for each in entry["objects"]) for entry in entries[:2]] == [
        [("project", "Garden"), ("task", "Water the trees")],
        [("user", None)],
    ]
    assert entries[0]["object_count"] == 2
    assert [entry["obstacle"] for entry in entries] == [None, "not_supported", None, None]
    task = Task.objects.get(owner=ada)
    of_task = walk(client, f"{OPERATIONS}?object_id={task.id}")
    assert verbs(of_task) == ["task.create", "project.delete"]
    assert verbs(walk(client, f"{OPERATIONS}?verb=user.update")) == ["user.update"]
    assert walk(client, f"{OPERATIONS}?verb=task.create&object_id={project.id}") == []
    cursor = client.send("GET", f"{OPERATIONS}?limit=1").json()["next_cursor"]
    assert client.send("GET", f"{OPERATIONS}?limit=1&verb=undo&cursor={cursor}").status_code == 400


def test_a_token_is_not_shown_what_was_done_to_the_account(client: AppClient, ada: User) -> None:
    client.send("POST", TASKS, {"title": "Send invoice"})
    client.send("PATCH", ME, {"time_zone": "Asia/Tokyo"})
    client.send("POST", "/api/v1/tokens/", {"name": "Script", "scopes": ["ai"]})
    reader = AppClient()
    reader.access = make_token(ada, Scope.TASKS_READ)[1]
    shown = {each["verb"] for each in walk(client, OPERATIONS)}
    assert shown == {"task.create", "user.update", "token.create"}
    assert [each["verb"] for each in walk(reader, OPERATIONS)] == ["task.create"]
    assert walk(reader, f"{OPERATIONS}?verb=user.update") == []


def holder(person: User, *scopes: Scope) -> AppClient:
    """Return a client that holds a token."""
    client = AppClient()
    client.access = make_token(person, *scopes)[1]
    return client


def test_a_token_without_its_scope_is_shown_no_breakdown(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    draft = ready(ada, goal="A surprise")
    with operation_of(ada, "breakdown.apply") as operation:
        applying.apply_breakdown(operation=operation, breakdown_id=draft.id)
    clock.shift(MINUTE)
    client.send("POST", f"{TASKS}{Task.objects.earliest('created_at').id}/reopen/", **KEYED)
    reader, planner = holder(ada, Scope.TASKS_READ), holder(ada, Scope.TASKS_READ, Scope.AI)
    everything = walk(client, OPERATIONS)
    assert walk(planner, OPERATIONS) == everything
    shown = walk(reader, OPERATIONS)
    assert verbs(shown) == ["breakdown.apply", "task.reopen"], "what made tasks, and what changed nothing"
    assert {each["kind"] for each in shown[1]["objects"]} == {"task"}
    applied = next(each for each in everything if each["op_id"] == shown[1]["op_id"])
    assert shown[1]["object_count"] == applied["object_count"] - 1
    assert walk(reader, f"{OPERATIONS}?verb=test") == []
    assert walk(reader, OPERATIONS, limit=1) == shown


def test_a_token_without_its_scope_changes_no_breakdown_back(client: AppClient, ada: User) -> None:
    draft = ready(ada, goal="A surprise")
    edited = client.send("PATCH", f"/api/v1/breakdowns/{draft.id}/", {"goal": "Another one"})
    applied = client.send("POST", f"/api/v1/breakdowns/{draft.id}/apply/")
    made = client.send("POST", TASKS, {"title": "Send invoice"})
    ops = [answer.headers["Operation-Id"] for answer in (made, applied, edited)]
    writer, planner = (
        holder(ada, Scope.TASKS_WRITE),
        holder(ada, Scope.TASKS_WRITE, Scope.AI),
    )

    answers = [writer.send("POST", UNDO, {"op_id": op_id}) for op_id in ops]
    assert [answer.status_code for answer in answers] == [200, 403, 403]
    for answer in answers[1:]:
        assert answer.json()["code"] == "insufficient_scope"
        assert answer.headers["WWW-Authenticate"].endswith('scope="tasks:write ai"')
        assert "surprise" not in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.status, draft.goal) == ("applied", "Another one")
    assert [planner.send("POST", UNDO, {"op_id": op_id}).status_code for op_id in ops[1:]] == [200, 200]


def test_of_an_operation_on_many_twenty_are_named(client: AppClient, ada: User) -> None:
    with operation_of(ada, "many") as operation:
        for number in range(23):
            services.create_task(operation=operation, title=f"Task {number}")
    (entry,) = walk(client, OPERATIONS)
    assert [each["title"] for each in entry["objects"]] == [f"Task {number}" for number in range(20)]
    assert entry["object_count"] == 23


def standing(client: AppClient, op_id: uuid.UUID) -> tuple[bool, str | None, bool]:
    """Return how an operation stands in the activity, which its task's history agrees with."""
    (entry,) = [each for each in walk(client, OPERATIONS) if each["op_id"] == str(op_id)]
    names = ("undoable", "obstacle", "undone")
    for touched in entry["objects"]:
        response = client.send("GET", f"{TASKS}{touched['id']}/history/")
        for each in response.json()["results"] if response.status_code == 200 else ():
            if each["op_id"] == str(op_id):
                assert [each[name] for name in names] == [entry[name] for name in names]
    return entry["undoable"], entry["obstacle"], entry["undone"]


def test_it_is_known_what_was_undone_however_often_that_was_undone(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    task = make_task(ada, "Old")
    clock.shift(MINUTE / 4)
    update(ada, task, title="New")
    chain = [last_operation(ada)]
    for _ in range(4):
        clock.shift(MINUTE / 4)
        chain.append(undo(ada, chain[-1]))
        is_undone = [standing(client, op_id) == (False, "undone", True) for op_id in chain]
        in_effect = [standing(client, op_id) == (True, None, False) for op_id in chain]
        assert is_undone == [(len(chain) - place) % 2 == 0 for place in range(len(chain))]
        assert in_effect == [not each for each in is_undone]
    refused = client.send("POST", UNDO, {"op_id": str(chain[-2])})
    assert (refused.status_code, refused.json()["code"]) == (409, "undo_conflict")
    assert "undone already" in refused.json()["detail"]
    clock.shift(MINUTE / 4)
    undo(ada, chain[0])  # in effect again, so it may be undone once more
    assert standing(client, chain[0]) == (False, "undone", True)


def test_what_is_too_old_or_purged_or_was_asked_of_a_planner_says_so(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    task = make_task(ada, "Send invoice")
    made = last_operation(ada)
    draft = ready(ada)
    clock.shift(MINUTE)
    response = client.send("POST", f"/api/v1/breakdowns/{draft.id}/regenerate/", {})
    assert response.status_code in (200, 202), response.content
    asked = uuid.UUID(response["Operation-Id"])
    assert standing(client, asked) == (False, "not_supported", False)
    assert client.send("POST", UNDO, {"op_id": str(asked)}).json()["code"] == "undo_impossible"
    do(ada, services.delete_task, task)
    client.send("DELETE", f"/api/v1/trash/{task.id}/")
    assert standing(client, made) == (False, "purged", False)
    assert "Send invoice" not in str(walk(client, OPERATIONS))
    other = make_task(ada, "Other")
    op_id = last_operation(ada)
    assert standing(client, op_id) == (True, None, False)
    Operation.objects.filter(id=op_id).update(at=datetime.now(UTC) - DAY - MINUTE)
    assert standing(client, op_id) == (False, "too_old", False)
    assert other.version == 1
