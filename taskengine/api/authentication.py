"""How a request to the API says who asks: a bearer token of either kind, or the page's session cookie."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from taskengine.accounts import devices, personal_tokens, tokens
from taskengine.accounts.addresses import address_of
from taskengine.accounts.models import User
from taskengine.accounts.personal_tokens import Grant, Scope
from taskengine.api.scopes import scopes_of


class BearerAuthentication(JWTTokenAuthentication):  # type: ignore[misc]  # allauth is untyped
    """`Authorization: Bearer <token>`: the access token of a log-in, or a personal one; 401 at once when it ended."""

    def authenticate(self, request: Request) -> Any:
        """Return who asks, or None where no token was sent."""
        self._asked = request
        return super().authenticate(request)

    def authenticate_credentials(self, key: str) -> tuple[User, dict[str, Any] | Grant]:
        """Return the user, and the access token's claims or what the personal token is good for.

        Raises:
            AuthenticationFailed: The token is not ours, has expired, or it or its log-in has ended.
        """
        identity: tuple[User, dict[str, Any] | Grant] | None
        if key.startswith(personal_tokens.PREFIX):
            identity = personal_tokens.identify(key, address=self._address)
        elif identity := tokens.identify(key):
            devices.seen([tokens.session_key(identity[1])])
        if identity is None:
            raise AuthenticationFailed(
                "The access token is invalid, expired or revoked.", code="invalid_token"
            )
        return identity

    def _address(self) -> str:
        return address_of(self._asked._request)


class CookieAuthentication(SessionAuthentication):
    """The session cookie, with Django's CSRF check on everything that writes."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the user of the session, or None."""
        identity: tuple[User, None] | None = super().authenticate(request)
        if identity is not None:
            devices.seen([str(request._request.session.session_key)])
        return identity

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that nobody logged in is 401; a failed CSRF check stays 403."""
        return "Cookie"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes `BearerAuthentication` in the OpenAPI document: as two schemes, since only one has scopes."""

    target_class = BearerAuthentication
    name = ["bearer", "personalToken"]
    priority = 1

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """Return what opens an operation: a log-in, or a personal token with these scopes where it takes one."""
        needed = scopes_of(auto_schema.view, auto_schema.method)
        return [{"bearer": []}, *([{"personalToken": [scope.value for scope in needed]}] if needed else [])]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """Return the Security Scheme Objects."""
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": (
                    "`meta.access_token` of `POST /api/auth/app/v1/auth/login` or `…/signup`."
                    " Short-lived: `POST /api/auth/app/v1/tokens/refresh {refresh_token}` gives the next pair."
                ),
            },
            {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": f"{personal_tokens.PREFIX}…",
                "description": (
                    "A personal access token, of `POST /api/v1/tokens/`. Each operation that takes one names the"
                    f" scopes it needs, of {', '.join(f'`{scope}`' for scope in Scope)}; without them it is 403"
                    " `insufficient_scope`."
                ),
            },
        ]


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
