"""One log line for each log-in, log-out, failure, change of password, and token made or revoked.

A line names the user by id. A failure names the address that was tried by a keyed hash, so that
attempts on one address can be counted without the log becoming a list of addresses.
"""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from allauth.account import signals as allauth_signals
from django.contrib.auth import signals as django_signals
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from taskengine.accounts.addresses import address_of
from taskengine.accounts.models import User

logger = logging.getLogger(__name__)


def connect() -> None:
    """Start listening to Django's and allauth's own signals. Called once, when the app is ready."""
    django_signals.user_logged_in.connect(_logged_in)
    django_signals.user_logged_out.connect(_logged_out)
    django_signals.user_login_failed.connect(_log_in_failed)
    allauth_signals.user_signed_up.connect(_signed_up)
    allauth_signals.password_changed.connect(_password_changed)
    allauth_signals.password_set.connect(_password_changed)
    allauth_signals.password_reset.connect(_password_reset)


def log_in_throttled(request: HttpRequest, *, email: str) -> None:
    """Note that an attempt to log in was one too many."""
    logger.warning("Too many failed log-ins. email_hash=%s client=%s", _hash(email), _client(request))


def account_deleted(user: User) -> None:
    """Note that a person deleted their account."""
    logger.info("Account deleted. user=%s", user.pk)


def account_deactivated(user: User) -> None:
    """Note that a person is kept out from now on."""
    logger.info("Account deactivated. user=%s", user.pk)


def personal_token_made(user: User, *, token_id: UUID, scopes: Iterable[str]) -> None:
    """Note that a person made a personal access token."""
    logger.info("Token made. user=%s token=%s scopes=%s", user.pk, token_id, ",".join(scopes))


def personal_token_revoked(user: User, *, token_id: UUID) -> None:
    """Note that a person revoked a personal access token."""
    logger.info("Token revoked. user=%s token=%s", user.pk, token_id)


def _logged_in(*, request: HttpRequest, user: User, **_: Any) -> None:
    logger.info("Logged in. user=%s client=%s", user.pk, _client(request))


def _logged_out(*, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        logger.info("Logged out. user=%s client=%s", user.pk, _client(request))


def _log_in_failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    email_hash = _hash(credentials.get("email", ""))
    logger.warning("Log-in failed. email_hash=%s client=%s", email_hash, _client(request))


def _signed_up(*, request: HttpRequest, user: User, **_: Any) -> None:
    logger.info("Signed up. user=%s client=%s", user.pk, _client(request))


def _password_changed(*, request: HttpRequest, user: User, **_: Any) -> None:
    logger.info("Password changed. user=%s client=%s", user.pk, _client(request))


def _password_reset(*, request: HttpRequest, user: User, **_: Any) -> None:
    logger.info("Password reset by mail. user=%s client=%s", user.pk, _client(request))


def _hash(email: object) -> str:
    return salted_hmac("taskengine.accounts.audit", str(email).lower(), algorithm="sha256").hexdigest()[:16]


def _client(request: HttpRequest | None) -> str:
    return address_of(request) if request is not None else "-"
