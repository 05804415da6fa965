"""`/api/v1/tickets/`: one-use tickets for sockets."""

from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import SUBPROTOCOL, rfc3339
from taskengine import clock
from taskengine.accounts import tickets
from taskengine.accounts.models import User
from taskengine.api.operations import refuse_what_is_not_honoured
from taskengine.api.problems_schema import problems
from taskengine.api.requests import session_key
from taskengine.api.serializers import NothingSerializer


class TicketSerializer(serializers.Serializer[Any]):
    """A ticket. It is shown this once."""

    ticket = serializers.CharField(help_text="Good for one socket: offer it as a subprotocol.")
    subprotocols = serializers.ListField(
        child=serializers.CharField(),
        help_text="What to offer: the protocol's name, which is what the server echoes, and the ticket.",
    )
    expires_at = serializers.DateTimeField()


class TicketView(APIView):
    """Tickets."""

    scope: ClassVar[str] = "events"

    @extend_schema(
        tags=["stream"],
        operation_id="tickets_create",
        summary="Get a ticket for one socket",
        description=(
            "For pages that hold a token: a browser's `WebSocket` can't send it in a header, and it must not stand"
            " in a URL. `new WebSocket(url, subprotocols)` opens one socket within 30 seconds. It ends with the"
            " log-in that asked for the ticket. Takes no `Idempotency-Key`: secrets are not kept for a repeat."
        ),
        request=None,
        responses={201: TicketSerializer, **problems(400, 401, 403, 413, 429)},
        examples=[
            OpenApiExample(
                "A ticket",
                value={
                    "ticket": "ticket.c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I",
                    "subprotocols": ["taskengine.v1", "ticket.c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I"],
                    "expires_at": "2026-11-22T09:00:30.000000Z",
                },
                response_only=True,
                status_codes=["201"],
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        refuse_what_is_not_honoured(request)
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        ticket = tickets.issue(
            user=cast(User, request.user), session_key=session_key(request), now=clock.now()
        )
        return Response(
            {
                "ticket": ticket.text,
                "subprotocols": [SUBPROTOCOL, ticket.text],
                "expires_at": rfc3339(ticket.expires_at),
            },
            status=status.HTTP_201_CREATED,
            headers={"Cache-Control": "no-store"},
        )
