"""What the OpenAPI document says of breakdowns."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from ai.plans import MAX_QUESTIONS, Action, Verdict
from taskengine.api.breakdown_requests import AnswerSerializer
from taskengine.api.working_hours import SCHEMA as HOURS
from taskengine.planning.fixes import Change
from taskengine.planning.lifecycle import STATUS_CHOICES
from taskengine.planning.planners import GEMINI, OFFLINE

PLANNERS: Final = [GEMINI, OFFLINE]


class StepSerializer(serializers.Serializer[Any]):
    """One step of a draft."""

    key = serializers.CharField(help_text="Its name within the draft.")
    title = serializers.CharField()
    why = serializers.CharField(help_text="What it is good for; may be empty.")
    done_when = serializers.CharField(help_text="What tells that it is done; may be empty.")
    estimate_min = serializers.IntegerField(help_text="How many minutes of work it is.")
    depends_on = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of steps that stand before it."
    )
    optional = serializers.BooleanField(help_text="Whether the goal can be reached without it.")
    locked = serializers.BooleanField(help_text="Whether it stays when the plan is made anew.")
    starts_at = serializers.DateTimeField(
        allow_null=True, help_text="When its turn begins; null while that is unknown, or nothing fits."
    )
    deadline = serializers.DateTimeField(allow_null=True, help_text="When its turn ends; null likewise.")


class RemarkSerializer(serializers.Serializer[Any]):
    """What was dropped, repaired or noted on the way."""

    code = serializers.CharField()
    action = serializers.ChoiceField([action.value for action in Action])
    detail = serializers.CharField()
    step = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True)


@extend_schema_field(HOURS)  # that it may be null is added
class HoursField(serializers.DictField):
    """Working hours as they are read."""


class FixSerializer(serializers.Serializer[Any]):
    """What would make the steps fit: all of these changes together."""

    changes = serializers.ListField(child=serializers.ChoiceField([change.value for change in Change]))
    dropped = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of the steps to leave out: `drop` of a PATCH."
    )
    freed_min = serializers.IntegerField()
    hours = HoursField(
        allow_null=True, help_text="The person's `working_hours` then; null if they stay as they are."
    )
    deadline = serializers.DateTimeField(
        allow_null=True, help_text="The goal's deadline then; null if it stays."
    )
    detail = serializers.CharField(help_text="The same as a sentence, by the clock of the person's zone.")


class MisfitSerializer(serializers.Serializer[Any]):
    """By how much the steps do not fit before the deadline, and what would help."""

    needed_min = serializers.IntegerField()
    free_min = serializers.IntegerField(help_text="No more than the needed are counted.")
    missing_min = serializers.IntegerField()
    first_step = serializers.CharField(help_text="The key of the first step that would be late.")
    fixes = FixSerializer(many=True)
    detail = serializers.CharField(help_text="The same as a sentence.")


class FailureSerializer(serializers.Serializer[Any]):
    """Why there is no plan."""

    code = serializers.CharField(
        help_text="`ai_blocked`, `ai_truncated`, `ai_invalid_output`, `ai_quota`, `ai_unavailable`, `ai_timeout`."
    )
    detail = serializers.CharField()
    retry_after_s = serializers.FloatField(
        allow_null=True, help_text="When another try may succeed, in seconds, where it is known."
    )


class BreakdownSerializer(serializers.Serializer[Any]):
    """A breakdown as it is read. The same shape stands in every event and snapshot."""

    id = serializers.UUIDField()
    task = serializers.UUIDField(allow_null=True, help_text="The goal's task; null until there is one.")
    goal = serializers.CharField()
    notes = serializers.CharField(allow_blank=True)
    deadline = serializers.DateTimeField(
        allow_null=True, help_text="By when; null: the steps have no deadlines either."
    )
    granularity = serializers.IntegerField()
    context = serializers.CharField()  # type: ignore[assignment]  # the name on the wire
    answers = AnswerSerializer(many=True)
    language = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(STATUS_CHOICES)
    attempt = serializers.IntegerField(
        help_text="Counts the attempts. A new one begins afresh: its first event has the steps that stay."
    )
    planner = serializers.ChoiceField(PLANNERS)
    model = serializers.CharField(allow_null=True)
    verdict = serializers.ChoiceField([verdict.value for verdict in Verdict], allow_null=True)
    reason = serializers.CharField(help_text="Why the goal needs no plan; empty otherwise.")
    questions = serializers.ListField(
        child=serializers.CharField(),
        max_length=MAX_QUESTIONS,
        help_text="What the planner has to know first: answer them by /regenerate/.",
    )
    assumptions = serializers.ListField(child=serializers.CharField())
    risks = serializers.ListField(child=serializers.CharField())
    remarks = RemarkSerializer(many=True)
    steps = StepSerializer(many=True)
    misfit = MisfitSerializer(allow_null=True)
    error = FailureSerializer(
        allow_null=True, help_text="What went wrong last. With `ready`: the plan is the one from before."
    )
    applied_op = serializers.UUIDField(
        allow_null=True, help_text="The operation that made tasks of the steps: undo it by /undo/."
    )
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class BreakdownListSerializer(serializers.Serializer[Any]):
    """One page of breakdowns, newest first."""

    results = BreakdownSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    as_of = serializers.DateTimeField()
    server_time = serializers.DateTimeField()


class IntervalSerializer(serializers.Serializer[Any]):
    """Some working time."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="The first instant after it.")


