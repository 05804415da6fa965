"""`/api/v1/labels/`: parse, call one service, answer."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine.api import etags
from taskengine.api.etags import ETAG_PARAMETER, IF_MATCH_PARAMETER, IF_NONE_MATCH_PARAMETER, NOT_MODIFIED
from taskengine.api.lists import list_page
from taskengine.api.operations import KEY_PARAMETER, carry_out
from taskengine.api.organisation import GONE, answer
from taskengine.api.organisation_schema import (
    LABEL_EXAMPLE,
    LABEL_LIST_EXAMPLE,
    NEW_LABEL_EXAMPLE,
    RENAME_EXAMPLE,
    LabelCreateSerializer,
    LabelListSerializer,
    LabelSerializer,
    LabelWriteSerializer,
    ListQuerySerializer,
)
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import NothingSerializer
from taskengine.operations.services import Answer, OpenOperation
from taskengine.organisation import services
from taskengine.organisation.models import Label
from taskengine.organisation.payloads import payload
from taskengine.organisation.queries import get_named, named_of
from taskengine.tasks import places


@extend_schema(tags=["labels"])
class LabelListView(APIView):
    """All of one's labels."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="labels_list",
        summary="List labels",
        description="By name, page by page.",
        parameters=[ListQuerySerializer],
        responses={200: LabelListSerializer, **problems(400, 401, 429)},
        examples=[LABEL_LIST_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        query = ListQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        rows = named_of(Label, owner_id(request))
        return list_page(
            rows, query.validated_data, owner_id=owner_id(request), name="labels", by="name", show=payload
        )

    @extend_schema(
        operation_id="labels_create",
        summary="Make a label",
        parameters=[KEY_PARAMETER, ETAG_PARAMETER],
        request=LabelCreateSerializer,
        responses={201: LabelSerializer, **problems(400, 401, 403, 409, 413, 422, 429)},
        examples=[NEW_LABEL_EXAMPLE, LABEL_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        new = LabelCreateSerializer(data=request.data)
        new.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            label = services.create_label(operation=operation, **new.validated_data)
            return answer(label, code=status.HTTP_201_CREATED)

        return carry_out(request, "label.create", act)


@extend_schema(tags=["labels"])
class LabelView(APIView):
    """One label."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="labels_retrieve",
        summary="Read a label",
        parameters=[IF_NONE_MATCH_PARAMETER, ETAG_PARAMETER],
        responses={200: LabelSerializer, **NOT_MODIFIED, **problems(401, 404, 429)},
        examples=[LABEL_EXAMPLE],
    )
    def get(self, request: Request, label_id: UUID) -> Response:
        """Return it."""
        label = get_named(Label, owner_id=owner_id(request), id_=label_id)
        return etags.answer_read(request, payload(label))

    @extend_schema(
        operation_id="labels_update",
        summary="Change some fields of a label",
        description="Its tasks carry its id, so none of them changes.",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=LabelWriteSerializer(partial=True),
        responses={200: LabelSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[RENAME_EXAMPLE, LABEL_EXAMPLE],
    )
    def patch(self, request: Request, label_id: UUID) -> Response:
        """Change what was sent."""
        change = LabelWriteSerializer(data=request.data, partial=True)
        change.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            fields = change.validated_data
            return answer(services.update_label(operation=operation, label_id=label_id, fields=fields))

        return carry_out(request, "label.update", act, on=label_id)

    @extend_schema(
        operation_id="labels_destroy",
        summary="Delete a label",
        description="It is taken off its tasks, each told as `task.updated`. `undo` takes all of it back.",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER],
        responses={
            204: OpenApiResponse(description="It is deleted."),
            **problems(400, 401, 403, 404, 409, 412, 422, 429),
        },
    )
    def delete(self, request: Request, label_id: UUID) -> Response:
        """Delete it."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            places.delete_label(operation=operation, label_id=label_id)
            return GONE

        return carry_out(request, "label.delete", act, on=label_id)
