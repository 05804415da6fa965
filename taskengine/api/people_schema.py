"""What the OpenAPI document says of accounts as staff see them, and the shapes that requests are read by."""

from typing import Any, ClassVar

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as InvalidPassword
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from taskengine.accounts.models import LANGUAGE_CHOICES, User
from taskengine.api.cursors import DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS
from taskengine.api.fields import DigitsField, TextField
from taskengine.api.serializers import StrictSerializer

_READ_ONLY = {
    "id": "The server makes it.",
    "is_superuser": "Nobody becomes one over HTTP: use `manage.py createsuperuser`.",
    "is_guest": "Guests are made by the demo.",
    "created_at": "This is fixed.",
    "last_login": "The server keeps it.",
}
MAX_PASSWORD_CHARS = 4096


class PersonSerializer(serializers.ModelSerializer[User]):
    """An account as staff see it: nothing of what the person does with it."""

    class Meta:
        model = User
        fields: ClassVar = [
            "id",
            "email",
            "time_zone",
            "language",
            "is_active",
            "is_staff",
            "is_superuser",
            "is_guest",
            "created_at",
            "last_login",
        ]
        read_only_fields = fields


class PersonListSerializer(serializers.Serializer[Any]):
    """One page of accounts."""

    results = PersonSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    server_time = serializers.DateTimeField()


class PersonListQuerySerializer(StrictSerializer):
    """What the list of accounts may be asked for."""

    email = TextField(
        required=False, max_length=254, help_text="Addresses that begin so. The quick way to find somebody."
    )
    q = TextField(required=False, max_length=254, help_text="Addresses in which this stands somewhere.")
    is_active = serializers.BooleanField(required=False)
    is_staff = serializers.BooleanField(required=False)
    is_guest = serializers.BooleanField(required=False)
    limit = DigitsField(required=False, min_value=1, max_value=MAX_PAGE_ROWS, default=DEFAULT_PAGE_ROWS)
    cursor = TextField(required=False, help_text="`next_cursor` of the page before.")


class _PersonWriteSerializer(StrictSerializer):
    time_zone = serializers.CharField(
        required=False, max_length=64, help_text="The name of an IANA time zone, such as `Europe/London`."
    )
    language = serializers.ChoiceField(LANGUAGE_CHOICES, required=False, allow_null=True)
    is_staff = serializers.BooleanField(required=False, help_text="For superusers to change.")


class PersonCreateSerializer(_PersonWriteSerializer):
    """A new account."""

    hints: ClassVar = {**_READ_ONLY, "is_active": "A new account is."}

    email = serializers.EmailField(max_length=254)
    password = TextField(
        required=False,
        max_length=MAX_PASSWORD_CHARS,
        write_only=True,
        style={"input_type": "password"},
        help_text="Held to the rules for passwords. Without one, the person gets a link by mail to choose their own.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Hold the password against the address too.

        Raises:
            serializers.ValidationError: The validators refuse it.
        """
        if (password := attrs.get("password")) is not None:
            try:
                validate_password(password, user=User(email=attrs["email"]))
            except InvalidPassword as error:
                refused = [
                    serializers.ErrorDetail(one.messages[0], code=one.code or "invalid")
                    for one in error.error_list
                ]
                raise serializers.ValidationError({"password": refused}) from None
        return attrs


class PersonPatchSerializer(_PersonWriteSerializer):
    """What staff may change about an account."""

    hints: ClassVar = {
        **_READ_ONLY,
        "id": "The id never changes.",
        "email": "Only its owner may change it.",
        "password": "Only its owner may change it, by mail if it is forgotten.",
        "working_hours": "They are their owner's.",
    }

    is_active = serializers.BooleanField(
        required=False,
        help_text="`false` keeps the person out: every log-in and socket of theirs ends at once, nothing is deleted.",
    )


_PERSON = {
    "id": "5b0c2f2e-6a0e-4a8e-9a55-0f2a3c7d9b11",
    "email": "ada@example.org",
    "time_zone": "Europe/London",
    "language": "en",
    "is_active": True,
    "is_staff": False,
    "is_superuser": False,
    "is_guest": False,
    "created_at": "2026-11-22T09:00:00.000000Z",
    "last_login": "2026-11-22T09:00:00.000000Z",
}
PERSON_EXAMPLE = OpenApiExample("Ada", value=_PERSON, response_only=True)
PERSON_LIST_EXAMPLE = OpenApiExample(
    "The last page",
    value={"results": [_PERSON], "next_cursor": None, "server_time": "2026-11-22T09:00:01.000000Z"},
    response_only=True,
)
INVITE_EXAMPLE = OpenApiExample(
    "Invite", value={"email": "ada@example.org", "time_zone": "Europe/London"}, request_only=True
)
MAKE_EXAMPLE = OpenApiExample(
    "With a password",
    value={"email": "ada@example.org", "password": "correct horse battery staple"},
    request_only=True,
)
DEACTIVATE_EXAMPLE = OpenApiExample("Keep out", value={"is_active": False}, request_only=True)
