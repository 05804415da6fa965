"""What the OpenAPI document says of exports and imports, and the shapes that requests are read by."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from taskengine.accounts.models import LANGUAGE_CHOICES
from taskengine.api.breakdowns_schema import BreakdownSerializer
from taskengine.api.fields import TextField
from taskengine.api.organisation_schema import LabelSerializer, ProjectSerializer
from taskengine.api.problems_schema import ProblemErrorSerializer
from taskengine.api.serializers import StrictSerializer
from taskengine.api.tasks_schema import TaskSerializer
from taskengine.api.working_hours import WorkingHoursField
from taskengine.portability.backup import FORMAT, VERSION

JSON: Final = "application/json"
CSV: Final = "text/csv"


class ExportQuerySerializer(StrictSerializer):
    """As what."""

    format = serializers.ChoiceField(
        ["json", "csv"],
        default="json",
        help_text="`json` is everything, and what an import takes back; `csv` the tasks for a spreadsheet.",
    )


class ImportQuerySerializer(StrictSerializer):
    """From what, and how."""

    format = serializers.ChoiceField(
        [FORMAT, "csv", "todoist"],
        required=False,
        help_text="What the file is. Without it, JSON is an export of ours, and CSV one with our columns.",
    )
    dry_run = serializers.BooleanField(default=False, help_text="Say what would be made, and make nothing.")
    skip_invalid = serializers.BooleanField(
        default=False, help_text="Leave out what is not valid, instead of refusing the whole."
    )
    project = TextField(
        max_length=200,
        required=False,
        help_text="With `todoist`: the project's name, or that of its file. Without it the tasks are in none.",
    )


class _ExportedUserSerializer(serializers.Serializer[Any]):
    """Whose data it is. An import leaves the account as it is."""

    email = serializers.EmailField()
    time_zone = serializers.CharField()
    language = serializers.ChoiceField(LANGUAGE_CHOICES, allow_null=True)
    working_hours = WorkingHoursField(allow_null=True)
    created_at = serializers.DateTimeField()


class _ExportedTaskSerializer(TaskSerializer):
    """A task, and whether it is in the trash."""

    deleted_at = serializers.DateTimeField(allow_null=True, help_text="When it was deleted; null: it is not.")


class ExportSerializer(serializers.Serializer[Any]):
    """All of one's data, as of one instant. What refers to something names its `id`."""

    format = serializers.ChoiceField([FORMAT])
    version = serializers.ChoiceField([VERSION])
    exported_at = serializers.DateTimeField()
    user = _ExportedUserSerializer()
    projects = ProjectSerializer(many=True)
    labels = LabelSerializer(many=True)
    tasks = _ExportedTaskSerializer(many=True)
    breakdowns = BreakdownSerializer(many=True)


class _CountsSerializer(serializers.Serializer[Any]):
    """How many of each kind."""

    projects = serializers.IntegerField()
    labels = serializers.IntegerField()
    tasks = serializers.IntegerField()


class ImportSerializer(serializers.Serializer[Any]):
    """What an import did, or would do."""

    dry_run = serializers.BooleanField()
    made = _CountsSerializer(help_text="Tasks that go into the trash are among them.")
    there = _CountsSerializer(help_text="What the account has already: it is left as it is.")
    left_out = serializers.IntegerField(help_text="How many tasks are not valid and were left out.")
    errors = ProblemErrorSerializer(  # type: ignore[assignment]  # the name on the wire
        many=True, help_text="What was not valid: `/rows/{row}/{column}`, the header being row 1. Up to 100."
    )
    warnings = ProblemErrorSerializer(many=True, help_text="What did not come in as it stands. Up to 100.")
    warning_count = serializers.IntegerField()


_TASK: Final[dict[str, Any]] = {
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
    "labels": [],
    "position": "8Jm2WkPq1e7G",
    "bucket": "upcoming",
    "completed_at": None,
    "outcome": None,
    "lateness_s": None,
    "version": 1,
    "created_at": "2026-11-22T09:00:00.000000Z",
    "updated_at": "2026-11-22T09:00:00.000000Z",
    "deleted_at": None,
}
_EXPORT: Final = {
    "format": FORMAT,
    "version": VERSION,
    "exported_at": "2026-11-22T10:00:00.000000Z",
    "user": {
        "email": "ada@example.org",
        "time_zone": "Europe/London",
        "language": "en",
        "working_hours": None,
        "created_at": "2026-11-22T08:00:00.000000Z",
    },
    "projects": [
        {
            "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "name": "Work",
            "colour": "blue",
            "position": "8Jm2WkPq1e00V",
            "archived": False,
            "version": 1,
            "created_at": "2026-11-22T08:30:00.000000Z",
            "updated_at": "2026-11-22T08:30:00.000000Z",
        }
    ],
    "labels": [],
    "tasks": [_TASK],
    "breakdowns": [],
}
_SHEET: Final = (
    "title,due_date,priority,project,labels\r\n"
    'Send invoice,2026-11-27,1,Work,"urgent,clients"\r\n'
    "Water the trees,,,,\r\n"
)
_TODOIST: Final = (
    "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT\r\n"
    "section,Kitchen,,,,,,,,,,\r\n"
    "task,Fix the tap @house,The washer is worn,1,1,,,2026-11-27,en,Europe/London,30,minute\r\n"
    "task,Buy a washer,,4,2,,,,,,,\r\n"
)
EXPORT_EXAMPLE: Final = OpenApiExample("An account", value=_EXPORT, response_only=True, media_type=JSON)
EXPORT_SHEET_EXAMPLE: Final = OpenApiExample(
    "A spreadsheet",
    value=(
        "id,title,notes,deadline,due_date,time_zone,priority,project,labels,estimate_min,parent,completed_at\r\n"
        "0f8fad5b-d9cb-469f-a165-70867728950e,Send invoice,,2026-11-27T17:00:00.000000Z,,,4,Work,,30,,\r\n"
    ),
    response_only=True,
    media_type=CSV,
)
IMPORT_EXAMPLES: Final = [
    OpenApiExample("An export", value=_EXPORT, request_only=True, media_type=JSON),
    OpenApiExample("A spreadsheet", value=_SHEET, request_only=True, media_type=CSV),
    OpenApiExample("A Todoist backup, ?format=todoist", value=_TODOIST, request_only=True, media_type=CSV),
    OpenApiExample(
        "Two tasks",
        value={
            "dry_run": False,
            "made": {"projects": 1, "labels": 2, "tasks": 2},
            "there": {"projects": 0, "labels": 0, "tasks": 0},
            "left_out": 0,
            "errors": [],
            "warnings": [],
            "warning_count": 0,
        },
        response_only=True,
    ),
]
