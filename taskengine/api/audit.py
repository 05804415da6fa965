"""`/api/v1/users/me/audit/` and `/api/v1/audit/`: what was done with accounts, for whom it concerns, and for staff."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine.accounts import audit
from taskengine.accounts.audit import ACTION_CHOICES, Action
from taskengine.accounts.errors import StaffOnly
from taskengine.accounts.models import AuditEntry
from taskengine.api.cursors import DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS
from taskengine.api.fields import DigitsField, IdField, InstantField, TextField
from taskengine.api.lists import list_page
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import StrictSerializer
from taskengine.api.staff import IsStaff

BY_CHOICES: Final = [(by, by) for by in ("self", "staff", "stranger", "server")]


class AuditEntrySerializer(serializers.Serializer[Any]):
    """One thing that was done with an account."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    action = serializers.ChoiceField(ACTION_CHOICES)
    by = serializers.ChoiceField(
        BY_CHOICES,
        help_text="`stranger`: somebody who could not log in. `server`: a sweep, a command, or a link in a mail.",
    )
    address = serializers.IPAddressField(
        allow_null=True,
        help_text="Where it was done from; of an IPv6 address the network. Null: no request, or not yours to know.",
    )
    request_id = serializers.CharField(allow_blank=True, help_text="To be found again in the server's log.")
    details = serializers.DictField(help_text="What changed: `{field: {before, after}}` or the like.")
    times = serializers.IntegerField(
        help_text="Failed log-ins from one address within an hour are one entry."
    )
    last_at = serializers.DateTimeField(help_text="The last of those times.")


class StaffAuditEntrySerializer(AuditEntrySerializer):
    """One thing that was done with an account, as staff see it."""

    subject = serializers.UUIDField(
        allow_null=True, help_text="Whose account; null: nobody has that address."
    )
    actor = serializers.UUIDField(allow_null=True, help_text="Who did it, where they were logged in.")


class AuditListSerializer(serializers.Serializer[Any]):
    """One page of what concerns oneself."""

    results = AuditEntrySerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    server_time = serializers.DateTimeField()


class StaffAuditListSerializer(serializers.Serializer[Any]):
    """One page of everything."""

    results = StaffAuditEntrySerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    server_time = serializers.DateTimeField()


class AuditQuerySerializer(StrictSerializer):
    """What the audit log may be asked for."""

    action = serializers.ChoiceField(ACTION_CHOICES, required=False)
    limit = DigitsField(required=False, min_value=1, max_value=MAX_PAGE_ROWS, default=DEFAULT_PAGE_ROWS)
    cursor = TextField(required=False, help_text="`next_cursor` of the page before.")
    at_from = InstantField(required=False, help_text="From this instant on.")
    at_before = InstantField(required=False, help_text="Before this instant.")


class StaffAuditQuerySerializer(AuditQuerySerializer):
    """What staff may ask the audit log for."""

    subject = IdField(required=False, help_text="What was done to this account. It may be gone.")
    actor = IdField(required=False, help_text="What this person did.")
    deleted_email = serializers.EmailField(
        required=False,
        help_text="What was done to the accounts that had this address when they were deleted.",
    )


_ENTRY = {
    "id": "0b9e7a36-55d8-4ef2-9a7f-a8f0ad6ff5d8",
    "at": "2026-11-22T09:00:00.000000Z",
    "action": "logged_in",
    "by": "self",
    "address": "192.0.2.7",
    "request_id": "5f0c8d1e2b3a4c5d8e9f0a1b2c3d4e5f",
    "details": {},
    "times": 1,
    "last_at": "2026-11-22T09:00:00.000000Z",
}
_PERSON_ID = "5b0c2f2e-6a0e-4a8e-9a55-0f2a3c7d9b11"
_PAGE = {"next_cursor": None, "server_time": "2026-11-22T09:00:01.000000Z"}


@extend_schema(tags=["users"])
class OwnAuditView(APIView):
    """What concerns oneself."""

    @extend_schema(
        operation_id="users_me_audit_list",
        summary="See what was done with your account",
        description=(
            "Log-ins and failed ones, log-outs, new passwords and addresses, tokens, and what staff did. Newest first;"
            " entries of `AUDIT_MAX_AGE_DAYS`, a year by default."
        ),
        parameters=[AuditQuerySerializer],
        responses={200: AuditListSerializer, **problems(400, 401, 429)},
        examples=[OpenApiExample("The last page", value={"results": [_ENTRY], **_PAGE}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        query = AuditQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        me = owner_id(request)
        return _page(_found(query.validated_data).filter(subject_id=me), query, me, "own audit", _entry)


@extend_schema(tags=["staff"])
class AuditView(APIView):
    """Everything."""

    permission_classes = (IsStaff,)

    @extend_schema(
        operation_id="audit_list",
        summary="Read the audit log (staff)",
        description=(
            "Newest first. It names people by id, and outlives them: what is left of a deleted account is that and"
            " when it was deleted, and by whom, without addresses."
        ),
        parameters=[StaffAuditQuerySerializer],
        responses={200: StaffAuditListSerializer, **problems(400, 401, StaffOnly, 429)},
        examples=[
            OpenApiExample(
                "The last page",
                value={"results": [{**_ENTRY, "subject": _PERSON_ID, "actor": _PERSON_ID}], **_PAGE},
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        query = StaffAuditQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return _page(_found(query.validated_data), query, owner_id(request), "audit", _entry_for_staff)


def _page(
    rows: QuerySet[AuditEntry], query: AuditQuerySerializer, me: UUID, name: str, show: Any
) -> Response:
    return list_page(rows, query.validated_data, owner_id=me, name=name, by="-at", show=show)


def _found(asked: dict[str, Any]) -> QuerySet[AuditEntry]:
    found = AuditEntry.objects.all()
    for name, condition in {
        "action": "action",
        "at_from": "at__gte",
        "at_before": "at__lt",
        "subject": "subject_id",
        "actor": "actor_id",
    }.items():
        if name in asked:
            found = found.filter(**{condition: asked[name]})
    if "deleted_email" in asked:
        found = found.filter(subject_id__in=audit.deleted_as(asked["deleted_email"]))
    return found


def _by(entry: AuditEntry) -> str:
    if entry.actor_id is None:
        return "stranger" if entry.action == Action.LOG_IN_FAILED else "server"
    return "self" if entry.actor_id == entry.subject_id else "staff"


def _entry(entry: AuditEntry) -> dict[str, Any]:
    """Return an entry as whom it concerns sees it: who of the staff it was, and where they sat, is not theirs."""
    by = _by(entry)
    return {
        "id": str(entry.pk),
        "at": rfc3339(entry.at),
        "action": entry.action,
        "by": by,
        "address": entry.address if by != "staff" else None,
        "request_id": entry.request_id,
        "details": entry.details,
        "times": entry.times,
        "last_at": rfc3339(entry.last_at),
    }


def _entry_for_staff(entry: AuditEntry) -> dict[str, Any]:
    return {
        **_entry(entry),
        "address": entry.address,
        "subject": str(entry.subject_id) if entry.subject_id else None,
        "actor": str(entry.actor_id) if entry.actor_id else None,
    }
