"""What Django and allauth do with accounts goes into the audit log by their own signals."""

from typing import Any

from allauth.account import signals as allauth_signals
from allauth.account.models import EmailAddress
from django.contrib.auth import signals as django_signals
from django.http import HttpRequest

from taskengine.accounts.audit import Action, record, record_failure
from taskengine.accounts.models import User


def connect() -> None:
    """Start listening. Called once, when the app is ready."""
    django_signals.user_logged_in.connect(_logged_in)
    django_signals.user_logged_out.connect(_logged_out)
    django_signals.user_login_failed.connect(_log_in_failed)
    allauth_signals.user_signed_up.connect(_signed_up)
    allauth_signals.password_changed.connect(_password_changed)
    allauth_signals.password_set.connect(_password_changed)
    allauth_signals.password_reset.connect(_password_reset)
    allauth_signals.email_added.connect(_email_added)
    allauth_signals.email_changed.connect(_email_changed)
    allauth_signals.email_removed.connect(_email_removed)
    allauth_signals.email_confirmed.connect(_email_confirmed)


def _by_themselves(action: Action, request: HttpRequest, user: User) -> None:
    record(action=action, subject_id=user.pk, actor_id=user.pk, request=request)


def _logged_in(*, request: HttpRequest, user: User, **_: Any) -> None:
    _by_themselves(Action.LOGGED_IN, request, user)


def _logged_out(*, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        _by_themselves(Action.LOGGED_OUT, request, user)


def _log_in_failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    email = str(credentials.get("email", "")).lower()
    # Both are always asked, so that a known address takes no longer than an unknown one. One of their other
    # addresses counts too, if it is confirmed: it opens the account as well.
    found = [
        *User.objects.filter(email=email).values_list("pk", flat=True),
        *EmailAddress.objects.filter(email=email, verified=True).values_list("user_id", flat=True),
    ]
    record_failure(subject_id=found[0] if found else None, email=email, request=request)


def _signed_up(*, request: HttpRequest, user: User, **_: Any) -> None:
    _by_themselves(Action.SIGNED_UP, request, user)


def _password_changed(*, request: HttpRequest, user: User, **_: Any) -> None:
    _by_themselves(Action.PASSWORD_CHANGED, request, user)


def _password_reset(*, request: HttpRequest, user: User, **_: Any) -> None:
    # Whoever has the mail did it; nobody was logged in.
    record(action=Action.PASSWORD_RESET, subject_id=user.pk, request=request)


def _email_added(*, request: HttpRequest, user: User, **_: Any) -> None:
    _by_themselves(Action.EMAIL_ADDED, request, user)


def _email_changed(*, request: HttpRequest, user: User, **_: Any) -> None:
    _by_themselves(Action.EMAIL_CHANGED, request, user)


def _email_removed(*, request: HttpRequest, user: User, **_: Any) -> None:
    _by_themselves(Action.EMAIL_REMOVED, request, user)


def _email_confirmed(*, request: HttpRequest, email_address: EmailAddress, **_: Any) -> None:
    record(action=Action.EMAIL_CONFIRMED, subject_id=email_address.user_id, request=request)
