"""What there is to know of any request: its own name, for answers and logs; who asks; whether it may change something."""

import random
import re
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from django.http import HttpRequest
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from taskengine.accounts import tokens
from taskengine.accounts.models import User
from taskengine.accounts.personal_tokens import Grant

HEADER: Final = "X-Request-ID"
_ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


def new_request_id(offered: str | None) -> str:
    """Return the id a client or proxy offered, if it is harmless to log, or a new one."""
    if offered and _ACCEPTABLE.fullmatch(offered):
        return offered
    return f"{random.getrandbits(128):032x}"  # a name, and no secret


def header(request: HttpRequest | Request, name: str) -> str | None:
    """Return what a request says in a header, or None where it has none of that name.

    Django's `headers` goes through all of them before it says what one is, which each request would pay for.

    Args:
        request: Django's, or DRF's.
        name: The header's, but for `Content-Type` and `Content-Length`, which WSGI keeps elsewhere.
    """
    django_request = request._request if isinstance(request, Request) else request
    return cast(str | None, django_request.META.get(_meta_name(name)))


@cache
def _meta_name(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"


def owner_id(request: Request) -> UUID:
    """Return who asks; the view's permissions let nobody else through."""
    return cast(User, request.user).pk


def session_key(request: Request) -> str:
    """Return the log-in that a request stands on: by token of either kind, or else by cookie."""
    if isinstance(request.auth, Grant):
        return request.auth.login
    if request.auth is not None:
        return tokens.session_key(cast(dict[str, Any], request.auth))
    key: str | None = request._request.session.session_key
    assert key, "a cookie was believed without its session"
    return key


def is_read(method: str, view: Any) -> bool:
    """Say whether a request can change nothing: by its method, or because its view says `writes_nothing`."""
    return method in SAFE_METHODS or getattr(view, "writes_nothing", False)


def request_id(request: Any) -> str | None:
    """Return a request's id; None where there is no request."""
    return getattr(request, "request_id", None)
