"""What the OpenAPI document says of personal access tokens, and the shapes that requests are read by."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from taskengine.accounts.models import MAX_TOKEN_NAME_CHARS
from taskengine.accounts.personal_tokens import Scope
from taskengine.api.fields import InstantField, ShortListField, TextField
from taskengine.api.serializers import StrictSerializer

_SCOPE_CHOICES = [(scope.value, scope.value) for scope in Scope]
_FIXED = "Make another token, and revoke this one."


class PersonalTokenSerializer(serializers.Serializer[Any]):
    """A personal access token, without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField(max_length=MAX_TOKEN_NAME_CHARS)
    scopes = serializers.ListField(child=serializers.ChoiceField(_SCOPE_CHOICES))
    hint = serializers.CharField(help_text="How it begins and ends, to be known again by.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Null: when it is revoked.")
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute or so; null: never.")
    last_used_from = serializers.CharField(allow_null=True, help_text="The address it came from then.")


class NewPersonalTokenSerializer(PersonalTokenSerializer):
    """A token that was just made: the only time that its secret is shown."""

    token = serializers.CharField(
        help_text="`Authorization: Bearer <this>`. Keep it: nobody can tell it again."
    )


class PersonalTokenListSerializer(serializers.Serializer[Any]):
    """All of them: there are never more than one page has."""

    results = PersonalTokenSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="Always null.")
    server_time = serializers.DateTimeField()


class PersonalTokenCreateSerializer(StrictSerializer):
    """A token to be made."""

    hints: ClassVar = {"token": "The server makes it.", "id": "The server chooses it."}

    name = TextField(
        max_length=MAX_TOKEN_NAME_CHARS, help_text="What it is for: you will want to know some day."
    )
    scopes = ShortListField(
        child=serializers.ChoiceField(_SCOPE_CHOICES),
        allow_empty=False,
        max_length=len(_SCOPE_CHOICES),
        help_text=(
            "What it is good for, at least one. `tasks:read` and `tasks:write` for tasks, projects, labels and"
            " what becomes of them, `events` for the stream, `ai` for breakdowns."
        ),
    )
    expires_at = InstantField(
        required=False, allow_null=True, default=None, help_text="Until when. Null: until it is revoked."
    )


class PersonalTokenWriteSerializer(StrictSerializer):
    """What can be changed of a token: what it is called."""

    hints: ClassVar = {
        "scopes": _FIXED,
        "expires_at": _FIXED,
        "hint": "This is fixed.",
        "id": "The id never changes.",
        "created_at": "This is fixed.",
        "last_used_at": "The server keeps it.",
        "last_used_from": "The server keeps it.",
        "token": "It is shown once, when it is made.",
    }

    name = TextField(max_length=MAX_TOKEN_NAME_CHARS, required=False)


_TOKEN = {
    "id": "3f0c6f0e-8a51-4a3c-9c86-6a9f3c1d5b20",
    "name": "Backup script",
    "scopes": ["tasks:read", "events"],
    "hint": "te_…7Qm2",
    "created_at": "2026-11-22T09:00:00.000000Z",
    "expires_at": "2027-11-22T09:00:00.000000Z",
    "last_used_at": None,
    "last_used_from": None,
}
_USED = {**_TOKEN, "last_used_at": "2026-11-23T03:00:00.000000Z", "last_used_from": "192.0.2.7"}
NEW_EXAMPLE = OpenApiExample(
    "A year for a script",
    value={
        "name": "Backup script",
        "scopes": ["tasks:read", "events"],
        "expires_at": "2027-11-22T09:00:00Z",
    },
    request_only=True,
)
MADE_EXAMPLE = OpenApiExample(
    "Made",
    value={**_TOKEN, "token": "te_…46 letters and digits, of which these are the last: …7Qm2"},
    response_only=True,
    status_codes=["201"],
)
RENAME_EXAMPLE = OpenApiExample("Another name", value={"name": "Old laptop"}, request_only=True)
TOKEN_EXAMPLE = OpenApiExample("A token", value=_USED, response_only=True, status_codes=["200"])
LIST_EXAMPLE = OpenApiExample(
    "One token",
    value={"results": [_USED], "next_cursor": None, "server_time": "2026-11-24T09:00:00.000000Z"},
    response_only=True,
)
