"""Who opens a socket, and whether their log-in still stands: `realtime.ports.Authenticator` for us."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from django.conf import settings
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain

from realtime.ports import Listener
from taskengine import clock
from taskengine.accounts import devices, logins, personal_tokens, tickets, tokens
from taskengine.accounts.addresses import address_of_scope
from taskengine.database.statements import prepared

logger = logging.getLogger(__name__)

# A token needs no stamp: a new password removes its row.
_ENDED: Final = """
SELECT l.n FROM (SELECT %s::json AS listeners, %s::timestamptz AS now, %s::text AS prefix) AS given
CROSS JOIN json_array_elements(given.listeners) WITH ORDINALITY AS l (who, n)
LEFT JOIN django_session AS s ON s.session_key = l.who->>1 AND s.expire_date > given.now
LEFT JOIN accounts_personaltoken AS t ON t.user_id = (l.who->>0)::uuid
    AND t.id = CASE WHEN starts_with(l.who->>1, given.prefix)
        THEN substr(l.who->>1, length(given.prefix) + 1)::uuid END
    AND (t.expires_at IS NULL OR t.expires_at > given.now)
LEFT JOIN accounts_user AS u ON u.id = (l.who->>0)::uuid AND u.is_active
    AND (t.id IS NOT NULL OR l.who->>2 = encode(sha256(convert_to(u.password, 'UTF8')), 'hex'))
WHERE u.id IS NULL OR (s.session_key IS NULL AND t.id IS NULL)
"""


class SessionAuthenticator:
    """Believes a ticket, a bearer token of either kind, or a session cookie that comes from a page of ours.

    A browser sends its cookies with a WebSocket that any page opens, and asks nobody first: only
    the Origin header tells such a page from ours. Whoever holds a token or a ticket was given it,
    so these need no Origin.
    """

    def authenticate(self, scope: Mapping[str, Any]) -> Listener | None:
        """Return who one ASGI WebSocket scope belongs to, or None when it proves nothing."""
        return self.authenticate_all([scope])[0]

    def authenticate_all(self, scopes: Sequence[Mapping[str, Any]]) -> list[Listener | None]:
        """Return who each of some scopes belongs to, by a number of queries that doesn't grow with them.

        One for tickets, two for log-ins, one for personal tokens; another of each, now and then, notes that
        log-ins or tokens are used. A scope with a ticket is judged by that alone, since a browser sends its cookies beside it;
        else one with an Authorization header by that.
        """
        claims = [_claim(scope) for scope in scopes]
        redeemed = tickets.redeem(
            {claim.ticket for claim in claims if isinstance(claim, _Ticket)}, now=clock.now()
        )
        people = logins.people(
            session_keys={claim.session_key for claim in claims if isinstance(claim, _LogIn)}
        )
        holders = personal_tokens.identify_all(
            {
                claim.text: partial(address_of_scope, scope)
                for claim, scope in zip(claims, scopes, strict=True)
                if isinstance(claim, _PersonalToken)
            }
        )

        def judge(claim: "_Claim | None") -> Listener | None:
            match claim:
                case _Ticket(ticket=ticket):
                    return redeemed.pop(ticket, None)  # of two that come with one, the first has it
                case _LogIn(session_key=key, user_id=user_id):
                    user = people.get(key)
                    if user is not None and user_id in {None, user.pk}:
                        return Listener(stream=user.pk, session=key, stamp=tickets.stamp_of(user))
                case _PersonalToken(text=text) if text in holders:
                    user, grant = holders[text]
                    if personal_tokens.Scope.EVENTS in grant.scopes:
                        return Listener(stream=user.pk, session=grant.login, stamp=tickets.stamp_of(user))
            return None

        listeners = [judge(claim) for claim in claims]
        devices.seen(
            listener.session
            for claim, listener in zip(claims, listeners, strict=True)
            if listener and isinstance(claim, _LogIn)
        )
        return listeners

    def ended(self, listeners: Sequence[Listener]) -> list[int]:
        """Return the places of those whose log-in is over: its session or token, or the user's standing.

        A session is over with the password it began under, too. One query, however many they are. It is asked
        every second for all sockets of a process, so who they are goes as one JSON text, and only those come
        back who have to leave.
        """
        if not listeners:
            return []
        who = [(listener.stream, listener.session, listener.stamp) for listener in listeners]
        with prepared() as cursor:
            cursor.execute(_ENDED, [orjson.dumps(who).decode(), clock.now(), personal_tokens.LOGIN_PREFIX])
            return [n - 1 for (n,) in cursor.fetchall()]


class _Headers:
    """The headers of a scope, by name. Repeats are kept, since a repeated credential is refused."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in scope.get("headers", ()):
            self._values.setdefault(name.decode("latin-1").lower(), []).append(
                value.decode("latin-1").strip()
            )

    def has(self, name: str) -> bool:
        return name in self._values

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def only(self, name: str) -> str | None:
        """Return the value of a header that stands there exactly once."""
        values = self.all(name)
        return values[0] if len(values) == 1 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ticket:
    """A scope that offers a ticket."""

    ticket: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _LogIn:
    """A scope that names a log-in, which may have ended.

    Attributes:
        session_key: Which.
        user_id: Whose it has to be; None for whoever's it is.
    """

    session_key: str
    user_id: UUID | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _PersonalToken:
    """A scope that comes with what claims to be a personal access token."""

    text: str


