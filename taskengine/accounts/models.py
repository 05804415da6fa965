"""The user (an e-mail address, a time zone, nothing that the product does not need), their tokens, the audit log."""

import uuid
import zoneinfo
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower

from realtime import outbox
from taskengine import clock

MAX_TOKEN_NAME_CHARS: Final = 100

# The languages whose forms of a word the search knows, by their ISO 639-1 codes. PostgreSQL has a dictionary for each.
LANGUAGE_CHOICES: Final = [
    ("da", "Danish"), ("de", "German"), ("en", "English"), ("es", "Spanish"), ("fi", "Finnish"), ("fr", "French"),
    ("hu", "Hungarian"), ("it", "Italian"), ("nl", "Dutch"), ("no", "Norwegian"), ("pt", "Portuguese"),
    ("ro", "Romanian"), ("ru", "Russian"), ("sv", "Swedish"), ("tr", "Turkish"),
]  # fmt: skip


@cache
def _zone_names() -> frozenset[str]:
    # "localtime" and the like depend on the machine, so they name no zone.
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory"})


def _now() -> datetime:
    return clock.now()  # a migration can name this function, but not the clock's bound method


def validate_time_zone(name: str) -> None:
    """Refuse what is not the name of an IANA time zone.

    Raises:
        ValidationError: With the code `invalid_time_zone`.
    """
    if name not in _zone_names():
        raise ValidationError("This is not the name of an IANA time zone.", code="invalid_time_zone")


class UserManager(BaseUserManager["User"]):
    """Makes users from an e-mail address instead of a user name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user and the stream of the same id; without a password nobody can log in."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        with transaction.atomic():
            user.save()
            outbox.open_stream(user.id)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a member of staff with every permission."""
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    """A person with tasks. The id is also the id of the person's stream of events."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    # The shape of `planning.working_hours`, which is what checks it; null: the default.
    working_hours = models.JSONField(null=True)
    language = models.CharField(max_length=2, null=True, choices=LANGUAGE_CHOICES)  # noqa: DJ001 (null: none)
    is_guest = models.BooleanField(default=False, help_text="Made by the demo; purged after a day.")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=_now, editable=False)
    # Since when the account is gone for everybody; its rows follow, batch by batch (`services.hide`).
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            # Ada@x.org and ada@x.org are one mailbox, so one account.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_user_email_lower"
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at=None)
                | models.Q(is_active=False, is_staff=False, is_superuser=False),
                name="accounts_user_gone",
            ),
        ]
        indexes: ClassVar = [
            # The purge of the demo's guests.
            models.Index(
                fields=["created_at"], condition=models.Q(is_guest=True), name="accounts_user_guests"
            ),
            # The sweep of what deleted accounts leave behind. Empty, mostly.
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="accounts_user_deleted",
            ),
            # Staff's list of staff, and the count of those who are left.
            models.Index(fields=["email"], condition=models.Q(is_staff=True), name="accounts_user_staff"),
        ]

    def __str__(self) -> str:
        return self.email


class RefreshToken(models.Model):
    """A refresh token that may still be exchanged, or that was just now.

    allauth keeps these in the session's blob, which every request that changes the session
    writes whole: a slow one would bring back a token that was used since, or drop a new one.
    Rows of their own are exchanged by one conditional UPDATE instead.

    `session_key` is no foreign key on purpose: with one, a log-out that runs beside a refresh
    fails. A token whose session is gone is worth nothing, and a sweep removes it.
    """

    jti = models.UUIDField(primary_key=True, help_text="The token's id. Worthless without our signature.")
    session_key = models.CharField(max_length=40)
    expires_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, help_text="When it was first exchanged for a new one.")

    class Meta:
        indexes: ClassVar = [
            # The end of a log-in, and the pruning at each refresh.
            models.Index("session_key", name="accounts_refresh_session"),
            # The sweep of what expired.
            models.Index("expires_at", name="accounts_refresh_expires"),
        ]

    def __str__(self) -> str:
        return str(self.jti)


class SocketTicket(models.Model):
    """The right to open one socket, for half a minute.

    Only the hash is kept: who reads the table can open nothing. No foreign keys, for the same reason
    as with `RefreshToken`; a redemption joins the session and the user.
    """

    digest = models.BinaryField(primary_key=True, max_length=32, help_text="SHA-256 of the ticket.")
    user_id = models.UUIDField()
    session_key = models.CharField(max_length=40)
    stamp = models.CharField(max_length=64, help_text="Of the password at that time (`tickets.stamp_of`).")
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # The end of a log-in.
            models.Index("session_key", name="accounts_ticket_session"),
            # The sweep of what expired.
            models.Index("expires_at", name="accounts_ticket_expires"),
        ]

    def __str__(self) -> str:
        return f"of {self.user_id} until {self.expires_at}"


class FamiliarAddress(models.Model):
    """A network that a person has logged in from: guesses made elsewhere don't keep them out there.

    Only a keyed hash is kept, another one for each person: who reads the table learns nobody's whereabouts, nor
    who was at the same place.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, db_index=False, related_name="familiar_addresses"
    )
    digest = models.BinaryField(max_length=32)
    last_used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # Asked at each log-in, and what makes a second log-in from there no second row.
            models.UniqueConstraint(fields=["user", "digest"], name="accounts_familiar_once"),
        ]
        indexes: ClassVar = [
            # The sweep of what is no longer familiar.
            models.Index(fields=["last_used_at"], name="accounts_familiar_used"),
        ]

    def __str__(self) -> str:
        return f"of {self.user_id} at {self.last_used_at}"


