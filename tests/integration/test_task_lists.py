"""Which tasks a list holds, how many there are, and what is found: by the one rule of time, each from an index."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taskengine.accounts.models import LANGUAGE_CHOICES, User
from taskengine.tasks import places, search, services
from taskengine.tasks.counts import counts
from taskengine.tasks.models import Task
from taskengine.tasks.queries import labelled, tasks_of
from tests.support.accounts import AppClient
from tests.support.people import do, make_label, make_person, make_project, make_task, miss_due, told, update

pytestmark = pytest.mark.django_db

TASKS = "/api/v1/tasks/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)


def titles(client: AppClient, query: str) -> list[str]:
    """Return the titles of a list."""
    response = client.send("GET", f"{TASKS}?{query}")
    assert response.status_code == 200, response.content
    return [task["title"] for task in response.json()["results"]]


# --- The boundary -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("away", "bucket"), [(-TICK, "upcoming"), (timedelta(), "missed"), (TICK, "missed")])
def test_lists_counts_search_and_events_have_one_boundary(
    client: AppClient, ada: User, clock: time_machine.Traveller, away: timedelta, bucket: str
) -> None:
    project, label = make_project(ada), make_label(ada)
    task = make_task(ada, "Send invoice", deadline=NOON + MINUTE, project=project.id, labels=[label.id])
    clock.move_to(NOON + MINUTE + away)
    other = {"upcoming": "missed", "missed": "upcoming"}[bucket]
    for query in ("", "&q=invo", f"&project={project.id}", f"&label={label.id}", "&priority=4"):
        assert titles(client, f"bucket={bucket}{query}") == ["Send invoice"], query
        assert titles(client, f"bucket={other}{query}") == [], query
    counted = client.send("GET", f"{TASKS}counts/").json()
    each = {bucket: 1, other: 0}
    assert counted["buckets"] == {**each, "completed": 0}
    assert counted["projects"] == [{"id": str(project.id), **each}]
    assert counted["labels"] == [{"id": str(label.id), **each}]
    assert client.send("GET", f"{TASKS}summary/?label={label.id}").json()[bucket] == 1
    assert client.send("GET", f"{TASKS}{task.id}/").json()["bucket"] == bucket
    assert miss_due(now=NOON + MINUTE + away) == (bucket == "missed")
    assert ("task.missed" in told(ada, task)) == (bucket == "missed")


# --- Filters ----------------------------------------------------------------------------------------


def test_each_filter_and_all_of_them_together(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    project, (red, blue) = make_project(ada), [make_label(ada, name) for name in ("red", "blue")]
    made = [
        make_task(ada, "a", project=project.id, labels=[red.id], deadline=NOON + MINUTE, priority=1),
        make_task(
            ada, "b", project=project.id, labels=[blue.id, red.id], deadline=NOON + 2 * MINUTE, priority=2
        ),
        make_task(ada, "c", labels=[blue.id], deadline=NOON + 3 * MINUTE),
        make_task(ada, "d"),
    ]
    for task in made[1:3]:
        clock.shift(MINUTE)
        do(ada, services.complete_task, task)
    assert titles(client, f"project={project.id}") == ["a", "b"]
    assert titles(client, "project=none") == ["c", "d"]
    assert titles(client, f"label={red.id}") == ["a", "b"]
    assert titles(client, f"label={red.id},{blue.id}") == ["b"]
    assert titles(client, "priority=2") == ["b"]
    assert titles(client, "priority=1,4") == ["a", "c", "d"]
    assert titles(client, "deadline_from=2026-11-22T12:02:00Z") == ["b", "c"]
    assert titles(client, "deadline_before=2026-11-22T12:02:00Z") == ["a"]
    assert titles(client, "completed_from=2026-11-22T12:02:00Z") == ["c"]
    assert titles(client, "completed_before=2026-11-22T12:02:00Z") == ["b"]
    everything = (
        f"project={project.id}&label={blue.id}&priority=1,2&bucket=completed&q=b"
        "&deadline_from=2026-11-22T12:02:00Z&deadline_before=2026-11-22T12:03:00Z"
        "&completed_from=2026-11-22T12:01:00Z&completed_before=2026-11-22T12:02:00Z"
    )
    assert titles(client, everything) == ["b"]


def test_fields_trim_and_a_cursor_stays_good_though_other_fields_are_asked_for(
    client: AppClient, ada: User
) -> None:
    first, second = sorted((make_task(ada, "a"), make_task(ada, "b")), key=lambda task: task.id)
    page = client.send("GET", f"{TASKS}?fields=title,bucket&limit=1").json()
    assert page["results"] == [{"title": first.title, "bucket": "upcoming"}]
    rest = client.send("GET", f"{TASKS}?fields=id&limit=1&cursor={page['next_cursor']}").json()
    assert rest["results"] == [{"id": str(second.id)}]
    refused = client.send("GET", f"{TASKS}?priority=4&cursor={page['next_cursor']}")
    assert refused.json()["errors"][0]["code"] == "invalid_cursor"


# --- Counts -----------------------------------------------------------------------------------------


def test_counts_are_by_bucket_project_and_label_and_by_nobody_elses(client: AppClient, ada: User) -> None:
    eve = make_person("eve")
    make_task(eve, labels=[make_label(eve).id], project=make_project(eve).id)
    project, empty = make_project(ada), make_project(ada)
    red, blue = make_label(ada, "red"), make_label(ada, "blue")
    make_task(ada, project=project.id, labels=[red.id, blue.id])
    make_task(ada, project=project.id, labels=[red.id], deadline=NOON - HOUR)
    make_task(ada, deadline=NOON - HOUR)
    done, gone = make_task(ada, project=empty.id, labels=[red.id]), make_task(ada, labels=[red.id])
    do(ada, services.complete_task, done)
    do(ada, services.delete_task, gone)
    counted = client.send("GET", f"{TASKS}counts/").json()
    assert counted["buckets"] == {"upcoming": 1, "missed": 2, "completed": 1}
    assert {each["id"]: (each["upcoming"], each["missed"]) for each in counted["projects"]} == {
        str(project.id): (1, 1), None: (0, 1),
    }  # fmt: skip
    assert {each["id"]: (each["upcoming"], each["missed"]) for each in counted["labels"]} == {
        str(red.id): (1, 1), str(blue.id): (1, 0),
    }  # fmt: skip
    by_project = client.send("GET", f"{TASKS}summary/?project={empty.id}").json()
    assert (by_project["upcoming"], by_project["completed"]) == (0, 1)


# --- Search -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("invoice", ["Send invoice to Ben"]),
        ("INVO", ["Send invoice to Ben"]),
        ("invo ", []),  # a space follows: the word is whole
        ("ben invo", ["Send invoice to Ben"]),
        ("ben call", []),
        ("org", ["Write to ada@example.org"]),
        ("ada@exam", ["Write to ada@example.org"]),
        ("c++", ["Learn C++"]),
        ("über", ["Über den Fluss"]),
        ("fluß", []),
        ("milk", ["Shopping"]),
        ("'; drop | & ! : * (", []),
        ("%", []),
        ("\\", []),
        ("about:* | b", ["Write to ada@example.org"]),  # the syntax of queries is punctuation like any other
    ],
)
def test_what_is_found(client: AppClient, ada: User, q: str, expected: list[str]) -> None:
    for title in ("Send invoice to Ben", "Write to ada@example.org", "Learn C++", "Über den Fluss"):
        make_task(ada, title, notes="about b" if "ada" in title else "")
    make_task(ada, "Shopping", notes="- oat **milk**\n- bread")
    assert titles(client, f"q={quote(q)}") == expected


def test_the_title_counts_more_than_the_notes_and_the_rank_is_walked_page_by_page(
    client: AppClient, ada: User
) -> None:
    make_task(ada, "Notes only", notes="the invoice is in the drawer")
    make_task(ada, "Both: invoice", notes="invoice invoice")
    make_task(ada, "Title: the invoice")
    assert titles(client, "q=invoice")[0] == "Both: invoice"
    assert titles(client, "q=invoice")[-1] == "Notes only"
    seen, cursor = [], ""
    while True:
        page = client.send("GET", f"{TASKS}?q=invoice&limit=1{cursor}").json()
        seen += [task["title"] for task in page["results"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == titles(client, "q=invoice")
    assert titles(client, "q=invoice&ordering=title") == sorted(seen)


def test_other_forms_of_a_word_are_found_in_ones_own_language(client: AppClient, ada: User) -> None:
    task = make_task(ada, "Send invoices")
    assert titles(client, "q=sending invoice ".replace(" ", "+")) == []
    client.send("PATCH", "/api/v1/users/me/", {"language": "en"})
    assert titles(client, "q=sending+invoice+") == ["Send invoices"]
    assert titles(client, "q=sendin") == [], "and its beginning still as it stands"
    update(ada, task, title="Die Häuser streichen")
    client.send("PATCH", "/api/v1/users/me/", {"language": "de"})
    assert titles(client, "q=haus+") == ["Die Häuser streichen"]
    client.send("PATCH", "/api/v1/users/me/", {"language": None})
    assert titles(client, "q=haus+") == []
    refused = client.send("PATCH", "/api/v1/users/me/", {"language": "xx"})
    assert refused.json()["errors"][0]["pointer"] == "/language"


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGE_CHOICES])
def test_the_database_has_a_dictionary_for_each_language(language: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tasks_language(%s)::text", [language])
        assert cursor.fetchone() != ("simple",)


def test_what_is_changed_deleted_or_somebody_elses_is_found_accordingly(client: AppClient, ada: User) -> None:
    make_task(make_person("eve"), "Secret invoice")
    task = make_task(ada, "Invoice")
    update(ada, task, title="Receipt")
    assert titles(client, "q=invoice") == []
    update(ada, task, notes="for the invoice")
    assert titles(client, "q=invoice") == ["Receipt"]
    do(ada, services.delete_task, task)
    assert titles(client, "q=invoice") == []
    do(ada, services.restore_task, task)
    assert titles(client, "q=invoice") == ["Receipt"]


def test_a_word_of_any_length_is_found_by_its_beginning(client: AppClient, ada: User) -> None:
    make_task(ada, "short", notes="ä" * 900)
    assert titles(client, f"q={quote('ä' * 200)}") == ["short"]


# --- Indexes ----------------------------------------------------------------------------------------


@pytest.fixture
def crowd(ada: User) -> User:
    """Ada with forty tasks among twenty thousand of others, who use the same words."""
    people = [make_person(f"p{number}") for number in range(20)]
    Task.objects.bulk_create(
        Task(
            owner=person, title=f"Invoice {number}", deadline=NOON + HOUR, created_at=NOON, updated_at=NOON,
            completed_at=NOON if number % 4 == 0 else None, outcome="on_time" if number % 4 == 0 else None,
        )
        for person in people for number in range(1_000)
    )  # fmt: skip
    project, label = make_project(ada), make_label(ada)
    for number in range(40):
        make_task(ada, f"Invoice {number}", project=project.id, labels=[label.id], deadline=NOON + HOUR)
    with connection.cursor() as cursor:
        # Both as autovacuum would: words that wait to be put into the index are read one by one.
        cursor.execute("SELECT gin_clean_pending_list('tasks_document_words')")
        cursor.execute("ANALYZE tasks_task, tasks_document")
    return ada


def explained(act: Any) -> list[str]:
    """Return the plans of the statements that something sends, as they are carried out."""
    with CaptureQueriesContext(connection) as captured:
        act()
    plans = []
    with connection.cursor() as cursor:
        for query in captured:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            (plan,) = cursor.fetchone() or ([{}],)
            plans.append(json.dumps(json.loads(plan) if isinstance(plan, str) else plan))
    return plans


def rows_read(plan: str) -> int:
    """Return how many rows of tables and indexes were looked at and thrown away."""
    found = 0

    def walk(node: Any) -> None:
        nonlocal found
        if isinstance(node, dict):
            for name, value in node.items():
                if name.startswith("Rows Removed by"):
                    found += int(value) * int(node.get("Actual Loops", 1))
                walk(value)
        elif isinstance(node, list):
            for each in node:
                walk(each)

    walk(json.loads(plan))
    return found


def test_lists_search_and_counts_read_only_what_is_ones_own(crowd: User) -> None:
    project = crowd.projects.get()
    label = crowd.labels.get()
    mine = tasks_of(crowd.pk)
    asked = {
        "project": lambda: list(mine.filter(project_id=project.id).order_by("position", "id")[:10]),
        "label": lambda: list(mine.filter(labelled([label.id]))),
        "search": lambda: list(search.found(mine, "invo", owner_id=crowd.pk).order_by("-rank")[:10]),
        "counts": lambda: counts(owner_id=crowd.pk, now=NOON),
    }
    indexes = {
        "project": "tasks_task_project", "label": "tasks_task_labels", "search": "tasks_document_words",
        "counts": "tasks_task_open",
    }  # fmt: skip
    for name, act in asked.items():
        plans = explained(act)
        for plan in plans:
            assert "Seq Scan" not in plan, (name, plan)
            assert rows_read(plan) < 100, (name, plan)
        if name in {"search", "counts"}:
            assert any(indexes[name] in plan for plan in plans), (name, plans)
    assert len(explained(asked["counts"])) == 3


def test_a_list_of_everything_by_deadline_is_read_from_two_indexes(crowd: User, client: AppClient) -> None:
    Task.objects.exclude(owner=crowd).update(owner=crowd)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_task")
    (plan,) = [plan for plan in explained(lambda: titles(client, "limit=10")) if "tasks_task_listed" in plan]
    assert "tasks_task_open" in plan
    assert "Seq Scan" not in plan
    assert plan.count('"Sort"') <= 1  # of what the two had


def test_the_indexes_of_projects_and_labels_serve_where_a_person_has_many_tasks(crowd: User) -> None:
    Task.objects.exclude(owner=crowd).update(owner=crowd)
    project = crowd.projects.get()
    label = crowd.labels.get()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_task")
    (plan,) = explained(
        lambda: list(tasks_of(crowd.pk).filter(project_id=project.id).order_by("position", "id")[:10])
    )
    assert "tasks_task_project" in plan
    (plan,) = explained(lambda: list(tasks_of(crowd.pk).filter(labelled([label.id]))[:10]))
    assert "tasks_task_labels" in plan


def test_a_search_reads_no_more_of_the_index_however_many_others_use_the_word(crowd: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT task_id FROM tasks_document"
            " WHERE tasks_keyed(owner_id, words) @@ tasks_asked(tasks_key(%s), NULL, 'invo')",
            [crowd.pk],
        )
        (plan,) = cursor.fetchone() or ([{}],)
    read = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    assert read["Actual Rows"] == 40
    assert read["Shared Hit Blocks"] + read["Shared Read Blocks"] < 60


def indexes_that_hold(task: Task) -> set[str]:
    """Return the indexes of tasks that have an entry for one, by their conditions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, coalesce(pg_get_expr(indpred, indrelid), 'true')"
            " FROM pg_index WHERE indrelid = 'tasks_task'::regclass"
        )
        conditions = dict(cursor.fetchall())
        found = set()
        for name, condition in conditions.items():
            cursor.execute(f"SELECT FROM tasks_task WHERE id = %s AND {condition}", [task.id])
            found |= {name} if cursor.rowcount else set()
        return found


