"""How long whoever was refused by a limit on log-ins and the like has to wait: allauth counts, and doesn't say."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """The limit that a request was refused by.

    Attributes:
        name: The limit's, as in `RATE_LIMIT_…`.
        quota: How many a window has.
        window_s: How long it is, in seconds.
        left_s: In how many seconds one more may come.
    """

    name: str
    quota: int
    window_s: int
    left_s: int


def note(request: HttpRequest, *, name: str, quota: int, window_s: float, left_s: float) -> None:
    """Remember by which limit a request was refused. Where that answers 429, the answer says so.

    Nowhere else: allauth is silent about some, lest anybody learn which addresses have accounts.
    """
    request.__dict__["_refusal"] = Refusal(
        name=name, quota=quota, window_s=math.ceil(window_s), left_s=max(1, math.ceil(left_s))
    )


def refusal_of(request: HttpRequest) -> Refusal | None:
    """Return the limit that a request was refused by last."""
    return request.__dict__.get("_refusal")


def watch() -> None:
    """Have allauth's limits note whom they refuse. Once in a process."""
    ratelimit._consume_single_rate = _watched(ratelimit._consume_single_rate)


def _watched(consume: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(consume)
    def watched(request: HttpRequest, *, app: str, action: str, rate: Any, **asked: Any) -> Any:
        usage = None
        try:
            usage = consume(request, app=app, action=action, rate=rate, **asked)
        finally:
            if usage is None:  # or it raised
                who = {name: asked.get(name) for name in ("key", "user")}
                key = ratelimit.get_cache_key(request, app=app, action=action, rate=rate, **who)
                # The instants of what was allowed, the oldest last: when that one is too old, one more may come.
                history = cache.get(key, []) or [time.time() - rate.duration]
                left_s = history[-1] + rate.duration - time.time()
                note(request, name=action, quota=rate.amount, window_s=rate.duration, left_s=left_s)
        return usage

    return watched
