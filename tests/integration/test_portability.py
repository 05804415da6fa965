"""Out with everything and in again: the same data, once, whatever stands in it."""

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskengine import instants
from taskengine.accounts.models import User
from taskengine.api.throttles import ExportThrottle, ImportThrottle
from taskengine.organisation.models import Label, Project
from taskengine.portability import bundle as bundles
from taskengine.tasks import services, trash
from taskengine.tasks.models import Task
from tests.support.accounts import AppClient, signed_up
from tests.support.breakdowns import ready
from tests.support.people import (
    circles,
    do,
    events_of,
    make_label,
    make_project,
    make_task,
    told,
    update,
)
from tests.support.state import apply, as_of, from_snapshot

pytestmark = pytest.mark.django_db

EXPORT, IMPORT, TASKS, UNDO = "/api/v1/export/", "/api/v1/import/", "/api/v1/tasks/", "/api/v1/undo/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
# What a server counts and follows by itself, and what says whose the file is.
OWN_TO_A_COPY = {"id", "version", "updated_at"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(clock: time_machine.Traveller) -> AppClient:
    """Ada, logged in."""
    return signed_up()


@pytest.fixture
def bob(clock: time_machine.Traveller) -> AppClient:
    """Bob, logged in."""
    return signed_up("bob@example.org")


def person(name: str = "ada") -> User:
    return User.objects.get(email=f"{name}@example.org")


def furnish(owner: User) -> dict[str, Task]:
    """Give somebody a bit of everything that an export has."""
    work, old = make_project(owner, "Work", colour="blue"), make_project(owner, "Old", archived=True)
    urgent, home = make_label(owner, "urgent"), make_label(owner, "at home", colour="red")
    tasks = {
        "plain": make_task(owner, "Plain", notes="# Notes\n\n*raw*\r\n"),
        "missed": make_task(owner, "Missed", deadline=NOON - HOUR, project=work.id, labels=[urgent.id]),
        "day": make_task(owner, "A day", due_date=date(2026, 12, 1), labels=[home.id, urgent.id]),
        "there": make_task(owner, "Elsewhere", due_date=date(2026, 12, 1), time_zone="Asia/Tokyo"),
        "whole": make_task(owner, "Whole", estimate_min=90, priority=1, project=old.id),
        "late": make_task(owner, "Late", deadline=NOON - HOUR),
        "moved": make_task(owner, "Moved", deadline=NOON + HOUR),
        "gone": make_task(owner, "Gone", deadline=NOON + HOUR),
    }
    tasks["part"] = make_task(owner, "Part", parent=tasks["whole"].id)
    tasks["part of what is gone"] = make_task(owner, "Orphan", parent=tasks["gone"].id)
    for name in ("late", "moved"):
        do(owner, services.complete_task, tasks[name])
    update(owner, tasks["moved"], deadline=NOON - 2 * HOUR)  # its outcome stays what it was
    do(owner, services.delete_task, tasks["gone"])
    return tasks


def exported(client: AppClient) -> dict[str, Any]:
    """Return all that somebody has."""
    response = client.send("GET", EXPORT)
    assert response.status_code == 200, response.content
    document: dict[str, Any] = orjson.loads(response.content)
    return document


def send(client: AppClient, file: Any, query: str = "", **headers: str) -> Any:
    """Send a file: text is CSV, everything else JSON."""
    is_csv = isinstance(file, str)
    return client._client.generic(
        "POST",
        IMPORT + query,
        file.encode() if is_csv else orjson.dumps(file),
        content_type="text/csv" if is_csv else "application/json",
        headers={"authorization": f"Bearer {client.access}", **headers},
    )


def imported(client: AppClient, file: Any, query: str = "", **headers: str) -> dict[str, Any]:
    """Send a file that is fine; return what became of it."""
    response = send(client, file, query, **headers)
    assert response.status_code == 200, response.content
    report: dict[str, Any] = response.json()
    return report


def up_to_ids(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an export says, each id being the place of what has it."""
    names: dict[str | None, str | None] = {None: None}
    lists = {}
    for kind in ("projects", "labels", "tasks"):
        lists[kind] = sorted(
            document[kind], key=lambda each: (each.get("position", ""), each.get("title", each.get("name")))
        )
        names |= {each["id"]: f"{kind} {number}" for number, each in enumerate(lists[kind])}
    plain = {
        kind: [
            {name: value for name, value in each.items() if name not in OWN_TO_A_COPY} for each in lists[kind]
        ]
        for kind in lists
    }
    for task in plain["tasks"]:
        task["parent"], task["project"] = names[task["parent"]], names[task["project"]]
        task["labels"] = [names[label] for label in task["labels"]]
    return plain


def test_an_export_has_everything_and_is_a_file(ada: AppClient) -> None:
    tasks = furnish(person())
    draft = ready(person())
    response = ada.send("GET", EXPORT)
    assert response["Content-Disposition"] == 'attachment; filename="taskengine-2026-11-22.json"'
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/json", "no-store")
    document = orjson.loads(response.content)
    assert (document["format"], document["version"]) == ("taskengine", 1)
    assert document["user"]["email"] == "ada@example.org"
    assert {task["id"] for task in document["tasks"]} == {str(task.id) for task in tasks.values()}
    deleted = [task["title"] for task in document["tasks"] if task["deleted_at"]]
    assert deleted == ["Gone"]
    assert [each["id"] for each in document["breakdowns"]] == [str(draft.id)]
    listed = {task["id"]: task for task in ada.send("GET", TASKS).json()["results"]}
    for task in document["tasks"]:
        if not task.pop("deleted_at"):
            assert task == listed[task["id"]], "the shape is that of the API"


def test_an_export_is_nobody_elses(ada: AppClient, bob: AppClient) -> None:
    furnish(person())
    document = exported(bob)
    assert [document[kind] for kind in ("projects", "labels", "tasks", "breakdowns")] == [[]] * 4
    assert AppClient().send("GET", EXPORT).status_code == 401
    assert AppClient().send("POST", IMPORT).status_code == 401


def test_into_another_account_everything_comes_under_ids_of_its_own(ada: AppClient, bob: AppClient) -> None:
    furnish(person())
    before = exported(ada)
    report = imported(bob, before)
    assert report["made"] == {"projects": 2, "labels": 2, "tasks": 10}
    assert (report["there"], report["warnings"]) == ({"projects": 0, "labels": 0, "tasks": 0}, [])
    after = exported(bob)
    assert up_to_ids(after) == up_to_ids(before)
    for kind in ("projects", "labels", "tasks"):
        assert not {each["id"] for each in before[kind]} & {each["id"] for each in after[kind]}
    assert exported(ada) == before, "what is Ada's stays as it was"
    again = imported(bob, before)
    assert again["made"] == {"projects": 0, "labels": 0, "tasks": 0}
    assert again["there"] == {"projects": 2, "labels": 2, "tasks": 10}
    assert exported(bob) == after


def test_ones_own_file_makes_nothing_twice(ada: AppClient) -> None:
    furnish(person())
    before, heard = exported(ada), len(events_of(person()))
    report = imported(ada, before)
    assert report["made"] == {"projects": 0, "labels": 0, "tasks": 0}
    assert report["there"] == {"projects": 2, "labels": 2, "tasks": 10}
    assert exported(ada) == before
    assert len(events_of(person())) == heard


def test_what_was_purged_comes_back_under_its_own_id(ada: AppClient) -> None:
    furnish(person())
    before = exported(ada)
    Task.objects.all().delete()
    Project.objects.all().delete()
    Label.objects.all().delete()
    imported(ada, before)
    after = exported(ada)
    assert {task["id"] for task in after["tasks"]} == {task["id"] for task in before["tasks"]}
    assert up_to_ids(after) == up_to_ids(before)


def test_what_is_in_the_trash_is_made_anew_and_told(ada: AppClient) -> None:
    task = make_task(person(), "Plain")
    before = exported(ada)
    do(person(), services.delete_task, task)
    first, second = imported(ada, before), imported(ada, before)
    assert (first["made"]["tasks"], [warning["code"] for warning in first["warnings"]]) == (1, ["in_trash"])
    assert (second["made"]["tasks"], second["there"]["tasks"]) == (0, 1)
    listed = ada.send("GET", TASKS).json()["results"]
    assert [each["title"] for each in listed] == ["Plain"]
    assert listed[0]["id"] != str(task.id)


def test_everything_is_one_operation_told_and_taken_back(ada: AppClient, bob: AppClient) -> None:
    furnish(person())
    document = exported(ada)
    key = str(uuid.uuid4())
    response = send(bob, document, **{"idempotency-key": key})
    events = events_of(person("bob"))
    assert {str(event.op_id) for event in events} == {response["Operation-Id"]} == {key}
    kinds = [event.type for event in events]
    assert kinds.count("project.created") == kinds.count("label.created") == 2
    assert kinds.count("task.created") == 9, "nobody was ever told of what is in the trash"
    missed = [event.data["task"]["title"] for event in events if event.type == "task.missed"]
    assert missed == ["Missed"], "at once"
    assert all(event.at == NOON for event in events)
    assert send(bob, document, **{"idempotency-key": key}).json() == response.json()
    assert len(events_of(person("bob"))) == len(events)
    assert bob.send("POST", UNDO, {"op_id": key}).status_code == 200
    rest = exported(bob)
    assert all(task["deleted_at"] for task in rest["tasks"])
    assert (rest["projects"], rest["labels"]) == ([], [])
    report = imported(bob, document)
    assert report["made"] == {"projects": 2, "labels": 2, "tasks": 9}, "after an undo it can be had again"


def test_events_lead_to_the_snapshot(ada: AppClient, bob: AppClient) -> None:
    tasks = furnish(person())
    do(person(), services.reopen_task, tasks["late"])
    Task.objects.filter(id=tasks["moved"].id).update(completed_at=NOON - timedelta(days=31))
    imported(bob, exported(ada))
    state: dict[Any, Any] = {}
    for event in events_of(person("bob")):
        apply(state, {"type": event.type, "data": event.data})
    snapshot = bob.send("GET", "/api/v1/sync/").json()["snapshot"]
    assert as_of(state, NOON) == from_snapshot(snapshot)


def test_days_without_a_zone_end_where_the_account_is(ada: AppClient, bob: AppClient) -> None:
    User.objects.filter(email="bob@example.org").update(time_zone="America/New_York")
    furnish(person())
    make_task(person(), "Over", due_date=date(2026, 11, 1))
    imported(bob, exported(ada))
    deadlines = {task["title"]: task["deadline"] for task in exported(bob)["tasks"]}
    assert deadlines["A day"] == "2026-12-02T05:00:00.000000Z"
    assert deadlines["Elsewhere"] == "2026-12-01T15:00:00.000000Z"
    assert deadlines["Over"] == "2026-11-02T00:00:00.000000Z", "what was missed stays missed"


def test_a_label_is_the_accounts_own_of_the_same_name(ada: AppClient, bob: AppClient) -> None:
    furnish(person())
    own = make_label(person("bob"), "URGENT")
    report = imported(bob, exported(ada))
    assert (report["made"]["labels"], report["there"]["labels"]) == (1, 1)
    assert Label.objects.filter(owner=person("bob")).count() == 2
    assert Task.objects.get(owner=person("bob"), title="Missed").labels == [own.id]


def test_plans_stay_behind_and_that_is_said(ada: AppClient, bob: AppClient) -> None:
    ready(person())
    report = imported(bob, exported(ada))
    assert [(warning["pointer"], warning["code"]) for warning in report["warnings"]] == [
        ("/breakdowns", "not_imported")
    ]


def test_a_dry_run_says_it_and_makes_nothing(ada: AppClient, bob: AppClient) -> None:
    furnish(person())
    document, before = exported(ada), exported(bob)
    report = imported(bob, document, "?dry_run=true")
    assert (report["dry_run"], report["made"]) == (True, {"projects": 2, "labels": 2, "tasks": 10})
    assert exported(bob) == before
    assert events_of(person("bob")) == []


def task_of(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "title": "A task", **fields}


def file_of(*tasks: Any, **more: Any) -> dict[str, Any]:
    return {"format": "taskengine", "version": 1, "tasks": list(tasks), **more}


A, B, C, D = (str(uuid.UUID(int=number)) for number in (1, 2, 3, 4))
FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"title": None}, "title", "blank"),
    ({"title": "x" * 501}, "title", "max_length"),
    ({"title": "nul \0"}, "title", "null_characters_not_allowed"),
    ({"title": 7}, "title", "invalid"),
    ({"notes": "x" * 20_001}, "notes", "max_length"),
    ({"priority": 5}, "priority", "invalid"),
    ({"priority": True}, "priority", "invalid"),
    ({"estimate_min": 0}, "estimate_min", "invalid"),
    ({"deadline": "2026-11-22T12:00:00"}, "deadline", "naive"),
    ({"deadline": 1}, "deadline", "not_text"),
    ({"due_date": "2026-02-30"}, "due_date", "not_a_day"),
    ({"time_zone": "Mars/Olympus"}, "time_zone", "invalid_time_zone"),
    ({"position": "a0"}, "position", "invalid"),
    ({"labels": "urgent"}, "labels", "invalid"),
    ({"labels": [str(uuid.uuid4()) for _ in range(51)]}, "labels", "max_length"),
    ({"labels": [A]}, "labels", "not_found"),
    ({"project": A}, "project", "not_found"),
    ({"project": "Work"}, "project", "not_found"),
    ({"parent": D}, "parent", "parent_not_found"),
    ({"id": A, "parent": A}, "parent", "parent_circle"),
    ({"id": "7"}, "id", "required"),
    ({"id": None}, "id", "required"),
    ({"completed_at": "2026-11-22T12:00:01Z"}, "completed_at", "in_future"),
    ({"outcome": "on_time"}, "outcome", "invalid"),
    (
        {"completed_at": "2026-11-22T11:00:00Z", "outcome": "on_time", "lateness_s": 1},
        "lateness_s",
        "invalid",
    ),
    (
        {"due_date": "2026-12-01", "time_zone": "Asia/Tokyo", "deadline": "2026-12-01T00:00:00Z"},
        "deadline",
        "deadline_conflict",
    ),
    ({"recurs": "daily"}, "recurs", "unknown_field"),
]


def test_what_is_not_valid_is_named_and_nothing_is_made(ada: AppClient) -> None:
    file = file_of(*(task_of(**task) for task, _, _ in FAULTS), task_of(title="Fine"))
    response = send(ada, file)
    assert (response.status_code, response.json()["code"]) == (400, "import_invalid")
    found = {(error["pointer"], error["code"]) for error in response.json()["errors"]}
    assert found == {(f"/tasks/{number}/{name}", code) for number, (_, name, code) in enumerate(FAULTS)}
    assert not Task.objects.exists()
    report = imported(ada, file, "?skip_invalid=true")
    assert (report["made"]["tasks"], report["left_out"]) == (1, len(FAULTS))
    assert {(error["pointer"], error["code"]) for error in report["errors"]} == found
    assert [each.title for each in Task.objects.all()] == ["Fine"]


def test_circles_of_several_are_found_and_what_hangs_on_them_is_kept(ada: AppClient) -> None:
    tasks = [task_of(id=A, parent=B), task_of(id=B, parent=A), task_of(id=C, parent=A, title="Kept")]
    report = imported(ada, file_of(*tasks), "?skip_invalid=true")
    assert (report["made"]["tasks"], report["left_out"]) == (1, 2)
    assert [warning["code"] for warning in report["warnings"]] == ["parent_left_out"]
    assert Task.objects.get().parent_id is None


def purged(owner: User, *tasks: Task) -> None:
    for task in tasks:
        do(owner, services.delete_task, task)
        do(owner, trash.purge_task, task)


def test_what_was_purged_comes_back_beside_what_it_was_a_part_of_once_that_is_a_part_of_it(
    ada: AppClient,
) -> None:
    first = make_task(person(), "First")
    second = make_task(person(), "Second", parent=first.id)
    old = exported(ada)
    update(person(), second, parent=None)
    update(person(), first, parent=second.id)
    purged(person(), second)
    report = imported(ada, old)
    assert report["made"]["tasks"] == 1
    (number,) = [number for number, task in enumerate(old["tasks"]) if task["title"] == "Second"]
    assert [(each["pointer"], each["code"]) for each in report["warnings"]] == [
        (f"/tasks/{number}/parent", "parent_circle")
    ]
    parents = {task["title"]: task["parent"] for task in exported(ada)["tasks"]}
    assert parents == {"First": str(second.id), "Second": None}
    assert circles() == []


def test_a_circle_through_several_of_the_file_and_of_the_account_is_opened_at_one_place(
    ada: AppClient,
) -> None:
    tasks = [make_task(person(), "0")]
    for number in range(1, 6):
        tasks.append(make_task(person(), str(number), parent=tasks[-1].id))
    old = exported(ada)
    update(person(), tasks[3], parent=None)  # 0 to 2, and 3 to 5
    update(person(), tasks[0], parent=tasks[5].id)  # as one chain again: 3, 4, 5, 0, 1, 2
    purged(person(), tasks[1], tasks[3], tasks[5])
    report = imported(ada, old)
    assert report["made"]["tasks"] == 3
    assert [each["code"] for each in report["warnings"]] == ["parent_circle"]
    assert circles() == []
    kept = sum(task["parent"] is not None for task in exported(ada)["tasks"])
    assert kept == 5, "all of the six but one"


def test_a_file_in_parts_finds_what_came_before(ada: AppClient, bob: AppClient) -> None:
    furnish(person())
    whole = exported(ada)
    parts = [task for task in whole["tasks"] if task["parent"]]
    for file in (
        {**whole, "tasks": [task for task in whole["tasks"] if not task["parent"]]},
        {**whole, "projects": [], "labels": [], "tasks": parts},
    ):
        imported(bob, file)
    assert up_to_ids(exported(bob)) == up_to_ids(whole)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("{", "unreadable_file"),
        ("[]", "unreadable_file"),
        ('{"format": "taskengine", "version": 2}', "unreadable_file"),
        ('{"format": "taskengine", "version": 1, "tasks": {}}', "unreadable_file"),
        ('{"format": "taskengine", "version": 1, "tasks": [7]}', "import_invalid"),
        ('{"format": "taskengine", "version": 1, "webhooks": []}', "import_invalid"),
        ("[" * 2_000, "unreadable_file"),
        ("", "unreadable_file"),
    ],
)
def test_what_is_no_export_is_refused(ada: AppClient, file: str, code: str) -> None:
    response = ada._client.generic(
        "POST",
        IMPORT,
        file,
        content_type="application/json",
        headers={"authorization": f"Bearer {ada.access}"},
    )
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_a_file_is_utf_8_of_a_known_type_and_format(ada: AppClient) -> None:
    def status(body: bytes, type_: str, query: str = "") -> tuple[int, str]:
        response = ada._client.generic(
            "POST",
            IMPORT + query,
            body,
            content_type=type_,
            headers={"authorization": f"Bearer {ada.access}"},
        )
        return response.status_code, response.json()["code"]

    assert status(b"title\n\xff", "text/csv") == (400, "not_utf8")
    assert status(b"title\nA", "text/plain") == (415, "unsupported_media_type")
    assert status(b"title\nA", "application/json", "?format=csv") == (400, "invalid")
    assert status(b"{}", "text/csv", "?format=taskengine") == (400, "invalid")
    assert status(b"title\nA", "text/csv", "?format=excel") == (400, "invalid")
    assert status(b"title\nA", "text/csv", "?project=Work") == (400, "invalid")
    assert status(b"title\nA", "text/csv", "?force=1") == (400, "invalid")


def test_more_than_the_bounds_is_413(ada: AppClient, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(bundles, "MAX_TASKS", 2)
    assert imported(ada, "title\nA\nB")["made"]["tasks"] == 2
    response = send(ada, "title\nA\nB\nC")
    assert (response.status_code, response.json()["code"]) == (413, "too_many_rows")
    settings.MAX_IMPORT_BYTES = 10
    response = send(ada, "title\nA\nB\nC")
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


SHEET = """\ufeffTitle;Notes;Deadline;Due_date;Time_zone;Priority;Project;Labels;Estimate_min;Completed_at;Id;Parent
Write the report;"Two
lines";2026-11-27T17:00:00+01:00;;;1;Work;"urgent, at home";90;;r1;
Draft;;;2026-11-26;Asia/Tokyo;;Work;Urgent;;;;r1
Done;;2026-11-20T17:00:00Z;;;;;;;2026-11-21T17:00:00Z;;
'=1+1;;2026-11-20T17:00:00Z;;;;;;;;;
"""


def test_a_spreadsheet_becomes_tasks(ada: AppClient) -> None:
    work = make_project(person(), "Work")
    report = imported(ada, SHEET)
    assert report["made"] == {"projects": 0, "labels": 2, "tasks": 4}
    assert report["there"] == {"projects": 1, "labels": 1, "tasks": 0}, "“Urgent” is “urgent”"
    whole, part, done, formula = Task.objects.order_by("position")
    assert (whole.title, whole.notes, whole.priority, whole.estimate_min) == (
        "Write the report",
        "Two\nlines",
        1,
        90,
    )
    assert (whole.deadline, whole.project_id) == (datetime(2026, 11, 27, 16, 0, tzinfo=UTC), work.id)
    assert len(whole.labels) == 2
    assert (part.parent_id, part.deadline) == (whole.id, datetime(2026, 11, 26, 15, 0, tzinfo=UTC))
    assert part.labels == whole.labels[:1]
    assert (done.outcome, done.lateness_s) == ("late", 86_400)
    assert formula.title == "=1+1"
    assert told(person(), formula) == ["task.created", "task.missed"]
    assert told(person(), done) == ["task.created"]


def test_a_cell_that_is_not_valid_is_named_by_row_and_column(ada: AppClient) -> None:
    rows = [
        (",1", "title", "blank"),
        ("A,high", "priority", "invalid"),
        ("A,,tomorrow", "deadline", "not_a_time"),
        ("A,,,27.11.2026", "due_date", "not_a_day"),
        ('A,,,,"""never closed"', "labels", "invalid"),
        (f"A,,,,{'x' * 121}", "labels", "max_length"),
        (f"A,,,,,{'x' * 121}", "project", "max_length"),
        ("A,,,,,,r9", "parent", "parent_not_found"),
        ("A,,,,,,,r1", "id", "duplicate"),
    ]
    header = "title,priority,deadline,due_date,labels,project,parent,id"
    response = send(ada, "\n".join([header, "Fine,,,,,,,r1", *(row for row, _, _ in rows)]))
    assert response.status_code == 400
    found = [(error["pointer"], error["code"]) for error in response.json()["errors"]]
    expected = [(f"/rows/{number}/{name}", code) for number, (_, name, code) in enumerate(rows, start=3)]
    assert sorted(found) == sorted(expected)
    assert not Task.objects.exists()


def test_a_column_that_means_nothing_is_refused(ada: AppClient) -> None:
    for header, word in (
        ("title,due", "due"),
        ("notes", "title"),
        ("TYPE,CONTENT,PRIORITY", "format=todoist"),
    ):
        response = send(ada, f"{header}\nA,B\n")
        assert (response.status_code, response.json()["code"]) == (400, "unreadable_file")
        assert word in response.json()["detail"]


def test_the_tasks_as_a_spreadsheet_come_back(ada: AppClient, bob: AppClient) -> None:
    furnish(person())
    make_task(person(), "=HYPERLINK(A1)", notes="-1\n+1")
    response = ada.send("GET", f"{EXPORT}?format=csv")
    assert response["Content-Disposition"] == 'attachment; filename="taskengine-2026-11-22.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    sheet = response.content.decode()
    assert "'=HYPERLINK(A1)" in sheet
    assert "Gone" not in sheet
    imported(bob, sheet.replace(str(Task.objects.get(title="Gone").id), ""))
    copies = {task["title"]: task for task in exported(bob)["tasks"]}
    for task in exported(ada)["tasks"]:
        if task["title"] in {"Gone", "Moved"}:
            continue  # in the trash; and how it ended once stands in no cell
        copy = copies[task["title"]]
        for name in (
            "notes",
            "deadline",
            "due_date",
            "time_zone",
            "priority",
            "estimate_min",
            "completed_at",
            "outcome",
        ):
            assert copy[name] == task[name], (task["title"], name)
    assert copies["Part"]["parent"] == copies["Whole"]["id"]
    assert len({copies[title]["project"] for title in ("Missed", "Whole", "Plain")}) == 3


def test_a_todoist_backup_becomes_a_project(ada: AppClient) -> None:
    backup = (
        "TYPE,CONTENT,PRIORITY,INDENT,DATE,TIMEZONE\n"
        "section,Kitchen,,,,\n"
        "task,Fix the tap @house,1,1,2026-11-27,\n"
        "task,Buy a washer,4,2,every day,\n"
    )
    report = imported(ada, backup, "?format=todoist&project=Home%20%5B22%5D.csv")
    assert report["made"] == {"projects": 1, "labels": 2, "tasks": 2}
    assert report["warning_count"] == len(report["warnings"]) == 2
    home = Project.objects.get()
    tap, washer = Task.objects.order_by("position")
    assert home.name == "Home"
    assert (tap.project_id, washer.project_id, washer.parent_id) == (home.id, home.id, tap.id)
    assert washer.notes == "Date: every day"


def statements(client: AppClient, file: Any, query: str = "") -> int:
    with CaptureQueriesContext(connection) as captured:
        imported(client, file, query)
    return len([query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]])


