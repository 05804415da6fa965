"""`/api/v1/users/me/`: the account of whoever asks."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

from allauth.core.ratelimit import consume
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine.accounts import limits, services
from taskengine.accounts.models import LANGUAGE_CHOICES, User
from taskengine.api.operations import KEY_PARAMETER, carry_out, refuse_what_is_not_honoured
from taskengine.api.problems_schema import problems
from taskengine.api.serializers import StrictSerializer
from taskengine.api.working_hours import DEFAULT_HOURS, SCHEMA, WorkingHoursField
from taskengine.operations.services import Answer, OpenOperation
from taskengine.tasks.owners import follow_owner

_View = TypeVar("_View", bound=Callable[..., Response])

USER_EXAMPLE = OpenApiExample(
    "Ada",
    value={
        "id": "5b0c2f2e-6a0e-4a8e-9a55-0f2a3c7d9b11",
        "email": "ada@example.org",
        "time_zone": "Europe/London",
        "language": "en",
        "working_hours": {"mon": [["09:00", "12:30"], ["13:30", "17:00"]], "fri": [["09:00", "13:00"]]},
        "is_guest": False,
        "created_at": "2026-11-22T09:00:00Z",
    },
    response_only=True,
)


class UserSerializer(serializers.ModelSerializer[User]):
    """An account as its owner sees it."""

    working_hours = serializers.SerializerMethodField(
        help_text="By the clock of `time_zone`; a day that is not there is free. Until set: weekdays, nine to five."
    )

    class Meta:
        model = User
        fields: ClassVar = ["id", "email", "time_zone", "language", "working_hours", "is_guest", "created_at"]
        read_only_fields = fields

    @extend_schema_field(SCHEMA)
    def get_working_hours(self, user: User) -> Any:
        """Return those that were set, or the default."""
        return DEFAULT_HOURS if user.working_hours is None else user.working_hours


class UserPatchSerializer(StrictSerializer):
    """What a person may change about themselves."""

    hints: ClassVar = {
        "id": "The id never changes.",
        "email": "Change it at /api/auth/{app|browser}/v1/account/email.",
        "is_guest": "Sign up to get an account of your own.",
        "created_at": "This is fixed.",
    }

    time_zone = serializers.CharField(
        required=False, max_length=64, help_text="The name of an IANA time zone, such as `Europe/London`."
    )
    language = serializers.ChoiceField(
        LANGUAGE_CHOICES,
        required=False,
        allow_null=True,
        help_text="What the search takes for forms of one word; null: none but the word itself.",
    )
    working_hours = WorkingHoursField(
        required=False,
        allow_null=True,
        help_text="By the clock of `time_zone`; a day that is not there is free. Null: weekdays, nine to five.",
    )


class UserDeleteSerializer(StrictSerializer):
    """The proof that it is really the owner who goes."""

    # Trimmed, as allauth trims it wherever else it is asked for.
    password = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=4096,
        write_only=True,
        style={"input_type": "password"},
        help_text="The account's password. A guest has none and may leave it out.",
    )


class _BodyOfDelete:
    """Makes drf-spectacular describe the body of a DELETE, which it thinks has none."""

    method: str

    def _get_request_body(self, direction: str = "request") -> Any:
        self.method = "POST"
        try:
            return super()._get_request_body(direction)  # type: ignore[misc]  # AutoSchema's
        finally:
            self.method = "DELETE"


def _with_body(view: _View) -> _View:
    kwargs: dict[str, Any] = cast(Any, view).kwargs  # `extend_schema` put them there
    kwargs["schema"] = type("SchemaWithBody", (_BodyOfDelete, kwargs["schema"]), {})
    return view


@extend_schema(tags=["users"])
class MeView(APIView):
    """The account of whoever asks."""

    @extend_schema(
        operation_id="users_me_retrieve",
        summary="Read your account",
        responses={200: UserSerializer, **problems(401, 429)},
        examples=[USER_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return the account."""
        return Response(UserSerializer(_owner(request)).data)

    @extend_schema(
        operation_id="users_me_update",
        summary="Change your time zone, language or working hours",
        description=(
            "With the time zone move the deadlines of your open tasks that were given as a day without a zone and"
            " are still to come: each is told as `task.updated`."
        ),
        parameters=[KEY_PARAMETER],
        request=UserPatchSerializer,
        responses={200: UserSerializer, **problems(400, 401, 403, 409, 413, 422, 429)},
        examples=[
            OpenApiExample("Move", value={"time_zone": "Europe/London"}, request_only=True),
            OpenApiExample(
                "Work on two days",
                value={"working_hours": {"mon": [["09:00", "17:00"]], "sat": [["20:00", "24:00"]]}},
                request_only=True,
            ),
            USER_EXAMPLE,
        ],
    )
    def patch(self, request: Request) -> Response:
        """Change what was sent, and return the account."""
        change = UserPatchSerializer(data=request.data)
        change.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            user = _owner(request)
            user.refresh_from_db()  # it was read before the stream was locked
            before = dict(UserSerializer(user).data)
            if change.validated_data:
                user = services.update_user(user=user, fields=change.validated_data)
            after = dict(UserSerializer(user).data)
            if after != before:
                operation.changed(kind="user", object_id=user.pk, before=before, after=after)
                changed = [name for name, value in after.items() if value != before[name]]
                follow_owner(operation=operation, user=user, changed=changed)
            return Answer(status=status.HTTP_200_OK, body=after)

        return carry_out(request, "user.update", act)

    @_with_body
    @extend_schema(
        operation_id="users_me_destroy",
        summary="Delete your account",
        description=(
            "Deletes the account with all its tasks and events, and ends every log-in and socket. It is gone at once,"
            " its rows soon after. There is no way back. The last active member of staff can't go: 409 `last_staff`."
            " Takes no `Idempotency-Key`: nobody is left to answer a repeat to."
        ),
        request=UserDeleteSerializer,
        responses={204: OpenApiResponse(description="It is gone."), **problems(400, 401, 403, 409, 413, 429)},
        examples=[OpenApiExample("Leave", value={"password": "what only Ada knows"}, request_only=True)],
    )
    def delete(self, request: Request) -> Response:
        """Delete the account."""
        refuse_what_is_not_honoured(request)
        proof = UserDeleteSerializer(data=request.data)
        proof.is_valid(raise_exception=True)
        user = _owner(request)
        _limit_guesses(request, user)
        services.delete_account(user=user, password=proof.validated_data.get("password"))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _owner(request: Request) -> User:
    return cast(User, request.user)


def _limit_guesses(request: Request, user: User) -> None:
    """Let a stolen token guess at the password no more often here than at allauth's own door."""
    http_request: Any = request._request
    if not consume(http_request, action="reauthenticate", user=user):
        refusal = limits.refusal_of(http_request)
        raise Throttled(wait=refusal.left_s if refusal else None)
