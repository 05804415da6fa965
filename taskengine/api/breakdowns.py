"""`/api/v1/breakdowns/`: parse, call one service, answer. The steps have a file of their own."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.api import cursors, etags
from taskengine.api.breakdown_requests import (
    BreakdownCreateSerializer,
    BreakdownListQuerySerializer,
    BreakdownPatchSerializer,
    RegenerateSerializer,
)
from taskengine.api.breakdowns_schema import (
    ANSWERS_EXAMPLE,
    BREAKDOWN_EXAMPLE,
    DEADLINE_EXAMPLE,
    GOAL_EXAMPLE,
    LIST_EXAMPLE,
    QUEUED_EXAMPLE,
    TAKEN_EXAMPLE,
    TASK_EXAMPLE,
    BreakdownListSerializer,
    BreakdownSerializer,
    TakenSerializer,
)
from taskengine.api.etags import ETAG_PARAMETER, IF_MATCH_PARAMETER, IF_NONE_MATCH_PARAMETER, NOT_MODIFIED
from taskengine.api.operations import KEY_PARAMETER, carry_out
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import NothingSerializer, StrictSerializer
from taskengine.api.throttles import AiThrottle, ReadThrottle, WriteThrottle
from taskengine.operations.services import Answer, OpenOperation
from taskengine.planning import applying, queries, scheduling, services
from taskengine.planning.models import Breakdown
from taskengine.planning.payloads import breakdown_payload

_NEWEST_FIRST = cursors.Ordering(column="created_at", descending=True)


class AsksView(APIView):
    """A view whose writes ask a planner for something: they are counted by themselves."""

    scope: ClassVar[str] = "ai"

    throttle_classes = (ReadThrottle, WriteThrottle, AiThrottle)


def checked(serializer: StrictSerializer) -> dict[str, Any]:
    """Return what was sent.

    Raises:
        ValidationError: It is not what the serializer describes.
    """
    serializer.is_valid(raise_exception=True)
    fields: dict[str, Any] = serializer.validated_data
    return fields


def carry_out_on(
    request: Request,
    verb: str,
    act: Callable[[OpenOperation], Breakdown],
    *,
    on: UUID | None = None,
    code: int = status.HTTP_200_OK,
) -> Response:
    """Carry out one verb, and answer the breakdown as it is then; see `operations.carry_out`."""
    return carry_out(
        request, verb, lambda operation: Answer(status=code, body=breakdown_payload(act(operation))), on=on
    )


@extend_schema(tags=["breakdowns"])
class BreakdownListView(AsksView):
    """All of one's breakdowns."""

    @extend_schema(
        operation_id="breakdowns_list",
        summary="List breakdowns",
        description="Newest first, page by page, closed ones too.",
        parameters=[BreakdownListQuerySerializer],
        responses={200: BreakdownListSerializer, **problems(400, 401, 429)},
        examples=[LIST_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        asked = checked(BreakdownListQuerySerializer(data=request.query_params.dict()))
        bound_to = {"owner": str(owner_id(request)), "list": "breakdowns"}
        position = cursors.decode(asked["cursor"], bound_to=bound_to) if asked.get("cursor") else None
        now = clock.now()
        as_of = position.as_of if position else now
        rows = queries.breakdowns_of(owner_id(request))
        drafts, more = cursors.page([rows], ordering=_NEWEST_FIRST, after=position, limit=asked["limit"])
        next_cursor = None
        if more:
            last = drafts[-1]
            end = cursors.Position(as_of=as_of, value=last.created_at, key=str(last.id))
            next_cursor = cursors.encode(end, bound_to=bound_to)
        return Response(
            {
                "results": [breakdown_payload(draft) for draft in drafts],
                "next_cursor": next_cursor,
                "as_of": rfc3339(as_of),
                "server_time": rfc3339(now),
            }
        )

    @extend_schema(
        operation_id="breakdowns_create",
        summary="Break a goal down into steps",
        description=(
            "Puts it in line and answers at once. The steps come one by one as events of the stream, at last"
            " `breakdown.ready` with the whole plan and its calendar, or `breakdown.failed`. What the task"
            " says is the default for what is absent here."
        ),
        parameters=[KEY_PARAMETER, ETAG_PARAMETER],
        request=BreakdownCreateSerializer,
        responses={202: BreakdownSerializer, **problems(400, 401, 403, 404, 409, 413, 422, 429)},
        examples=[GOAL_EXAMPLE, TASK_EXAMPLE, QUEUED_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Ask for one."""
        asked = checked(BreakdownCreateSerializer(data=request.data))
        asked["task_id"] = asked.pop("task")
        return carry_out_on(
            request,
            "breakdown.start",
            lambda operation: services.start_breakdown(operation=operation, **asked),
            code=status.HTTP_202_ACCEPTED,
        )


@extend_schema(tags=["breakdowns"])
class BreakdownView(APIView):
    """One breakdown."""

    scope: ClassVar[str] = "ai"

    @extend_schema(
        operation_id="breakdowns_retrieve",
        summary="Read a breakdown",
        parameters=[IF_NONE_MATCH_PARAMETER, ETAG_PARAMETER],
        responses={200: BreakdownSerializer, **NOT_MODIFIED, **problems(401, 404, 429)},
        examples=[BREAKDOWN_EXAMPLE],
    )
    def get(self, request: Request, breakdown_id: UUID) -> Response:
        """Return it."""
        draft = queries.get_breakdown(owner_id=owner_id(request), breakdown_id=breakdown_id)
        return etags.answer_read(request, breakdown_payload(draft))

    @extend_schema(
        operation_id="breakdowns_update",
        summary="Change a draft",
        description=(
            "Moves its deadline, words the goal anew, leaves steps out. The calendar looks again, also where"
            " nothing is sent: after a change of working hours, for example. A deadline that is set here"
            " becomes the task's when the draft is applied."
        ),
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=BreakdownPatchSerializer,
        responses={200: BreakdownSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[DEADLINE_EXAMPLE, BREAKDOWN_EXAMPLE],
    )
    def patch(self, request: Request, breakdown_id: UUID) -> Response:
        """Change what was sent."""
        fields = checked(BreakdownPatchSerializer(data=request.data))
        drop = fields.pop("drop", ())
        return carry_out_on(
            request,
            "breakdown.update",
            lambda operation: services.update_breakdown(
                operation=operation, breakdown_id=breakdown_id, fields=fields, drop=drop
            ),
            on=breakdown_id,
        )


@extend_schema(tags=["breakdowns"])
class TakenView(APIView):
    """Taken time."""

    scope: ClassVar[str] = "ai"

    @extend_schema(
        operation_id="breakdowns_taken",
        summary="Read which hours are taken",
        description=(
            "The working time before the draft's deadline that other tasks take, by their estimates and as"
            " late as each can be done: the calendar lays the steps around it. At most 400 days ahead; none"
            " without a deadline."
        ),
        responses={200: TakenSerializer, **problems(401, 404, 429)},
        examples=[TAKEN_EXAMPLE],
    )
    def get(self, request: Request, breakdown_id: UUID) -> Response:
        """Return it."""
        now = clock.now()
        draft = queries.get_breakdown(owner_id=owner_id(request), breakdown_id=breakdown_id)
        return Response(
            {
                "taken": [
                    {"starts_at": rfc3339(busy.start), "ends_at": rfc3339(busy.end)}
                    for busy in scheduling.taken(draft, now=now)
                ],
                "as_of": rfc3339(now),
            }
        )


@extend_schema(tags=["breakdowns"])
class CancelView(APIView):
    """Cancel."""

    scope: ClassVar[str] = "ai"

    @extend_schema(
        operation_id="breakdowns_cancel",
        summary="Cancel a breakdown",
        description="In the middle of being made too. A repeat changes nothing and makes no event.",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=None,
        responses={200: BreakdownSerializer, **problems(400, 401, 403, 404, 409, 412, 422, 429)},
        examples=[BREAKDOWN_EXAMPLE],
    )
    def post(self, request: Request, breakdown_id: UUID) -> Response:
        """Give it up."""
        checked(NothingSerializer(data=request.data))
        return carry_out_on(
            request,
            "breakdown.cancel",
            lambda operation: services.cancel(operation=operation, breakdown_id=breakdown_id),
            on=breakdown_id,
        )


@extend_schema(tags=["breakdowns"])
class RegenerateView(AsksView):
    """Regenerate."""

    @extend_schema(
        operation_id="breakdowns_regenerate",
        summary="Make the steps anew",
        description=(
            "Locked steps stay. If it fails the draft has its former steps again, is `ready`, and `error` says"
            " why."
        ),
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=RegenerateSerializer,
        responses={202: BreakdownSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[ANSWERS_EXAMPLE, QUEUED_EXAMPLE],
    )
    def post(self, request: Request, breakdown_id: UUID) -> Response:
        """Ask for it."""
        asked = checked(RegenerateSerializer(data=request.data))
        return carry_out_on(
            request,
            "breakdown.regenerate",
            lambda operation: services.regenerate(operation=operation, breakdown_id=breakdown_id, **asked),
            on=breakdown_id,
            code=status.HTTP_202_ACCEPTED,
        )


@extend_schema(tags=["breakdowns"])
class ApplyView(APIView):
    """Apply."""

    # It makes tasks, which a token for drafts alone may not.
    scope: ClassVar[str] = "ai tasks"

    @extend_schema(
        operation_id="breakdowns_apply",
        summary="Make tasks of the steps",
        description=(
            "All in one operation, which one undo takes back (`applied_op`). A goal without a task gets one."
            " A repeat changes nothing and makes no event."
        ),
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=None,
        responses={200: BreakdownSerializer, **problems(400, 401, 403, 404, 409, 412, 422, 429)},
        examples=[BREAKDOWN_EXAMPLE],
    )
    def post(self, request: Request, breakdown_id: UUID) -> Response:
        """Apply it."""
        checked(NothingSerializer(data=request.data))
        return carry_out_on(
            request,
            "breakdown.apply",
            lambda operation: applying.apply_breakdown(operation=operation, breakdown_id=breakdown_id),
            on=breakdown_id,
        )
