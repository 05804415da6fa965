"""What the insights are made of. Each statement reads a range of one index, and answers with sums by quarter hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce

from taskengine.accounts.models import User
from taskengine.insights.load import Work
from taskengine.insights.quarters import QUARTER_MIN
from taskengine.insights.settled import LATENESS_EDGES_S, ON_TIME, STILL_OPEN, Settled
from taskengine.planning.queries import to_be_done
from taskengine.tasks.deadlines import Bucket, Outcome
from taskengine.tasks.models import Task
from taskengine.tasks.queries import in_bucket, tasks_of

SOON: Final = timedelta(hours=24)
MAX_SOON: Final = 50


class _QuarterOf(Func):
    """The beginning of the quarter hour that an instant is in."""

    template = f"date_bin('{QUARTER_MIN} minutes', %(expressions)s, 'epoch'::timestamptz)"
    output_field = DateTimeField()


class _QuarterOfDeadline(_QuarterOf):
    """The same of a deadline; the end of a day is in the last quarter of that day."""

    template = (
        f"date_bin('{QUARTER_MIN} minutes', deadline - (due_date IS NOT NULL)::int * interval '1 microsecond',"
        " 'epoch'::timestamptz)"
    )


class _BarOfLateness(Func):
    """The place of a task's bar in the histogram."""

    template = f"width_bucket(%(expressions)s, ARRAY{list(LATENESS_EDGES_S)}::float[])"
    output_field = IntegerField()


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A person, and how many tasks of theirs are in each bucket."""

    person: User
    upcoming: int
    missed: int
    completed: int
    next_transition_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Soon:
    """A task that falls due soon."""

    id: UUID
    title: str
    deadline: datetime
    due_date: Any
    priority: int
    estimate_min: int | None


def standing(*, owner_id: UUID, now: datetime) -> Standing:
    """Return a person with the counts of their buckets: one statement, which counts in the indexes alone."""
    counted = {bucket.value: Coalesce(Subquery(_counted(in_bucket(bucket, now=now))), 0) for bucket in Bucket}
    coming = _theirs().filter(completed_at=None, deadline__gt=now).order_by("deadline")
    person = User.objects.annotate(**counted, next_transition_at=Subquery(coming.values("deadline")[:1])).get(
        pk=owner_id
    )
    found: Any = person
    return Standing(
        person=person,
        upcoming=found.upcoming,
        missed=found.missed,
        completed=found.completed,
        next_transition_at=found.next_transition_at,
    )


def _theirs() -> QuerySet[Task]:
    return Task.objects.filter(owner_id=OuterRef("pk"), deleted_at=None).order_by()


def _counted(which: Q) -> Any:
    return _theirs().filter(which).values("owner_id").annotate(value=Count("*")).values("value")


def soon(*, owner_id: UUID, now: datetime) -> tuple[Sequence[Soon], int]:
    """Return the first of the tasks that fall due within `SOON`, and how many do in all."""
    rows = (
        tasks_of(owner_id)
        .filter(completed_at=None, deadline__gt=now, deadline__lte=now + SOON)
        .order_by("deadline", "id")
        .values("id", "title", "deadline", "due_date", "priority", "estimate_min")
        .annotate(total=Window(Count("*")))
    )
    found = list(rows[:MAX_SOON])
    total = found[0]["total"] if found else 0
    fields = ("id", "title", "deadline", "due_date", "priority", "estimate_min")
    return [Soon(**{name: row[name] for name in fields}) for row in found], total


def due(*, owner_id: UUID, now: datetime, until: datetime) -> list[Work]:
    """Return what falls due after `now` and up to `until`, which is the end of a day."""
    rows = to_be_done(owner_id=owner_id, now=now).filter(deadline__lte=until)
    return _work(rows.annotate(quarter=_QuarterOfDeadline()))


def done(*, owner_id: UUID, since: datetime, until: datetime) -> list[Work]:
    """Return what was completed from `since` on and before `until`."""
    rows = tasks_of(owner_id).filter(completed_at__gte=since, completed_at__lt=until)
    return _work(rows.annotate(quarter=_QuarterOf(F("completed_at"))))


def _work(rows: Any) -> list[Work]:
    sums = (
        rows.order_by()
        .values("quarter")
        .annotate(tasks=Count("*"), estimated=Count("estimate_min"), minutes=Coalesce(Sum("estimate_min"), 0))
    )
    return [Work(**row) for row in sums]


def settled(*, owner_id: UUID, since: datetime, until: datetime, now: datetime) -> list[Settled]:
    """Return the tasks that are settled and whose deadline is from `since` up to `until`, the end of a day."""
    of_the_time = tasks_of(owner_id).filter(deadline__gte=since, deadline__lte=until).order_by()
    late = _BarOfLateness(Coalesce(F("lateness_s"), Value(0.0)))
    completed = of_the_time.filter(in_bucket(Bucket.COMPLETED, now=now)).annotate(
        quarter=_QuarterOfDeadline(), ended=Case(When(outcome=Outcome.ON_TIME, then=ON_TIME), default=late)
    )
    missed = of_the_time.filter(in_bucket(Bucket.MISSED, now=now)).annotate(
        quarter=_QuarterOfDeadline(), ended=Value(STILL_OPEN, output_field=IntegerField())
    )
    halves = [half.values("quarter", "ended").annotate(tasks=Count("*")) for half in (completed, missed)]
    return [Settled(**row) for row in halves[0].union(halves[1], all=True)]