class PersonalToken(models.Model):
    """A personal access token: a log-in of its own for a program, with less than all of the person's rights.

    Only the hash is kept. A plain one is right here, and a slow, salted one such as passwords get would be
    wrong: those make up for words that people choose, this is 238 bits by chance that nobody can guess or
    has used elsewhere. And it is looked up by, once a request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="personal_tokens")
    name = models.CharField(max_length=MAX_TOKEN_NAME_CHARS)
    digest = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of the token.")
    hint = models.CharField(max_length=16, help_text="How it begins and ends, to be known again by.")
    scopes = ArrayField(models.CharField(max_length=16))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    # Written once a minute at most. No index has them, so that such a write stays within the row's page.
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.CharField(max_length=64, null=True)  # noqa: DJ001 (null: it never was)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(scopes=[]), name="accounts_pat_has_scopes"),
        ]
        indexes: ClassVar = [
            # A person's list of them, and how many they are.
            models.Index(fields=["user", "-created_at"], name="accounts_pat_user"),
            # The sweep of what expired long ago.
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False),
                name="accounts_pat_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint})"


class Letter(models.Model):
    """A mail that waits to be sent: `accounts.letters`. It goes when the mail server has it, and after a day at the latest.

    It names an address and no account, as it may go to somebody who has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.CharField(max_length=100, help_text="What it is about, for the log.")
    recipient = models.EmailField(max_length=254)
    subject = models.TextField()
    body = models.TextField()
    created_at = models.DateTimeField()
    # The fence: who has a letter has it for this try.
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(help_text="When it may be tried next, by anybody.")
    told_at = models.DateTimeField(null=True, help_text="When somebody was last told that it is due.")

    class Meta:
        indexes: ClassVar = [
            # The sweep of what is due. Empty, mostly.
            models.Index(fields=["due_at", "id"], name="accounts_letter_due"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.id}"


class AuditEntry(models.Model):
    """Something that was done with an account: `audit.Action`.

    It names people by id alone and refers to no row, so that it outlives them: what it then says is that somebody
    was deleted, and not who.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    at = models.DateTimeField()
    action = models.CharField(max_length=32)
    subject_id = models.UUIDField(null=True, help_text="Whose account; null: nobody has that address.")
    actor_id = models.UUIDField(null=True, help_text="Who did it; null: nobody who was logged in.")
    address = models.GenericIPAddressField(null=True, help_text="Where the request came from.")
    request_id = models.CharField(max_length=64, default="", blank=True)
    details = models.JSONField(default=dict, help_text="What changed. No addresses, no names.")
    # Failed log-ins of an hour are one row, or whoever guesses could fill the table.
    times = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # A person's own list, staff's list of one person, and what is forgotten of who was deleted.
            models.Index(fields=["subject_id", "at", "id"], name="accounts_audit_subject"),
            # What one person did to others.
            models.Index(fields=["actor_id", "at", "id"], name="accounts_audit_actor"),
            # Staff's list of everything, and the trimming by age.
            models.Index(fields=["at", "id"], name="accounts_audit_at"),
            # Staff's list of one kind.
            models.Index(fields=["action", "at", "id"], name="accounts_audit_action"),
            # The row that the next failure from the same address counts in.
            models.Index(
                fields=["address", "at"],
                condition=models.Q(action="log_in_failed"),
                name="accounts_audit_failures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_id} {self.at}"
