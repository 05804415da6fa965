"""Personal access tokens: how a script or an agent gets at some of what is a person's, for as long as they like.

One begins with `te_` and ends with a checksum of what is between, so that scanners of secrets know it when they
see it and a mistyped one is refused unread. Its row is the authority, asked at each request: where it is gone or
has expired, the token is refused and its sockets end.

A new password and a deactivation revoke all of a person's tokens: who changes a password because somebody else
knows it means everybody who was let in by it, and a token may have been made by them.
"""

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from realtime import revocation
from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.accounts.errors import (
    ExpiryPassed,
    LogInEnded,
    PersonalTokenNotFound,
    TooManyPersonalTokens,
)
from taskengine.accounts.models import PersonalToken, SocketTicket, User
from taskengine.database.table import Table

PREFIX: Final = "te_"
MAX_TOKENS: Final = 50  # of a person
USE_NOTED_EVERY: Final = timedelta(minutes=1)
# Its owner may wonder why something stopped working, so it stays in their list for a while.
KEPT_EXPIRED: Final = timedelta(days=30)
_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_CHARS: Final = 40  # 238 bits
_CHECK_CHARS: Final = 6  # the 32 bits of a CRC
_SHAPE: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_RANDOM_CHARS + _CHECK_CHARS}}}", re.ASCII)
_HINT_CHARS: Final = 4
LOGIN_PREFIX: Final = "token."
_USERS: Final = Table(User)


class Scope(StrEnum):
    """What a token may be good for."""

    TASKS_READ = "tasks:read"
    TASKS_WRITE = "tasks:write"
    EVENTS = "events"
    AI = "ai"


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What somebody may do who came with a personal access token.

    Attributes:
        token_id: The token's.
        scopes: What it is good for.
    """

    token_id: UUID
    scopes: frozenset[str]

    @property
    def login(self) -> str:
        """The name of this log-in where others have a session's key: sockets and tickets are bound to it."""
        return f"{LOGIN_PREFIX}{self.token_id.hex}"


def token_of(login: str) -> UUID | None:
    """Return the token behind a log-in's name; None where it is a session's key."""
    return UUID(login.removeprefix(LOGIN_PREFIX)) if login.startswith(LOGIN_PREFIX) else None


def identify(text: str, *, address: Callable[[], str | None]) -> tuple[User, Grant] | None:
    """Return whose token this is, and what for; None when it is not ours, has expired or was revoked.

    By one query; once a minute one more notes that it is used.

    Args:
        text: What a stranger sends.
        address: Says where from; asked only when that is noted.
    """
    return identify_all({text: address}).get(text)


def identify_all(sent: Mapping[str, Callable[[], str | None]]) -> dict[str, tuple[User, Grant]]:
    """Return whose some tokens are, and what for: `identify` for many, by as many queries.

    What is no token, has expired or was revoked is left out.

    Args:
        sent: What strangers send, and what says where from.
    """
    texts = {_digest(text): text for text in sent if _is_sound(text)}
    if not texts:
        return {}
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_owners(), [list(texts), now])
        rows = cursor.fetchall()
    found, used = {}, {}
    for row in rows:
        token_id, digest, scopes, last_used_at = row[-4:]
        text = texts[bytes(digest)]
        found[text] = _USERS.read(row), Grant(token_id=token_id, scopes=frozenset(scopes))
        if last_used_at is None or last_used_at <= now - USE_NOTED_EVERY:
            used[token_id] = sent[text]()
    if used:
        _note_use(used, now=now)
    return found


@cache
def _owners() -> str:
    return (
        f"SELECT {_USERS.columns}, t.id, t.digest, t.scopes, t.last_used_at FROM accounts_personaltoken AS t"  # noqa: S608
        f" JOIN accounts_user AS {_USERS.alias} ON {_USERS.alias}.id = t.user_id AND {_USERS.alias}.is_active"
        " WHERE t.digest = ANY(%s) AND (t.expires_at IS NULL OR t.expires_at > %s)"
    )


