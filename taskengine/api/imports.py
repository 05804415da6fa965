"""`/api/v1/import/`: a file of one's own, a spreadsheet, or a Todoist backup, into the account."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine import clock
from taskengine.accounts.models import User
from taskengine.api.files import CSVFileParser, JSONFileParser, OwnFormats
from taskengine.api.operations import (
    KEY_PARAMETER,
    NAME_HEADER,
    carry_out,
    refuse_what_is_not_honoured,
)
from taskengine.api.portability_schema import (
    CSV,
    IMPORT_EXAMPLES,
    JSON,
    ExportSerializer,
    ImportQuerySerializer,
    ImportSerializer,
)
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.throttles import ImportThrottle, WriteThrottle
from taskengine.operations.services import Answer, OpenOperation
from taskengine.portability import backup, services, sheets, todoist
from taskengine.portability.bundle import Bundle
from taskengine.portability.errors import MAX_NAMED
from taskengine.portability.merging import Plan

_NAMED_UNLESS_DRY: Final = OpenApiParameter(
    NAME_HEADER,
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    response=[200],
    description="The operation's name. A dry run is none, and has no name.",
)


@extend_schema(tags=["files"])
class ImportView(APIView):
    """The import. No access token opens it: it needs a log-in of one's own."""

    throttle_classes = [WriteThrottle, ImportThrottle]
    parser_classes = [JSONFileParser, CSVFileParser]
    content_negotiation_class = OwnFormats

    @extend_schema(
        operation_id="import",
        summary="Import a file",
        description=(
            "Makes what the file holds: one operation, told by the usual events and taken back by one `undo`"
            " (what goes straight into the trash stays there). Up to 10,000 tasks and 10 MiB.\n\n"
            "- **An export of ours** (JSON). What the account has already is left as it is, so the same file"
            " makes nothing twice. Ids are kept where they are free; in another account objects get new ones,"
            " the same each time. A label is the account's own of the same name. Plans stay behind.\n"
            "- **CSV**, in UTF-8, with a header. Columns: `title`, and of these any: `id`, `notes`, `deadline`,"
            " `due_date`, `time_zone`, `priority`, `project`, `labels` (names, with commas between them),"
            " `estimate_min`, `parent` (the `id` of a row), `completed_at`. Projects and labels go by name.\n"
            "- **A Todoist backup** (CSV, one project a file). Sections become labels, indented tasks parts,"
            " comments notes. A date that means one day becomes the deadline; whatever else we have no place for,"
            " such as `every monday`, is kept in the notes, and each is in `warnings`.\n\n"
            "Where anything is not valid nothing is made, and `errors` says what by row and column:"
            " `/rows/7/deadline` (the header is row 1), or `/tasks/5/deadline` in JSON."
        ),
        parameters=[ImportQuerySerializer, KEY_PARAMETER, _NAMED_UNLESS_DRY],
        request={JSON: ExportSerializer, CSV: OpenApiTypes.STR},
        responses={200: ImportSerializer, **problems(400, 401, 403, 409, 413, 422, 429)},
        examples=IMPORT_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Import it, or say what that would do."""
        query = ImportQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked: Mapping[str, Any] = query.validated_data
        if asked["dry_run"]:
            refuse_what_is_not_honoured(request)
        bundle = _read(request, asked)
        skip_invalid = asked["skip_invalid"]
        if asked["dry_run"]:
            plan = services.preview(
                owner_id=owner_id(request), bundle=bundle, skip_invalid=skip_invalid, now=clock.now()
            )
            return Response(_report(plan, dry_run=True))

        def act(operation: OpenOperation) -> Answer:
            plan = services.import_bundle(operation=operation, bundle=bundle, skip_invalid=skip_invalid)
            return Answer(status=status.HTTP_200_OK, body=_report(plan, dry_run=False))

        return carry_out(request, "import", act)


def _read(request: Request, asked: Mapping[str, Any]) -> Bundle:
    is_json = (request.content_type or "").partition(";")[0].strip().lower() == JSON
    format_ = asked.get("format") or (backup.FORMAT if is_json else "csv")
    if is_json != (format_ == backup.FORMAT):
        expected = JSON if format_ == backup.FORMAT else CSV
        raise ValidationError({"format": [f"Such a file is sent as {expected}."]}, code="wrong_content_type")
    if "project" in asked and format_ != "todoist":
        raise ValidationError({"project": ["Only a Todoist backup needs it."]}, code="unknown_field")
    body: Any = request.data  # without a body it is no text
    text = body if isinstance(body, str) else ""
    match format_:
        case "csv":
            return sheets.read(text)
        case "todoist":
            zone = ZoneInfo(cast(User, request.user).time_zone)
            return todoist.read(text, project=asked.get("project", ""), zone=zone)
        case _:
            return backup.read(text)


def _report(plan: Plan, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "made": {
            "projects": len(plan.projects),
            "labels": len(plan.labels),
            "tasks": len(plan.tasks) + len(plan.trash),
        },
        "there": plan.there,
        "left_out": plan.left_out,
        "errors": [asdict(fault) for fault in plan.faults[:MAX_NAMED]],
        "warnings": [asdict(warning) for warning in plan.warnings[:MAX_NAMED]],
        "warning_count": len(plan.warnings),
    }
