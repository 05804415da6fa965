"""What the OpenAPI document says of tasks, and the shapes that requests are read by."""

import zoneinfo
from typing import Any, ClassVar, Final

from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from taskengine.accounts.models import validate_time_zone
from taskengine.api.fields import (
    DayField,
    IdField,
    InstantField,
    NewIdField,
    ShortListField,
    TextField,
    WholeNumberField,
)
from taskengine.api.serializers import StrictSerializer
from taskengine.tasks.deadlines import BUCKET_CHOICES, OUTCOME_CHOICES
from taskengine.tasks.models import (
    DEFAULT_PRIORITY,
    MAX_ESTIMATE_MIN,
    MAX_LABELS,
    MAX_NOTES_CHARS,
    MAX_TITLE_CHARS,
)
from taskengine.tasks.services import Children

_READ_ONLY = {
    "bucket": "The bucket follows from the clock. Use /complete/ or /reopen/, or move the deadline.",
    "completed_at": "Use /complete/ or /reopen/.",
    "position": "Use /move/.",
    "outcome": "It is fixed by /complete/.",
    "lateness_s": "It is fixed by /complete/.",
    "version": "The server counts it.",
    "created_at": "This is fixed.",
    "updated_at": "The server keeps it.",
}


class TaskSerializer(serializers.Serializer[Any]):
    """A task as it is read. The same shape stands in every event and snapshot."""

    id = serializers.UUIDField()
    title = serializers.CharField(max_length=MAX_TITLE_CHARS)
    notes = serializers.CharField(allow_blank=True, help_text="Markdown, as it was written.")
    deadline = serializers.DateTimeField(allow_null=True, help_text="At this instant an open task is missed.")
    due_date = serializers.DateField(
        allow_null=True, help_text="The day, where the deadline was given as one: its end is the deadline."
    )
    time_zone = serializers.CharField(allow_null=True, help_text="The zone of that day; null: the user's.")
    priority = serializers.IntegerField(min_value=1, max_value=4, help_text="1 is the highest.")
    estimate_min = serializers.IntegerField(
        allow_null=True, min_value=1, max_value=MAX_ESTIMATE_MIN, help_text="How many minutes it takes."
    )
    parent = serializers.UUIDField(  # type: ignore[assignment]  # the name on the wire
        allow_null=True,
        help_text="The task that this one is a part of. It may be completed, or deleted since.",
    )
    project = serializers.UUIDField(allow_null=True, help_text="The project it is in.")
    labels = serializers.ListField(child=serializers.UUIDField(), help_text="The labels it carries.")
    position = serializers.CharField(
        help_text="Its place in the manual order: compare it as ASCII text, and the ids where two are equal."
    )
    bucket = serializers.ChoiceField(BUCKET_CHOICES)
    completed_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(OUTCOME_CHOICES, allow_null=True)
    lateness_s = serializers.FloatField(allow_null=True, help_text="Seconds, where the outcome is `late`.")
    version = serializers.IntegerField(help_text="Counts the writes.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TaskWriteSerializer(StrictSerializer):
    """What a client may say of a task. Absent, null and a value are three different things."""

    hints: ClassVar = {**_READ_ONLY, "id": "The id never changes."}

    title = TextField(max_length=MAX_TITLE_CHARS)
    notes = TextField(
        required=False, allow_blank=True, default="", max_length=MAX_NOTES_CHARS, trim_whitespace=False
    )
    priority = WholeNumberField(required=False, min_value=1, max_value=4, default=DEFAULT_PRIORITY)
    estimate_min = WholeNumberField(
        required=False, allow_null=True, min_value=1, max_value=MAX_ESTIMATE_MIN, default=None
    )
    parent = IdField(required=False, allow_null=True, default=None)  # type: ignore[assignment]  # likewise
    project = IdField(required=False, allow_null=True, default=None)
    labels = ShortListField(child=IdField(), required=False, default=list, max_length=MAX_LABELS)
    deadline = InstantField(required=False, allow_null=True, default=None)
    due_date = DayField(required=False, allow_null=True, default=None)
    time_zone = TextField(required=False, allow_null=True, default=None, max_length=64)

    def validate_time_zone(self, name: str | None) -> str | None:
        """Refuse what is not an IANA zone."""
        if name is not None:
            validate_time_zone(name)
            zoneinfo.ZoneInfo(name)
        return name


class TaskCreateSerializer(TaskWriteSerializer):
    """A new task. A client may choose its id, which makes a retry harmless."""

    hints: ClassVar = _READ_ONLY

    id = NewIdField(required=False, help_text="Yours to choose: a UUID of version 4 or 7. None: one is made.")


class TaskPutSerializer(TaskWriteSerializer):
    """A whole task, as it was read: what only the server may set is passed over."""

    passed_over: ClassVar = frozenset({*_READ_ONLY, "id"})


# What a read answers with, where `fields` may have been asked for.
TASK_OR_PART: Final = {
    "anyOf": [
        {"$ref": "#/components/schemas/Task"},
        {"type": "object", "description": "Where `fields` was asked for: only those of a task."},
    ]
}


@extend_schema_field({"type": "array", "items": TASK_OR_PART})
class _TasksField(serializers.ListField):
    """Whole tasks, or the fields of them that were asked for."""


class CompleteSerializer(StrictSerializer):
    """What becomes of the open parts of a task that is completed."""

    children = serializers.ChoiceField(
        [(each.value, each.value) for each in Children],
        required=False,
        help_text="`complete` them too, or `leave` them open. Needed where there are some.",
    )

    def validate_children(self, children: str) -> Children:
        """Return it as the service knows it."""
        return Children(children)


class MoveSerializer(StrictSerializer):
    """Where to: before or after another one."""

    rules: ClassVar = {"minProperties": 1, "maxProperties": 1}

    before = IdField(required=False, help_text="The one that it is to come right before.")
    after = IdField(required=False, help_text="The one that it is to come right after.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both and neither."""
        if ("before" in attrs) == ("after" in attrs):
            raise serializers.ValidationError("Give one of `before` and `after`.", code="one_of_two")
        return attrs


class TaskListSerializer(serializers.Serializer[Any]):
    """One page of tasks, bucketed as of the walk's first page."""

    results = _TasksField()
    next_cursor = serializers.CharField(allow_null=True)
    as_of = serializers.DateTimeField(help_text="The instant that decided the buckets.")
    server_time = serializers.DateTimeField()
    next_transition_at = serializers.DateTimeField(
        allow_null=True, help_text="When the next task changes bucket by itself: one timer is enough."
    )


class TaskSummarySerializer(serializers.Serializer[Any]):
    """How many tasks are in each bucket."""

    upcoming = serializers.IntegerField()
    missed = serializers.IntegerField()
    completed = serializers.IntegerField()
    server_time = serializers.DateTimeField()
    next_transition_at = serializers.DateTimeField(allow_null=True)


class OpenCountSerializer(serializers.Serializer[Any]):
    """How many open tasks there are of something."""

    id = serializers.UUIDField(allow_null=True, help_text="Null stands for the tasks in no project.")
    upcoming = serializers.IntegerField()
    missed = serializers.IntegerField()


class BucketCountSerializer(serializers.Serializer[Any]):
    """How many tasks are in each bucket."""

    upcoming = serializers.IntegerField()
    missed = serializers.IntegerField()
    completed = serializers.IntegerField()


class TaskCountsSerializer(serializers.Serializer[Any]):
    """All counts at once. Projects and labels without open tasks are left out."""

    buckets = BucketCountSerializer()
    projects = OpenCountSerializer(many=True)
    labels = OpenCountSerializer(many=True)
    server_time = serializers.DateTimeField()
    next_transition_at = serializers.DateTimeField(allow_null=True)


_TASK = {
    "id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "title": "Send invoice",
    "notes": "",
    "deadline": "2026-11-27T17:00:00.000000Z",
    "due_date": None,
    "time_zone": None,
    "priority": 4,
    "estimate_min": 30,
    "parent": None,
    "project": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "labels": ["550e8400-e29b-41d4-a716-446655440000"],
    "position": "8Jm2WkPq1e7G",
    "bucket": "upcoming",
    "completed_at": None,
    "outcome": None,
    "lateness_s": None,
    "version": 1,
    "created_at": "2026-11-22T09:00:00.000000Z",
    "updated_at": "2026-11-22T09:00:00.000000Z",
}
NEW_TASK_EXAMPLE = OpenApiExample(
    "With a deadline",
    value={"title": "Send invoice", "deadline": "2026-11-27T18:00:00+01:00", "estimate_min": 30},
    request_only=True,
)
PATCH_EXAMPLE = OpenApiExample("Clear the deadline", value={"deadline": None}, request_only=True)
TASK_EXAMPLE = OpenApiExample("A task", value=_TASK, response_only=True)
TASK_LIST_EXAMPLE = OpenApiExample(
    "The last page",
    value={
        "results": [_TASK],
        "next_cursor": None,
        "as_of": "2026-11-22T09:00:01.000000Z",
        "server_time": "2026-11-22T09:00:01.000000Z",
        "next_transition_at": "2026-11-27T17:00:00.000000Z",
    },
    response_only=True,
)
SUMMARY_EXAMPLE = OpenApiExample(
    "Counts",
    value={
        "upcoming": 9,
        "missed": 2,
        "completed": 3,
        "server_time": "2026-11-22T09:00:01.000000Z",
        "next_transition_at": "2026-11-27T17:00:00.000000Z",
    },
    response_only=True,
)
COUNTS_EXAMPLE = OpenApiExample(
    "Counts",
    value={
        "buckets": {"upcoming": 9, "missed": 2, "completed": 3},
        "projects": [
            {"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "upcoming": 4, "missed": 2},
            {"id": None, "upcoming": 5, "missed": 0},
        ],
        "labels": [{"id": "550e8400-e29b-41d4-a716-446655440000", "upcoming": 1, "missed": 1}],
        "server_time": "2026-11-22T09:00:01.000000Z",
        "next_transition_at": "2026-11-27T17:00:00.000000Z",
    },
    response_only=True,
)
COMPLETE_EXAMPLE = OpenApiExample("With its parts", value={"children": "complete"}, request_only=True)
MOVE_EXAMPLE = OpenApiExample(
    "To the top", value={"before": "16fd2706-8baf-433b-82eb-8c7fada847da"}, request_only=True
)