def _note_use(used: Mapping[UUID, str | None], *, now: datetime) -> None:
    """Keep when tokens were used, and where from; of several requests at once one writes, and none waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_personaltoken AS t SET last_used_at = %(now)s, last_used_from = l.address"
            " FROM (SELECT id FROM accounts_personaltoken"
            " WHERE id = ANY(%(ids)s::uuid[]) AND (last_used_at IS NULL OR last_used_at <= %(before)s)"
            " FOR NO KEY UPDATE SKIP LOCKED) AS free"
            " JOIN unnest(%(ids)s::uuid[], %(addresses)s::text[]) AS l (id, address) ON l.id = free.id"
            " WHERE t.id = free.id",
            {
                "now": now,
                "before": now - USE_NOTED_EVERY,
                "ids": list(used),
                "addresses": [address and address[:64] for address in used.values()],
            },
        )


def make(
    *, user: User, name: str, scopes: Collection[str], expires_at: datetime | None, now: datetime
) -> tuple[PersonalToken, str]:
    """Make a token. Within a transaction that has locked the person's stream.

    Args:
        user: Whose, as they were when they proved who they are.
        name: What they call it.
        scopes: What it is good for, at least one.
        expires_at: Until when; None for ever.
        now: When it is made.

    Returns:
        Its row, and the token itself, which nobody can be told again.

    Raises:
        ExpiryPassed: It would never be good for anything.
        LogInEnded: The person's password or standing was changed since.
        TooManyPersonalTokens: They have `MAX_TOKENS`.
    """
    if expires_at is not None and expires_at <= now:
        raise ExpiryPassed
    # What revokes all tokens writes this row first: either it sees the new token, or this sees what it wrote.
    unchanged = User.objects.filter(pk=user.pk, is_active=True, password=user.password)
    if not unchanged.select_for_update(no_key=True).values_list("pk", flat=True):
        raise LogInEnded
    if PersonalToken.objects.filter(user=user).count() >= MAX_TOKENS:
        raise TooManyPersonalTokens
    text = _new_text()
    token = PersonalToken.objects.create(
        user=user,
        name=name,
        digest=_digest(text),
        hint=f"{PREFIX}…{text[-_HINT_CHARS:]}",
        scopes=[scope.value for scope in Scope if scope in scopes],
        created_at=now,
        expires_at=expires_at,
    )
    return token, text


def get(*, user_id: UUID, token_id: UUID) -> PersonalToken:
    """Return one of a person's tokens.

    Raises:
        PersonalTokenNotFound: They have none of that id.
    """
    try:
        return PersonalToken.objects.get(user_id=user_id, id=token_id)
    except PersonalToken.DoesNotExist:
        raise PersonalTokenNotFound from None


def rename(*, user_id: UUID, token_id: UUID, name: str) -> PersonalToken:
    """Call a token something else.

    Raises:
        PersonalTokenNotFound: They have none of that id.
    """
    token = get(user_id=user_id, token_id=token_id)
    token.name = name
    token.save(update_fields=["name"])
    return token


def revoke(*, user_id: UUID, token_id: UUID) -> PersonalToken:
    """End a token at once, with its tickets and sockets; return what it was.

    Raises:
        PersonalTokenNotFound: They have none of that id.
    """
    token = get(user_id=user_id, token_id=token_id)
    _end([token_id], user_ids=[user_id])
    return token


def revoke_all(*, user_ids: Iterable[UUID]) -> None:
    """End all tokens of some people at once; all their sockets are asked anew, whatever they stand on."""
    ids = list(user_ids)
    _end(PersonalToken.objects.filter(user_id__in=ids).values_list("id", flat=True), user_ids=ids)


def _end(token_ids: Iterable[UUID], *, user_ids: Collection[UUID]) -> None:
    ids = list(token_ids)
    revocation.ring(user_ids)
    if not ids:
        return
    with transaction.atomic():
        PersonalToken.objects.filter(id__in=ids).delete()
        logins = [Grant(token_id=id_, scopes=frozenset()).login for id_ in ids]
        SocketTicket.objects.filter(session_key__in=logins).delete()


def purge(*, now: datetime, limit: int = 1_000) -> bool:
    """Remove at most `limit` tokens that expired long ago; True if there were some."""
    with transaction.atomic():
        old = PersonalToken.objects.filter(expires_at__lte=now - KEPT_EXPIRED)
        ids = list(old.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
        PersonalToken.objects.filter(id__in=ids).delete()
    return bool(ids)


def payload(token: PersonalToken) -> dict[str, Any]:
    """Return a token as its owner sees it ever after."""
    return {
        "id": str(token.id),
        "name": token.name,
        "scopes": list(token.scopes),
        "hint": token.hint,
        "created_at": rfc3339(token.created_at),
        "expires_at": _instant(token.expires_at),
        "last_used_at": _instant(token.last_used_at),
        "last_used_from": token.last_used_from,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)


def _new_text() -> str:
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_CHARS))
    return f"{PREFIX}{secret}{_checksum(secret)}"


def _is_sound(text: str) -> bool:
    """Say whether this can be a token, without asking anybody."""
    return bool(_SHAPE.fullmatch(text)) and text[-_CHECK_CHARS:] == _checksum(
        text[len(PREFIX) : -_CHECK_CHARS]
    )


def _checksum(secret: str) -> str:
    left = zlib.crc32(secret.encode())
    digits = []
    for _ in range(_CHECK_CHARS):
        left, digit = divmod(left, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
