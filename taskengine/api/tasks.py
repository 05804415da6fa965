"""`/api/v1/tasks/`: parse, call one service, answer."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.api import cursors, etags, task_filters
from taskengine.api.etags import ETAG_PARAMETER, IF_MATCH_PARAMETER, IF_NONE_MATCH_PARAMETER, NOT_MODIFIED
from taskengine.api.operations import KEY_PARAMETER, carry_out
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import NothingSerializer, StrictSerializer
from taskengine.api.task_filters import TaskFieldsSerializer, TaskListQuerySerializer
from taskengine.api.tasks_schema import (
    COMPLETE_EXAMPLE,
    MOVE_EXAMPLE,
    NEW_TASK_EXAMPLE,
    PATCH_EXAMPLE,
    TASK_EXAMPLE,
    TASK_LIST_EXAMPLE,
    TASK_OR_PART,
    CompleteSerializer,
    MoveSerializer,
    TaskCreateSerializer,
    TaskListSerializer,
    TaskPutSerializer,
    TaskSerializer,
    TaskWriteSerializer,
)
from taskengine.operations.services import Answer, OpenOperation
from taskengine.tasks import places, queries, services
from taskengine.tasks.models import Task
from taskengine.tasks.payloads import task_payload


def answer(task: Task, *, code: int = status.HTTP_200_OK) -> Answer:
    """Return the answer to a write: the bare task."""
    return Answer(status=code, body=payload_after_write(task))


def payload_after_write(task: Task) -> dict[str, Any]:
    """Return a task that was just written; a clock that is a little behind must not unsay it."""
    return task_payload(task, now=max(clock.now(), task.updated_at))


@extend_schema(tags=["tasks"])
class TaskListView(APIView):
    """All of one's tasks."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="tasks_list",
        summary="List tasks",
        description="Page by page. Rows that do not change during the walk come exactly once.",
        parameters=[TaskListQuerySerializer],
        responses={200: TaskListSerializer, **problems(400, 401, 429)},
        examples=[TASK_LIST_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        query = TaskListQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked, owner = query.validated_data, owner_id(request)
        bound_to, ordering = task_filters.bound_to(asked, owner), task_filters.ordering_of(asked)
        position = cursors.decode(asked["cursor"], bound_to=bound_to) if asked.get("cursor") else None
        now = clock.now()
        as_of = position.as_of if position else now
        tasks, more = task_filters.page(asked, owner_id=owner, as_of=as_of, after=position)
        next_cursor = None
        if more:
            last = tasks[-1]
            end = cursors.Position(as_of=as_of, value=getattr(last, ordering.column), key=str(last.id))
            next_cursor = cursors.encode(end, bound_to=bound_to)
        next_transition_at = queries.next_transition_at(owner_id=owner, now=as_of)
        payloads = [task_filters.trimmed(task_payload(task, now=as_of), asked) for task in tasks]
        return Response(
            {
                "results": payloads,
                "next_cursor": next_cursor,
                "as_of": rfc3339(as_of),
                "server_time": rfc3339(now),
                "next_transition_at": rfc3339(next_transition_at) if next_transition_at else None,
            }
        )

    @extend_schema(
        operation_id="tasks_create",
        summary="Make a task",
        parameters=[KEY_PARAMETER, ETAG_PARAMETER],
        request=TaskCreateSerializer,
        responses={201: TaskSerializer, **problems(400, 401, 403, 409, 413, 422, 429)},
        examples=[NEW_TASK_EXAMPLE, TASK_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        new = TaskCreateSerializer(data=request.data)
        new.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            task = services.create_task(operation=operation, **new.validated_data)
            return answer(task, code=status.HTTP_201_CREATED)

        return carry_out(request, "task.create", act)


@extend_schema(tags=["tasks"])
class TaskView(APIView):
    """One task."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="tasks_retrieve",
        summary="Read a task",
        description="Its tag is the task's, whichever fields are asked for: it is what `If-Match` takes.",
        parameters=[TaskFieldsSerializer, IF_NONE_MATCH_PARAMETER, ETAG_PARAMETER],
        responses={200: TASK_OR_PART, **NOT_MODIFIED, **problems(400, 401, 404, 429)},
        examples=[TASK_EXAMPLE],
    )
    def get(self, request: Request, task_id: UUID) -> Response:
        """Return it, or those fields of it that are asked for."""
        query = TaskFieldsSerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        payload = task_payload(queries.get_task(owner_id=owner_id(request), task_id=task_id), now=clock.now())
        # The tag of the whole: it changes whenever any part does, and goes with the next write.
        return etags.answer_read(
            request, task_filters.trimmed(payload, query.validated_data), tag=etags.tag_of(payload)
        )

    @extend_schema(
        operation_id="tasks_update",
        summary="Change some fields",
        description="A field that is absent stays, null clears it, a value sets it.",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=TaskWriteSerializer(partial=True),
        responses={200: TaskSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[PATCH_EXAMPLE, TASK_EXAMPLE],
    )
    def patch(self, request: Request, task_id: UUID) -> Response:
        """Change what was sent."""
        return self._write(request, task_id, TaskWriteSerializer(data=request.data, partial=True))

    @extend_schema(
        operation_id="tasks_replace",
        summary="Put a task back as it was read",
        description="Fields that are absent take their default. What only the server sets is passed over.",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=TaskPutSerializer,
        responses={200: TaskSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[NEW_TASK_EXAMPLE, TASK_EXAMPLE],
    )
    def put(self, request: Request, task_id: UUID) -> Response:
        """Replace it."""
        return self._write(request, task_id, TaskPutSerializer(data=request.data))

    def _write(self, request: Request, task_id: UUID, fields: TaskWriteSerializer) -> Response:
        fields.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            return answer(
                services.update_task(operation=operation, task_id=task_id, fields=fields.validated_data)
            )

        return carry_out(request, "task.update", act, on=task_id)

    @extend_schema(
        operation_id="tasks_destroy",
        summary="Delete a task",
        description="`/restore/` takes it back.",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER],
        responses={
            204: OpenApiResponse(description="It is deleted."),
            **problems(400, 401, 403, 404, 409, 412, 422, 429),
        },
    )
    def delete(self, request: Request, task_id: UUID) -> Response:
        """Delete it."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            services.delete_task(operation=operation, task_id=task_id)
            return Answer(status=status.HTTP_204_NO_CONTENT, body=None)

        return carry_out(request, "task.delete", act, on=task_id)


_VERB_PROBLEMS = (400, 401, 403, 404, 409, 412, 422, 429)


class _VerbView(APIView):
    """`POST` of one verb to one task; a repeat changes nothing and makes no event."""

    scope: ClassVar[str] = "tasks"

    verb: ClassVar[str]
    body: ClassVar[type[StrictSerializer]] = NothingSerializer
    act: ClassVar[Callable[..., Task]]

    def post(self, request: Request, task_id: UUID) -> Response:
        """Do it."""
        asked = self.body(data=request.data)
        asked.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            return answer(self.act(operation=operation, task_id=task_id, **asked.validated_data))

        return carry_out(request, self.verb, act, on=task_id)


def _documented(
    name: str,
    summary: str,
    description: str,
    *,
    request: type[StrictSerializer] | None = None,
    example: OpenApiExample | None = None,
) -> Any:
    return extend_schema_view(
        post=extend_schema(
            tags=["tasks"],
            operation_id=f"tasks_{name}",
            summary=summary,
            description=description,
            parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
            request=request,
            responses={200: TaskSerializer, **problems(*_VERB_PROBLEMS, *((413,) if request else ()))},
            examples=[TASK_EXAMPLE, *([example] if example else [])],
        )
    )


@_documented(
    "complete",
    "Complete a task",
    "Fixes its outcome: on time, or late and by how much. Where parts of it are open, at whatever depth, say what"
    " becomes of them; otherwise it is 409 `open_children`, and `errors` names some of them.",
    request=CompleteSerializer,
    example=COMPLETE_EXAMPLE,
)
class CompleteView(_VerbView):
    """Complete."""

    verb = "task.complete"
    body = CompleteSerializer
    act = staticmethod(services.complete_task)


@_documented("reopen", "Reopen a task", "If its deadline has passed it is missed at once.")
class ReopenView(_VerbView):
    """Reopen."""

    verb = "task.reopen"
    act = staticmethod(services.reopen_task)


@_documented(
    "restore", "Restore a deleted task", "If its deadline has passed meanwhile it is missed at once."
)
class RestoreView(_VerbView):
    """Restore."""

    verb = "task.restore"
    act = staticmethod(services.restore_task)


@_documented(
    "move",
    "Move a task before or after another",
    "All of your tasks have one manual order, of which each list shows a part: `ordering=position`. Only the task"
    " that is moved gets another `position`; its project stays what it is. The other one may be in any list.",
    request=MoveSerializer,
    example=MOVE_EXAMPLE,
)
class MoveView(_VerbView):
    """Move."""

    verb = "task.move"
    body = MoveSerializer
    act = staticmethod(places.move_task)
