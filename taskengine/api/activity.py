"""`/api/v1/operations/`: what one did."""

from typing import ClassVar, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.accounts.personal_tokens import Grant, Scope
from taskengine.api import cursors
from taskengine.api.activity_schema import (
    ACTIVITY_EXAMPLE,
    ActivityQuerySerializer,
    OperationListSerializer,
    named,
    object_shown,
    standing,
)
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.scopes import has_scope
from taskengine.api.undo import BREAKDOWN
from taskengine.operations import queries
from taskengine.operations.queries import Place

# What verbs on the account and its tokens begin with: no scope opens these.
_OF_LOG_INS: Final = ("token", "user")


@extend_schema(tags=["operations"])
class ActivityView(APIView):
    """One's activity."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="operations_list",
        summary="List what you did",
        description=(
            "Every operation that changed something, newest first, with what it was about and whether it can be undone."
            " An access token is shown nothing that was done to the account and its tokens, and one without `ai` no"
            " breakdowns: neither among `objects` nor what was done to nothing else."
            " Kept for 90 days, unless the server is set otherwise."
        ),
        parameters=[ActivityQuerySerializer],
        responses={200: OperationListSerializer, **problems(400, 401, 429)},
        examples=[ACTIVITY_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        query = ActivityQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked, owner = query.validated_data, owner_id(request)
        chosen = {name: asked[name] for name in ("verb", "object_id") if name in asked}
        bound_to = {"owner": str(owner), "list": "operations"} | {
            name: str(value) for name, value in chosen.items()
        }
        now = as_of = clock.now()
        after = None
        if asked.get("cursor"):
            end = cursors.decode(asked["cursor"], bound_to=bound_to)
            as_of, after = end.as_of, Place(at=end.value, id=UUID(end.key))
        limit = asked["limit"]
        besides = _OF_LOG_INS if isinstance(request.auth, Grant) else ()
        hidden = () if has_scope(request, Scope.AI) else (BREAKDOWN,)
        found = queries.activity(
            owner_id=owner, after=after, limit=limit + 1, besides=besides, hidden=hidden, **chosen
        )
        page, next_cursor = found[:limit], None
        if len(found) > limit:
            last = page[-1][0]
            end = cursors.Position(as_of=as_of, value=last.at, key=str(last.id))
            next_cursor = cursors.encode(end, bound_to=bound_to)
        undone = queries.undone(owner_id=owner, op_ids=[logged.id for logged, _ in page])
        return Response(
            {
                "results": [
                    {
                        **named(logged),
                        "objects": [object_shown(touched) for touched in dict.fromkeys(objects)],
                        "object_count": logged.count,
                        **standing(logged, undone=undone, now=now),
                    }
                    for logged, objects in page
                ],
                "next_cursor": next_cursor,
                "as_of": rfc3339(as_of),
                "server_time": rfc3339(now),
                "next_transition_at": None,
            }
        )
