"""The cache that processes share, which never fails a request.

Rate limits live here. With Redis away each process counts by itself for a while, which is laxer
but neither locks anybody out nor fails a write.
"""

import logging
import time
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_AWAY_S: Final = 5.0  # how long Redis is left alone after a failure, so that not every request waits for it


class SharedCache(BaseCache):
    """Django's Redis cache, with one of this process's own to stand in for it.

    Args:
        server: Redis' address.
        params: Django's cache settings; `OPTIONS` go to redis-py.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis = RedisCache(server, params)
        self._own = LocMemCache("stand-in", {"OPTIONS": {"MAX_ENTRIES": 10_000}})
        self._away_until = 0.0

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value that is not there yet."""
        return bool(self._either("add", key, value, timeout=timeout, version=version))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value."""
        return self._either("get", key, default=default, version=version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Set a value."""
        self._either("set", key, value, timeout=timeout, version=version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Give a value another lifetime."""
        return bool(self._either("touch", key, timeout=timeout, version=version))

    def delete(self, key: Any, version: Any = None) -> bool:
        """Remove a value."""
        return bool(self._either("delete", key, version=version))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Add to a number."""
        return int(self._either("incr", key, delta=delta, version=version))

    def clear(self) -> None:
        """Forget everything."""
        self._either("clear")

    def _either(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                return getattr(self._redis, method)(*args, **kwargs)
            except (RedisError, OSError) as error:
                self._away_until = time.monotonic() + _AWAY_S
                logger.warning("The shared cache does not answer; this process counts by itself: %s", error)
        return getattr(self._own, method)(*args, **kwargs)
