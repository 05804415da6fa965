"""What the OpenAPI document says of operations that were carried out, in one's activity and in a task's history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from realtime.envelope import rfc3339
from taskengine.api.fields import IdField, TextField
from taskengine.api.serializers import PageQuerySerializer
from taskengine.api.undo import POSSIBLE
from taskengine.operations.queries import Logged, Object
from taskengine.operations.undo import Obstacle, obstacle

OBSTACLE_CHOICES: Final = [(each.value, each.value) for each in Obstacle]
MAX_VERB_CHARS: Final = 64


class ActivityQuerySerializer(PageQuerySerializer):
    """Which operations are meant."""

    verb = TextField(
        required=False, max_length=MAX_VERB_CHARS, help_text="Only of this verb, such as `task.complete`."
    )
    object_id = IdField(required=False, help_text="Only those that changed this object.")


class _StandingSerializer(serializers.Serializer[Any]):
    """Whether something can be undone."""

    undoable = serializers.BooleanField(
        help_text="Whether `undo/` may be tried: what was changed since may still stand against it."
    )
    obstacle = serializers.ChoiceField(
        OBSTACLE_CHOICES,
        allow_null=True,
        help_text=(
            "Why not: it changed nothing, what it was about was purged, it is of a kind that can't be undone, it was"
            " undone already, or is older than a day."
        ),
    )
    undone = serializers.BooleanField(help_text="Whether it was taken back, and that was not undone in turn.")


class TouchedObjectSerializer(serializers.Serializer[Any]):
    """Something that an operation was about."""

    kind = serializers.CharField(help_text="`task`, `project`, `label`, `breakdown`, `token` or `user`.")
    id = serializers.UUIDField()
    title = serializers.CharField(
        allow_null=True, help_text="What it was called then; null where it has no name, or was purged."
    )


class OperationSerializer(_StandingSerializer):
    """One thing that was done."""

    op_id = serializers.UUIDField()
    verb = serializers.CharField(help_text="What was asked for, such as `task.complete`.")
    at = serializers.DateTimeField()
    actor = serializers.UUIDField(help_text="Who did it: you, or staff.")
    objects = TouchedObjectSerializer(many=True, help_text="Some of what it changed: 20 at most.")
    object_count = serializers.IntegerField(help_text="How many objects it changed.")


class OperationListSerializer(serializers.Serializer[Any]):
    """One page of one's activity."""

    results = OperationSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    as_of = serializers.DateTimeField(help_text="When the first page was read.")
    server_time = serializers.DateTimeField()
    next_transition_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: nothing is done by itself."
    )


class FieldChangeSerializer(serializers.Serializer[Any]):
    """A field that was changed."""

    field = serializers.CharField(help_text="A task's, or `deleted`.")
    before = serializers.JSONField(help_text="Any JSON; null where there was none.")
    after = serializers.JSONField(help_text="Any JSON; null where there is none.")


class HistoryEntrySerializer(_StandingSerializer):
    """One thing that became of a task."""

    op_id = serializers.UUIDField(allow_null=True, help_text="Null where the clock did it.")
    verb = serializers.CharField(
        help_text="What was asked for, such as `task.update` or `undo`; `task.missed` is what the clock did."
    )
    at = serializers.DateTimeField(help_text="When; of `task.missed` the deadline.")
    actor = serializers.UUIDField(allow_null=True, help_text="Who did it; null where the clock did.")
    changes = FieldChangeSerializer(many=True)


class HistorySerializer(serializers.Serializer[Any]):
    """One page of a task's history."""

    results = HistoryEntrySerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    as_of = serializers.DateTimeField(help_text="When the first page was read.")
    server_time = serializers.DateTimeField()
    next_transition_at = serializers.DateTimeField(
        allow_null=True, help_text="When the history grows by itself: the deadline of an upcoming task."
    )


def object_shown(touched: Object) -> Mapping[str, Any]:
    """Return an object as the wire has it."""
    return {"kind": touched.kind, "id": str(touched.id), "title": touched.title}


def standing(logged: Logged, *, undone: set[UUID], now: datetime) -> Mapping[str, Any]:
    """Return whether an operation can be undone, as the wire has it."""
    is_undone = logged.id in undone
    against = obstacle(deeds=logged.deeds, at=logged.at, is_undone=is_undone, possible=POSSIBLE, now=now)
    return {
        "undoable": against is None,
        "obstacle": against.value if against else None,
        "undone": is_undone,
    }


def named(logged: Logged) -> Mapping[str, Any]:
    """Return what an operation is, as the wire has it."""
    return {
        "op_id": str(logged.id),
        "verb": logged.verb,
        "at": rfc3339(logged.at),
        "actor": str(logged.actor),
    }


_OPERATION: Final = {
    "op_id": "6fa1d1a8-2d47-4f0c-b3b8-0d8f6b5e8f11",
    "verb": "task.update",
    "at": "2026-11-22T09:00:00.000000Z",
    "actor": "5f0c7b8e-3d6a-4a53-9a5b-3f1f0b8a6f10",
}
_MAY_BE_UNDONE: Final = {"undoable": True, "obstacle": None, "undone": False}
_END: Final = {
    "next_cursor": None,
    "as_of": "2026-11-27T18:00:00.000000Z",
    "server_time": "2026-11-27T18:00:00.000000Z",
    "next_transition_at": None,
}
ACTIVITY_EXAMPLE = OpenApiExample(
    "The last page",
    value={
        "results": [
            {
                **_OPERATION,
                "objects": [
                    {"kind": "task", "id": "0f8fad5b-d9cb-469f-a165-70867728950e", "title": "Send invoice"}
                ],
                "object_count": 1,
                **_MAY_BE_UNDONE,
            }
        ],
        **_END,
    },
    response_only=True,
)
HISTORY_EXAMPLE = OpenApiExample(
    "A deadline that was missed",
    value={
        "results": [
            {
                "op_id": None,
                "verb": "task.missed",
                "at": "2026-11-27T17:00:00.000000Z",
                "actor": None,
                "changes": [{"field": "bucket", "before": "upcoming", "after": "missed"}],
                "undoable": False,
                "obstacle": "not_supported",
                "undone": False,
            },
            {
                **_OPERATION,
                "changes": [
                    {
                        "field": "deadline",
                        "before": "2026-11-26T17:00:00.000000Z",
                        "after": "2026-11-27T17:00:00.000000Z",
                    }
                ],
                **_MAY_BE_UNDONE,
            },
        ],
        **_END,
    },
    response_only=True,
)
