"""Who opens a socket, and whether their log-in still stands: `realtime.ports.Authenticator` for us."""

import logging
from collections.abc import Collection, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.core.internal.sessionkit import get_session_user
from allauth.headless.internal.sessionkit import lookup_session
from django.conf import settings
from django.db import connection
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain

from realtime.ports import Listener
from taskengine import clock
from taskengine.accounts import devices, tickets, tokens
from taskengine.accounts.models import User

logger = logging.getLogger(__name__)


class SessionAuthenticator:
    """Believes a ticket, a bearer token, or a session cookie that comes from a page of ours.

    A browser sends its cookies with a WebSocket that any page opens, and asks nobody first: only
    the Origin header tells such a page from ours. Whoever holds a token or a ticket was given it,
    so these need no Origin.
    """

    def authenticate(self, scope: Mapping[str, Any]) -> Listener | None:
        """Return who an ASGI WebSocket scope belongs to, or None when it proves nothing.

        A scope with a ticket is judged by that alone, since a browser sends its cookies beside it; else
        one with an Authorization header by that. Headers that only a proxy may set (X-Forwarded-*) are
        not read.
        """
        if found := tickets.offered(scope.get("subprotocols") or ()):
            return tickets.redeem(found[0], now=clock.now()) if len(found) == 1 else None
        headers = _Headers(scope)
        login = _by_token(headers) if headers.has("authorization") else _by_cookie(headers, scope)
        if login is None:
            return None
        user, session_key = login
        devices.seen(session_key)
        return Listener(stream=user.pk, session=session_key, stamp=tickets.stamp_of(user))

    def still_valid(self, listeners: Collection[Listener]) -> set[Listener]:
        """Return those whose session is there, whose user is active and whose password is the same.

        One query, however many they are.
        """
        everyone = list(listeners)
        if not everyone:
            return set()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT l.n FROM unnest(%s::uuid[], %s::text[], %s::text[])"
                " WITH ORDINALITY AS l (user_id, session_key, stamp, n)"
                " JOIN django_session AS s ON s.session_key = l.session_key AND s.expire_date > %s"
                " JOIN accounts_user AS u ON u.id = l.user_id AND u.is_active"
                " WHERE l.stamp = encode(sha256(convert_to(u.password, 'UTF8')), 'hex')",
                [
                    [listener.stream for listener in everyone],
                    [listener.session for listener in everyone],
                    [listener.stamp for listener in everyone],
                    clock.now(),
                ],
            )
            return {everyone[n - 1] for (n,) in cursor.fetchall()}


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


def _by_token(headers: _Headers) -> tuple[User, str] | None:
    scheme, _, token = (headers.only("authorization") or "").partition(" ")
    identity = tokens.identify(token.strip()) if scheme.lower() == "bearer" else None
    if identity is None:
        return None
    user, claims = identity
    return user, tokens.session_key(claims)


def _by_cookie(headers: _Headers, scope: Mapping[str, Any]) -> tuple[User, str] | None:
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
    session = lookup_session(session_key)
    user = session and get_session_user(session)
    return (cast(User, user), session_key) if user else None


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
