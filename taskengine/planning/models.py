"""The tables of breakdowns, their invariants, and for each index the query that needs it."""

import uuid
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from taskengine.planning.lifecycle import CLOSED, PENDING, STATUS_CHOICES, Status
from taskengine.tasks.models import MAX_TITLE_CHARS, Task

MAX_CONTEXT_CHARS: Final = 4_000
DEFAULT_GRANULARITY: Final = 3
FINEST_GRANULARITY: Final = 5

_IS_PENDING = Q(status__in=[status.value for status in PENDING])


class Breakdown(models.Model):
    """A draft of steps for one goal. This row is the truth; whoever makes the steps only writes to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="breakdowns"
    )
    # A task that was purged is still named, as one that is deleted is. Whoever looks it up asks for the owner's.
    task = models.ForeignKey(
        Task,
        on_delete=models.DO_NOTHING,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="breakdowns",
    )

    # What was asked.
    goal = models.CharField(max_length=MAX_TITLE_CHARS)
    notes = models.TextField(default="", blank=True)
    deadline = models.DateTimeField(null=True)
    # Whether the deadline was set here; otherwise it is the task's, and follows it.
    has_own_deadline = models.BooleanField(default=False)
    granularity = models.PositiveSmallIntegerField(default=DEFAULT_GRANULARITY)
    context = models.TextField(default="", blank=True)
    answers = models.JSONField(default=list, help_text="[{question, answer}]")
    language = models.CharField(max_length=8, null=True)  # noqa: DJ001 (null: the goal's own)

    # How far it is.
    status = models.CharField(max_length=10, default=Status.QUEUED.value, choices=STATUS_CHOICES)
    # Counts those who made steps for it. Only the last may write: an older one that wakes up is fenced off.
    attempt = models.PositiveIntegerField(default=0)
    # Of these, how many since something was last asked for.
    tries = models.PositiveSmallIntegerField(default=0)
    # While it is pending: until when it is somebody's. From then on anybody may take it.
    lease_until = models.DateTimeField(null=True)
    # When a worker was last told of it.
    hinted_at = models.DateTimeField(null=True)

    # What came of it.
    planner = models.CharField(max_length=16, help_text="`gemini` or `offline`.")
    model = models.CharField(max_length=100, null=True)  # noqa: DJ001 (null: there is none)
    verdict = models.CharField(max_length=16, null=True)  # noqa: DJ001 (null: none yet)
    reason = models.TextField(default="", blank=True)
    questions = models.JSONField(default=list)
    assumptions = models.JSONField(default=list)
    risks = models.JSONField(default=list)
    remarks = models.JSONField(default=list, help_text="What the gates did: [{code, action, detail, …}].")
    steps = models.JSONField(default=list, help_text="The steps as they are shown (`outline.written`).")
    misfit = models.JSONField(null=True)
    error = models.JSONField(null=True, help_text="{code, detail, retry_after_s}")
    usage = models.JSONField(null=True, help_text="What all attempts cost together, in tokens.")

    # While it is pending: the plan before it, which a failure brings back; which step is split, where it
    # is not the whole plan that is made; and what this attempt has made so far.
    former = models.JSONField(null=True)
    splits = models.JSONField(null=True, help_text="{key, granularity}")
    fresh = models.JSONField(default=list)

    applied_op = models.UUIDField(null=True, help_text="The operation that made tasks of the steps.")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]), name="planning_breakdown_status"
            ),
            models.CheckConstraint(
                condition=Q(granularity__range=(1, FINEST_GRANULARITY)), name="planning_breakdown_granularity"
            ),
            # What is pending can be taken sooner or later; nothing else can.
            models.CheckConstraint(
                condition=Q(_IS_PENDING, lease_until__isnull=False) | Q(~_IS_PENDING, lease_until=None),
                name="planning_breakdown_lease",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.APPLIED.value, applied_op__isnull=False)
                | Q(~Q(status=Status.APPLIED.value), applied_op=None),
                name="planning_breakdown_applied",
            ),
            models.CheckConstraint(
                condition=Q(splits__isnull=True) | Q(_IS_PENDING, former__isnull=False),
                name="planning_breakdown_splits",
            ),
        ]
        indexes: ClassVar = [
            # What a worker may take, and the sweeps of what nobody took.
            models.Index(fields=["lease_until", "id"], name="planning_breakdown_waiting", condition=_IS_PENDING),
            # The list, newest first.
            models.Index(fields=["owner", "created_at", "id"], name="planning_breakdown_made"),
            # Pages of a snapshot.
            models.Index(
                fields=["owner", "id"], name="planning_breakdown_open",
                condition=~Q(status__in=[status.value for status in CLOSED]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.goal


class Charge(models.Model):
    """One thing that was asked of a planner that costs money. A day's rows are what is left of its budget."""

    # It outlives the account: who deletes theirs and makes another has not paid the money back.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # The count of a person's day, and the deletion of an account.
            models.Index(fields=["owner", "at"], name="planning_charge_day"),
            # The count of everybody's day, and the deletion of days gone by.
            models.Index(fields=["at"], name="planning_charge_all"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.at}"
