"""What this process tells Prometheus of its requests."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Histogram

REQUESTS: Final = Counter(
    "taskengine_http_requests",
    "Requests that were answered, by route and status.",
    ["method", "route", "status"],
)
DURATION: Final = Histogram(
    "taskengine_http_request_duration_seconds",
    "From the first middleware to the answer, by route; without the wait for a thread.",
    ["method", "route"],
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
REFUSED: Final = Counter(
    "taskengine_http_refused", "Requests that found no place in line, and were told to come again."
)
NO_ROUTE: Final = "none"  # files, and whatever strangers try: one label for all
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@lru_cache(maxsize=2048)
def _figures(method: str, route: str, status: int) -> tuple[Any, Any]:
    return REQUESTS.labels(method, route, str(status)), DURATION.labels(method, route)


def metrics_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Count each request, and how long it took."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        begun_at = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        method = request.method if request.method in _METHODS else "OTHER"
        count, duration = _figures(str(method), match.route if match else NO_ROUTE, response.status_code)
        count.inc()
        duration.observe(time.perf_counter() - begun_at)
        return response

    return answer
