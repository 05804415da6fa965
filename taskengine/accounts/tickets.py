"""One-use tickets: the way into a socket for pages that hold a token.

A browser's WebSocket can't send an Authorization header, and a token in a URL ends up in logs and
histories. So the page asks for a ticket over HTTP and offers it as a subprotocol, beside
`taskengine.v1`, which is what is echoed. A ticket is good for one socket within `LIFETIME`, as long as
the log-in stands that asked for it.
"""

import hashlib
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from realtime.ports import Listener
from taskengine.accounts import personal_tokens
from taskengine.accounts.models import SocketTicket, User

LIFETIME: Final = timedelta(seconds=30)
PREFIX: Final = "ticket."
_SECRET_BYTES: Final = 32
_SHAPE: Final = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{43}")

# One statement decides, so that of two sockets that come with the same ticket one is let in. What a cookie
# or a token is asked at the door is asked of a ticket too: its log-in, user, and the password of that time.
# Rows are taken in one order, so that two processes that are offered the same ones don't wait in a circle.
_REDEEM: Final = """
WITH offered AS MATERIALIZED (
    SELECT digest FROM accounts_socketticket
    WHERE digest = ANY(%(digests)s) AND redeemed_at IS NULL AND expires_at > %(now)s
    ORDER BY digest FOR UPDATE
)
UPDATE accounts_socketticket AS t SET redeemed_at = %(now)s
FROM offered AS o, accounts_user AS u
WHERE t.digest = o.digest
    AND (
        EXISTS (
            SELECT FROM django_session AS s WHERE s.session_key = t.session_key AND s.expire_date > %(now)s
        )
        OR EXISTS (
            SELECT FROM accounts_personaltoken AS p WHERE p.user_id = t.user_id
            AND p.id = CASE WHEN starts_with(t.session_key, %(prefix)s)
                THEN substr(t.session_key, length(%(prefix)s) + 1)::uuid END
            AND (p.expires_at IS NULL OR p.expires_at > %(now)s)
        )
    )
    AND u.id = t.user_id AND u.is_active
    AND t.stamp = encode(sha256(convert_to(u.password, 'UTF8')), 'hex')
RETURNING t.digest, t.user_id, t.session_key, t.stamp
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """What its owner gets to see, once.

    Attributes:
        text: The ticket, which is the subprotocol to offer.
        expires_at: Until when.
    """

    text: str
    expires_at: datetime


def stamp_of(user: User) -> str:
    """Return what changes with a person's password. `_REDEEM` and `sessions._ENDED` make the same in SQL."""
    return hashlib.sha256(user.password.encode()).hexdigest()


def issue(*, user: User, session_key: str, now: datetime) -> Ticket:
    """Make a ticket for one socket.

    Args:
        user: Whose stream it opens.
        session_key: The log-in that asks, a session's key or `Grant.login`; the socket ends with it.
        now: When its half minute begins.
    """
    ticket = Ticket(text=PREFIX + secrets.token_urlsafe(_SECRET_BYTES), expires_at=now + LIFETIME)
    SocketTicket.objects.create(
        digest=_digest(ticket.text),
        user_id=user.pk,
        session_key=session_key,
        stamp=stamp_of(user),
        expires_at=ticket.expires_at,
    )
    return ticket


def offered(subprotocols: Sequence[str]) -> list[str]:
    """Return those of the offered subprotocols that claim to be tickets."""
    return [name for name in subprotocols if name.startswith(PREFIX)]


def redeem(texts: Collection[str], *, now: datetime) -> dict[str, Listener]:
    """Use tickets up, by one query, however many.

    What is none, was used, has expired, or belongs to a log-in that has ended is left out.
    """
    digests = {_digest(text): text for text in texts if _SHAPE.fullmatch(text)}
    if not digests:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _REDEEM, {"digests": list(digests), "now": now, "prefix": personal_tokens.LOGIN_PREFIX}
        )
        return {
            digests[bytes(digest)]: Listener(stream=user_id, session=session_key, stamp=stamp)
            for digest, user_id, session_key, stamp in cursor
        }


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
