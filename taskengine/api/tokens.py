"""`/api/v1/tokens/`: personal access tokens. Only for whoever logged in: no token makes or ends another."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.accounts import audit, personal_tokens
from taskengine.accounts.audit import Action
from taskengine.accounts.models import PersonalToken, User
from taskengine.api.operations import (
    KEY_PARAMETER,
    NAME_HEADER,
    carry_out,
    refuse_what_is_not_honoured,
)
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import NothingSerializer
from taskengine.api.tokens_schema import (
    LIST_EXAMPLE,
    MADE_EXAMPLE,
    NEW_EXAMPLE,
    RENAME_EXAMPLE,
    TOKEN_EXAMPLE,
    NewPersonalTokenSerializer,
    PersonalTokenCreateSerializer,
    PersonalTokenListSerializer,
    PersonalTokenSerializer,
    PersonalTokenWriteSerializer,
)
from taskengine.operations.services import Answer, OpenOperation, perform

_KIND = "token"
# What the log keeps of one: nothing that proves anything, and nothing that its use changes.
_LOGGED = ("id", "name", "scopes", "expires_at")


@extend_schema(tags=["tokens"])
class TokenListView(APIView):
    """All of one's tokens."""

    @extend_schema(
        operation_id="tokens_list",
        summary="List personal access tokens",
        description="The newest first. One that has expired stays in the list for 30 days, or until it is revoked.",
        responses={200: PersonalTokenListSerializer, **problems(400, 401, 403, 429)},
        examples=[LIST_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return all of them."""
        NothingSerializer(data=request.query_params.dict()).is_valid(raise_exception=True)
        tokens = PersonalToken.objects.filter(user_id=owner_id(request)).order_by("-created_at", "id")
        return Response(
            {
                "results": [personal_tokens.payload(token) for token in tokens],
                "next_cursor": None,
                "server_time": rfc3339(clock.now()),
            }
        )

    @extend_schema(
        operation_id="tokens_create",
        summary="Make a personal access token",
        description=(
            "The answer shows it, and nothing ever after. It goes where the short-lived access token of a log-in"
            " goes, `Authorization: Bearer te_…`, and needs no refresh. Scopes and expiry are fixed; a person has 50"
            " at most (409 `too_many_tokens`). A new password and a deactivation revoke them all. Takes no"
            " `Idempotency-Key`: secrets are not kept for a repeat. If the answer is lost, revoke it and make another."
        ),
        request=PersonalTokenCreateSerializer,
        responses={201: NewPersonalTokenSerializer, **problems(400, 401, 403, 409, 413, 429)},
        examples=[NEW_EXAMPLE, MADE_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        refuse_what_is_not_honoured(request)
        new = PersonalTokenCreateSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        user = cast(User, request.user)
        with perform(owner_id=user.pk, verb="token.create") as operation:
            token, text = personal_tokens.make(user=user, now=operation.now, **new.validated_data)
            operation.changed(kind=_KIND, object_id=token.id, before=None, after=_logged(token))
            _audited(Action.TOKEN_MADE, user.pk, token)
        return Response(
            {**personal_tokens.payload(token), "token": text},
            status=status.HTTP_201_CREATED,
            headers={"Cache-Control": "no-store", NAME_HEADER: str(operation.id)},
        )


@extend_schema(tags=["tokens"])
class TokenView(APIView):
    """One token."""

    @extend_schema(
        operation_id="tokens_retrieve",
        summary="Read what is known of a token",
        responses={200: PersonalTokenSerializer, **problems(401, 403, 404, 429)},
        examples=[TOKEN_EXAMPLE],
    )
    def get(self, request: Request, token_id: UUID) -> Response:
        """Return it, without its secret."""
        token = personal_tokens.get(user_id=owner_id(request), token_id=token_id)
        return Response(personal_tokens.payload(token))

    @extend_schema(
        operation_id="tokens_update",
        summary="Rename a token",
        parameters=[KEY_PARAMETER],
        request=PersonalTokenWriteSerializer,
        responses={200: PersonalTokenSerializer, **problems(400, 401, 403, 404, 409, 413, 422, 429)},
        examples=[RENAME_EXAMPLE, TOKEN_EXAMPLE],
    )
    def patch(self, request: Request, token_id: UUID) -> Response:
        """Call it something else."""
        change = PersonalTokenWriteSerializer(data=request.data)
        change.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            token = personal_tokens.get(user_id=operation.owner_id, token_id=token_id)
            before, name = _logged(token), change.validated_data.get("name", token.name)
            if name != token.name:
                token = personal_tokens.rename(user_id=operation.owner_id, token_id=token_id, name=name)
                operation.changed(kind=_KIND, object_id=token_id, before=before, after=_logged(token))
            return Answer(status=status.HTTP_200_OK, body=personal_tokens.payload(token))

        return carry_out(request, "token.update", act)

    @extend_schema(
        operation_id="tokens_destroy",
        summary="Revoke a token",
        description=(
            "Whoever comes with it is 401 from the next request on, and its sockets are closed (4503), at the latest"
            " after 2.5 seconds. It can't be undone."
        ),
        parameters=[KEY_PARAMETER],
        responses={
            204: OpenApiResponse(description="It is revoked."),
            **problems(401, 403, 404, 409, 422, 429),
        },
    )
    def delete(self, request: Request, token_id: UUID) -> Response:
        """Revoke it."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            token = personal_tokens.revoke(user_id=operation.owner_id, token_id=token_id)
            operation.changed(kind=_KIND, object_id=token_id, before=_logged(token), after=None)
            _audited(Action.TOKEN_REVOKED, operation.owner_id, token)
            return Answer(status=status.HTTP_204_NO_CONTENT, body=None)

        return carry_out(request, "token.revoke", act)


def _audited(action: Action, owner: UUID, token: PersonalToken) -> None:
    """Tell the audit log by the token's id: its name is whatever its owner wrote."""
    details = {"token_id": str(token.id), "scopes": list(token.scopes)}
    audit.record(action=action, subject_id=owner, actor_id=owner, details=details)


def _logged(token: PersonalToken) -> dict[str, Any]:
    known = personal_tokens.payload(token)
    return {name: known[name] for name in _LOGGED}
