"""A retried operation happens once."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import time_machine
from django.db import OperationalError, connection, transaction

from realtime.outbox import STREAMS_TOPIC
from realtime.publisher import doorbell
from taskengine.operations import answers
from taskengine.operations.answers import forget_answers
from taskengine.operations.errors import OperationIdExpired, OperationIdReused, OperationInFlight
from taskengine.operations.models import Operation
from taskengine.operations.services import Answer, perform
from taskengine.tasks import services
from taskengine.tasks.models import Task
from tests.support.people import make_person, told

NOON: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
MICROSECOND: Final = timedelta(microseconds=1)


def create(person: Any, op_id: uuid.UUID | None, fingerprint: str = "same") -> Any:
    """Make a task in an operation, as the API's edge does; return what the client is told."""
    with perform(owner_id=person.pk, verb="task.create", op_id=op_id, fingerprint=fingerprint) as operation:
        if operation.answer is None:
            task = services.create_task(operation=operation, title="Once")
            operation.answer = Answer(status=201, body={"id": str(task.id)})
        return operation.answer.body


@pytest.mark.django_db
def test_a_retry_gets_the_first_answer_and_makes_no_event() -> None:
    ada, key = make_person(), uuid.uuid4()
    assert create(ada, key) == create(ada, key)
    assert Task.objects.count() == 1
    assert told(ada) == ["task.created"]


@pytest.mark.django_db
def test_a_key_used_for_another_request_is_refused() -> None:
    ada, key = make_person(), uuid.uuid4()
    create(ada, key)
    with pytest.raises(OperationIdReused):
        create(ada, key, fingerprint="other")
    assert Task.objects.count() == 1


@pytest.mark.django_db
def test_two_people_may_use_the_same_key() -> None:
    key = uuid.uuid4()
    assert create(make_person("ada"), key) != create(make_person("eve"), key)


@pytest.mark.django_db
def test_without_a_key_each_request_is_its_own() -> None:
    ada = make_person()
    assert create(ada, None) != create(ada, None)
    assert Operation.objects.count() == 2


@pytest.mark.django_db
def test_what_failed_may_be_tried_again_with_the_same_key() -> None:
    ada, key = make_person(), uuid.uuid4()
    with pytest.raises(RuntimeError), perform(owner_id=ada.pk, verb="x", op_id=key, fingerprint="same"):
        raise RuntimeError("power cut")
    assert create(ada, key)
    assert Task.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_part_that_fails_leaves_nothing_and_the_others_stay() -> None:
    ada, rung = make_person(), list[Any]()
    unsubscribe = doorbell.subscribe(STREAMS_TOPIC, rung.extend)
    with perform(owner_id=ada.pk, verb="batch") as operation:
        for title in ("First", "Second", "Third"):
            with suppress(RuntimeError), operation.part():
                services.create_task(operation=operation, title=title)
                if title == "Second":
                    raise RuntimeError("no")
        assert [change["after"]["title"] for change in operation.changes] == ["First", "Third"]
    unsubscribe()
    assert [(first, last) for _, first, last, _ in rung] == [(1, 1), (2, 2)], "nobody is told of what was not"
    assert told(ada) == ["task.created"] * 2
    assert set(Task.objects.values_list("title", flat=True)) == {"First", "Third"}


@pytest.mark.django_db
def test_an_answer_is_kept_for_a_day_and_then_the_key_is_refused() -> None:
    ada, key = make_person(), uuid.uuid4()
    with time_machine.travel(NOON, tick=False) as clock:
        first = create(ada, key)
        clock.move_to(NOON + DAY - MICROSECOND)
        assert not forget_answers(now=NOON + DAY - MICROSECOND)
        assert create(ada, key) == first
        for move in (clock.move_to, lambda now: forget_answers(now=now)):
            move(NOON + DAY)
            with pytest.raises(OperationIdExpired):
                create(ada, key)
    assert Task.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "without",
    [(), ("hashagg", "hashjoin", "indexscan", "bitmapscan", "material", "mergejoin", "sort")],
    ids=["any plan", "nested loops"],
)
def test_old_answers_are_forgotten_and_what_was_changed_is_not(
    monkeypatch: pytest.MonkeyPatch, without: tuple[str, ...]
) -> None:
    """In batches of the size that is meant, whichever plan the database thinks best for so few rows."""
    with connection.cursor() as cursor:
        for way in without:
            cursor.execute(f"SET LOCAL enable_{way} = off")
    monkeypatch.setattr(answers, "_BATCH_ROWS", 2)
    ada = make_person()
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(3):
            create(ada, uuid.uuid4())
        clock.shift(timedelta(hours=1))
        create(ada, uuid.uuid4())
    before = list(Operation.objects.order_by("at", "id").values_list("changes", flat=True))
    assert [forget_answers(now=NOON + DAY) for _ in range(3)] == [True, True, False]
    kept = Operation.objects.order_by("at", "id")
    assert list(kept.values_list("status", flat=True)) == [None, None, None, 201]
    assert not kept.filter(status=None).exclude(answer=None, fingerprint=None).exists()
    assert list(kept.values_list("changes", flat=True)) == before


@pytest.fixture
def under_way(transactional_db: None) -> Iterator[tuple[Any, uuid.UUID]]:
    """An operation that another connection is carrying out right now."""
    ada, key = make_person(), uuid.uuid4()
    begun, done = threading.Event(), threading.Event()

    def carry_out() -> None:
        try:
            with perform(owner_id=ada.pk, verb="x", op_id=key, fingerprint="same") as operation:
                begun.set()
                done.wait(10)
                operation.answer = Answer(status=200, body={"who": "first"})
        finally:
            connection.close()

    first = threading.Thread(target=carry_out)
    first.start()
    assert begun.wait(10)
    yield ada, key
    done.set()
    first.join()


@pytest.mark.django_db(transaction=True)
def test_a_twin_in_flight_is_refused_without_waiting(under_way: tuple[Any, uuid.UUID]) -> None:
    ada, key = under_way
    with pytest.raises(OperationInFlight):
        create(ada, key)
    assert not Task.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_names_that_differ_in_their_end_only_are_no_twins(under_way: tuple[Any, uuid.UUID]) -> None:
    ada, key = under_way
    other = uuid.UUID(int=key.int ^ 1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL lock_timeout = '50ms'"
        )  # the stream is held: that is what it has to wait for
        with pytest.raises(OperationalError):
            create(ada, other)