def test_firing_writes_an_entry_more_for_a_project_and_for_each_label_and_none_for_words(ada: User) -> None:
    """What a claim costs beside its row: each index that holds the row gets an entry, as it is no HOT update."""
    project, label = make_project(ada).id, make_label(ada).id
    always = {"tasks_task_pkey", "tasks_task_open", "tasks_task_made", "tasks_task_owner"}
    for fields, more in (
        ({}, set()),
        ({"project": project}, {"tasks_task_project"}),
        ({"labels": [label]}, {"tasks_task_labels"}),
    ):
        fired = make_task(ada, "Late already", deadline=NOON - HOUR, **fields)
        assert indexes_that_hold(fired) == always | more
    task = make_task(ada, "Send invoice", deadline=NOON - HOUR)
    Task.objects.filter(id=task.id).update(miss_fired_at=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM tasks_document WHERE task_id = %s", [task.id])
        before = cursor.fetchone()
    assert miss_due(now=NOON) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM tasks_document WHERE task_id = %s", [task.id])
        assert cursor.fetchone() == before


def test_moving_and_completing_leave_the_words_alone(ada: User) -> None:
    first, second = make_task(ada, "a"), make_task(ada, "b")
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM tasks_document ORDER BY task_id")
        before = cursor.fetchall()
    do(ada, places.move_task, second, before=first.id)
    do(ada, services.complete_task, first)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM tasks_document ORDER BY task_id")
        assert cursor.fetchall() == before
