"""The shapes that requests about breakdowns are read by."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rest_framework import serializers

from ai.plans import MAX_TEXT_CHARS
from taskengine.api.cursors import DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS
from taskengine.api.fields import (
    DigitsField,
    FlagField,
    IdField,
    InstantField,
    ShortListField,
    TextField,
    WholeNumberField,
)
from taskengine.api.serializers import StrictSerializer
from taskengine.planning.models import DEFAULT_GRANULARITY, FINEST_GRANULARITY, MAX_CONTEXT_CHARS
from taskengine.planning.outline import MAX_STEPS
from taskengine.planning.services import SPLIT_GRANULARITY
from taskengine.tasks.models import MAX_ESTIMATE_MIN, MAX_NOTES_CHARS, MAX_TITLE_CHARS

MAX_STEP_TITLE_CHARS: Final = 200
MAX_ANSWERS: Final = 10
MAX_ANSWER_CHARS: Final = 1_000
MAX_KEY_CHARS: Final = 40


def _granularity(**options: Any) -> WholeNumberField:
    return WholeNumberField(
        min_value=1,
        max_value=FINEST_GRANULARITY,
        help_text="How fine: from 1, a few large steps, to 5, many small ones.",
        **options,
    )


class AnswerSerializer(StrictSerializer):
    """What was said to one of a planner's questions."""

    question = TextField(max_length=MAX_TEXT_CHARS)
    answer = TextField(max_length=MAX_ANSWER_CHARS)


class BreakdownCreateSerializer(StrictSerializer):
    """A goal, or a task that is one."""

    task = IdField(required=False, allow_null=True, default=None)
    goal = TextField(required=False, allow_null=True, default=None, max_length=MAX_TITLE_CHARS)
    notes = TextField(
        required=False, allow_null=True, allow_blank=True, default=None, max_length=MAX_NOTES_CHARS,
        trim_whitespace=False, help_text="What else is known; null: the task's.",
    )  # fmt: skip
    deadline = InstantField(
        required=False, allow_null=True, default=None, help_text="By when; null: the task's."
    )
    granularity = _granularity(required=False, default=DEFAULT_GRANULARITY)
    context = TextField(  # type: ignore[assignment]  # the name on the wire
        required=False, allow_blank=True, default="", max_length=MAX_CONTEXT_CHARS
    )
    answers = ShortListField(child=AnswerSerializer(), required=False, default=list, max_length=MAX_ANSWERS)
    language = serializers.RegexField(
        "^[a-z]{2,3}$", required=False, allow_null=True, default=None,
        help_text="The language of the steps, such as `de`; null: that of the goal.",
    )  # fmt: skip

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse a breakdown of nothing."""
        if attrs["task"] is None and attrs["goal"] is None:
            raise serializers.ValidationError({"goal": ["Give a goal, or a task."]}, code="required")
        return attrs


class RegenerateSerializer(StrictSerializer):
    """What is to be otherwise; absent stays as it is."""

    granularity = _granularity(required=False)
    context = TextField(  # type: ignore[assignment]  # the name on the wire
        required=False, allow_blank=True, max_length=MAX_CONTEXT_CHARS
    )
    answers = ShortListField(child=AnswerSerializer(), required=False, max_length=MAX_ANSWERS)


class SplitSerializer(StrictSerializer):
    """How fine the parts are."""

    granularity = _granularity(required=False, default=SPLIT_GRANULARITY)


class BreakdownPatchSerializer(StrictSerializer):
    """Some fields of a draft. With none of them the calendar looks again."""

    hints: ClassVar = {
        "steps": "Change them one by one, at /steps/{key}/.",
        "status": "Use /cancel/ or /apply/.",
        "granularity": "Use /regenerate/.",
        "context": "Use /regenerate/.",
        "answers": "Use /regenerate/.",
        "misfit": "The calendar says so.",
    }

    goal = TextField(required=False, max_length=MAX_TITLE_CHARS)
    notes = TextField(required=False, allow_blank=True, max_length=MAX_NOTES_CHARS, trim_whitespace=False)
    deadline = InstantField(required=False, allow_null=True)
    drop = ShortListField(
        child=TextField(max_length=MAX_KEY_CHARS), required=False, max_length=MAX_STEPS,
        help_text="Keys of steps to leave out, such as a fix's `dropped`.",
    )  # fmt: skip


class StepWriteSerializer(StrictSerializer):
    """What a person may say of a step."""

    hints: ClassVar = {
        "key": "The server names the steps.",
        "starts_at": "The calendar says so.",
        "deadline": "The calendar says so. Move the goal's deadline, or change estimates.",
    }

    title = TextField(max_length=MAX_STEP_TITLE_CHARS)
    why = TextField(required=False, allow_blank=True, max_length=MAX_TEXT_CHARS)
    done_when = TextField(required=False, allow_blank=True, max_length=MAX_TEXT_CHARS)
    estimate_min = WholeNumberField(min_value=1, max_value=MAX_ESTIMATE_MIN)
    depends_on = ShortListField(
        child=TextField(max_length=MAX_KEY_CHARS), required=False, max_length=MAX_STEPS
    )
    optional = FlagField(required=False)
    locked = FlagField(required=False, help_text="A step of one's own is, unless said otherwise.")
    after = TextField(
        required=False, allow_null=True, max_length=MAX_KEY_CHARS,
        help_text="The key of the step to stand behind; null: first. Absent: a new one last, others where they are.",
    )  # fmt: skip

    def validate_depends_on(self, keys: list[str]) -> tuple[str, ...]:
        """Return each key once."""
        return tuple(dict.fromkeys(keys))


class BreakdownListQuerySerializer(StrictSerializer):
    """What a list may be asked for."""

    limit = DigitsField(required=False, min_value=1, max_value=MAX_PAGE_ROWS, default=DEFAULT_PAGE_ROWS)
    cursor = TextField(required=False, help_text="`next_cursor` of the page before.")
