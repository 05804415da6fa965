"""`/api/v1/users/`: the accounts of all people, for staff. Parse, call one service, answer."""

from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime import outbox
from taskengine.accounts import staff
from taskengine.accounts.adapter import AccountAdapter
from taskengine.accounts.errors import StaffOnly
from taskengine.accounts.models import User
from taskengine.api.lists import list_page
from taskengine.api.operations import KEY_PARAMETER, carry_out, refuse_first, refuse_what_is_not_honoured
from taskengine.api.people_schema import (
    DEACTIVATE_EXAMPLE,
    INVITE_EXAMPLE,
    MAKE_EXAMPLE,
    PERSON_EXAMPLE,
    PERSON_LIST_EXAMPLE,
    PersonCreateSerializer,
    PersonListQuerySerializer,
    PersonListSerializer,
    PersonPatchSerializer,
    PersonSerializer,
)
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import NothingSerializer
from taskengine.api.staff import IsStaff
from taskengine.operations.services import Answer, OpenOperation, perform
from taskengine.tasks.owners import follow_owner

_FLAGS = ("is_active", "is_staff", "is_guest")


@extend_schema(tags=["staff"])
class PersonListView(APIView):
    """All accounts."""

    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="users_list",
        summary="List accounts (staff)",
        description="By their addresses, page by page. Staff see accounts and never what is in them.",
        parameters=[PersonListQuerySerializer],
        responses={200: PersonListSerializer, **problems(400, 401, StaffOnly, 429)},
        examples=[PERSON_LIST_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        query = PersonListQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        return list_page(
            _found(asked), asked, owner_id=owner_id(request), name="users", by="email", show=_shown
        )

    @extend_schema(
        operation_id="users_create",
        summary="Make an account for somebody (staff)",
        description=(
            "With a password, or without: then the person gets a link by mail to choose one. Only a superuser may"
            " make a member of staff. Takes no `Idempotency-Key`: nothing of a password is kept for a repeat; a"
            " second one is 409 `email_taken`."
        ),
        request=PersonCreateSerializer,
        responses={201: PersonSerializer, **problems(400, 401, 403, 409, 413, 429)},
        examples=[INVITE_EXAMPLE, MAKE_EXAMPLE, PERSON_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        refuse_what_is_not_honoured(request)
        new = PersonCreateSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        fields = dict(new.validated_data)
        email, password = fields.pop("email"), fields.pop("password", None)
        user = staff.make_person(actor=_actor(request), email=email, password=password, fields=fields)
        if password is None:
            AccountAdapter(request._request).send_invitation(user)
        return Response(_shown(user), status=status.HTTP_201_CREATED)


@extend_schema(tags=["staff"])
class PersonView(APIView):
    """One account."""

    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="users_retrieve",
        summary="Read an account (staff)",
        responses={200: PersonSerializer, **problems(401, StaffOnly, 404, 429)},
        examples=[PERSON_EXAMPLE],
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        """Return it."""
        return Response(_shown(staff.get_person(user_id=user_id)))

    @extend_schema(
        operation_id="users_update",
        summary="Change, deactivate or reactivate an account (staff)",
        description=(
            "`is_active: false` ends the person's log-ins and sockets at once and deletes nothing. Only a superuser"
            " may say who is staff, and change accounts of staff other than one's own (403 `superuser_needed`); the"
            " last active member of staff stays one (409 `last_staff`). With the time zone move the person's tasks,"
            " as they do at `PATCH users/me/`."
        ),
        parameters=[KEY_PARAMETER],
        request=PersonPatchSerializer,
        responses={200: PersonSerializer, **problems(400, 401, 403, 404, 409, 413, 422, 429)},
        examples=[DEACTIVATE_EXAMPLE, PERSON_EXAMPLE],
    )
    def patch(self, request: Request, user_id: UUID) -> Response:
        """Change what was sent."""
        change = PersonPatchSerializer(data=request.data)
        change.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            done = staff.update_person(actor=_actor(request), user_id=user_id, fields=change.validated_data)
            _follow(done, actor_id=operation.actor_id)
            return Answer(status=status.HTTP_200_OK, body=_shown(done.user))

        return _carry_out_on(request, user_id, "user.update_other", act)

    @extend_schema(
        operation_id="users_destroy",
        summary="Delete an account (staff)",
        description=(
            "It is gone at once for everybody: no log-in, no socket, no place in any list, and its address is free."
            " All that is in it is removed by a sweep soon after; there is no way back. One's own account"
            " is deleted at `users/me/` (409 `own_account`); of staff only a superuser may."
        ),
        parameters=[KEY_PARAMETER],
        responses={
            204: OpenApiResponse(description="It is gone."),
            **problems(400, 401, 403, 404, 409, 422, 429),
        },
    )
    def delete(self, request: Request, user_id: UUID) -> Response:
        """Delete it."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            staff.delete_person(actor=_actor(request), user_id=user_id)
            return Answer(status=status.HTTP_204_NO_CONTENT, body=None)

        return _carry_out_on(request, user_id, "user.delete_other", act)


def _carry_out_on(request: Request, user_id: UUID, verb: str, act: Any) -> Response:
    """Carry out an operation of one person on another, with the streams of both, locked in order."""
    with transaction.atomic():
        refuse_first(request)  # a twin holds the streams, and nobody waits for one
        outbox.lock_streams([owner_id(request), user_id])
        return carry_out(request, verb, act)


def _follow(done: staff.Change, *, actor_id: UUID) -> None:
    """Have the person's tasks follow, as an operation of theirs: it stands in their stream and their history."""
    before = {name: value for name, value in done.before.items() if name in {"time_zone", "language"}}
    if before:
        with perform(owner_id=done.user.pk, verb="user.update", actor_id=actor_id) as theirs:
            after = {name: getattr(done.user, name) for name in before}
            theirs.changed(kind="user", object_id=done.user.pk, before=before, after=after)
            follow_owner(operation=theirs, user=done.user, changed=list(before))


def _found(asked: dict[str, Any]) -> QuerySet[User]:
    people = User.objects.filter(deleted_at=None)
    if "email" in asked:
        people = people.filter(email__startswith=asked["email"].lower())
    if "q" in asked:
        people = people.filter(email__contains=asked["q"].lower())
    return people.filter(**{flag: asked[flag] for flag in _FLAGS if flag in asked})


def _shown(user: User) -> dict[str, Any]:
    return dict(PersonSerializer(user).data)


def _actor(request: Request) -> User:
    return cast(User, request.user)
