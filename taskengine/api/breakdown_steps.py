"""`/api/v1/breakdowns/{id}/steps/`: parse, call one service, answer the whole breakdown."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine.api.breakdown_requests import SplitSerializer, StepWriteSerializer
from taskengine.api.breakdowns import AsksView, carry_out_on, checked
from taskengine.api.breakdowns_schema import (
    BREAKDOWN_EXAMPLE,
    NEW_STEP_EXAMPLE,
    QUEUED_EXAMPLE,
    SPLIT_EXAMPLE,
    STEP_EXAMPLE,
    BreakdownSerializer,
)
from taskengine.api.etags import ETAG_PARAMETER, IF_MATCH_PARAMETER
from taskengine.api.operations import KEY_PARAMETER
from taskengine.api.problems_schema import problems
from taskengine.api.serializers import NothingSerializer
from taskengine.planning import services, step_services


@extend_schema(tags=["breakdowns"])
class StepListView(APIView):
    """The steps of a draft."""

    scope: ClassVar[str] = "ai"

    @extend_schema(
        operation_id="breakdowns_steps_create",
        summary="Add a step",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=StepWriteSerializer,
        responses={201: BreakdownSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[NEW_STEP_EXAMPLE, BREAKDOWN_EXAMPLE],
    )
    def post(self, request: Request, breakdown_id: UUID) -> Response:
        """Add one."""
        fields = checked(StepWriteSerializer(data=request.data))
        return carry_out_on(
            request,
            "breakdown.add_step",
            lambda operation: step_services.add_step(
                operation=operation, breakdown_id=breakdown_id, fields=fields
            ),
            on=breakdown_id,
            code=status.HTTP_201_CREATED,
        )


@extend_schema(tags=["breakdowns"])
class StepView(APIView):
    """One step of a draft."""

    scope: ClassVar[str] = "ai"

    @extend_schema(
        operation_id="breakdowns_steps_update",
        summary="Change, lock or move a step",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=StepWriteSerializer(partial=True),
        responses={200: BreakdownSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[STEP_EXAMPLE, BREAKDOWN_EXAMPLE],
    )
    def patch(self, request: Request, breakdown_id: UUID, key: str) -> Response:
        """Change what was sent."""
        fields = checked(StepWriteSerializer(data=request.data, partial=True))
        return carry_out_on(
            request,
            "breakdown.edit_step",
            lambda operation: step_services.edit_step(
                operation=operation, breakdown_id=breakdown_id, key=key, fields=fields
            ),
            on=breakdown_id,
        )

    @extend_schema(
        operation_id="breakdowns_steps_destroy",
        summary="Leave a step out",
        description="What waited for it waits for what it waited for. Answers the draft.",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        responses={200: BreakdownSerializer, **problems(400, 401, 403, 404, 409, 412, 422, 429)},
        examples=[BREAKDOWN_EXAMPLE],
    )
    def delete(self, request: Request, breakdown_id: UUID, key: str) -> Response:
        """Leave it out."""
        checked(NothingSerializer(data=request.data))
        return carry_out_on(
            request,
            "breakdown.remove_step",
            lambda operation: step_services.remove_step(
                operation=operation, breakdown_id=breakdown_id, key=key
            ),
            on=breakdown_id,
        )


@extend_schema(tags=["breakdowns"])
class SplitView(AsksView):
    """Split."""

    @extend_schema(
        operation_id="breakdowns_steps_split",
        summary="Break one step down again",
        description=(
            "Its parts take its place, and whatever waited for it waits for them. If it fails, the step is as"
            " it was and `error` says why."
        ),
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=SplitSerializer,
        responses={202: BreakdownSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[SPLIT_EXAMPLE, QUEUED_EXAMPLE],
    )
    def post(self, request: Request, breakdown_id: UUID, key: str) -> Response:
        """Ask for it."""
        asked = checked(SplitSerializer(data=request.data))
        return carry_out_on(
            request,
            "breakdown.split_step",
            lambda operation: services.split_step(
                operation=operation, breakdown_id=breakdown_id, key=key, **asked
            ),
            on=breakdown_id,
            code=status.HTTP_202_ACCEPTED,
        )
