"""Our own statements, asked without psycopg's cursor; and lists of one shape, compiled once."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from psycopg.errors import UniqueViolation

from taskengine.database import direct
from taskengine.database.shapes import NoShape
from taskengine.database.statements import later, prepared
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


def test_nothing_of_one_statement_is_left_for_the_next() -> None:
    """What turns values to bytes and back is one for all statements of a connection."""
    here = uuid.uuid4()
    for value, kind in (
        (1, "int2"),
        (2**40, "int8"),
        ("a", "text"),
        (None, "text"),
        (here, "uuid"),
        (3, "int2"),
    ):
        assert ask(f"SELECT %s::{kind}", value) == [(value,)]
    for values, kind in (
        ([], "uuid[]"),
        ([here], "uuid[]"),
        ([1, 2**40], "int8[]"),
        ([], "int8[]"),
        (["a"], "text[]"),
    ):
        assert ask(f"SELECT %s::{kind}, %s::uuid", values, here) == [(values, here)]
    with transaction.atomic():
        first, second = later("SELECT %s::uuid", [here]), later("SELECT %s::int4, %s::text", [7, "b"])
        assert second.fetchall() == [(7, "b")]
        assert first.fetchall() == [(here,)]


def test_a_row_is_the_instance_that_django_makes_of_it() -> None:
    task = make_task(make_person(), deadline=datetime(2030, 1, 2, tzinfo=UTC))
    read = TASKS.first("t.id = %s", [task.id])
    made = Task.objects.get(id=task.id)
    assert read is not None
    assert read == made
    assert (read._state.adding, read._state.db) == (False, made._state.db)
    deferred = read.get_deferred_fields()
    assert {name: value for name, value in vars(read).items() if name != "_state"} == {
        name: value for name, value in vars(made).items() if name not in {"_state", *deferred}
    }
    assert read.owner == made.owner


def test_whether_a_transaction_begins_is_not_changed_within_one() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        with pytest.raises(ProgrammingError, match="can't change 'autocommit' now"):
            connection._set_autocommit(True)  # type: ignore[attr-defined]  # Django's own name
    assert connection.connection.autocommit


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


INSERT = "INSERT INTO kept VALUES (%s::int)"


@pytest.fixture
def _kept() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (number int CHECK (number > 0))")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE kept")


def kept() -> list[int]:
    """Return what is in the table, by a statement of Django's own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM kept")
        return [number for (number,) in cursor.fetchall()]


@pytest.mark.usefixtures("_kept")
def test_what_is_put_off_is_carried_out_in_its_order_before_whatever_is_asked_next() -> None:
    with transaction.atomic():
        later(INSERT, [1])
        later(INSERT, [2])
        assert ask("SELECT number FROM kept") == [(1,), (2,)]
        later("UPDATE kept SET number = number * 10", [])
        later(INSERT, [3])
        assert kept() == [10, 20, 3]
        later("DELETE FROM kept", [])
        with transaction.atomic():
            later(INSERT, [4])
    assert kept() == [4]


@pytest.mark.usefixtures("_kept")
def test_what_is_put_off_at_the_end_goes_with_the_commit_in_one_round_trip(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    answers = direct._answers

    def counted(server: Any, sends: Sequence[Any]) -> list[Any]:
        asked.append(len(sends))
        return answers(server, sends)

    monkeypatch.setattr(direct, "_answers", counted)
    with transaction.atomic():
        assert ask("SELECT 1") == [(1,)]
        later(INSERT, [1])
        numbers = later(INSERT + " RETURNING number", [2])
        assert asked == [2]  # BEGIN and the question
    assert asked == [2, 3]
    assert numbers.fetchall() == [(2,)]
    assert kept() == [1, 2]


@pytest.mark.usefixtures("_kept")
def test_what_is_put_off_is_there_as_soon_as_somebody_reads_it() -> None:
    with transaction.atomic():
        numbers = later(INSERT + " RETURNING number", [1])
        assert numbers.fetchone() == (1,)
    assert kept() == [1]


@pytest.mark.usefixtures("_kept")
def test_what_is_put_off_and_wrong_ends_the_transaction() -> None:
    told: list[str] = []

    def write(*, and_ask: bool) -> None:
        with transaction.atomic():
            transaction.on_commit(lambda: told.append("told"))
            for number in (1, -1, 2):
                later(INSERT, [number])
            if and_ask:
                ask("SELECT 1")

    for and_ask in (False, True):
        with pytest.raises(IntegrityError):
            write(and_ask=and_ask)
        assert (kept(), told) == ([], [])


@pytest.mark.usefixtures("_kept")
def test_what_is_put_off_goes_with_a_transaction_that_is_rolled_back() -> None:
    def fail() -> None:
        with transaction.atomic():
            later(INSERT, [1])
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with transaction.atomic():
        later(INSERT, [2])
        with pytest.raises(KeyError):
            fail()
    assert kept() == [2]


@pytest.mark.usefixtures("_kept")
def test_what_is_put_off_keeps_its_name_while_others_lose_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "_MAX_NAMES", 3)
    with transaction.atomic():
        for number in range(1, 8):
            later(f"{INSERT} -- {number}", [number])
    assert kept() == [*range(1, 8)]


@pytest.mark.usefixtures("_kept")
def test_what_is_put_off_may_be_long() -> None:
    text = "x" * 3_000_000
    with transaction.atomic():
        lengths = [later("SELECT length(%s::text), %s::text", [text, text]) for _ in range(3)]
    assert [cursor.fetchone()[0] for cursor in lengths] == [len(text)] * 3


def test_a_connection_that_is_cut_while_something_is_put_off_is_said_to_be() -> None:
    assert ask("SELECT 1") == [(1,)]

    def cut() -> None:
        with transaction.atomic():
            later("SELECT pg_terminate_backend(pg_backend_pid())", [])
            later("SELECT 1", [])

    with pytest.raises(OperationalError):
        cut()
    connection.close()
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


def test_a_new_row_has_the_defaults_that_the_model_gives_it() -> None:
    person = make_person()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    given = {"owner_id": person.pk, "title": "Call Ada", "created_at": at, "updated_at": at}
    ours, theirs = TASKS.new(**given), Task(**given)
    made = {"id", "_state"}
    assert {k: v for k, v in vars(ours).items() if k not in made} == {
        k: v for k, v in vars(theirs).items() if k not in made
    }
    assert ours.id != theirs.id
    assert ours._state.adding
    other = TASKS.new(**given)
    assert other.labels is not ours.labels
    assert other.id != ours.id
    TASKS.insert(ours)
    assert Task.objects.get(pk=ours.id).title == "Call Ada"


def test_a_new_row_has_no_attributes_that_its_model_does_not_know() -> None:
    with pytest.raises(TypeError, match="Task has no owner"):
        TASKS.new(owner=make_person(), title="Call Ada")
