"""How a request to the API says who asks: a bearer token, or the page's session cookie."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from taskengine.accounts import devices, tokens
from taskengine.accounts.models import User


class BearerAuthentication(JWTTokenAuthentication):  # type: ignore[misc]  # allauth is untyped
    """`Authorization: Bearer <access token>`; 401 at once when its log-in has ended."""

    def authenticate_credentials(self, key: str) -> tuple[User, dict[str, Any]]:
        """Return the user and the token's claims.

        Raises:
            AuthenticationFailed: The token is not ours, has expired, or its log-in has ended.
        """
        identity = tokens.identify(key)
        if identity is None:
            raise AuthenticationFailed(
                "The access token is invalid, expired or revoked.", code="invalid_token"
            )
        devices.seen(tokens.session_key(identity[1]))
        return identity


class CookieAuthentication(SessionAuthentication):
    """The session cookie, with Django's CSRF check on everything that writes."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the user of the session, or None."""
        identity: tuple[User, None] | None = super().authenticate(request)
        if identity is not None:
            devices.seen(str(request._request.session.session_key))
        return identity

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that nobody logged in is 401; a failed CSRF check stays 403."""
        return "Cookie"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes `BearerAuthentication` in the OpenAPI document."""

    target_class = BearerAuthentication
    name = "bearer"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the Security Scheme Object."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": (
                "`meta.access_token` of `POST /api/auth/app/v1/auth/login` or `…/signup`."
                " Short-lived: `POST /api/auth/app/v1/tokens/refresh {refresh_token}` gives the next pair."
            ),
        }


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes `CookieAuthentication` in the OpenAPI document."""

    target_class = CookieAuthentication
    name = "cookie"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the Security Scheme Object."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The page's session. Writes need the `X-CSRFToken` header too.",
        }
