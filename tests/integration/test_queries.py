"""The rules of time in SQL say what the pure ones say, at every boundary."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taskengine.accounts import services as accounts
from taskengine.accounts.models import User
from taskengine.tasks import deadlines, queries
from taskengine.tasks.deadlines import SNAPSHOT_AGE, Bucket
from taskengine.tasks.models import Task
from tests.support.people import make_person, purge_deleted

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
INSTANTS = [None, *(NOON + away for away in (-TICK, timedelta(), TICK))]
CLOSED = [None, *(NOON - SNAPSHOT_AGE + away for away in (-TICK, timedelta(), TICK))]


@pytest.fixture
def tasks() -> list[Task]:
    """One task for each way to stand around the boundaries."""
    ada = make_person()
    return Task.objects.bulk_create(
        Task(
            owner=ada,
            title="Boundary",
            deadline=deadline,
            completed_at=completed_at,
            outcome="on_time" if completed_at else None,
            created_at=NOON,
            updated_at=NOON,
        )
        for deadline, completed_at in product(INSTANTS, CLOSED)
    )


@pytest.mark.parametrize("bucket", list(Bucket))
def test_a_bucket_in_sql_is_the_pure_one(tasks: list[Task], bucket: Bucket) -> None:
    found = set(Task.objects.filter(queries.in_bucket(bucket, now=NOON)))
    assert found == {
        task
        for task in tasks
        if deadlines.bucket(completed_at=task.completed_at, deadline=task.deadline, now=NOON) is bucket
    }
    assert found


def test_what_belongs_in_a_snapshot_in_sql_is_the_pure_rule(tasks: list[Task]) -> None:
    found = set(Task.objects.filter(queries.in_snapshot(now=NOON)))
    kept = {task for task in tasks if deadlines.in_snapshot(completed_at=task.completed_at, now=NOON)}
    assert found == kept
    assert 0 < len(kept) < len(tasks)


def test_guests_are_purged_by_as_many_statements_however_many_they_are() -> None:
    counts = []
    for many in (1, 5):
        for number in range(many):
            make_person(f"guest{number}", is_guest=True, created_at=NOON - timedelta(days=2))
        with CaptureQueriesContext(connection) as captured:
            assert accounts.purge_guests(now=NOON)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    purge_deleted()
    assert not User.objects.exists()
