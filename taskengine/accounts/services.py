"""What can be done to an account."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat

from realtime import outbox
from taskengine import clock
from taskengine.accounts import audit, letters, logins, personal_tokens
from taskengine.accounts.audit import Action
from taskengine.accounts.errors import InvalidTimeZone, LastStaff, TooManyGuests, WrongPassword
from taskengine.accounts.models import User, validate_time_zone

GUEST_LIFETIME: Final = timedelta(hours=24)
_GUESTS_LOCK: Final = 0x6775_6573  # any number that no other advisory lock has
_STAFF_LOCK: Final = 0x7374_6166
_CLAIMED_AMONG: Final = 50  # deleted accounts


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
    """Delete a person's account at their own wish, with all that is theirs, and end their log-ins.

    It is gone at once for everybody, and its address is free; a sweep removes the rows.

    Args:
        user: Who goes.
        password: Theirs. A guest has none and needs none.

    Raises:
        WrongPassword: Nothing was deleted.
        LastStaff: Nothing was deleted.
    """
    # Before the transaction: to check a password takes longer than all that follows.
    if not user.is_guest and not (password and user.check_password(password)):
        raise WrongPassword
    with transaction.atomic():
        outbox.lock_streams([user.pk])
        refuse_last_staff(user)
        hide([user], actor_id=user.pk, now=clock.now())


def deactivate_account(*, user: User, actor_id: UUID | None = None) -> None:
    """Keep a person out, with all that is theirs left in place, and end their log-ins and tokens.

    Args:
        user: Who.
        actor_id: Who wants it; None for whoever has the server's shell.
    """
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        logins.end_all(user_ids=[user.pk])
        personal_tokens.revoke_all(user_ids=[user.pk])
        audit.record(action=Action.ACCOUNT_DEACTIVATED, subject_id=user.pk, actor_id=actor_id)


def refuse_last_staff(user: User) -> None:
    """See to it that somebody of the staff is left when a person stops being one, in the caller's transaction.

    Raises:
        LastStaff: There is nobody else.
    """
    if not (user.is_staff and user.is_active):
        return
    with connection.cursor() as cursor:  # two who go at once would each count on the other
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_STAFF_LOCK])
    if not User.objects.filter(is_staff=True, is_active=True).exclude(pk=user.pk).exists():
        raise LastStaff


def make_guest(*, now: datetime) -> User:
    """Make a user for the demo, whom nobody can log in as by password.

    Raises:
        TooManyGuests: `DEMO_MAX_GUESTS` of them are there already.
    """
    with transaction.atomic():
        # Two at once would both find room for one.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_GUESTS_LOCK])
        if User.objects.filter(is_guest=True, deleted_at=None).count() >= settings.DEMO_MAX_GUESTS:
            raise TooManyGuests
        # `.invalid` is reserved (RFC 2606): no mail can ever go there.
        email = f"guest-{secrets.token_hex(8)}@guest.invalid"
        return User.objects.create_user(email, is_guest=True, created_at=now)


def purge_guests(*, now: datetime, limit: int = 20) -> bool:
    """Delete at most `limit` guests whose day is over; True if there were some."""
    with transaction.atomic():
        old = User.objects.filter(is_guest=True, deleted_at=None, created_at__lte=now - GUEST_LIFETIME)
        guests = list(old.order_by("created_at")[:limit])
        hide(guests, actor_id=None, now=now)
    return bool(guests)


def purge_expired_sessions(*, now: datetime, limit: int = 1_000) -> bool:
    """Remove the rows of log-ins that have ended, at most `limit` of each kind; True if there were some."""
    return logins.purge(now=now, limit=limit)


def hide(users: Collection[User], *, actor_id: UUID | None, now: datetime) -> None:
    """Delete accounts, in the caller's transaction: the one way by which people leave.

    Nobody finds them from now on, nobody can log in, all log-ins, tokens and sockets end, and their addresses are
    free. Their rows stay for a sweep (`claim_deleted`), however many they are. Their streams stay as long, so that the
    engine has where to put what it fires meanwhile.

    Args:
        users: Who goes. Those who went already are passed over.
        actor_id: Who wants it; None for a sweep.
        now: When.
    """
    ids = [user.pk for user in users]
    if not ids:
        return
    outbox.lock_streams(ids)  # first: every writer takes its stream's lock before any other row
    known = list(User.objects.filter(pk__in=ids, deleted_at=None).values_list("pk", "email"))
    told = {pk: {"email_hash": audit.email_hash(email)} for pk, email in known}
    logins.end_all(user_ids=ids)
    addresses = EmailAddress.objects.filter(user_id__in=ids)
    letters.forget(addresses={email for _, email in known} | set(addresses.values_list("email", flat=True)))
    addresses.delete()
    User.objects.filter(pk__in=told).update(
        deleted_at=now,
        email=Concat(
            Value("deleted-"), Cast("id", TextField()), Value("@deleted.invalid"), output_field=TextField()
        ),
        password=make_password(None),
        is_active=False,
        is_staff=False,
        is_superuser=False,
    )
    personal_tokens.revoke_all(user_ids=ids)
    audit.record_each(action=Action.ACCOUNT_DELETED, details=told, actor_id=actor_id)


def claim_deleted() -> UUID | None:
    """Return a deleted account whose rows are to go next, with its stream's lock, in the caller's transaction.

    Any of them, so that one whose rows can't go does not hold up the others. Who sweeps at the same time gets another;
    None: there is none that is free.
    """
    waiting = User.objects.filter(deleted_at__isnull=False).order_by("?")
    return outbox.lock_a_free_one(list(waiting.values_list("pk", flat=True)[:_CLAIMED_AMONG]))


def purge_account(*, user_id: UUID) -> None:
    """Remove what is left of a deleted account when its rows are gone, in the transaction of `claim_deleted`."""
    outbox.close_streams([user_id])
    User.objects.filter(pk=user_id).delete()
    audit.record(action=Action.ACCOUNT_PURGED, subject_id=user_id)
