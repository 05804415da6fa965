"""What can be done to an account."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from realtime import outbox
from taskengine.accounts import audit, logins, personal_tokens
from taskengine.accounts.errors import InvalidTimeZone, TooManyGuests, WrongPassword
from taskengine.accounts.models import User, validate_time_zone

GUEST_LIFETIME: Final = timedelta(hours=24)
_GUESTS_LOCK: Final = 0x6775_6573  # any number that no other advisory lock has


def update_user(*, user: User, fields: Mapping[str, Any]) -> User:
    """Change what a person may change about themselves.

    Args:
        user: Who.
        fields: New values: `time_zone`, `language`, `working_hours` (checked by the caller; None for the default).

    Raises:
        InvalidTimeZone: There is no such IANA time zone.
    """
    if "time_zone" in fields:
        try:
            validate_time_zone(fields["time_zone"])
        except ValidationError:
            raise InvalidTimeZone from None
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))
    return user


def delete_account(*, user: User, password: str | None) -> None:
    """Delete a person with all that is theirs, and end their log-ins.

    Args:
        user: Who goes.
        password: Theirs. A guest has none and needs none.

    Raises:
        WrongPassword: Nothing was deleted.
    """
    # Before the transaction: to check a password takes longer than all that follows.
    if not user.is_guest and not (password and user.check_password(password)):
        raise WrongPassword
    with transaction.atomic():
        _erase([user.pk])
    audit.account_deleted(user)


def deactivate_account(*, user: User) -> None:
    """Keep a person out, with all that is theirs left in place, and end their log-ins and tokens."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        logins.end_all(user_ids=[user.pk])
        personal_tokens.revoke_all(user_ids=[user.pk])
    audit.account_deactivated(user)


def make_guest(*, now: datetime) -> User:
    """Make a user for the demo, whom nobody can log in as by password.

    Raises:
        TooManyGuests: `DEMO_MAX_GUESTS` of them are there already.
    """
    with transaction.atomic():
        # Two at once would both find room for one.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_GUESTS_LOCK])
        if User.objects.filter(is_guest=True).count() >= settings.DEMO_MAX_GUESTS:
            raise TooManyGuests
        # `.invalid` is reserved (RFC 2606): no mail can ever go there.
        email = f"guest-{secrets.token_hex(8)}@guest.invalid"
        return User.objects.create_user(email, is_guest=True, created_at=now)


def purge_guests(*, now: datetime, limit: int = 20) -> bool:
    """Delete at most `limit` guests whose day is over; True if there were some."""
    with transaction.atomic():
        old = (
            User.objects.filter(is_guest=True, created_at__lte=now - GUEST_LIFETIME)
            .order_by("created_at")
            .values_list("pk", flat=True)[:limit]
        )
        ids = list(old)
        _erase(ids)
    return bool(ids)


def purge_expired_sessions(*, now: datetime, limit: int = 1_000) -> bool:
    """Remove the rows of log-ins that have ended, at most `limit` of each kind; True if there were some."""
    return logins.purge(now=now, limit=limit)


def _erase(user_ids: Collection[UUID]) -> None:
    outbox.close_streams(user_ids)  # first: every writer takes its stream's lock before any other row
    logins.end_all(user_ids=user_ids)
    User.objects.filter(pk__in=user_ids).delete()
