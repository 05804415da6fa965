"""`/api/v1/tasks/parse/`: what a line means that somebody types to add a task."""

from typing import Any, ClassVar, Final, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.accounts.models import User, validate_time_zone
from taskengine.api.fields import ShortListField, TextField
from taskengine.api.problems_schema import problems
from taskengine.api.serializers import StrictSerializer
from taskengine.phrases.spans import KIND_CHOICES, MAX_TEXT_CHARS, Span
from taskengine.phrases.understanding import Name, Understood, understand
from taskengine.tasks.models import MAX_ESTIMATE_MIN

_MAX_PLAIN: Final = 50
_LANGUAGE_TAG: Final = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"


class ParseSerializer(StrictSerializer):
    """A line, and how to read it."""

    text = TextField(max_length=MAX_TEXT_CHARS, allow_blank=True, trim_whitespace=False)
    time_zone = TextField(
        required=False,
        allow_null=True,
        default=None,
        max_length=64,
        help_text="Where the person is; null: their own.",
    )
    language = serializers.RegexField(
        _LANGUAGE_TAG,
        required=False,
        allow_null=True,
        default=None,
        max_length=35,
        help_text="A BCP 47 tag: `en`, `de` and `es` are understood, English beside each. Null: the person's own.",
    )
    plain = ShortListField(
        child=TextField(max_length=MAX_TEXT_CHARS),
        required=False,
        default=list,
        max_length=_MAX_PLAIN,
        help_text="Words that are to stay words wherever they stand: what somebody took back.",
    )

    def validate_time_zone(self, name: str | None) -> str | None:
        """Refuse what is not an IANA zone."""
        if name is not None:
            validate_time_zone(name)
        return name


class _NameSerializer(serializers.Serializer[Any]):
    """A project or a label that a line names."""

    id = serializers.UUIDField(allow_null=True, help_text="Null: there is none of this name.")
    name = serializers.CharField()


class _SpanSerializer(serializers.Serializer[Any]):
    """A stretch of the line that was understood."""

    start = serializers.IntegerField(help_text="Counted in Unicode characters, from 0.")
    end = serializers.IntegerField(help_text="Where it has ended.")
    kind = serializers.ChoiceField(KIND_CHOICES)
    text = serializers.CharField()


class ParsedSerializer(serializers.Serializer[Any]):
    """What a line means. Its fields are those of a task, projects and labels by their names."""

    title = serializers.CharField(help_text="The line without what was understood. May be empty.")
    deadline = serializers.DateTimeField(allow_null=True, help_text="The instant by which it is due.")
    due_date = serializers.DateField(
        allow_null=True, help_text="The day, where the line says no time: its end is the deadline."
    )
    time_zone = serializers.CharField(help_text="The zone it was read in.")
    project = _NameSerializer(allow_null=True)
    labels = _NameSerializer(many=True)
    priority = serializers.IntegerField(
        allow_null=True, min_value=1, max_value=4, help_text="Null: the line says none."
    )
    estimate_min = serializers.IntegerField(allow_null=True, min_value=1, max_value=MAX_ESTIMATE_MIN)
    spans = _SpanSerializer(many=True)
    server_time = serializers.DateTimeField(help_text="The instant from which was counted.")


_LINE: Final = "Send invoice friday 5pm #work @finance !1 ~30m"
_EXAMPLE = OpenApiExample(
    "A line", value={"text": _LINE, "time_zone": "Europe/Berlin", "language": "en"}, request_only=True
)
_ANSWER = OpenApiExample(
    "What it means",
    value={
        "title": "Send invoice",
        "deadline": "2026-11-27T16:00:00.000000Z",
        "due_date": None,
        "time_zone": "Europe/Berlin",
        "project": {"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "name": "Work"},
        "labels": [{"id": None, "name": "finance"}],
        "priority": 1,
        "estimate_min": 30,
        "spans": [
            {"start": 13, "end": 23, "kind": "deadline", "text": "friday 5pm"},
            {"start": 24, "end": 29, "kind": "project", "text": "#work"},
            {"start": 30, "end": 38, "kind": "label", "text": "@finance"},
            {"start": 39, "end": 41, "kind": "priority", "text": "!1"},
            {"start": 42, "end": 46, "kind": "estimate", "text": "~30m"},
        ],
        "server_time": "2026-11-22T09:00:00.000000Z",
    },
    response_only=True,
)


class ParseView(APIView):
    """Reads one line."""

    scope: ClassVar[str] = "tasks"
    writes_nothing: ClassVar[bool] = True

    @extend_schema(
        tags=["tasks"],
        operation_id="tasks_parse",
        summary="Read a line as a new task",
        description=(
            "For a field in which tasks are typed: what a line says of deadline, project (`#`), labels (`@`), priority"
            " (`!1` to `!4`) and estimate (`~30m`, `~1h30`), and which words said it. Nothing is made: send what you"
            " want of it to `POST tasks/`. It counts as a read, and takes no `Idempotency-Key`. What is repeated"
            " (“every friday”) is not understood and stays in the title, as does what stands in quotation marks."
        ),
        request=ParseSerializer,
        responses={200: ParsedSerializer, **problems(400, 401, 403, 413, 429)},
        examples=[_EXAMPLE, _ANSWER],
    )
    def post(self, request: Request) -> Response:
        """Return what it means."""
        line = ParseSerializer(data=request.data)
        line.is_valid(raise_exception=True)
        now = clock.now()
        text = line.validated_data["text"]
        meant = understand(owner=cast(User, request.user), now=now, **line.validated_data)
        return Response({**_payload(meant, text), "server_time": rfc3339(now)})


def _payload(meant: Understood, text: str) -> dict[str, Any]:
    return {
        "title": meant.title,
        "deadline": rfc3339(meant.deadline) if meant.deadline else None,
        "due_date": meant.due_date.isoformat() if meant.due_date else None,
        "time_zone": meant.time_zone,
        "project": _name(meant.project) if meant.project else None,
        "labels": [_name(label) for label in meant.labels],
        "priority": meant.priority,
        "estimate_min": meant.estimate_min,
        "spans": [_span(span, text) for span in meant.spans],
    }


def _name(name: Name) -> dict[str, Any]:
    return {"id": str(name.id) if name.id else None, "name": name.name}


def _span(span: Span, text: str) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "kind": span.kind.value, "text": span.within(text)}
