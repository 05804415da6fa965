"""How often one person may ask: reads, writes and what is asked of a planner, each by itself.

A limit is so many requests in a window that begins with the first of them. Counted in the cache, so for all
processes together, by one round trip. The answer says how much is left (`RateLimitMiddleware`).
"""

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from taskengine import cache
from taskengine.accounts.addresses import address_of, network_of
from taskengine.accounts.limits import Refusal
from taskengine.api.requests import is_read
from taskengine.rates import Rate


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a person stands with one limit after a request.

    Attributes:
        name: The limit's.
        quota: How many requests a window has.
        window_s: How long it is, in seconds.
        remaining: How many of them are left.
        left_s: When it ends, in seconds from now.
    """

    name: str
    quota: int
    window_s: int
    remaining: int
    left_s: int


def standing_of(refusal: Refusal) -> Standing:
    """Return how whoever was refused by a limit on log-ins and the like stands with it."""
    return Standing(
        name=refusal.name,
        quota=refusal.quota,
        window_s=refusal.window_s,
        remaining=0,
        left_s=refusal.left_s,
    )


def standings(request: HttpRequest) -> list[Standing]:
    """Return what was counted of a request so far, to be added to."""
    found: list[Standing] = request.__dict__.setdefault("_rate_limits", [])
    return found


def headers(found: Iterable[Standing]) -> dict[str, str]:
    """Return the fields of draft-ietf-httpapi-ratelimit-headers-10."""
    return {
        "RateLimit-Policy": ", ".join(f'"{one.name}";q={one.quota};w={one.window_s}' for one in found),
        "RateLimit": ", ".join(f'"{one.name}";r={one.remaining};t={one.left_s}' for one in found),
    }


@functools.cache
def _parsed(rate: str | None, name: str) -> Rate | None:
    return Rate.parse(rate, name=name)


class _PersonThrottle(SimpleRateThrottle):
    """Counts by user, or by address where nobody is logged in."""

    num_requests: int
    duration: int  # seconds

    def parse_rate(self, rate: str | None) -> tuple[int, int] | tuple[None, None]:
        """Return how many requests a window has, and its seconds; DRF asks for them like this."""
        parsed = _parsed(rate, str(self.scope).upper())
        return (parsed.limit, parsed.period_s) if parsed else (None, None)

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count a request, and say whether it may go on."""
        if self.rate is None or not self.counts(request, view):
            return True
        who = request.user.pk if request.user.is_authenticated else network_of(address_of(request._request))
        window = cache.hit(f"throttle:{self.scope}:{who}", window_s=self.duration)
        self._standing = Standing(
            name=str(self.scope),
            quota=self.num_requests,
            window_s=self.duration,
            remaining=max(0, self.num_requests - window.count),
            left_s=min(
                self.duration, math.ceil(window.left_s)
            ),  # the difference of two floats may be a hair more
        )
        standings(request._request).append(self._standing)
        return window.count <= self.num_requests

    def wait(self) -> float:
        """Return in how many seconds a refused request may come again."""
        return self._standing.left_s

    def counts(self, request: Request, view: Any) -> bool:
        """Whether a request is of the kind that is counted here."""
        raise NotImplementedError


class ReadThrottle(_PersonThrottle):
    """`RATE_LIMIT_READ`: requests that change nothing."""

    scope = "read"

    def counts(self, request: Request, view: Any) -> bool:
        """Count what only reads."""
        return is_read(str(request.method), view)


class WriteThrottle(_PersonThrottle):
    """`RATE_LIMIT_WRITE`: requests that may change something."""

    scope = "write"

    def counts(self, request: Request, view: Any) -> bool:
        """Count the rest."""
        return not is_read(str(request.method), view)


class DemoThrottle(_PersonThrottle):
    """`RATE_LIMIT_DEMO`: new guests."""

    scope = "demo"

    def counts(self, request: Request, view: Any) -> bool:
        """Count each one."""
        return True


class AiThrottle(_PersonThrottle):
    """`RATE_LIMIT_AI`: requests that ask a planner for something, whichever it is."""

    scope = "ai"

    def counts(self, request: Request, view: Any) -> bool:
        """Count unsafe methods."""
        return request.method not in SAFE_METHODS


class ExportThrottle(_PersonThrottle):
    """`RATE_LIMIT_EXPORT`: exports, each of which reads all that somebody has."""

    scope = "export"

    def counts(self, request: Request, view: Any) -> bool:
        """Count each one."""
        return True


class ImportThrottle(_PersonThrottle):
    """`RATE_LIMIT_IMPORT`: imports, those that only try included."""

    scope = "import"

    def counts(self, request: Request, view: Any) -> bool:
        """Count each one."""
        return True
