"""`/api/v1/insights/`: what a person's tasks say together."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.api import etags
from taskengine.api.etags import IF_NONE_MATCH_PARAMETER, NOT_MODIFIED
from taskengine.api.insights_schema import (
    INSIGHTS_EXAMPLE,
    INSIGHTS_TAG_PARAMETER,
    InsightsSerializer,
    insights_payload,
)
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.insights.reading import insights


@extend_schema(tags=["insights"])
class InsightsView(APIView):
    """The insights."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="insights_retrieve",
        summary="Read what your tasks say together",
        description=(
            "What is ahead, how it went, and what will be missed at this pace: all of one moment (`as_of`), by the"
            " clock and the working hours of your account. A few statements, however many tasks there are."
        ),
        parameters=[IF_NONE_MATCH_PARAMETER, INSIGHTS_TAG_PARAMETER],
        responses={200: InsightsSerializer, **NOT_MODIFIED, **problems(401, 429)},
        examples=[INSIGHTS_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return them as of now."""
        now = clock.now()
        payload = insights_payload(insights(owner_id=owner_id(request), now=now))
        return etags.answer_read(request, {**payload, "as_of": rfc3339(now)}, tag=etags.digest_tag(payload))
