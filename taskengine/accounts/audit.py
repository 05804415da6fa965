"""The audit log: who logged in and failed to, and what was done to an account, by whom, and from where.

Each entry is a row, in the transaction of what it tells of, and a line of the process's log. Both name people by
id. A failure names the address that was tried by a keyed hash, and in the line only, so that attempts on one
address can be counted without the log becoming a list of addresses.
"""

import ipaddress
import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from allauth.core import context
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from taskengine import clock
from taskengine.accounts.addresses import address_of
from taskengine.accounts.models import AuditEntry

logger = logging.getLogger(__name__)

# Failures from one address on one account in this time are one row, with their number.
FAILURES_TOGETHER: Final = timedelta(hours=1)
_IPV6_SITE_BITS: Final = 64  # what one customer has at the least, to choose addresses from


class Action(StrEnum):
    """What an entry tells of. The names never change; those of other pieces are added here."""

    SIGNED_UP = "signed_up"
    LOGGED_IN = "logged_in"
    LOG_IN_FAILED = "log_in_failed"
    LOGGED_OUT = "logged_out"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (no password)
    PASSWORD_RESET = "password_reset"  # noqa: S105
    EMAIL_ADDED = "email_added"
    EMAIL_CHANGED = "email_changed"
    EMAIL_REMOVED = "email_removed"
    EMAIL_CONFIRMED = "email_confirmed"
    TOKEN_MADE = "token_made"  # noqa: S105
    TOKEN_REVOKED = "token_revoked"  # noqa: S105
    ACCOUNT_MADE = "account_made"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_DEACTIVATED = "account_deactivated"
    ACCOUNT_REACTIVATED = "account_reactivated"
    ACCOUNT_DELETED = "account_deleted"
    ACCOUNT_PURGED = "account_purged"


ACTION_CHOICES: Final = [(action.value, action.value) for action in Action]
_SENTENCES: Final[Mapping[Action, str]] = {
    Action.SIGNED_UP: "Signed up",
    Action.LOGGED_IN: "Logged in",
    Action.LOG_IN_FAILED: "Log-in failed",
    Action.LOGGED_OUT: "Logged out",
    Action.SESSIONS_ENDED: "Sessions ended",
    Action.PASSWORD_CHANGED: "Password changed",
    Action.PASSWORD_RESET: "Password reset by mail",
    Action.EMAIL_ADDED: "E-mail address added",
    Action.EMAIL_CHANGED: "E-mail address changed",
    Action.EMAIL_REMOVED: "E-mail address removed",
    Action.EMAIL_CONFIRMED: "E-mail address confirmed",
    Action.TOKEN_MADE: "Access token made",
    Action.TOKEN_REVOKED: "Access token revoked",
    Action.ACCOUNT_MADE: "Account made",
    Action.ACCOUNT_CHANGED: "Account changed",
    Action.ACCOUNT_DEACTIVATED: "Account deactivated",
    Action.ACCOUNT_REACTIVATED: "Account reactivated",
    Action.ACCOUNT_DELETED: "Account deleted",
    Action.ACCOUNT_PURGED: "Account purged",
}


def record(
    *,
    action: Action,
    subject_id: UUID,
    actor_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
    request: HttpRequest | None = None,
) -> None:
    """Write an entry, in the caller's transaction if there is one.

    Args:
        action: What was done.
        subject_id: To whose account.
        actor_id: By whom; None for a sweep, a command, or a link in a mail.
        details: What changed, as JSON. It outlives the account, so no addresses and no names.
        request: By which request, for its address and its id. The one under way, unless another is given.
    """
    record_each(action=action, details={subject_id: details or {}}, actor_id=actor_id, request=request)


