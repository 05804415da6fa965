"""The client's address: the one home of it, for limits, logs, log-ins and tokens alike.

Whoever serves has put it where it is read from here: the peer's, or what proxies say that are trusted
(`taskengine.proxies`). No header is read any more.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any, Final

from allauth.core.internal.ratelimit import truncate_ip
from django.http import HttpRequest

# A server on a unix socket sees no address. Such clients share the limits of this one.
UNKNOWN_ADDRESS: Final = "0.0.0.0"  # noqa: S104 (not bound to)


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from, or `UNKNOWN_ADDRESS`. It never fails."""
    return _sound(request.META.get("REMOTE_ADDR"))


def address_of_scope(scope: Mapping[str, Any]) -> str:
    """Return where an ASGI scope comes from, as `address_of` does."""
    client = scope.get("client")
    return _sound(client[0] if client else None)


def network_of(address: str) -> str:
    """Return what limits count by: the address, of IPv6 the /64, since every home has that many."""
    return str(truncate_ip(address))


def _sound(address: str | None) -> str:
    try:
        return str(ipaddress.ip_address(address or ""))
    except ValueError:
        return UNKNOWN_ADDRESS
