"""The task's table, its invariants, and for each index the query that needs it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from taskengine.organisation.models import Project
from taskengine.organisation.order import MAX_POSITION_CHARS
from taskengine.tasks.deadlines import OUTCOME_CHOICES

MAX_TITLE_CHARS = 500
MAX_NOTES_CHARS = 20_000
DEFAULT_PRIORITY = 4
MAX_ESTIMATE_MIN = 7 * 24 * 60
MAX_LABELS = 50

_OPEN = Q(completed_at=None, deleted_at=None)


class Task(models.Model):
    """Something to do, perhaps by an instant. Its bucket is never stored: it follows from the clock."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="tasks"
    )
    title = models.CharField(max_length=MAX_TITLE_CHARS)
    notes = models.TextField(default="", blank=True)
    priority = models.PositiveSmallIntegerField(default=DEFAULT_PRIORITY)
    estimate_min = models.PositiveSmallIntegerField(null=True)
    # A parent that was purged is still named, as one that is deleted is: nobody has to be told. So there is no
    # constraint, and whoever goes through a tree asks for its owner's tasks only.
    parent = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="children",
    )

    # Rows of projects go with their owner only, as parents do. The constraint is written by hand: see the migration.
    project = models.ForeignKey(
        Project,
        on_delete=models.DO_NOTHING,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="tasks",
    )
    # Ids of labels that are there; here and not in a table of their own, so that a payload needs no other row.
    labels = ArrayField(models.UUIDField(), default=list, db_default=[])
    # `organisation.order`: one order of all of a person's tasks, of which each list is a part.
    position = models.CharField(max_length=MAX_POSITION_CHARS, default="", db_default="", db_collation="C")

    deadline = models.DateTimeField(null=True)
    # A deadline that was given as a day: the day, and its zone where that is not the user's.
    due_date = models.DateField(null=True)
    time_zone = models.CharField(max_length=64, null=True)  # noqa: DJ001 (null: the user's)
    # Counts the deadlines this task has had. Each is missed at most once: see `miss_fired_at`.
    deadline_version = models.PositiveIntegerField(default=1)
    # When `task.missed` was recorded for this `deadline_version`; null: it may still have to be.
    miss_fired_at = models.DateTimeField(null=True)
    # Not before this instant is a deadline tried again whose firing failed.
    miss_retry_at = models.DateTimeField(null=True)

    completed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, null=True, choices=OUTCOME_CHOICES)  # noqa: DJ001 (null: open)
    lateness_s = models.FloatField(null=True)

    version = models.PositiveIntegerField(default=1, help_text="Counts the writes; firing is none.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(priority__range=(1, 4)), name="tasks_task_priority"),
            models.CheckConstraint(
                condition=Q(estimate_min=None) | Q(estimate_min__range=(1, MAX_ESTIMATE_MIN)),
                name="tasks_task_estimate",
            ),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="tasks_task_parent"),
            models.CheckConstraint(
                condition=Q(completed_at=None, outcome=None)
                | Q(completed_at__isnull=False, outcome__isnull=False),
                name="tasks_task_outcome",
            ),
            models.CheckConstraint(
                condition=Q(lateness_s=None) | Q(outcome="late", lateness_s__gte=0),
                name="tasks_task_lateness",
            ),
            models.CheckConstraint(
                condition=Q(due_date=None) | Q(deadline__isnull=False), name="tasks_task_due_date"
            ),
        ]
        indexes: ClassVar = [
            # The engine's claim: due, open and unfired, nearest first.
            models.Index(
                fields=["deadline", "id"], name="tasks_task_due",
                condition=_OPEN & Q(miss_fired_at=None, deadline__isnull=False),
            ),
            # The engine's second try at what could not be fired. Empty, mostly.
            models.Index(
                fields=["miss_retry_at"], name="tasks_task_retry",
                condition=_OPEN & Q(miss_fired_at=None, deadline__isnull=False, miss_retry_at__isnull=False),
            ),
            # Upcoming and missed lists, their counts, the next transition, and the open half of everything.
            models.Index(fields=["owner", "deadline", "id"], name="tasks_task_open", condition=_OPEN),
            # The completed list and its count.
            models.Index(
                fields=["owner", "completed_at", "id"], name="tasks_task_done",
                condition=Q(deleted_at=None, completed_at__isnull=False),
            ),
            # The list of everything by its deadline, as it comes unless asked otherwise: the completed half of it, for
            # the open one has `tasks_task_open`. One index of both would get an entry at each firing.
            models.Index(
                fields=["owner", "deadline", "id"], name="tasks_task_listed",
                condition=Q(deleted_at=None, completed_at__isnull=False),
            ),
            # The list of everything in the order it was made.
            models.Index(fields=["owner", "created_at", "id"], name="tasks_task_made", condition=Q(deleted_at=None)),
            # Pages of a snapshot, and the deletion of an account.
            models.Index(fields=["owner", "id"], name="tasks_task_owner"),
            # The list of a task's children.
            models.Index(
                fields=["parent", "created_at", "id"], name="tasks_task_children", condition=Q(parent__isnull=False)
            ),
            # The list of a project's tasks in their manual order; what is to be done at its deletion. Partial, so that
            # firing a task that is in no project writes no entry.
            models.Index(
                fields=["project", "position", "id"], name="tasks_task_project", condition=Q(project__isnull=False)
            ),
            # The list of a label's tasks, and its deletion. Partial likewise. Without `fastupdate`, whose pending list
            # is emptied by whoever happens to fill it: that may be the engine, at a deadline.
            GinIndex(
                fields=["labels"], name="tasks_task_labels", fastupdate=False, condition=~Q(labels=[])
            ),
            # The trash, newest first.
            models.Index(
                fields=["owner", "deleted_at", "id"], name="tasks_task_trash", condition=Q(deleted_at__isnull=False)
            ),
            # What is old enough to be purged.
            models.Index(fields=["deleted_at"], name="tasks_task_old_trash", condition=Q(deleted_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class Document(models.Model):
    """The words that a task is found by; kept by triggers, so that no write can forget it (`tasks.search`).

    A table of its own, because a row of tasks is written anew whenever its deadline is fired: words in it would
    all have to be indexed again at that instant.
    """

    # ON DELETE CASCADE in the database: see the migration.
    task = models.OneToOneField(
        Task, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    owner_id = models.UUIDField()
    words = SearchVectorField()

    def __str__(self) -> str:
        return str(self.pk)
