"""How many statements a request takes: few, and no more of them with more rows."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from taskengine import clock
from taskengine.accounts import audit
from taskengine.accounts.audit import Action
from taskengine.accounts.models import User
from taskengine.api.urls import urlpatterns
from taskengine.database import base, direct
from taskengine.tasks import services
from tests.support.accounts import AppClient, signed_up
from tests.support.breakdowns import ready
from tests.support.people import do, make_label, make_person, make_project, make_task, make_token, undo

pytestmark = pytest.mark.django_db

PREFIX = "/api/v1/"
TASKS = f"{PREFIX}tasks/"
# They describe the API and ask the database nothing.
DOCUMENTS = {"schema", "docs"}


def statements(act: Callable[[], Any]) -> list[str]:
    """Return what was asked of the database; the test's own transaction makes savepoints of transactions."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]


def grow(person: User, count: int) -> dict[str, Any]:
    """Give a person so many of everything; return what stands in the paths to one of each."""
    now = clock.now()
    tasks = [make_task(person, f"Task {n}", deadline=now + timedelta(hours=n - 2)) for n in range(count)]
    for _ in range(count):
        audit.record(action=Action.LOGGED_IN, subject_id=person.pk, actor_id=person.pk)
    for task in tasks[::3]:
        do(person, services.complete_task, task)
    for task in tasks[1::3]:
        do(person, services.update_task, task, fields={"parent": tasks[0].id})
    drafts = [ready(person) for _ in range(count)]
    projects = [make_project(person, f"Project {n}") for n in range(count)]
    labels = [make_label(person, f"Label {n}") for n in range(count)]
    tokens = [make_token(person)[0] for _ in range(count)]
    for task in tasks[2::3]:
        fields = {"project": projects[0].id, "labels": [label.id for label in labels]}
        do(person, services.update_task, task, fields=fields)
    for number in range(count):
        do(person, services.update_task, tasks[0], fields={"title": f"Title {number}"})
        undo(person)
        do(person, services.delete_task, make_task(person, f"Deleted {number}"))
    return {
        "task_id": tasks[0].id,
        "project_id": projects[0].id,
        "label_id": labels[0].id,
        "token_id": tokens[0].id,
        "breakdown_id": drafts[0].id,
        "key": "sources",
        "user_id": person.pk,
    }


def readable(ids: dict[str, Any]) -> Iterator[str]:
    """Yield the path of each route that can be read; one that `grow` knows nothing of fails."""
    for route in urlpatterns:
        if not route.name or route.name in DOCUMENTS:
            continue
        view = getattr(route.callback, "view_class", None)
        if view is None or not hasattr(view, "get"):
            continue
        path = str(route.pattern)
        for name, converter in route.pattern.converters.items():
            assert name in ids, f"Let `grow` make what {path} needs: {name}"
            kind = {"IdConverter": "id", "SlugConverter": "slug"}[type(converter).__name__]
            path = path.replace(f"<{kind}:{name}>", str(ids[name]))
        yield PREFIX + path


def test_no_read_takes_more_statements_with_more_rows() -> None:
    ada, bob = signed_up(), signed_up("bob@example.org")
    User.objects.update(is_staff=True)  # who may read everything that there is to read
    few = grow(User.objects.get(email="ada@example.org"), 3)
    many = grow(User.objects.get(email="bob@example.org"), 30)
    taken: dict[str, list[list[str]]] = {}
    for client, ids in ((ada, few), (bob, many)):
        client.send("GET", TASKS)  # what is put together once in a process
        for path, route in zip(readable(ids), readable(dict.fromkeys(ids, "…")), strict=True):
            asked = statements(lambda client=client, path=path: client.send("GET", path))  # type: ignore[misc]
            assert client.send("GET", path).status_code == 200, path
            taken.setdefault(route, []).append(asked)
    assert len(taken) >= 7, "routes were not found"
    for route, (with_few, with_many) in taken.items():
        assert len(with_many) == len(with_few) <= 6, (route, with_many)


