"""`/api/v1/tasks/summary/` and `/api/v1/tasks/counts/`: how many there are."""

from dataclasses import asdict
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.api import task_filters
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.task_filters import TaskFilterSerializer
from taskengine.api.tasks_schema import (
    COUNTS_EXAMPLE,
    SUMMARY_EXAMPLE,
    TaskCountsSerializer,
    TaskSummarySerializer,
)
from taskengine.tasks import queries
from taskengine.tasks.counts import counts


@extend_schema(tags=["tasks"])
class TaskSummaryView(APIView):
    """The counts."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="tasks_summary",
        summary="Count tasks by bucket",
        description="All of yours, or those of a project, a label or a task: the progress of its parts.",
        parameters=[TaskFilterSerializer],
        responses={200: TaskSummarySerializer, **problems(400, 401, 429)},
        examples=[SUMMARY_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return how many are in each bucket now."""
        asked = TaskFilterSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        now = clock.now()
        counted = queries.summary(
            owner_id=owner_id(request), now=now, which=task_filters.is_meant(asked.validated_data)
        )
        coming = counted.next_transition_at
        return Response(
            {
                "upcoming": counted.upcoming,
                "missed": counted.missed,
                "completed": counted.completed,
                "server_time": rfc3339(now),
                "next_transition_at": rfc3339(coming) if coming else None,
            }
        )


@extend_schema(tags=["tasks"])
class TaskCountsView(APIView):
    """All counts."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="tasks_counts",
        summary="Count tasks by bucket, project and label",
        responses={200: TaskCountsSerializer, **problems(401, 429)},
        examples=[COUNTS_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return how many there are of each now."""
        now = clock.now()
        counted = counts(owner_id=owner_id(request), now=now)
        buckets = asdict(counted.buckets)
        coming = buckets.pop("next_transition_at")
        return Response(
            {
                "buckets": buckets,
                "projects": [asdict(each) for each in counted.projects],
                "labels": [asdict(each) for each in counted.labels],
                "server_time": rfc3339(now),
                "next_transition_at": rfc3339(coming) if coming else None,
            }
        )