def record_each(
    *,
    action: Action,
    details: Mapping[UUID, Mapping[str, Any]],
    actor_id: UUID | None = None,
    request: HttpRequest | None = None,
) -> None:
    """Write an entry for each of several accounts, as `record` does, by one statement.

    Args:
        action: What was done.
        details: To whose accounts, and what changed.
        actor_id: By whom.
        request: By which request.
    """
    request = request or context.request
    now = clock.now()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=now,
            last_at=now,
            action=action,
            subject_id=subject_id,
            actor_id=actor_id,
            address=_address(request),
            request_id=_request_id(request),
            details=dict(changed),
        )
        for subject_id, changed in details.items()
    )
    for subject_id in details:
        by = "" if actor_id in {None, subject_id} else f" by={actor_id}"
        logger.info("%s. user=%s client=%s%s", _SENTENCES[action], subject_id, _client(request), by)


def record_failure(*, subject_id: UUID | None, email: str, request: HttpRequest | None) -> None:
    """Count a failed log-in. It costs the same whether somebody has that address or not.

    Args:
        subject_id: Whose account was tried; None where nobody has that address.
        email: What was tried.
        request: By which request.
    """
    now = clock.now()
    address = _address(request)
    same = AuditEntry.objects.filter(
        action=Action.LOG_IN_FAILED, subject_id=subject_id, address=address, at__gt=now - FAILURES_TOGETHER
    )
    # Two at once may both make a row: each then counts for itself.
    if not same.update(times=F("times") + 1, last_at=now):
        AuditEntry.objects.create(
            at=now,
            last_at=now,
            action=Action.LOG_IN_FAILED,
            subject_id=subject_id,
            address=address,
            request_id=_request_id(request),
        )
    logger.warning("Log-in failed. email_hash=%s client=%s", email_hash(email), _client(request))


def log_in_throttled(request: HttpRequest, *, email: str) -> None:
    """Note that an attempt to log in was one too many: a line and no row, for it was not even tried."""
    logger.warning("Too many failed log-ins. email_hash=%s client=%s", email_hash(email), _client(request))


def trim(*, before: datetime, limit: int) -> bool:
    """Remove at most `limit` entries that are older; True if there were some.

    Replicas that sweep at the same time pass over each other's rows.
    """
    with transaction.atomic():
        old = AuditEntry.objects.filter(at__lt=before).order_by("at", "id")
        ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        AuditEntry.objects.filter(pk__in=ids).delete()
    return bool(ids)


def forget_addresses(*, subject_id: UUID, limit: int) -> bool:
    """Take the addresses out of at most `limit` entries of a person who is gone; True if there were some.

    That something was done to the account stays, until it is old: it may be what has to be shown. Where the person
    did it from does not; nor where somebody tried to be them. What staff did from where stays with the staff.
    """
    own = AuditEntry.objects.filter(
        Q(actor_id=subject_id) | Q(actor_id=None), subject_id=subject_id, address__isnull=False
    )
    ids = list(own.values_list("pk", flat=True)[:limit])
    AuditEntry.objects.filter(pk__in=ids).update(address=None)
    return bool(ids)


def email_hash(email: object) -> str:
    """Return what stands for an address: the same for the same one, and nothing that can be turned back."""
    return salted_hmac("taskengine.accounts.audit", str(email).lower(), algorithm="sha256").hexdigest()[:16]


def deleted_as(email: str) -> Collection[UUID]:
    """Return the ids of the accounts that had an address when they were deleted."""
    gone = AuditEntry.objects.filter(action=Action.ACCOUNT_DELETED, details__email_hash=email_hash(email))
    return [id_ for id_ in gone.values_list("subject_id", flat=True) if id_ is not None]


def _client(request: HttpRequest | None) -> str:
    return address_of(request) if request is not None else "-"


def _address(request: HttpRequest | None) -> str | None:
    """Return where a request came from: of an IPv6 address the network, which is as much as a person has."""
    if request is None:
        return None
    try:
        address = ipaddress.ip_address(_client(request))
    except ValueError:
        return None
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _IPV6_SITE_BITS), strict=False).network_address)


def _request_id(request: HttpRequest | None) -> str:
    return str(getattr(request, "request_id", "") or "")
