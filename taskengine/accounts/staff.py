"""What staff may do to the accounts of others.

Staff look after people who are none of them. Whatever is about staff or superusers takes a superuser, and nobody
becomes one over HTTP. A person's tasks are nobody's but theirs: nothing here reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction

from taskengine import clock
from taskengine.accounts import audit, services
from taskengine.accounts.audit import Action
from taskengine.accounts.errors import EmailTaken, OwnAccount, PersonNotFound, SuperuserNeeded
from taskengine.accounts.models import User

# What the audit log tells of a change, with the values before and after: none of it says who somebody is.
_TOLD: Final = ("time_zone", "language", "is_staff")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What became of an account.

    Attributes:
        user: As it is now.
        before: What the fields had that have another value now.
    """

    user: User
    before: Mapping[str, Any]


def get_person(*, user_id: UUID) -> User:
    """Return somebody's account.

    Raises:
        PersonNotFound: There is none, or not any more.
    """
    try:
        return User.objects.get(pk=user_id, deleted_at=None)
    except User.DoesNotExist:
        raise PersonNotFound from None


def make_person(*, actor: User, email: str, password: str | None, fields: Mapping[str, Any]) -> User:
    """Make an account for somebody.

    Args:
        actor: Who makes it.
        email: Whose address it is. It counts as unconfirmed.
        password: Checked by the validators already; None: nobody can log in until they choose one by mail.
        fields: `time_zone`, `language`, `is_staff`.

    Raises:
        EmailTaken: Somebody has the address.
        SuperuserNeeded: It is to be a member of staff.
    """
    if fields.get("is_staff"):
        _need_superuser(actor)
    try:
        with transaction.atomic():
            if EmailAddress.objects.filter(email=email.lower(), verified=True).exists():
                raise EmailTaken
            user = User.objects.create_user(email, password, **fields)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
            details = {"is_staff": user.is_staff, "invited": password is None}
            audit.record(action=Action.ACCOUNT_MADE, subject_id=user.pk, actor_id=actor.pk, details=details)
    except IntegrityError:
        raise EmailTaken from None
    return user


def update_person(*, actor: User, user_id: UUID, fields: Mapping[str, Any]) -> Change:
    """Change an account, in the caller's transaction; to deactivate it ends its log-ins and sockets at once.

    Args:
        actor: Who does it.
        user_id: Whose.
        fields: New values: `time_zone`, `language`, `is_active`, `is_staff`.

    Raises:
        PersonNotFound: There is no such account.
        SuperuserNeeded: It is about staff, and the actor is no superuser.
        LastStaff: Nobody of the staff would be left.
        InvalidTimeZone: There is no such IANA time zone.
    """
    user = _locked(user_id)
    before = {name: getattr(user, name) for name, value in fields.items() if value != getattr(user, name)}
    if not before:
        return Change(user=user, before={})
    _may_touch(actor, user)
    if "is_staff" in before:
        _need_superuser(actor)
    if fields.get("is_staff") is False or fields.get("is_active") is False:
        services.refuse_last_staff(user)
    if user.is_active and fields.get("is_active") is False:
        services.deactivate_account(user=user, actor_id=actor.pk)
    elif "is_active" in before:
        audit.record(action=Action.ACCOUNT_REACTIVATED, subject_id=user.pk, actor_id=actor.pk)
    services.update_user(user=user, fields={name: fields[name] for name in before})
    told = {name: {"before": before[name], "after": fields[name]} for name in _TOLD if name in before}
    if told:
        audit.record(action=Action.ACCOUNT_CHANGED, subject_id=user.pk, actor_id=actor.pk, details=told)
    return Change(user=user, before=before)


def delete_person(*, actor: User, user_id: UUID) -> None:
    """Delete somebody's account with all that is theirs, in the caller's transaction.

    Raises:
        PersonNotFound: There is no such account.
        OwnAccount: It is the actor's own.
        SuperuserNeeded: It is a member of staff, and the actor is no superuser.
    """
    if user_id == actor.pk:
        raise OwnAccount
    user = _locked(user_id)
    _may_touch(actor, user)
    services.refuse_last_staff(user)
    services.hide([user], actor_id=actor.pk, now=clock.now())


def _locked(user_id: UUID) -> User:
    """Return somebody's account, as it will be until the end of the transaction."""
    assert connection.in_atomic_block, "a lock ends with its transaction"
    try:
        return User.objects.select_for_update(no_key=True).get(pk=user_id, deleted_at=None)
    except User.DoesNotExist:
        raise PersonNotFound from None


def _may_touch(actor: User, user: User) -> None:
    """See to it that staff touch nobody of the staff but themselves, superusers excepted."""
    if user.pk != actor.pk and (user.is_staff or user.is_superuser):
        _need_superuser(actor)


def _need_superuser(actor: User) -> None:
    """See to it that the actor is one, as of now: the request may have waited for a lock."""
    if not User.objects.filter(pk=actor.pk, is_superuser=True, is_staff=True, is_active=True).exists():
        raise SuperuserNeeded
