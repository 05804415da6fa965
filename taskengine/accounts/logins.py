"""Log-ins. One is a Django session with what hangs on it: allauth's record, refresh tokens, tickets, sockets.

The session's row is the authority. Where it is gone, every cookie, token and ticket of that
log-in is refused, so the order in which the rest is removed does not matter. Its sockets are told
by the doorbell; the repair query finds those that did not hear it.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Final
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from realtime import revocation
from taskengine import clock
from taskengine.accounts import familiar
from taskengine.accounts.models import FamiliarAddress, RefreshToken, SocketTicket, User
from taskengine.database.statements import prepared
from taskengine.database.table import Table

# allauth asks after each session of a user at every log-in, so a script that never logs out
# would make its own log-ins slower and slower.
MAX_LOGINS: Final = 50
# How long an expired token's row stays: longer than two machines' clocks differ, or a token that
# one of them still takes would look like a stolen one.
_CLOCK_SLACK: Final = timedelta(hours=1)
_USERS: Final = Table(User)
_MAX_REMEMBERED: Final = 4096  # sessions


def person(*, session_key: str, user_id: UUID) -> User | None:
    """Return the user of a log-in, or None when it has ended.

    What Django's `get_user` checks, by one query where that takes two, and without writing anything.

    Args:
        session_key: Which log-in.
        user_id: Whose it has to be.
    """
    with prepared() as cursor:
        cursor.execute(_person(), [session_key, clock.now(), user_id])
        row = cursor.fetchone()
    if row is None:
        return None
    user = _USERS.read(row)
    return user if _is_sound(row[-1], str(user.pk), user.password) else None


def people(*, session_keys: Collection[str]) -> dict[str, User]:
    """Return the users of some log-ins, by the session's key: `person` for many, by two queries.

    What has ended is left out.
    """
    if not session_keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_key, session_data FROM django_session"
            " WHERE session_key = ANY(%s) AND expire_date > %s",
            [list(session_keys), clock.now()],
        )
        sessions = dict(cursor)
        owner_of = {key: _session(data)[0] for key, data in sessions.items()}
        cursor.execute(_people(), [list({owner for owner in owner_of.values() if owner})])
        users = {str(user.pk): user for user in map(_USERS.read, cursor)}
    return {
        key: user
        for key, data in sessions.items()
        if (user := users.get(owner_of[key])) and _is_sound(data, str(user.pk), user.password)
    }


@cache
def _people() -> str:
    return (
        f"SELECT {_USERS.columns} FROM accounts_user AS {_USERS.alias}"  # noqa: S608
        f" WHERE {_USERS.alias}.id = ANY(%s::uuid[]) AND {_USERS.alias}.is_active"
    )


@lru_cache(_MAX_REMEMBERED)  # of these three alone, and of our secrets
def _is_sound(session_data: str, user_id: str, password: str) -> bool:
    """Whether a session is this user's, and was begun with the password that they have."""
    owner, backend, stamp = _session(session_data)
    user = User(password=password)
    stamps = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return (
        owner == user_id
        and backend in settings.AUTHENTICATION_BACKENDS
        and any(constant_time_compare(stamp, each) for each in stamps)
    )


@cache
def _person() -> str:
    return (
        f"SELECT {_USERS.columns}, s.session_data FROM accounts_user AS {_USERS.alias}"  # noqa: S608
        " JOIN django_session AS s ON s.session_key = %s AND s.expire_date > %s"
        f" WHERE {_USERS.alias}.id = %s AND {_USERS.alias}.is_active"
    )


def _session(data: str) -> tuple[str, str, str]:
    """Return whose session this is, how they logged in, and the stamp of their password then."""
    read = SessionStore().decode(data)
    return tuple(str(read.get(name, "")) for name in (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY))  # type: ignore[return-value]


def begin(*, request: HttpRequest, user: User) -> None:
    """Log a user in who needs no password for it, such as a new guest.

    Args:
        request: Django's own, through the session middleware (DRF's has it as `_request`).
        user: Who.
    """
    get_adapter().login(request, user)
    UserSession.objects.create_from_request(request)


def end(*, session_keys: Iterable[str]) -> None:
    """End log-ins at once, in a fixed number of statements."""
    keys = list(session_keys)
    if not keys:
        return
    with transaction.atomic():
        records = UserSession.objects.filter(session_key__in=keys)
        revocation.ring(set(records.values_list("user_id", flat=True)))
        Session.objects.filter(session_key__in=keys).delete()
        records.delete()
        RefreshToken.objects.filter(session_key__in=keys).delete()
        SocketTicket.objects.filter(session_key__in=keys).delete()


def end_all(*, user_ids: Iterable[UUID]) -> None:
    """End every log-in of some users."""
    ids = list(user_ids)
    end(session_keys=UserSession.objects.filter(user_id__in=ids).values_list("session_key", flat=True))
    revocation.ring(ids)


def end_oldest(*, user: User, keep: int = MAX_LOGINS) -> None:
    """End the log-ins of a user beyond the `keep` that expire last, which are those used last."""
    newest = Session.objects.filter(
        session_key__in=UserSession.objects.filter(user=user).values("session_key")
    ).order_by("-expire_date", "session_key")
    end(session_keys=newest.values_list("session_key", flat=True)[keep:])


def purge(*, now: datetime, limit: int) -> bool:
    """Remove at most `limit` rows of each kind that outlived their log-in; True if there were some.

    Replicas that sweep at the same time pass over each other's rows.
    """
    gone = ~Exists(Session.objects.filter(session_key=OuterRef("session_key")))
    leftovers = [
        Session.objects.filter(expire_date__lte=now),
        UserSession.objects.filter(gone),
        RefreshToken.objects.filter(Q(expires_at__lte=now - _CLOCK_SLACK) | gone),
        SocketTicket.objects.filter(expires_at__lte=now),
        FamiliarAddress.objects.filter(last_used_at__lte=now - familiar.KEPT),
    ]
    removed = 0
    with transaction.atomic():
        for rows in leftovers:
            batch = list(
                rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:limit]
            )
            if batch:
                removed += rows.model._default_manager.filter(pk__in=batch).delete()[0]
    return removed > 0
