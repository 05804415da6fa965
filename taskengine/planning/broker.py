"""Celery's broker, seen from outside: how much waits in it, and which workers hear it.

A worker signs in a sorted set, with Redis' own time, so that nobody's clock is compared with another's. Who was
killed is gone from the count when its sign is old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from redis import Redis

SIGNS: Final = "taskengine:workers"
# A worker signs every two seconds.
LIVES_FOR_S: Final = 10
_LINES: Any = settings.CELERY["task_queues"]
QUEUES: Final[tuple[str, ...]] = tuple(_LINES)
_UNACKNOWLEDGED: Final = "unacked"  # kombu's name for what was handed out and is not done
_FORGOTTEN_AFTER_S: Final = 3_600
_TIMEOUT_S: Final = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """What there was to see.

    Attributes:
        waiting: How many messages wait for a worker, by queue.
        unacknowledged: How many were handed to a worker that has not said that they are done.
        workers: The names of those that gave a sign of life lately.
    """

    waiting: Mapping[str, int]
    unacknowledged: int
    workers: tuple[str, ...]


def look() -> Sight:
    """Return how it looks now.

    Raises:
        RedisError: It does not answer.
    """
    client = _client()
    pipe = client.pipeline(transaction=False)
    for queue in QUEUES:
        pipe.llen(queue)
    pipe.hlen(_UNACKNOWLEDGED)
    pipe.zrangebyscore(SIGNS, _now_s(client) - LIVES_FOR_S, "+inf")
    *waiting, unacknowledged, workers = pipe.execute()
    return Sight(
        waiting=dict(zip(QUEUES, waiting, strict=True)),
        unacknowledged=unacknowledged,
        workers=tuple(sorted(name.decode() for name in workers)),
    )


def sign(name: str) -> None:
    """Say that a worker lives.

    Raises:
        RedisError: It does not answer.
    """
    client = _client()
    now_s = _now_s(client)
    pipe = client.pipeline(transaction=False)
    pipe.zadd(SIGNS, {name: now_s})
    pipe.zremrangebyscore(SIGNS, "-inf", now_s - _FORGOTTEN_AFTER_S)
    pipe.expire(SIGNS, _FORGOTTEN_AFTER_S)
    pipe.execute()


def sign_off(name: str) -> None:
    """Say that a worker has stopped in order.

    Raises:
        RedisError: It does not answer.
    """
    _client().zrem(SIGNS, name)


@cache
def _client_of(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)


def _client() -> Redis:
    return _client_of(settings.REDIS_URL)


def _now_s(client: Redis) -> float:
    seconds, microseconds = client.time()
    return seconds + microseconds / 1e6
