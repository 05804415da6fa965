"""What the OpenAPI document says of projects and labels, and the shapes that requests are read by."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from taskengine.api.cursors import MAX_PAGE_ROWS
from taskengine.api.fields import DigitsField, FlagField, NewIdField, TextField
from taskengine.api.serializers import StrictSerializer
from taskengine.organisation.models import MAX_NAME_CHARS
from taskengine.organisation.palette import COLOUR_CHOICES, Colour
from taskengine.tasks.places import Tasks

_READ_ONLY = {
    "version": "The server counts it.",
    "created_at": "This is fixed.",
    "updated_at": "The server keeps it.",
}


class LabelSerializer(serializers.Serializer[Any]):
    """A label as it is read. The same shape stands in every event and snapshot."""

    id = serializers.UUIDField()
    name = serializers.CharField(max_length=MAX_NAME_CHARS)
    colour = serializers.ChoiceField(COLOUR_CHOICES)
    version = serializers.IntegerField(help_text="Counts the writes.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProjectSerializer(LabelSerializer):
    """A project as it is read. The same shape stands in every event and snapshot."""

    position = serializers.CharField(
        help_text="Its place in the manual order: compare it as ASCII text, and the ids where two are equal."
    )
    archived = serializers.BooleanField(help_text="Put away: its tasks are as they were.")


class LabelWriteSerializer(StrictSerializer):
    """What a client may say of a label."""

    hints: ClassVar = {**_READ_ONLY, "id": "The id never changes."}

    name = TextField(
        max_length=MAX_NAME_CHARS, help_text="Unique among your labels, upper and lower case being the same."
    )
    colour = serializers.ChoiceField(COLOUR_CHOICES, required=False, default=Colour.GREY.value)


class LabelCreateSerializer(LabelWriteSerializer):
    """A new label. A client may choose its id, which makes a retry harmless."""

    hints: ClassVar = _READ_ONLY

    id = NewIdField(required=False, help_text="Yours to choose: a UUID of version 4 or 7. None: one is made.")


class ProjectWriteSerializer(StrictSerializer):
    """What a client may say of a project."""

    hints: ClassVar = {**_READ_ONLY, "id": "The id never changes.", "position": "Use /move/."}

    name = TextField(max_length=MAX_NAME_CHARS)
    colour = serializers.ChoiceField(COLOUR_CHOICES, required=False, default=Colour.GREY.value)
    archived = FlagField(required=False, default=False)


class ProjectCreateSerializer(ProjectWriteSerializer):
    """A new project. A client may choose its id, which makes a retry harmless."""

    hints: ClassVar = {**_READ_ONLY, "position": "Use /move/."}

    id = NewIdField(required=False, help_text="Yours to choose: a UUID of version 4 or 7. None: one is made.")


class ProjectDeleteQuerySerializer(StrictSerializer):
    """What becomes of the tasks of a project that is deleted."""

    tasks = serializers.ChoiceField(
        [(each.value, each.value) for each in Tasks],
        required=False,
        help_text="`move` them to no project, or `delete` them. Needed where some are open.",
    )

    def validate_tasks(self, tasks: str) -> Tasks:
        """Return it as the service knows it."""
        return Tasks(tasks)


class ListQuerySerializer(StrictSerializer):
    """What a list of projects or labels may be asked for."""

    limit = DigitsField(required=False, min_value=1, max_value=MAX_PAGE_ROWS, default=MAX_PAGE_ROWS)
    cursor = TextField(required=False, help_text="`next_cursor` of the page before.")


class ProjectListQuerySerializer(ListQuerySerializer):
    """What a list of projects may be asked for."""

    archived = serializers.BooleanField(required=False, help_text="Only those put away, or only the others.")


class _ListSerializer(serializers.Serializer[Any]):
    next_cursor = TextField(allow_null=True)
    server_time = serializers.DateTimeField()


class ProjectListSerializer(_ListSerializer):
    """One page of projects."""

    results = ProjectSerializer(many=True)


class LabelListSerializer(_ListSerializer):
    """One page of labels."""

    results = LabelSerializer(many=True)


_PROJECT = {
    "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "name": "Work",
    "colour": "blue",
    "position": "8Jm2WkPq0b3F",
    "archived": False,
    "version": 1,
    "created_at": "2026-11-22T09:00:00.000000Z",
    "updated_at": "2026-11-22T09:00:00.000000Z",
}
_LABEL = {
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "name": "urgent",
    "colour": "red",
    "version": 1,
    "created_at": "2026-11-22T09:00:00.000000Z",
    "updated_at": "2026-11-22T09:00:00.000000Z",
}
NEW_PROJECT_EXAMPLE = OpenApiExample("Work", value={"name": "Work", "colour": "blue"}, request_only=True)
ARCHIVE_EXAMPLE = OpenApiExample("Put it away", value={"archived": True}, request_only=True)
PROJECT_MOVE_EXAMPLE = OpenApiExample(
    "To the top", value={"before": "16fd2706-8baf-433b-82eb-8c7fada847da"}, request_only=True
)
PROJECT_EXAMPLE = OpenApiExample("A project", value=_PROJECT, response_only=True)
PROJECT_LIST_EXAMPLE = OpenApiExample(
    "The last page",
    value={"results": [_PROJECT], "next_cursor": None, "server_time": "2026-11-22T09:00:01.000000Z"},
    response_only=True,
)
NEW_LABEL_EXAMPLE = OpenApiExample("Urgent", value={"name": "urgent", "colour": "red"}, request_only=True)
RENAME_EXAMPLE = OpenApiExample("Another name", value={"name": "now"}, request_only=True)
LABEL_EXAMPLE = OpenApiExample("A label", value=_LABEL, response_only=True)
LABEL_LIST_EXAMPLE = OpenApiExample(
    "The last page",
    value={"results": [_LABEL], "next_cursor": None, "server_time": "2026-11-22T09:00:01.000000Z"},
    response_only=True,
)
