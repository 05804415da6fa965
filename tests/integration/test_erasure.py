"""What a deleted account leaves behind goes batch by batch, beside everything else."""

import contextlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from realtime import outbox
from realtime.models import EventRow, Stream
from taskengine.accounts import audit, services
from taskengine.accounts.audit import Action
from taskengine.accounts.models import AuditEntry, User
from taskengine.clock import now
from taskengine.engine import erasure, housekeeping
from taskengine.tasks.models import Task
from tests.support.accounts import signed_up
from tests.support.breakdowns import ready
from tests.support.people import (
    events_of,
    make_label,
    make_person,
    make_project,
    make_task,
    miss_due,
    purge_deleted,
)

pytestmark = pytest.mark.django_db


def hide(*people: User) -> None:
    with transaction.atomic():
        services.hide(people, actor_id=None, now=now())


def rows_of(person: User) -> dict[str, int]:
    """Return how many rows each table has that name a person, whatever their column is called."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            to = field.related_model if field.is_relation else None
            names_people = to in {User, Stream} or field.name in {"user_id", "owner_id", "stream_id"}
            if names_people and (
                count := model._default_manager.filter(**{field.attname: person.pk}).count()
            ):
                found[model.__name__] = count
    return found


def test_nothing_is_left_that_names_them_in_any_table() -> None:
    signed_up()
    ada, bob = User.objects.get(), make_person("bob")
    for person in (ada, bob):
        project = make_project(person)
        task = make_task(person, project=project.id, labels=[make_label(person).id])
        make_task(person, parent=task.id)
        ready(person, goal=None, task_id=task.id)
    assert {"Task", "Project", "Label", "Breakdown", "Operation", "EventRow", "EmailAddress"} <= set(
        rows_of(ada)
    )
    before = rows_of(bob)

    hide(ada)
    purge_deleted()

    assert rows_of(ada) == {}
    assert not Stream.objects.filter(id=ada.pk).exists()
    assert rows_of(bob) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tasks_document WHERE owner_id = %s", [ada.pk])
        assert cursor.fetchone() == (0,)


def test_no_batch_is_larger_than_it_may_be_however_deep_the_tree() -> None:
    ada = make_person()
    parent = None
    for number in range(12):  # a chain, with leaves on it
        parent = make_task(ada, f"Chain {number}", parent=parent).id if parent else make_task(ada).id
        make_task(ada, f"Leaf {number}", parent=parent)
    hide(ada)
    sizes, left = [], Task.objects.count()
    while Task.objects.exists():
        assert erasure.purge_deleted(limit=5)
        sizes.append(left - Task.objects.count())
        connection.check_constraints()  # as at a commit
        left = Task.objects.count()
    assert sizes == [5, 5, 5, 5, 4], (
        "nor smaller: a chain would go task by task, each after a look at all of it"
    )
    events = EventRow.objects.count()
    while User.objects.exists():
        assert erasure.purge_deleted(limit=5)
        assert events - EventRow.objects.count() <= 5
        events = EventRow.objects.count()


def test_a_batch_takes_as_many_statements_however_many_rows_it_has() -> None:
    counts = []
    for many in (2, 30):
        ada = make_person(f"p{many}")
        for _ in range(many):
            make_task(ada)
        hide(ada)
        with CaptureQueriesContext(connection) as captured:
            assert erasure.purge_deleted()
        counts.append(len(captured))
        purge_deleted()
    assert counts[0] == counts[1] <= 8


def test_the_engine_goes_on_and_fires_what_is_left() -> None:
    ada, bob = make_person(), make_person("bob")
    soon = now() + timedelta(seconds=1)
    theirs, his = make_task(ada, deadline=soon), make_task(bob, deadline=soon)
    hide(ada)

    miss_due(now=soon)

    assert Task.objects.get(pk=his.pk).miss_fired_at is not None
    assert Task.objects.get(pk=theirs.pk).miss_fired_at is not None
    assert events_of(bob)[-1].type == "task.missed"
    purge_deleted()
    assert list(User.objects.all()) == [bob]


@pytest.mark.django_db(transaction=True)
def test_a_sweep_passes_over_what_another_or_a_late_write_holds() -> None:
    ada, bob = make_person(), make_person("bob")
    for person in (ada, bob):
        make_task(person)
    hide(ada, bob)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            outbox.lock_stream(ada.pk)
            held.set()
            done.wait(timeout=20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(timeout=20)
    try:
        purge_deleted()
        assert list(User.objects.all()) == [ada]
        assert Task.objects.filter(owner=ada).count() == 1
    finally:
        done.set()
        thread.join()
    purge_deleted()
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_replicas_purge_side_by_side() -> None:
    people = [make_person(f"p{number}") for number in range(4)]
    for person in people:
        for _ in range(5):
            make_task(person)
    hide(*people)
    failures: list[Exception] = []

    def sweep() -> None:
        try:
            while erasure.purge_deleted(limit=2):
                pass
        except Exception as error:  # noqa: BLE001 (told below)
            failures.append(error)
        connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    purge_deleted()
    assert failures == []
    assert not User.objects.exists()
    assert not Stream.objects.exists()


def test_one_whose_rows_can_not_go_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = make_person(), make_person("bob")
    hide(ada, bob)
    purge = services.purge_account

    def fail(*, user_id: Any) -> None:
        if user_id == ada.pk:
            raise RuntimeError
        purge(user_id=user_id)

    monkeypatch.setattr(services, "purge_account", fail)
    for _ in range(40):  # which one it tries is by chance: 1 in 2^40 that it is always the same
        with contextlib.suppress(RuntimeError):
            erasure.purge_deleted()
    assert list(User.objects.all()) == [ada]


def test_the_log_says_that_somebody_went_and_not_who_nor_from_where() -> None:
    client = signed_up()
    ada = User.objects.get()
    sue = make_person("sue", is_staff=True)
    audit.record(action=Action.ACCOUNT_CHANGED, subject_id=ada.pk, actor_id=sue.pk)
    AuditEntry.objects.filter(actor_id=sue.pk).update(address="192.0.2.9")
    client.log_in(password="wrong horse battery staple")
    assert AuditEntry.objects.filter(subject_id=ada.pk, address="127.0.0.1").count() >= 3

    hide(ada)
    purge_deleted()

    left = AuditEntry.objects.filter(subject_id=ada.pk)
    assert {"signed_up", "log_in_failed", "account_deleted", "account_purged"} <= {one.action for one in left}
    assert {one.address for one in left} == {None, "192.0.2.9"}  # where the staff sat stays with them
    assert "ada@" not in str([vars(one) for one in left])  # a UUID may have an "ada" in it
    assert audit.deleted_as("Ada@example.org") == [ada.pk]
    assert audit.deleted_as("bob@example.org") == []


def test_housekeeping_purges_now_and_then_and_leaves_the_others_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = make_person()
    make_task(ada)
    hide(ada)
    monkeypatch.setattr(housekeeping, "_PURGE_S", 0)
    assert not housekeeping._deleted(now=now())
    assert User.objects.exists()
    monkeypatch.undo()
    assert not housekeeping._deleted(now=now())
    assert not User.objects.exists()
    assert housekeeping._deleted in housekeeping.JOB_SWEEPS
