"""How many tasks there are: by bucket, project and label."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Func, UUIDField

from taskengine.tasks.deadlines import Bucket
from taskengine.tasks.queries import Summary, in_bucket, summary, tasks_of


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCount:
    """How many open tasks there are of something; `id` None stands for those in no project."""

    id: UUID | None
    upcoming: int
    missed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """All counts of a person's tasks at an instant; projects and labels without open tasks are left out."""

    buckets: Summary
    projects: Sequence[OpenCount]
    labels: Sequence[OpenCount]


class _Unnest(Func):
    function = "unnest"
    set_returning = True


def counts(*, owner_id: UUID, now: datetime) -> Counts:
    """Count a person's tasks at an instant. Three statements, each by the indexes of open and completed tasks."""
    opened = tasks_of(owner_id).filter(completed_at=None)
    both = {
        bucket.value: Count("id", filter=in_bucket(bucket, now=now))
        for bucket in (Bucket.UPCOMING, Bucket.MISSED)
    }
    projects = opened.values("project_id").annotate(**both).order_by("project_id")
    carried = opened.exclude(labels=[]).annotate(label=_Unnest(F("labels"), output_field=UUIDField()))
    labels = carried.values("label").annotate(**both).order_by("label")
    return Counts(
        buckets=summary(owner_id=owner_id, now=now),
        projects=[
            OpenCount(id=row["project_id"], upcoming=row["upcoming"], missed=row["missed"])
            for row in projects
        ],
        labels=[OpenCount(id=row["label"], upcoming=row["upcoming"], missed=row["missed"]) for row in labels],
    )
