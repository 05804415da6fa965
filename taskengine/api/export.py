"""`/api/v1/export/`: all that one has, as one file."""

from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, cast

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from taskengine import clock
from taskengine.accounts.models import User
from taskengine.api.files import OwnFormats
from taskengine.api.portability_schema import (
    CSV,
    EXPORT_EXAMPLE,
    EXPORT_SHEET_EXAMPLE,
    JSON,
    ExportQuerySerializer,
    ExportSerializer,
)
from taskengine.api.problems_schema import problems
from taskengine.api.throttles import ExportThrottle, ReadThrottle
from taskengine.portability import export

_IN_MEMORY_BYTES: Final = 1024 * 1024  # what is longer is written to disk


@extend_schema(tags=["files"])
class ExportView(APIView):
    """The export. No access token opens it: it needs a log-in of one's own."""

    throttle_classes = [ReadThrottle, ExportThrottle]
    content_negotiation_class = OwnFormats

    @extend_schema(
        operation_id="export",
        summary="Export everything",
        description=(
            "All that you made as one file, as of one instant: the account, projects, labels, tasks (those in the"
            " trash too, with `deleted_at`) and plans. `POST /import/` takes it back, here or into another"
            " account. As CSV: the tasks that are not in the trash; a cell that a spreadsheet would take for a"
            " formula has an apostrophe before it, which an import takes off again. Limited to a few an hour."
        ),
        parameters=[ExportQuerySerializer],
        responses={
            (200, JSON): OpenApiResponse(ExportSerializer, description="The file."),
            (200, CSV): OpenApiResponse(OpenApiTypes.STR, description="The file."),
            **problems(400, 401, 429),
        },
        examples=[EXPORT_EXAMPLE, EXPORT_SHEET_EXAMPLE],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Write the file, and send it."""
        query = ExportQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        user, now = cast(User, request.user), clock.now()
        format_ = query.validated_data["format"]
        # Whole before it is sent: what goes wrong is then still an error, and not half a file.
        kept: Any = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 (the answer closes it)
        try:
            _write(cast(IO[bytes], kept), user=user, format_=format_, now=now)
        except BaseException:
            kept.close()
            raise
        response = _answer(kept)
        response["Content-Type"] = f"{CSV}; charset=utf-8" if format_ == "csv" else JSON
        response["Content-Disposition"] = f'attachment; filename="taskengine-{now:%Y-%m-%d}.{format_}"'
        response["Cache-Control"] = "no-store"
        return response


def _answer(kept: Any) -> HttpResponseBase:
    is_long = kept.tell() > _IN_MEMORY_BYTES
    kept.seek(0)
    if is_long:
        return FileResponse(kept)
    with kept:
        return HttpResponse(kept.read())


def _write(file: IO[bytes], *, user: User, format_: str, now: Any) -> None:
    if format_ == "csv":
        export.write_sheet(file, user=user)
    else:
        export.write_backup(file, user=user, now=now)
