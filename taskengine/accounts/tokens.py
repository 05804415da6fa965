"""Tokens of the `app` client: a short access token and a refresh token that is used once.

Each refresh replaces the refresh token. Two tabs, or a client that lost the answer, may come
with the same one: for `REFRESH_GRACE_S` after the first time it still gets a working pair, and
neither pair harms the other. After that it can only be a copy in the wrong hands, and since
nobody can tell whose the copy is, the log-in ends.
"""

import logging
import time
import uuid
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, cast

from allauth.account.internal.userkit import str_to_user_id
from allauth.core import context
from allauth.core.internal.httpkit import authenticated_user
from allauth.headless import app_settings
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from allauth.headless.tokens.strategies.jwt import internal as jwt
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from taskengine import clock
from taskengine.accounts import audit, logins
from taskengine.accounts.addresses import address_of
from taskengine.accounts.audit import Action
from taskengine.accounts.models import RefreshToken, User

logger = logging.getLogger(__name__)

REFRESH_GRACE_S: Final = 30
_MAX_REMEMBERED: Final = 4096  # tokens


class _NotOurs(Exception):
    """This is not an access token that we gave out."""


def identify(access_token: str) -> tuple[User, dict[str, Any]] | None:
    """Return whose access token this is, and its claims.

    None when it is not ours, has expired, or its log-in has ended. Never raises for what a
    stranger sends.
    """
    read = _valid(access_token)
    if read is None:
        return None
    claims, key, user_id = read
    user = logins.person(session_key=key, user_id=user_id)
    return (user, dict(claims)) if user else None


def standing(access_token: str) -> tuple[str, uuid.UUID] | None:
    """Return the key of the session that a token stands on, and its user's id; no query is made.

    None when it is not ours or has expired. Whether the log-in has ended is still to be asked.
    """
    read = _valid(access_token)
    return read and read[1:]


def _valid(access_token: str) -> tuple[dict[str, Any], str, uuid.UUID] | None:
    try:
        read = _read(access_token)
    except _NotOurs:
        return None
    return read if read[0]["exp"] > time.time() else None


def bearer_of(access_token: str) -> uuid.UUID | None:
    """Return whom an access token of ours was given to, whether it still holds or not; None for any other."""
    try:
        return _read(access_token)[2]
    except _NotOurs:
        return None


@lru_cache(
    _MAX_REMEMBERED
)  # a client sends the same one for minutes; whether it still holds is asked each time
def _read(access_token: str) -> tuple[dict[str, Any], str, uuid.UUID]:
    """Return what a token says, its session's key, and its user's id; it may have expired since.

    Raises:
        _NotOurs: It is no access token of ours, or not yet: that is not remembered.
    """
    claims: dict[str, Any] | None = jwt.decode_token(access_token, "access")
    if claims is None:
        raise _NotOurs
    return claims, session_key(claims), str_to_user_id(claims["sub"])


def session_key(claims: dict[str, Any]) -> str:
    """Return the key of the session that a valid token stands on."""
    return _key_of(claims["sid"])


@lru_cache(_MAX_REMEMBERED)  # it is deciphered
def _key_of(sid: str) -> str:
    key: str | None = jwt.session_key_from_sid(sid)
    assert key, "a token was believed without its session"
    return key


class TokenStrategy(JWTTokenStrategy):  # type: ignore[misc]  # allauth is untyped
    """allauth's JWT strategy, with the state of refresh tokens in a table of ours."""

    def create_session_token(self, request: HttpRequest) -> str:
        """Return the session's key.

        allauth calls this when it shows the client a session it has not seen. A change of
        password gives the session a new key, on which the client's tokens do not stand any
        more; so let it have new ones, which allauth itself does only at a log-in.
        """
        key = cast(str, super().create_session_token(request))
        if request.user.is_authenticated and key != self.get_session_token(request):
            request.allauth.headless._pre_user = AnonymousUser()  # type: ignore[attr-defined]
        return key

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        """Return the pair that a log-in answers with."""
        # Past JWTTokenStrategy, which would write the refresh token into the session's blob.
        payload = AbstractTokenStrategy.create_access_token_payload(self, request)
        if payload is not None:
            user = cast(User, authenticated_user(request))
            payload["refresh_token"] = _issue(user, request.session)
        return cast("dict[str, Any] | None", payload)

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """Exchange a refresh token for a new pair, or return None."""
        claims = jwt.decode_token(refresh_token, "refresh")
        session = claims and jwt.get_token_session(claims)
        user = session and jwt.validate_token_user(claims, session)
        if not (claims and session and user):
            return None
        with transaction.atomic():
            if not _prolong(session):  # it ended meanwhile
                return None
            if not _exchange(claims):
                _end_for_reuse(user, session)
                return None
            return jwt.create_access_token(user, session, self.get_claims(user)), _issue(user, session)


def _issue(user: User, session: SessionBase) -> str:
    token: str
    token, claims = jwt.create_token(
        "refresh",
        sub=str(user.pk),
        sid=jwt.session_key_to_sid(session.session_key),
        expires_in=app_settings.JWT_REFRESH_TOKEN_EXPIRES_IN,
    )
    RefreshToken.objects.create(
        jti=uuid.UUID(claims["jti"]),
        session_key=cast(str, session.session_key),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )
    return token


def _prolong(session: SessionBase) -> bool:
    """Lock the session and let it live on; False if it has ended.

    The row's lock makes refreshes of one log-in take turns, with each other and with its end.
    Only this column is written, so the blob of a request that is under way stays as it is.
    """
    now = clock.now()
    alive = Session.objects.filter(session_key=session.session_key, expire_date__gt=now)
    return bool(alive.update(expire_date=now + timedelta(seconds=session.get_expiry_age())))


def _exchange(claims: dict[str, Any]) -> bool:
    """Use a refresh token up; False if it was used up before the grace.

    Rows past their grace are dropped, so a log-in never has more than a few: a token that we
    signed, that has not expired, and that has no row was replaced long ago.
    """
    now = clock.now()
    grace_began = now - timedelta(seconds=REFRESH_GRACE_S)
    usable = Q(replaced_at=None) | Q(replaced_at__gt=grace_began)
    used = RefreshToken.objects.filter(usable, jti=uuid.UUID(claims["jti"])).update(
        # The grace counts from the first use: coming again does not prolong it.
        replaced_at=Coalesce("replaced_at", now)
    )
    RefreshToken.objects.filter(session_key=session_key(claims), replaced_at__lte=grace_began).delete()
    return bool(used)


def _end_for_reuse(user: User, session: SessionBase) -> None:
    logins.end(session_keys=[cast(str, session.session_key)])
    audit.record(action=Action.SESSIONS_ENDED, subject_id=user.pk, details={"reason": "refresh_token_reused"})
    request = context.request
    logger.warning(
        "A refresh token was used again long after it was replaced; its log-in is ended. user=%s client=%s",
        user.pk,
        address_of(request) if request else "-",
    )
