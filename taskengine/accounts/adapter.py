"""What allauth asks us: how a user is made, where mail points to, who the client is."""

import logging
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest

from realtime import outbox
from taskengine.accounts import audit, devices, familiar, logins, mail
from taskengine.accounts.addresses import address_of, network_of
from taskengine.accounts.models import User

logger = logging.getLogger(__name__)

_LENGTH_OF_EMAIL: Final = MaxLengthValidator(254)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """allauth's hooks, with our rules."""

    def clean_email(self, email: str) -> str:
        """Return an address that somebody typed.

        Raises:
            ValidationError: No mail server takes one as long (RFC 5321, section 4.5.3.1.3), and allauth would cut it off.
        """
        _LENGTH_OF_EMAIL(email)
        return str(super().clean_email(email))

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Save a new user together with their stream."""
        super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        if not commit:
            return user
        try:
            with transaction.atomic():
                user.save()
                outbox.open_stream(user.id)
        except IntegrityError:  # the same address signed up between the form's check and here
            form.add_error("email", self.validation_error("email_taken"))
            raise ImmediateHttpResponse(ErrorResponse(request, input=form)) from None
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """Log a user in; their log-ins unused for longest end when there are too many."""
        super().login(request, user)
        familiar.note(user=user, request=request)
        logins.end_oldest(user=user, keep=logins.MAX_LOGINS - 1)  # this one is recorded in a moment
        devices.begun(str(request.session.session_key))

    def logout(self, request: HttpRequest) -> None:
        """Log out. What hangs on the session goes with it, where allauth leaves it to be found later."""
        key = request.session.session_key
        super().logout(request)
        if key:
            logins.end(session_keys=[key])

    def set_password(self, user: User, password: str) -> None:
        """Set a password, at a change or a reset, in one transaction with what follows from it (`passwords`)."""
        with transaction.atomic():
            super().set_password(user, password)
            if context.request is not None:  # by the old password or by a mail they have shown who they are
                familiar.note(user=user, request=context.request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt to log in. Too many are 429, not the form error that allauth makes of them.

        Three limits: of one network, of one network with one account, and of all strangers with one account. None
        of them lets anybody keep a person out of where that person usually is.
        """
        try:
            super().pre_authenticate(request, **credentials)
            is_allowed = familiar.may_try(email=_email(credentials), request=request)
        except ValidationError:
            is_allowed = False
        if not is_allowed:
            audit.log_in_throttled(request, email=_email(credentials))
            raise ImmediateHttpResponse(respond_429(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth puts the request's host into it, and so gives a new budget for each name we have. And it has no
        # network: then five wrong guesses, from anywhere, would keep the owner out.
        return f"{_email(credentials)} {network_of(address_of(request))}"

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where a request comes from."""
        return address_of(request)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Send the link, unless the address is one that we made up."""
        if not user.is_guest:
            super().send_password_reset_mail(user, email, context)

    def send_invitation(self, user: User) -> None:
        """Send a new user, whom somebody else made, the link by which to choose a password."""
        token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
        url = self.get_reset_password_from_key_url(f"{user_pk_to_url_str(user)}-{token}")
        self.send_mail("account/email/invitation", user.email, {"user": user, "password_reset_url": url})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Have one mail sent, which no request waits for (`mail`).

        It names `PUBLIC_URL`, where allauth would name the host of the request, which anybody
        can forge. What the mail server does is logged, not raised: what the mail is about has
        been done, and each mail can be asked for again.
        """
        site = SimpleNamespace(name="taskengine", domain=urlsplit(settings.PUBLIC_URL).netloc)
        message = self.render_mail(template_prefix, email, {"email": email, "current_site": site, **context})
        mail.post(template=template_prefix, subject=message.subject, body=message.body, to=email)


def _email(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email", "")).lower()


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth is untyped
    """What happens when a person ends some of their log-ins from the list of them."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """End them with all that hangs on them."""
        devices.end(sessions)
