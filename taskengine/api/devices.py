"""`/api/v1/users/me/sessions/`: on which devices one is logged in, and ending that."""

from typing import Any, cast

from allauth.usersessions.models import UserSession
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine.accounts import devices
from taskengine.accounts.models import User
from taskengine.api.cursors import DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS
from taskengine.api.fields import DigitsField, TextField
from taskengine.api.lists import list_page
from taskengine.api.operations import refuse_what_is_not_honoured
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id, session_key
from taskengine.api.serializers import NothingSerializer, StrictSerializer

CURRENT = "current"


class SessionSerializer(serializers.Serializer[Any]):
    """A log-in."""

    id = serializers.IntegerField()
    user_agent = serializers.CharField(help_text="What the device called itself.")
    address = serializers.IPAddressField(help_text="Where it logged in from.")
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(
        help_text="To within five minutes. An open socket counts when it opens."
    )
    is_current = serializers.BooleanField(help_text="Whether it is the one that asks.")


class SessionListSerializer(serializers.Serializer[Any]):
    """One page of log-ins."""

    results = SessionSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    server_time = serializers.DateTimeField()


class SessionListQuerySerializer(StrictSerializer):
    """What the list of log-ins may be asked for."""

    limit = DigitsField(required=False, min_value=1, max_value=MAX_PAGE_ROWS, default=DEFAULT_PAGE_ROWS)
    cursor = TextField(required=False, help_text="`next_cursor` of the page before.")


class SessionEndQuerySerializer(StrictSerializer):
    """Which log-ins to end."""

    keep = serializers.ChoiceField(
        [(CURRENT, CURRENT)],
        required=False,
        help_text="`current` keeps the one that asks. Without it: everywhere.",
    )


_SESSION = {
    "id": 17,
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "address": "192.0.2.7",
    "created_at": "2026-11-22T09:00:00.000000Z",
    "last_seen_at": "2026-11-22T11:40:00.000000Z",
    "is_current": True,
}
_ENDED = OpenApiResponse(description="They have ended, with their tokens and sockets.")


@extend_schema(tags=["users"])
class SessionListView(APIView):
    """One's log-ins."""

    @extend_schema(
        operation_id="users_me_sessions_list",
        summary="List your log-ins",
        description="Newest first. Of browsers and programs alike: whoever logged in is one.",
        parameters=[SessionListQuerySerializer],
        responses={200: SessionListSerializer, **problems(400, 401, 429)},
        examples=[
            OpenApiExample(
                "One device",
                value={
                    "results": [_SESSION],
                    "next_cursor": None,
                    "server_time": "2026-11-22T11:42:10.000000Z",
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        query = SessionListQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        current = session_key(request)

        def shown(session: UserSession) -> dict[str, Any]:
            return {
                "id": session.pk,
                "user_agent": session.user_agent,
                "address": session.ip,
                "created_at": rfc3339(session.created_at),
                "last_seen_at": rfc3339(session.last_seen_at),
                "is_current": session.session_key == current,
            }

        return list_page(
            devices.of(cast(User, request.user)),
            query.validated_data,
            owner_id=owner_id(request),
            name="sessions",
            by="-created_at",
            show=shown,
        )

    @extend_schema(
        operation_id="users_me_sessions_destroy_all",
        summary="Log out everywhere",
        description=(
            "Ends every log-in, this one too unless `keep=current`: cookies, access and refresh tokens are refused"
            " from now on, and sockets close with 4503. Access tokens that were made by hand are no log-ins: they"
            " are revoked one by one."
        ),
        parameters=[SessionEndQuerySerializer],
        responses={204: _ENDED, **problems(400, 401, 403, 429)},
    )
    def delete(self, request: Request) -> Response:
        """End them."""
        refuse_what_is_not_honoured(request)
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        query = SessionEndQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        but = session_key(request) if query.validated_data.get("keep") == CURRENT else None
        devices.end_all(user=cast(User, request.user), but=but)
        return _gone(request, ended_current=but is None)


@extend_schema(tags=["users"])
class SessionView(APIView):
    """One log-in."""

    @extend_schema(
        operation_id="users_me_sessions_destroy",
        summary="End one of your log-ins",
        description="Such as that of a phone that was lost. Its cookie or tokens are refused, and its sockets close.",
        responses={204: _ENDED, **problems(400, 401, 403, 404, 429)},
    )
    def delete(self, request: Request, session_id: int) -> Response:
        """End it."""
        refuse_what_is_not_honoured(request)
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        current = session_key(request)
        ended = devices.end_one(user=cast(User, request.user), session_id=session_id)
        return _gone(request, ended_current=ended == current)


def _gone(request: Request, *, ended_current: bool) -> Response:
    """Answer, and forget the cookie of a log-in that has ended."""
    if ended_current and request.auth is None:
        request._request.session.flush()
    return Response(status=status.HTTP_204_NO_CONTENT)
