"""`/api/v1/tasks/{id}/history/`: what became of a task."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.api import cursors
from taskengine.api.activity_schema import HISTORY_EXAMPLE, HistorySerializer, named, standing
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import PageQuerySerializer
from taskengine.operations.queries import Place, undone
from taskengine.operations.undo import Obstacle
from taskengine.tasks import history
from taskengine.tasks.history import Entry
from taskengine.tasks.queries import get_task_or_trash

_BY_THE_CLOCK: Final = {
    "op_id": None,
    "actor": None,
    "undoable": False,
    "obstacle": Obstacle.NOT_SUPPORTED.value,
    "undone": False,
}


@extend_schema(tags=["tasks"])
class HistoryView(APIView):
    """A task's history."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="tasks_history",
        summary="Read what became of a task",
        description=(
            "Who changed what, newest first, and which deadlines were missed. Of a task in the trash too; of one that was"
            " purged nothing is kept. `limit` counts operations: the deadlines that were missed between them come beside."
            " Kept for 90 days, unless the server is set otherwise."
        ),
        parameters=[PageQuerySerializer],
        responses={200: HistorySerializer, **problems(400, 401, 404, 429)},
        examples=[HISTORY_EXAMPLE],
    )
    def get(self, request: Request, task_id: UUID) -> Response:
        """Return one page."""
        query = PageQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked, owner = query.validated_data, owner_id(request)
        bound_to = {"owner": str(owner), "list": "history", "task": str(task_id)}
        now = as_of = clock.now()
        task, after = get_task_or_trash(owner_id=owner, task_id=task_id), None
        if asked.get("cursor"):
            end = cursors.decode(asked["cursor"], bound_to=bound_to)
            as_of, after = end.as_of, Place(at=end.value, id=UUID(end.key))
        page = history.page(task=task, now=now, after=after, limit=asked["limit"])
        next_cursor = None
        if page.last is not None:
            end = cursors.Position(as_of=as_of, value=page.last.at, key=str(page.last.id))
            next_cursor = cursors.encode(end, bound_to=bound_to)
        taken_back = undone(
            owner_id=owner, op_ids=[each.operation.id for each in page.entries if each.operation]
        )
        is_to_come = task.deleted_at is None and task.completed_at is None
        upcoming = task.deadline if is_to_come and task.deadline and task.deadline > now else None
        return Response(
            {
                "results": [_shown(entry, undone=taken_back, now=now) for entry in page.entries],
                "next_cursor": next_cursor,
                "as_of": rfc3339(as_of),
                "server_time": rfc3339(now),
                "next_transition_at": rfc3339(upcoming) if upcoming else None,
            }
        )


def _shown(entry: Entry, *, undone: set[UUID], now: datetime) -> Mapping[str, Any]:
    logged = entry.operation
    about = {**named(logged), **standing(logged, undone=undone, now=now)} if logged else _BY_THE_CLOCK
    changes = [
        {"field": change.field, "before": change.before, "after": change.after} for change in entry.changes
    ]
    return {**about, "verb": entry.verb, "at": entry.at, "changes": changes}
