"""Tasks of an older version keep their order, and are found, after the migrations; and the way back is open."""

import threading
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from taskengine.tasks import search
from taskengine.tasks.queries import tasks_of
from tests.support.locks import until_somebody_waits
from tests.support.people import make_person, make_task, update

OLDER = [("tasks", "0003_retries")]
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def migrate(targets: list[tuple[str, str]]) -> None:
    """Bring the database to a state of the schema."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)


@pytest.mark.django_db(transaction=True)
def test_the_tasks_of_an_older_version_get_places_and_words() -> None:
    newest = [node for node in MigrationExecutor(connection).loader.graph.leaf_nodes() if node[0] == "tasks"]
    ada = make_person()
    migrate(OLDER)
    try:
        with connection.cursor() as cursor:
            for number in range(3):
                cursor.execute(
                    "INSERT INTO tasks_task (id, owner_id, title, notes, priority, deadline_version, version,"
                    " created_at, updated_at) VALUES (gen_random_uuid(), %s, %s, '', 4, 1, 1, %s, %s)",
                    [ada.pk, f"“Invoice” {number}", NOON + timedelta(seconds=number), NOON],
                )
    finally:
        migrate(newest)
    mine = tasks_of(ada.pk).order_by("position")
    assert [task.title for task in mine] == ["“Invoice” 0", "“Invoice” 1", "“Invoice” 2"]
    assert search.found(mine, "invo", owner_id=ada.pk).count() == 3
    assert all(task.labels == [] and task.project_id is None for task in mine)


@pytest.mark.django_db(transaction=True)
def test_words_that_are_read_anew_do_not_overwrite_what_somebody_changes_meanwhile() -> None:
    ada = make_person()
    changed = make_task(ada, "“Dune”")
    make_task(ada, "“Emma”")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tasks_document SET words = 'old'::tsvector")

    def read_anew() -> None:
        try:
            import_module("taskengine.tasks.migrations.0009_signs_part_words")._read_anew(None, None)
        finally:
            connection.close()

    reader = threading.Thread(target=read_anew)
    with transaction.atomic():
        update(ada, changed, title="“Ulysses”")
        reader.start()
        until_somebody_waits()
    reader.join()
    mine = tasks_of(ada.pk)
    assert [search.found(mine, word, owner_id=ada.pk).count() for word in ("ulysses", "dune", "emma ")] == [
        1,
        0,
        1,
    ]
