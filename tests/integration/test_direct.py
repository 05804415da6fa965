"""Our own statements, asked without psycopg's cursor; and lists of one shape, compiled once."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import UniqueViolation

from taskengine.database import direct
from taskengine.database.shapes import NoShape
from taskengine.database.statements import prepared
from taskengine.tasks.models import Task
from taskengine.tasks.queries import TASKS
from tests.support.people import make_person, make_task

pytestmark = pytest.mark.django_db(transaction=True)


def names() -> int:
    """Return how many statements PostgreSQL keeps for this connection that we have named."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'ours%'")
        return int(cursor.fetchone()[0])


def ask(statement: str, *values: object) -> list[tuple[object, ...]]:
    """Return the rows of a statement."""
    with prepared() as cursor:
        cursor.execute(statement, values)
        return list(cursor)


def test_a_statement_is_planned_once_for_each_kind_of_values() -> None:
    before = names()
    for number in (1, 2, 3):
        assert ask("SELECT %s::bigint + 1", number) == [(number + 1,)]
    assert names() == before + 1
    assert ask("SELECT %s::bigint + 1", None) == [(None,)]
    assert names() == before + 2


def test_postgresql_keeps_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "_MAX_NAMES", 3)
    for number in range(8):
        assert ask(f"SELECT %s::text || '{number}'", "a") == [(f"a{number}",)]
        assert names() <= 3


def test_it_is_part_of_djangos_transaction() -> None:
    ada = make_person()
    task = Task(owner=ada, title="Sow", created_at=datetime.now(UTC), updated_at=datetime.now(UTC))

    def insert_twice() -> None:
        with transaction.atomic():
            TASKS.insert(task)
            TASKS.insert(task)

    with pytest.raises(IntegrityError) as refused:
        insert_twice()
    assert isinstance(refused.value.__cause__, UniqueViolation)
    assert not Task.objects.exists()
    assert ask("SELECT 1") == [(1,)]


def test_a_connection_that_was_cut_is_said_to_be() -> None:
    assert ask("SELECT 1") == [(1,)]
    with pytest.raises(OperationalError), transaction.atomic():
        ask("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert ask("SELECT 1") == [(1,)]


def test_a_query_of_one_shape_takes_other_values_and_refuses_what_it_bends() -> None:
    ada, bob = make_person("ada"), make_person("bob")
    mine, his = make_task(ada, "Mine"), make_task(bob, "His")

    def of(owner: uuid.UUID, title: str) -> list[uuid.UUID]:
        values = {"owner": owner, "title": title}
        found = TASKS.rows_of_shape(
            "of", lambda v: Task.objects.filter(owner_id=v["owner"], title__lte=v["title"]), values
        )
        return [task.id for task in found]

    assert of(ada.pk, "Z") == [mine.id]
    assert of(bob.pk, "Z") == [his.id]
    assert of(bob.pk, "A") == []
    with pytest.raises(NoShape):
        TASKS.rows_of_shape("bent", lambda v: Task.objects.filter(title__contains=v["part"]), {"part": "i"})
