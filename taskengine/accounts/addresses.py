"""Where a socket's handshake comes from."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def request_of(scope: Mapping[str, Any]) -> HttpRequest:
    """Return a request that comes from where a handshake does, for those who tell a request's address.

    Args:
        scope: An ASGI scope.
    """
    request = HttpRequest()
    if scope.get("client"):
        request.META["REMOTE_ADDR"] = scope["client"][0]
    headers = scope.get("headers", ())
    forwarded = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = ",".join(forwarded)
    return request
