"""`/api/v1/trash/`: parse, call one service, answer."""

from typing import Any, ClassVar, Final
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.api import cursors
from taskengine.api.etags import IF_MATCH_PARAMETER
from taskengine.api.operations import KEY_PARAMETER, begins, carry_out
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import NothingSerializer, PageQuerySerializer
from taskengine.api.tasks_schema import TASK_EXAMPLE, TaskSerializer
from taskengine.operations.services import Answer, OpenOperation
from taskengine.tasks import queries, trash
from taskengine.tasks.deadlines import Bucket
from taskengine.tasks.payloads import deleted_payload

EMPTY: Final = "trash.empty"
_GONE: Final = Answer(status=status.HTTP_204_NO_CONTENT, body=None)


class DeletedTaskSerializer(TaskSerializer):
    """A task of the trash."""

    deleted_at = serializers.DateTimeField()
    purge_at = serializers.DateTimeField(help_text="From this instant on it is purged by itself.")


class TrashSerializer(serializers.Serializer[Any]):
    """One page of the trash, bucketed as of the walk's first page."""

    results = DeletedTaskSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    as_of = serializers.DateTimeField(help_text="The instant that decided the buckets.")
    server_time = serializers.DateTimeField()
    next_transition_at = serializers.DateTimeField(
        allow_null=True, help_text="When the next task of this page changes bucket by itself."
    )


_EXAMPLE = OpenApiExample(
    "The last page",
    value={
        "results": [
            {
                **TASK_EXAMPLE.value,
                "deleted_at": "2026-11-22T09:00:00.000000Z",
                "purge_at": "2026-12-22T09:00:00.000000Z",
            }
        ],
        "next_cursor": None,
        "as_of": "2026-11-22T09:00:01.000000Z",
        "server_time": "2026-11-22T09:00:01.000000Z",
        "next_transition_at": "2026-11-27T17:00:00.000000Z",
    },
    response_only=True,
)


@extend_schema(tags=["trash"])
class TrashView(APIView):
    """One's deleted tasks."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="trash_list",
        summary="List deleted tasks",
        description=(
            "What was deleted last comes first. Nothing here is anywhere else: `POST /tasks/{id}/restore/` takes one"
            " back, until `purge_at`."
        ),
        parameters=[PageQuerySerializer],
        responses={200: TrashSerializer, **problems(400, 401, 429)},
        examples=[_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        query = PageQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked, owner = query.validated_data, owner_id(request)
        bound_to = {"owner": str(owner), "list": "trash"}
        now = as_of = clock.now()
        # From an index, backwards.
        rows = queries.trash_of(owner).order_by("-deleted_at", "-id")
        if asked.get("cursor"):
            last = cursors.decode(asked["cursor"], bound_to=bound_to)
            as_of = last.as_of
            beside = Q(deleted_at=last.value, id__gte=last.key)
            rows = rows.filter(~beside, deleted_at__lte=last.value)
        found = queries.TASKS.rows(rows[: asked["limit"] + 1])
        tasks, next_cursor = found[: asked["limit"]], None
        if len(found) > len(tasks):
            end = cursors.Position(as_of=as_of, value=tasks[-1].deleted_at, key=str(tasks[-1].id))
            next_cursor = cursors.encode(end, bound_to=bound_to)
        payloads = [deleted_payload(task, now=as_of) for task in tasks]
        coming = [
            each["deadline"] for each in payloads if each["deadline"] and each["bucket"] == Bucket.UPCOMING
        ]
        return Response(
            {
                "results": payloads,
                "next_cursor": next_cursor,
                "as_of": rfc3339(as_of),
                "server_time": rfc3339(now),
                "next_transition_at": min(coming, default=None),
            }
        )

    @extend_schema(
        operation_id="trash_empty",
        summary="Empty the trash",
        description=(
            "All that was deleted goes for good, with what the operation log says of it. Nobody is told: for whoever"
            " watches it went when it was deleted. There is no way back."
        ),
        parameters=[KEY_PARAMETER],
        responses={
            204: OpenApiResponse(description="It is empty."),
            **problems(400, 401, 403, 409, 422, 429),
        },
    )
    def delete(self, request: Request) -> Response:
        """Empty it."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        if begins(request):
            trash.purge_all_but_a_batch(owner_id=owner_id(request), verb=EMPTY)

        def act(operation: OpenOperation) -> Answer:
            trash.purge_batch(operation=operation)
            return _GONE

        return carry_out(request, EMPTY, act)


@extend_schema(tags=["trash"])
class TrashedView(APIView):
    """One deleted task."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="trash_purge",
        summary="Purge a deleted task",
        description=(
            "It goes for good, with what the operation log says of it: `/restore/` is 404 then, and what was done to it"
            " can't be undone. A task that is not deleted is 404. Its parts stay, and name it as their `parent`."
        ),
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER],
        responses={
            204: OpenApiResponse(description="It is gone."),
            **problems(400, 401, 403, 404, 409, 412, 422, 429),
        },
    )
    def delete(self, request: Request, trashed_id: UUID) -> Response:
        """Purge it."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            trash.purge_task(operation=operation, task_id=trashed_id)
            return _GONE

        return carry_out(request, "task.purge", act, on=trashed_id)
