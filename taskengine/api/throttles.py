"""How often one person may ask, reads and writes apart."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class _PersonThrottle(SimpleRateThrottle):
    """Counts by user, or by address where nobody is logged in."""

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Return what the count is kept under; None where this throttle does not apply."""
        if not self.counts(request):
            return None
        who = request.user.pk if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}

    def counts(self, request: Request) -> bool:
        """Whether a request is of the kind that is counted here."""
        raise NotImplementedError


class ReadThrottle(_PersonThrottle):
    """`RATE_LIMIT_READ`: requests that change nothing."""

    scope = "read"

    def counts(self, request: Request) -> bool:
        """Count safe methods."""
        return request.method in SAFE_METHODS


class WriteThrottle(_PersonThrottle):
    """`RATE_LIMIT_WRITE`: requests that may change something."""

    scope = "write"

    def counts(self, request: Request) -> bool:
        """Count unsafe methods."""
        return request.method not in SAFE_METHODS


class DemoThrottle(_PersonThrottle):
    """`RATE_LIMIT_DEMO`: new guests."""

    scope = "demo"

    def counts(self, request: Request) -> bool:
        """Count each one."""
        return True


class AiThrottle(_PersonThrottle):
    """`RATE_LIMIT_AI`: requests that ask a planner for something, whichever it is."""

    scope = "ai"

    def counts(self, request: Request) -> bool:
        """Count unsafe methods."""
        return request.method not in SAFE_METHODS