def test_no_write_on_many_takes_more_statements_with_more_rows() -> None:
    taken: dict[str, list[int]] = {}
    for name, count in (("ada", 6), ("bob", 30)):
        client = signed_up(f"{name}@example.org")
        ids = grow(User.objects.get(email=f"{name}@example.org"), count)
        project, label = (f"{PREFIX}{noun}/{ids[f'{noun[:-1]}_id']}/" for noun in ("projects", "labels"))
        client.me()
        for what, path in (
            ("the project, its tasks moved", f"{project}?tasks=move"),
            ("the project, its tasks deleted", f"{project}?tasks=delete"),
            ("the label", label),
            ("the trash", f"{PREFIX}trash/"),
        ):
            with transaction.atomic():
                answers: list[Any] = []
                asked = statements(lambda path=path: answers.append(client.send("DELETE", path)))  # type: ignore[misc]  # noqa: B023
                assert answers[0].status_code == 204, what
                transaction.set_rollback(True)
            taken.setdefault(what, []).append(len(asked))
    for what, (with_few, with_many) in taken.items():
        assert with_few == with_many, what


@pytest.fixture
def ada() -> AppClient:
    """Somebody whose token was seen before."""
    client = signed_up()
    assert client.me() == 200
    return client


def test_who_asks_is_one_statement(ada: AppClient) -> None:
    (asked,) = statements(ada.me)
    assert "django_session" in asked
    assert "accounts_user" in asked


def test_reads_of_tasks_take_one_statement_and_a_list_one_more(ada: AppClient) -> None:
    task = ada.send("POST", TASKS, {"title": "Water the trees"}).json()
    assert len(statements(lambda: ada.send("GET", f"{TASKS}{task['id']}/"))) == 1 + 1
    assert len(statements(lambda: ada.send("GET", f"{TASKS}?bucket=upcoming"))) == 1 + 2
    assert len(statements(lambda: ada.send("GET", f"{TASKS}summary/"))) == 1 + 1


def test_a_write_locks_writes_tells_and_logs(ada: AppClient) -> None:
    body = {"title": "Water the trees", "deadline": "2036-01-01T00:00:00Z"}
    made = statements(lambda: ada.send("POST", TASKS, body))
    assert [words(each) for each in made] == [
        "SELECT accounts_user",
        "SELECT realtime_stream",
        "INSERT tasks_task",
        "INSERT realtime_event",
        "INSERT operations_operation",
    ]
    task = UUID(ada.send("POST", TASKS, body).json()["id"])
    completed = statements(lambda: ada.send("POST", f"{TASKS}{task}/complete/"))
    assert [words(each) for each in completed] == [
        "SELECT accounts_user",
        "SELECT realtime_stream",
        "SELECT tasks_task",
        "UPDATE tasks_task",
        "INSERT realtime_event",
        "INSERT operations_operation",
    ]


def words(statement: str) -> str:
    """Return what a statement does to which table."""
    tables = ("operations_operation", "realtime_event", "tasks_task", "accounts_user", "realtime_stream")
    (verb, *_) = statement.split()
    table = next(table for table in tables if table in statement)
    return f"{'INSERT' if 'INSERT INTO' in statement else verb} {table}"


@pytest.mark.django_db(transaction=True)
def test_a_write_takes_two_round_trips_and_one_more_where_a_client_names_what_it_makes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = make_person()
    trips: list[int] = []
    asked = direct.ask

    def counted(line: Any, cursors: Any, **options: Any) -> None:
        trips.append(len(cursors))
        asked(line, cursors, **options)

    def round_trips(act: Callable[[], Any]) -> list[int]:
        trips.clear()
        act()
        return list(trips)

    task = make_task(ada)
    for module in (direct, base):
        monkeypatch.setattr(module, "ask", counted)
    # The stream's lock; the task, its event and the log's entry with the commit.
    assert round_trips(lambda: make_task(ada)) == [1, 3]
    # Whether the id is taken is to be said there and then.
    assert round_trips(lambda: make_task(ada, id=uuid.uuid4())) == [1, 1, 2]
    # The locks of stream and task; the rest with the commit.
    assert round_trips(lambda: do(ada, services.complete_task, task)) == [2, 3]