def test_an_import_takes_a_fixed_number_of_statements(ada: AppClient) -> None:
    def sheet(count: int) -> str:
        rows = "".join(f"{count} {n},P{count} {n},L{count} {n},2026-11-01\n" for n in range(count))
        return "title,project,labels,due_date\n" + rows

    assert statements(ada, sheet(3)) == statements(ada, sheet(40)) <= 20
    assert statements(ada, sheet(3), "?dry_run=true") <= 8

    def parts(count: int) -> str:
        whole = make_task(person(), "Whole")
        for _ in range(count):
            whole = make_task(person(), "Part", parent=whole.id)
        return "title,parent\n" + f"A,{whole.id}\n" * count

    assert statements(ada, parts(3)) == statements(ada, parts(40))


def test_exports_and_imports_have_limits_of_their_own(
    ada: AppClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for throttle in (ExportThrottle, ImportThrottle):
        monkeypatch.setattr(throttle, "THROTTLE_RATES", {"export": "2/hour", "import": "1/hour"})
    cache.clear()
    assert [ada.send("GET", EXPORT).status_code for _ in range(3)] == [200, 200, 429]
    assert [send(ada, "title\nA").status_code for _ in range(2)] == [200, 429]
    assert ada.send("GET", TASKS).status_code == 200
    cache.clear()


FARTHEST = ("Etc/GMT+12", "Pacific/Kiritimati")  # behind and before UTC: no zone's days end later, or earlier
ODD = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from("=+-@'\",;\t\r\n\\/<>&\u2028\ufeff\U0001f600"),
    max_size=30,
)
TITLES = ODD.filter(str.strip).map(str.strip)
# The first and the last that are taken are among them: what went in goes out, and in again.
FIRST_INSTANT = datetime(instants.MIN_YEAR, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(instants.MAX_YEAR, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
INSTANTS = st.integers(-50 * 24, 70 * 24).map(lambda hours: NOON + hours * HOUR) | st.sampled_from(
    [FIRST_INSTANT, LAST_INSTANT]
)
DAYS = st.dates(date(2026, 10, 1), date(2027, 2, 1)) | st.sampled_from(
    [instants.FIRST_DAY, instants.LAST_DAY]
)
PLANS = st.lists(
    st.fixed_dictionaries(
        {
            "title": TITLES,
            "notes": ODD,
            "priority": st.integers(1, 4),
            "estimate_min": st.none() | st.integers(1, 10_080),
            "due": st.none() | INSTANTS | DAYS,
            "time_zone": st.sampled_from([None, "Asia/Tokyo", "America/St_Johns", *FARTHEST]),
            "parent": st.none() | st.integers(0, 4),
            "project": st.none() | st.integers(0, 1),
            "labels": st.lists(st.integers(0, 2), unique=True),
            "fate": st.sampled_from(["open", "completed", "deleted"]),
        }
    ),
    max_size=6,
)


@pytest.mark.parametrize("zone", FARTHEST)
@pytest.mark.parametrize("day", [instants.FIRST_DAY, instants.LAST_DAY])
def test_the_first_and_the_last_day_are_put_back_and_imported_wherever_they_end(
    ada: AppClient, bob: AppClient, day: date, zone: str
) -> None:
    made = ada.send(
        "POST", TASKS, {"title": "At the edge", "due_date": day.isoformat(), "time_zone": zone}
    ).json()
    put = ada.send("PUT", f"{TASKS}{made['id']}/", made)
    assert (put.status_code, put.json()) == (200, made)
    imported(bob, exported(ada))
    (copy,) = exported(bob)["tasks"]
    assert [copy[name] for name in ("deadline", "due_date", "time_zone")] == [
        made[name] for name in ("deadline", "due_date", "time_zone")
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=PLANS, names=st.lists(TITLES.filter(lambda name: len(name) < 100), min_size=5, max_size=5))
def test_out_and_in_again_is_the_same(
    ada: AppClient, bob: AppClient, plans: list[dict[str, Any]], names: list[str]
) -> None:
    for model in (Task, Project, Label):
        model._default_manager.all().delete()
    owner = person()
    projects = [make_project(owner, name) for name in names[:2]]
    labels = [make_label(owner, f"{number} {name}"[:120]) for number, name in enumerate(names[2:])]
    tasks: list[Task] = []
    for plan in plans:
        due = plan["due"]
        when = {"due_date": due} if type(due) is date else {"deadline": due}
        parent = plan["parent"]
        tasks.append(
            make_task(
                owner,
                plan["title"],
                notes=plan["notes"],
                priority=plan["priority"],
                estimate_min=plan["estimate_min"],
                time_zone=plan["time_zone"] if "due_date" in when else None,
                parent=tasks[parent].id if parent is not None and parent < len(tasks) else None,
                project=None if plan["project"] is None else projects[plan["project"]].id,
                labels=[labels[number].id for number in plan["labels"]],
                **when,
            )
        )
    for task, plan in zip(tasks, plans, strict=True):
        if plan["fate"] == "completed":
            do(owner, services.complete_task, task, children=services.Children.LEAVE)
        elif plan["fate"] == "deleted":
            do(owner, services.delete_task, task)
    before = exported(ada)
    imported(bob, json.loads(json.dumps(before)))
    assert up_to_ids(exported(bob)) == up_to_ids(before)
