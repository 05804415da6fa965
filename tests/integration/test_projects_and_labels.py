"""Projects, labels and the manual order, as a client sees them and as they are told."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from taskengine.accounts.models import User
from taskengine.operations.errors import UndoConflict
from taskengine.organisation.models import Label, Project
from taskengine.tasks import places, services
from taskengine.tasks.models import Task
from taskengine.tasks.places import Tasks
from tests.support.accounts import PASSWORD, AppClient, signed_up
from tests.support.people import (
    do,
    events_of,
    make_label,
    make_person,
    make_project,
    make_task,
    operation_of,
    purge_deleted,
    undo,
    update,
)

pytestmark = pytest.mark.django_db

API = "/api/v1/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(clock: time_machine.Traveller) -> AppClient:
    """Ada, logged in."""
    return signed_up("ada@example.org")


@pytest.fixture
def eve(clock: time_machine.Traveller) -> AppClient:
    """Eve, logged in."""
    return signed_up("eve@example.org")


def make(client: AppClient, what: str, **fields: Any) -> dict[str, Any]:
    """Make a project, a label or a task; return it as it was answered."""
    response = client.send("POST", f"{API}{what}/", fields)
    assert response.status_code == 201, response.content
    made: dict[str, Any] = response.json()
    return made


def refusal(response: Any) -> tuple[int, str, list[str]]:
    """Return status, code and the pointers of a problem document."""
    body = response.json()
    return response.status_code, body["code"], [error["pointer"] for error in body["errors"]]


def names(client: AppClient, what: str, query: str = "") -> list[str]:
    """Return the names, or titles, of a list."""
    results = client.send("GET", f"{API}{what}/{query}").json()["results"]
    return [each.get("name") or each["title"] for each in results]


# --- The objects ------------------------------------------------------------------------------------


def test_a_project_is_answered_whole_and_changed_field_by_field(ada: AppClient) -> None:
    project = make(ada, "projects", name="Work", colour="blue")
    assert project | {"id": "", "position": ""} == {
        "id": "", "name": "Work", "colour": "blue", "position": "", "archived": False, "version": 1,
        "created_at": "2026-11-22T12:00:00.000000Z", "updated_at": "2026-11-22T12:00:00.000000Z",
    }  # fmt: skip
    address = f"{API}projects/{project['id']}/"
    changed = ada.send("PATCH", address, {"archived": True}).json()
    assert (changed["archived"], changed["name"], changed["version"]) == (True, "Work", 2)
    assert ada.send("PATCH", address, {"archived": True}).json() == changed, "the same again changes nothing"
    assert ada.send("GET", address).json() == changed
    assert ada.send("DELETE", address).status_code == 204
    assert ada.send("GET", address).status_code == 404
    told = [event.type for event in events_of(User.objects.get())]
    assert told == ["project.created", "project.updated", "project.deleted"]


def test_a_label_is_answered_whole_and_its_name_is_one_of_a_kind(ada: AppClient, eve: AppClient) -> None:
    label = make(ada, "labels", name="Urgent")
    assert label.keys() == {"id", "name", "colour", "version", "created_at", "updated_at"}
    taken = (409, "label_name_taken", ["/name"])
    assert refusal(ada.send("POST", f"{API}labels/", {"name": "uRGENT"})) == taken
    other = make(ada, "labels", name="phone")
    address = f"{API}labels/{other['id']}/"
    assert refusal(ada.send("PATCH", address, {"name": "URGENT"})) == taken
    assert ada.send("PATCH", address, {"name": "Phone"}).json()["name"] == "Phone"
    make(eve, "labels", name="urgent")
    ada.send("DELETE", f"{API}labels/{label['id']}/")
    make(ada, "labels", name="urgent")


def test_the_database_refuses_a_second_label_of_a_name_and_a_project_that_is_not() -> None:
    ada = make_person()
    label = make_label(ada, "urgent")
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.create(owner=ada, name="URGENT", created_at=NOON, updated_at=NOON)
    task = make_task(ada, labels=[label.id])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(id=task.id).update(project_id=uuid.uuid4())


@pytest.mark.parametrize("what", ["projects", "labels"])
def test_what_is_not_valid_is_named(ada: AppClient, what: str) -> None:
    address = f"{API}{what}/"
    assert refusal(ada.send("POST", address, {}))[2] == ["/name"]
    assert refusal(ada.send("POST", address, {"name": "x" * 121}))[2] == ["/name"]
    assert refusal(ada.send("POST", address, {"name": "x", "colour": "#ff0000"}))[2] == ["/colour"]
    assert refusal(ada.send("POST", address, {"name": "x", "version": 7}))[2] == ["/version"]
    assert refusal(ada.send("POST", address, {"name": "x", "icon": "y"}))[2] == ["/icon"]
    assert refusal(ada.send("GET", f"{address}?limit=0"))[2] == ["/limit"]


@pytest.mark.parametrize("what", ["projects", "labels"])
def test_a_client_made_id_that_is_taken_is_409_whoever_has_it(
    ada: AppClient, eve: AppClient, what: str
) -> None:
    made = make(ada, what, name="Work", id=str(uuid.uuid4()))
    for client, name in ((ada, "Other"), (eve, "Work")):
        response = client.send("POST", f"{API}{what}/", {"name": name, "id": made["id"]})
        assert refusal(response) == (409, "id_taken", ["/id"])


@pytest.mark.parametrize("what", ["projects", "labels"])
def test_a_strangers_is_404_like_one_that_never_was(ada: AppClient, eve: AppClient, what: str) -> None:
    his = make(ada, what, name="Secret")
    mine = make(eve, what, name="Mine")
    for id_ in (his["id"], str(uuid.uuid4())):
        for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
            response = eve.send(method, f"{API}{what}/{id_}/", body)
            assert refusal(response) == (404, f"{what[:-1]}_not_found", [])
        if what == "projects":
            assert eve.send("POST", f"{API}projects/{id_}/move/", {"before": mine["id"]}).status_code == 404
            move = eve.send("POST", f"{API}projects/{mine['id']}/move/", {"before": id_})
            assert refusal(move) == (400, "neighbour_not_found", ["/before"])
    assert names(eve, what) == ["Mine"]
    assert ada.send("GET", f"{API}{what}/{his['id']}/").json() == his


def test_lists_are_walked_page_by_page_in_their_order(ada: AppClient, clock: time_machine.Traveller) -> None:
    for name in ("c", "a", "b"):
        clock.shift(1)
        make(ada, "projects", name=name, archived=name == "a")
        make(ada, "labels", name=name)
    assert names(ada, "projects") == ["c", "a", "b"]
    assert names(ada, "projects", "?archived=false") == ["c", "b"]
    assert names(ada, "labels") == ["a", "b", "c"]
    cursor = ""
    for what, expected in (("labels", ["a", "b", "c"]), ("projects", ["c", "a", "b"])):
        seen, cursor = [], ""
        while True:
            page = ada.send("GET", f"{API}{what}/?limit=2{cursor}").json()
            seen += [each["name"] for each in page["results"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == expected
    assert refusal(ada.send("GET", f"{API}projects/?limit=2&archived=true{cursor}"))[2] == ["/cursor"]


# --- Tasks in them ----------------------------------------------------------------------------------


def test_a_task_is_in_a_project_and_carries_labels_each_once(ada: AppClient) -> None:
    project = make(ada, "projects", name="Work")
    first, second = (make(ada, "labels", name=name) for name in ("one", "two"))
    ids = [second["id"], first["id"], second["id"]]
    task = make(ada, "tasks", title="Send invoice", project=project["id"], labels=ids)
    assert (task["project"], task["labels"]) == (project["id"], ids[:2])
    address = f"{API}tasks/{task['id']}/"
    assert ada.send("PATCH", address, {"title": "New"}).json()["labels"] == ids[:2]
    read = ada.send("GET", address).json()
    assert ada.send("PUT", address, read).json() == read, "what was read can be put back"
    cleared = ada.send("PATCH", address, {"project": None, "labels": []}).json()
    assert (cleared["project"], cleared["labels"]) == (None, [])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"project": "work"}, (400, "invalid", ["/project"])),
        ({"project": str(uuid.UUID(int=7))}, (400, "project_not_found", ["/project"])),
        ({"labels": None}, (400, "invalid", ["/labels"])),
        ({"labels": "urgent"}, (400, "invalid", ["/labels"])),
        ({"labels": ["urgent"]}, (400, "invalid", ["/labels/0"])),
        ({"labels": [str(uuid.UUID(int=7))]}, (400, "label_not_found", ["/labels/0"])),
        ({"labels": [str(uuid.UUID(int=7))] * 51}, (400, "invalid", ["/labels"])),
        ({"position": "A"}, (400, "invalid", ["/position"])),
    ],
)
def test_what_a_task_can_not_belong_to_is_named(
    ada: AppClient, fields: dict[str, Any], expected: tuple[int, str, list[str]]
) -> None:
    assert refusal(ada.send("POST", f"{API}tasks/", {"title": "x", **fields})) == expected


def test_a_strangers_project_or_label_is_none_for_ones_tasks(ada: AppClient, eve: AppClient) -> None:
    project, label = make(ada, "projects", name="Work"), make(ada, "labels", name="urgent")
    task = make(eve, "tasks", title="x")
    for fields in ({"project": project["id"]}, {"labels": [label["id"]]}):
        assert eve.send("PATCH", f"{API}tasks/{task['id']}/", fields).status_code == 400
    make(ada, "tasks", title="secret", project=project["id"], labels=[label["id"]])
    for query in (f"?project={project['id']}", f"?label={label['id']}"):
        assert names(eve, "tasks", query) == []


def test_a_project_with_open_tasks_is_deleted_only_with_a_word_on_them(ada: AppClient) -> None:
    project = make(ada, "projects", name="Work")
    address = f"{API}projects/{project['id']}/"
    task = make(ada, "tasks", title="Send invoice", project=project["id"])
    assert refusal(ada.send("DELETE", address)) == (409, "project_not_empty", [f"/tasks/{task['id']}"])
    assert refusal(ada.send("DELETE", f"{address}?tasks=burn"))[2] == ["/tasks"]
    ada.send("POST", f"{API}tasks/{task['id']}/complete/")
    assert ada.send("DELETE", address).status_code == 204
    left = ada.send("GET", f"{API}tasks/{task['id']}/").json()
    assert (left["project"], left["bucket"]) == (None, "completed")


@pytest.mark.parametrize("tasks", list(Tasks))
def test_the_tasks_of_a_project_go_with_it_or_out_of_it_and_one_undo_brings_all_back(tasks: Tasks) -> None:
    ada = make_person()
    project, label = make_project(ada), make_label(ada)
    inside = [make_task(ada, str(number), project=project.id, labels=[label.id]) for number in range(3)]
    do(ada, services.complete_task, inside[0])
    before = {
        id_: (project, labels)
        for id_, project, labels in Task.objects.values_list("id", "project_id", "labels")
    }
    with operation_of(ada, "project.delete") as operation:
        places.delete_project(operation=operation, project_id=project.id, tasks=tasks)
    there = Task.objects.filter(deleted_at=None)
    assert there.count() == (3 if tasks is Tasks.MOVE else 0)
    assert not there.filter(project=project).exists()
    assert {event.op_id for event in events_of(ada)[-4:]} == {operation.id}
    undo(ada)
    after = {
        id_: (project, labels) for id_, project, labels in there.values_list("id", "project_id", "labels")
    }
    assert after == before
    assert Project.objects.get().deleted_at is None


def test_deleting_takes_as_many_statements_however_many_tasks() -> None:
    for verb in ("project", "label"):
        counted = []
        for many in (1, 12):
            ada = make_person(f"{verb}{many}")
            project, label = make_project(ada), make_label(ada)
            for number in range(many):
                make_task(ada, str(number), project=project.id, labels=[label.id])
            with CaptureQueriesContext(connection) as captured, operation_of(ada) as operation:
                if verb == "project":
                    places.delete_project(operation=operation, project_id=project.id, tasks=Tasks.MOVE)
                else:
                    places.delete_label(operation=operation, label_id=label.id)
            counted.append(len(captured))
            assert len(events_of(ada)) == 3 + 2 * many
        assert counted[0] == counted[1]


def test_a_label_that_goes_is_taken_off_its_tasks_and_an_undo_puts_it_back() -> None:
    ada = make_person()
    gone, stays = make_label(ada, "gone"), make_label(ada, "stays")
    task = make_task(ada, labels=[gone.id, stays.id])
    with operation_of(ada, "label.delete") as operation:
        places.delete_label(operation=operation, label_id=gone.id)
    task.refresh_from_db()
    assert (task.labels, task.version) == ([stays.id], 2)
    undo(ada)
    task.refresh_from_db()
    assert task.labels == [gone.id, stays.id]


def test_a_task_that_is_restored_leaves_what_is_gone_meanwhile() -> None:
    ada = make_person()
    project, gone, stays = make_project(ada), make_label(ada, "gone"), make_label(ada, "stays")
    task = make_task(ada, project=project.id, labels=[gone.id, stays.id])
    do(ada, services.delete_task, task)
    with operation_of(ada) as operation:
        places.delete_project(operation=operation, project_id=project.id)
        places.delete_label(operation=operation, label_id=gone.id)
    restored = do(ada, services.restore_task, task)
    assert (restored.project_id, restored.labels) == (None, [stays.id])


def test_the_making_of_a_project_is_undone_unless_tasks_are_in_it() -> None:
    ada = make_person()
    project, label = make_project(ada), make_label(ada)
    made = [event.op_id for event in events_of(ada)]
    task = make_task(ada, project=project.id, labels=[label.id])
    for op_id in made:
        with pytest.raises(UndoConflict):
            undo(ada, op_id)
    update(ada, task, project=None, labels=[])
    for op_id in made:
        undo(ada, op_id)
    assert not Project.objects.filter(deleted_at=None).exists()
    assert not Label.objects.filter(deleted_at=None).exists()


def test_what_was_changed_since_stands_against_an_undo_and_so_does_a_name_that_is_taken() -> None:
    ada = make_person()
    label = make_label(ada, "urgent")
    with operation_of(ada, "label.delete") as deletion:
        places.delete_label(operation=deletion, label_id=label.id)
    make_label(ada, "URGENT")
    with pytest.raises(UndoConflict) as refused:
        undo(ada, deletion.id)
    assert [fault.pointer for fault in refused.value.faults] == [f"/label/{label.id}/name"]


def test_what_a_task_was_put_into_and_carries_is_undone_by_itself(ada: AppClient) -> None:
    project, label = make(ada, "projects", name="Work"), make(ada, "labels", name="urgent")
    task = make(ada, "tasks", title="x")
    address = f"{API}tasks/{task['id']}/"
    answered = ada.send("PATCH", address, {"project": project["id"], "labels": [label["id"]]})
    ada.send("PATCH", address, {"title": "y"})
    undone = ada.send("POST", f"{API}undo/", {"op_id": answered["Operation-Id"]})
    assert undone.status_code == 200, undone.content
    read = ada.send("GET", address).json()
    assert (read["project"], read["labels"], read["title"]) == (None, [], "y")


@pytest.mark.django_db(transaction=True)
def test_an_account_goes_with_its_projects_labels_and_words() -> None:
    client = signed_up()
    ada = User.objects.get()
    make_task(ada, project=make_project(ada).id, labels=[make_label(ada).id])
    assert client.send("DELETE", "/api/v1/users/me/", {"password": PASSWORD}).status_code == 204
    purge_deleted()
    for model in (Project, Label, Task):
        assert not model._default_manager.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tasks_document")
        assert cursor.fetchone() == (0,)


# --- The order --------------------------------------------------------------------------------------


def test_tasks_come_in_the_order_they_were_made_and_then_as_they_are_moved(
    ada: AppClient, clock: time_machine.Traveller
) -> None:
    tasks = {}
    for title in "abcd":
        clock.shift(1)
        tasks[title] = make(ada, "tasks", title=title)

    def order() -> str:
        return "".join(names(ada, "tasks", "?ordering=position"))

    def move(title: str, **where: str) -> Any:
        body = {side: tasks[other]["id"] for side, other in where.items()}
        return ada.send("POST", f"{API}tasks/{tasks[title]['id']}/move/", body)

    assert order() == "abcd"
    assert move("d", before="a").json()["version"] == 2
    assert order() == "dabc"
    move("d", after="b")
    assert order() == "abdc"
    move("a", after="c")
    assert order() == "bdca"
    clock.shift(1)
    assert move("a", after="c").json()["version"] == 2, "it is there already, so nothing is told"
    make(ada, "tasks", title="e")
    assert order() == "bdcae"
    assert refusal(move("a")) == (400, "invalid", [""])
    assert refusal(move("a", before="b", after="c")) == (400, "invalid", [""])
    assert refusal(move("a", before="a")) == (400, "neighbour_not_found", ["/before"])
    others = [event for event in events_of(User.objects.get()) if event.type == "task.updated"]
    assert {event.data["task"]["title"] for event in others} == {"a", "d"}, "nothing else is written"


def test_a_strangers_task_is_no_neighbour(ada: AppClient, eve: AppClient) -> None:
    his, mine = make(ada, "tasks", title="his"), make(eve, "tasks", title="mine")
    assert eve.send("POST", f"{API}tasks/{his['id']}/move/", {"before": mine["id"]}).status_code == 404
    beside = eve.send("POST", f"{API}tasks/{mine['id']}/move/", {"before": his["id"]})
    assert refusal(beside) == (400, "neighbour_not_found", ["/before"])


def test_a_move_goes_between_the_tasks_of_the_others_project(clock: time_machine.Traveller) -> None:
    ada = make_person()
    project = make_project(ada)
    inside = []
    for number in range(2):
        clock.shift(1)
        inside.append(make_task(ada, str(number), project=project.id))
    outside = make_task(ada, "outside")
    moved = do(ada, places.move_task, outside, before=inside[1].id)
    assert inside[0].position < moved.position < inside[1].position
    assert moved.project_id is None


def test_where_there_is_no_room_the_list_is_spaced_anew(clock: time_machine.Traveller) -> None:
    ada = make_person()
    tasks = [make_task(ada, str(number)) for number in range(4)]
    Task.objects.update(position="")  # as a row has it that was put in by SQL
    expected = sorted(str(task.id) for task in tasks[:3])
    do(ada, places.move_task, tasks[3], before=uuid.UUID(expected[1]))
    ids = [str(id_) for id_ in Task.objects.order_by("position", "id").values_list("id", flat=True)]
    assert ids == [expected[0], str(tasks[3].id), *expected[1:]]


def test_a_project_is_moved_among_projects(ada: AppClient, clock: time_machine.Traveller) -> None:
    projects = {}
    for name in "abc":
        clock.shift(1)
        projects[name] = make(ada, "projects", name=name)
    ada.send("POST", f"{API}projects/{projects['c']['id']}/move/", {"before": projects["b"]["id"]})
    assert names(ada, "projects") == ["a", "c", "b"]
    ada.send("POST", f"{API}projects/{projects['a']['id']}/move/", {"after": projects["b"]["id"]})
    assert names(ada, "projects") == ["c", "b", "a"]


def test_the_steps_of_a_plan_are_in_the_project_of_its_goal_and_in_their_order(
    clock: time_machine.Traveller,
) -> None:
    ada = make_person()
    with operation_of(ada) as operation:
        made = [services.create_task(operation=operation, title=str(number)) for number in range(30)]
    assert [task.position for task in made] == sorted(task.position for task in made)