_Claim = _Ticket | _LogIn | _PersonalToken


def _claim(scope: Mapping[str, Any]) -> _Claim | None:
    """Return what a scope says of itself, as far as that can be seen without a query."""
    if found := tickets.offered(scope.get("subprotocols") or ()):
        return _Ticket(ticket=found[0]) if len(found) == 1 else None
    headers = _Headers(scope)
    return _by_token(headers) if headers.has("authorization") else _by_cookie(headers, scope)


def _by_token(headers: _Headers) -> _LogIn | _PersonalToken | None:
    scheme, _, token = (headers.only("authorization") or "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = token.strip()
    if token.startswith(personal_tokens.PREFIX):
        return _PersonalToken(text=token)
    standing = tokens.standing(token)
    return standing and _LogIn(session_key=standing[0], user_id=standing[1])


def _by_cookie(headers: _Headers, scope: Mapping[str, Any]) -> _LogIn | None:
    # HTTP/2 may split the cookies over several headers (RFC 9113, 8.2.3).
    session_key = parse_cookie("; ".join(headers.all("cookie"))).get(settings.SESSION_COOKIE_NAME, "")
    if not (session_key.isascii() and session_key.isalnum()):
        return None
    if not _is_our_origin(headers, scope):
        logger.warning(
            "A socket with a session cookie was refused for its origin. origin=%r host=%r",
            headers.all("origin"),
            headers.all("host"),
        )
        return None
    return _LogIn(session_key=session_key, user_id=None)


def _is_our_origin(headers: _Headers, scope: Mapping[str, Any]) -> bool:
    """Say whether the page that opens the socket is ours, by the rules Django has for CSRF."""
    origin = (headers.only("origin") or "").lower()
    parts = _split(origin)
    if parts is None:
        return False
    scheme, host = parts
    if origin in {_this_origin(headers, scope), _origin_of(settings.PUBLIC_URL)}:
        return True
    for trusted in settings.CSRF_TRUSTED_ORIGINS:
        trusted_scheme, _, trusted_host = trusted.lower().partition("://")
        # `https://*.example.org` trusts the names under it.
        if scheme == trusted_scheme and is_same_domain(host, trusted_host.lstrip("*")):
            return True
    return False


def _this_origin(headers: _Headers, scope: Mapping[str, Any]) -> str | None:
    """Return the origin of a page on the host that was asked, if that is a host of ours."""
    host = (headers.only("host") or "").lower()
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return None
    return f"{'https' if scope.get('scheme') == 'wss' else 'http'}://{host}"


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _split(origin: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return (parts.scheme, parts.netloc) if parts.scheme in {"http", "https"} and parts.netloc else None