class TakenSerializer(serializers.Serializer[Any]):
    """The working time that other tasks take."""

    taken = IntervalSerializer(many=True, help_text="Ascending, none touching another.")
    as_of = serializers.DateTimeField(help_text="It counts from here on.")


_BREAKDOWN: Final = {
    "id": "7d9f3c1e-52f4-4b0e-9d0a-5f2f7b1c8e11",
    "task": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "goal": "Write my thesis on urban trees",
    "notes": "",
    "deadline": "2026-11-27T17:00:00.000000Z",
    "granularity": 3,
    "context": "",
    "answers": [],
    "language": "en",
    "status": "ready",
    "attempt": 1,
    "planner": "offline",
    "model": None,
    "verdict": "steps",
    "reason": "",
    "questions": [],
    "assumptions": ["The topic is settled."],
    "risks": ["The library closes early: order books first."],
    "remarks": [],
    "steps": [
        {
            "key": "sources",
            "title": "Collect ten sources on urban trees",
            "why": "",
            "done_when": "Ten sources stand in the list.",
            "estimate_min": 120,
            "depends_on": [],
            "optional": False,
            "locked": False,
            "starts_at": "2026-11-27T15:00:00.000000Z",
            "deadline": "2026-11-27T17:00:00.000000Z",
        }
    ],
    "misfit": None,
    "error": None,
    "applied_op": None,
    "version": 3,
    "created_at": "2026-11-22T09:00:00.000000Z",
    "updated_at": "2026-11-22T09:00:02.000000Z",
}
BREAKDOWN_EXAMPLE = OpenApiExample("A plan that fits", value=_BREAKDOWN, response_only=True)
QUEUED_EXAMPLE = OpenApiExample(
    "In line",
    value={
        **_BREAKDOWN,
        "status": "queued",
        "attempt": 0,
        "verdict": None,
        "assumptions": [],
        "risks": [],
        "steps": [],
        "version": 1,
        "updated_at": "2026-11-22T09:00:00.000000Z",
    },
    response_only=True,
    status_codes=["202"],
)
LIST_EXAMPLE = OpenApiExample(
    "The last page",
    value={
        "results": [_BREAKDOWN],
        "next_cursor": None,
        "as_of": "2026-11-22T09:00:03.000000Z",
        "server_time": "2026-11-22T09:00:03.000000Z",
    },
    response_only=True,
)
TAKEN_EXAMPLE = OpenApiExample(
    "Friday morning",
    value={
        "taken": [{"starts_at": "2026-11-27T09:00:00.000000Z", "ends_at": "2026-11-27T12:00:00.000000Z"}],
        "as_of": "2026-11-22T09:00:03.000000Z",
    },
    response_only=True,
)
GOAL_EXAMPLE = OpenApiExample(
    "A goal",
    value={
        "goal": "Write my thesis on urban trees",
        "deadline": "2026-11-27T18:00:00+01:00",
        "granularity": 3,
    },
    request_only=True,
)
TASK_EXAMPLE = OpenApiExample(
    "A task", value={"task": "0f8fad5b-d9cb-469f-a165-70867728950e"}, request_only=True
)
ANSWERS_EXAMPLE = OpenApiExample(
    "Answers to its questions",
    value={"answers": [{"question": "How long is it to be?", "answer": "Eighty pages."}]},
    request_only=True,
)
DEADLINE_EXAMPLE = OpenApiExample(
    "Take up a fix", value={"deadline": "2026-11-30T12:00:00Z", "drop": []}, request_only=True
)
NEW_STEP_EXAMPLE = OpenApiExample(
    "A step of one's own",
    value={"title": "Ask Ben to read the draft", "estimate_min": 30, "after": "sources"},
    request_only=True,
)
STEP_EXAMPLE = OpenApiExample("Lock it", value={"locked": True}, request_only=True)
SPLIT_EXAMPLE = OpenApiExample("In small parts", value={"granularity": 4}, request_only=True)
