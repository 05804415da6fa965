"""What the OpenAPI document says of a batch, and the shape that it is read by."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from taskengine.api.batch_shapes import SHAPES
from taskengine.api.fields import FlagField, ShortListField
from taskengine.api.problems_schema import ProblemSerializer
from taskengine.api.serializers import StrictSerializer

MAX_OPERATIONS: Final = 100
# Of all the operations together, so that nobody's stream is held for long.
MAX_TASKS: Final = 1_000


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="BatchOperation", serializers=dict(SHAPES), resource_type_field_name="verb"
    )
)
class _OperationField(serializers.DictField):
    """One operation, whose verb says which shape it has: it is looked at by itself."""


class BatchSerializer(StrictSerializer):
    """Operations in their order."""

    atomic = FlagField(
        required=False,
        default=False,
        help_text="All of them or none. Otherwise each is done or not by itself.",
    )
    operations = ShortListField(child=_OperationField(), min_length=1, max_length=MAX_OPERATIONS)


_BODY = {
    "anyOf": [
        {"$ref": "#/components/schemas/Task"},
        {"$ref": "#/components/schemas/Project"},
        {"$ref": "#/components/schemas/Label"},
        {
            "type": "object",
            "description": "After a verb on many tasks: they, in the order in which they were named.",
            "properties": {"tasks": {"type": "array", "items": {"$ref": "#/components/schemas/Task"}}},
            "required": ["tasks"],
        },
    ]
}


@extend_schema_field(_BODY)
class _BodyField(serializers.JSONField):
    """What the verb's own route would have answered."""


class BatchResultSerializer(serializers.Serializer[Any]):
    """What became of one operation."""

    status = serializers.IntegerField(help_text="As the verb's own route would have answered.")
    body = _BodyField(allow_null=True)
    problem = ProblemSerializer(
        allow_null=True, help_text="Why it was not done; its pointers lead into the operation."
    )


class BatchAnswerSerializer(serializers.Serializer[Any]):
    """What became of a batch."""

    op_id = serializers.UUIDField(help_text="One name for all of it: what `undo` takes back, whole.")
    failed = serializers.IntegerField(help_text="How many of them were not done.")
    results = BatchResultSerializer(many=True, help_text="In the order of the operations.")


class FailedOperationSerializer(serializers.Serializer[Any]):
    """Which operation can't be done."""

    index = serializers.IntegerField(help_text="Counted from 0.")
    problem = ProblemSerializer()


class BatchProblemSerializer(ProblemSerializer):
    """Why nothing of a batch was done."""

    failed = FailedOperationSerializer(required=False, help_text="With the code `batch_failed`.")


_TASK = "0f8fad5b-d9cb-469f-a165-70867728950e"
_OTHER = "16fd2706-8baf-433b-82eb-8c7fada847da"
BATCH_EXAMPLE = OpenApiExample(
    "Tidy up",
    value={
        "atomic": True,
        "operations": [
            {"verb": "task.create", "fields": {"title": "Plan the week", "due_date": "2026-11-29"}},
            {"verb": "task.update", "id": _TASK, "version": 3, "fields": {"priority": 1}},
            {"verb": "tasks.complete", "ids": [_TASK, _OTHER], "children": "complete"},
        ],
    },
    request_only=True,
)
BATCH_ANSWER_EXAMPLE = OpenApiExample(
    "One of two",
    value={
        "op_id": "6fa1d1a8-2d47-4f0c-b3b8-0d8f6b5e8f11",
        "failed": 1,
        "results": [
            {"status": 204, "body": None, "problem": None},
            {
                "status": 404,
                "body": None,
                "problem": {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "code": "task_not_found",
                    "detail": "There is no such task.",
                    "errors": [],
                    "request_id": "5f0c6a1e9b7d4f7e8a3c2d1b0a9f8e7d",
                },
            },
        ],
    },
    response_only=True,
    status_codes=["200"],
)
