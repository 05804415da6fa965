"""The cache that processes share, which never fails a request.

Rate limits live here. With Redis away each process counts by itself for a while, which is laxer
but neither locks anybody out nor fails a write. What is found in Redis is data and never code, whoever wrote it there:
flags, numbers and lists of numbers, as JSON. Whatever else stands there counts as nothing.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final, Protocol, TypeVar, cast

import orjson
from django.core.cache import cache
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import ConnectionPool
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

logger = logging.getLogger(__name__)

T = TypeVar("T")

_AWAY_S: Final = 5.0  # how long Redis is left alone after a failure, so that not every request waits for it


# One round trip. The window begins with its first hit, and Redis forgets it when it ends. What is no count, or would
# never end, was not written here: it is thrown away, and the third number says so.
_HIT: Final = """
local count = redis.pcall('INCR', KEYS[1])
local left_ms = type(count) == 'table' and -1 or redis.call('PTTL', KEYS[1])
local foreign = 0
if left_ms < 0 and count ~= 1 then
  foreign = redis.call('DEL', KEYS[1])
  count = redis.call('INCR', KEYS[1])
end
if count == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left_ms = tonumber(ARGV[1])
end
return {count, left_ms, foreign}
"""
_LARGEST: Final = 2**53  # beyond it, numbers are something else in another language
_MAX_WINDOWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time in which something is counted.

    Attributes:
        count: How often it has happened, this time included.
        left_s: In how many seconds counting begins anew.
    """

    count: int
    left_s: float


class NotOurs(ValueError):
    """It is no flag, number or list of numbers."""


class Serializer:
    """How values are written in Redis (Django's `serializer`). Its own would unpickle, and so carry out, what is there."""

    def dumps(self, value: Any) -> bytes:
        """Write a value.

        Raises:
            NotOurs: It can't be read again.
        """
        if not _is_ours(value):
            raise NotOurs(
                f"The shared cache takes flags, numbers and lists of numbers, not {type(value).__name__}."
            )
        return orjson.dumps(value)

    def loads(self, data: bytes) -> Any:
        """Read a value.

        Raises:
            NotOurs: Somebody else wrote it.
        """
        try:
            value = orjson.loads(data)
        except ValueError as error:
            raise NotOurs("It is no JSON.") from error
        if not _is_ours(value):
            raise NotOurs(f"It is JSON, but of another shape ({type(value).__name__}).")
        return value


def _is_ours(value: Any) -> bool:
    return all(map(_is_number, value)) if isinstance(value, list) else _is_number(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and abs(value) <= _LARGEST  # a flag is one too; no NaN is


class Counting(Protocol):
    """A cache that can count, which each of ours can."""

    def hit(self, key: str, *, window_s: int) -> Window:
        """Count one more."""


def hit(key: str, *, window_s: int) -> Window:
    """Count one more under a key.

    Args:
        key: What is counted.
        window_s: How long a window is that begins now, in seconds.
    """
    return cast(Counting, cache).hit(key, window_s=window_s)


class ProcessCache(LocMemCache):
    """Django's cache within a process, which can count."""

    # Django makes a cache for each thread.
    _windows: ClassVar[dict[str, tuple[int, float]]] = {}
    _counting: ClassVar[threading.Lock] = threading.Lock()

    def hit(self, key: str, *, window_s: int) -> Window:
        """Count one more."""
        now = time.monotonic()
        with self._counting:
            count, ends_at = self._windows.get(key, (0, 0.0))
            if ends_at <= now:
                count, ends_at = 0, now + window_s
                if len(self._windows) >= _MAX_WINDOWS:
                    self._forget(now)
            self._windows[key] = count + 1, ends_at
        return Window(count + 1, ends_at - now)

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        with self._counting:
            self._windows.clear()

    def _forget(self, now: float) -> None:
        """Make room: drop what has ended, or if nothing has, the half that was begun first."""
        ended = [key for key, (_, ends_at) in self._windows.items() if ends_at <= now]
        for key in ended or list(self._windows)[: _MAX_WINDOWS // 2]:
            del self._windows[key]


def shared(server: str, params: dict[str, Any]) -> "SharedCache":
    """Return the process's one cache at a Redis (`BACKEND` takes what makes a cache).

    Django makes a cache for each context, and so for each request: with it a client, a connection to Redis,
    which takes as long as the rest of a read (0.9 ms), and a memory of its own of whether Redis is away.
    """
    with _making:
        if server not in _made:
            _made[server] = SharedCache(server, params)
        return _made[server]


class _Lines:
    """Redis without redis-py's client, whose way to a connection and back takes twice as long as the question (0.1 ms).

    Args:
        pool: Knows how to connect.
    """

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._free: deque[Any] = deque()  # of which taking and giving back need no lock

    def ask(self, *command: Any) -> Any:
        """Send a command, once more where the line was cut, and return what Redis says."""
        try:
            line = self._free.pop()
        except IndexError:
            return self._ask(self._pool.make_connection(), command)
        try:
            return self._ask(line, command)
        except (RedisConnectionError, OSError):  # it may have been cut long ago
            return self._ask(line, command)

    def _ask(self, line: Any, command: Sequence[Any]) -> Any:
        try:
            line.send_command(*command)  # which connects
            answer = line.read_response()
        except BaseException:
            line.disconnect()  # what comes later is not taken for the answer to another
            raise
        self._free.append(line)
        return answer


_made: Final[dict[str, "SharedCache"]] = {}
_making: Final = threading.Lock()


class SharedCache(BaseCache):
    """Django's Redis cache, with one of this process's own to stand in for it.

    Args:
        server: Redis' address.
        params: Django's cache settings; `OPTIONS` go to redis-py.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis = RedisCache(
            server, {**params, "OPTIONS": {**params.get("OPTIONS", {}), "serializer": Serializer}}
        )
        self._own = ProcessCache("stand-in", {"OPTIONS": {"MAX_ENTRIES": 10_000}})
        self._away_until = 0.0

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value that is not there yet."""
        return bool(self._either("add", key, value, timeout=timeout, version=version))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value; the default where there is none, or one of another kind than the default."""

        def find() -> Any:
            try:
                value = self._redis.get(key, default=default, version=version)
            except NotOurs as error:
                return _missed(key, default, error)
            except ResponseError as error:
                if not str(error).startswith("WRONGTYPE"):
                    raise
                return _missed(key, default, error)
            if isinstance(default, list) and not isinstance(value, list):
                return _missed(key, default, f"It is no list ({type(value).__name__}).")
            return value

        return self._try(find, lambda: self._own.get(key, default=default, version=version))

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

    def hit(self, key: str, *, window_s: int) -> Window:
        """Count one more, for all processes."""

        def count() -> Window:
            counted, left_ms, foreign = self._lines.ask(
                "EVAL", _HIT, 1, self._redis.make_and_validate_key(key), window_s * 1000
            )
            if foreign:
                _missed(key, None, "It is no count that ends.")
            return Window(counted, left_ms / 1000)

        return self._try(count, lambda: self._own.hit(key, window_s=window_s))

    @cached_property
    def _lines(self) -> "_Lines":
        return _Lines(cast(Any, self._redis)._cache.get_client(None, write=True).connection_pool)

    def _either(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._try(
            lambda: getattr(self._redis, method)(*args, **kwargs),
            lambda: getattr(self._own, method)(*args, **kwargs),
        )

    def _try(self, shared: Callable[[], T], own: Callable[[], T]) -> T:
        if time.monotonic() >= self._away_until:
            try:
                return shared()
            except (RedisError, OSError) as error:
                self._away_until = time.monotonic() + _AWAY_S
                logger.warning("The shared cache does not answer; this process counts by itself: %s", error)
        return own()


def _missed(key: str, default: T, why: object) -> T:
    """Tell that somebody else wrote into Redis, and return the default. The key is left out: it may hold an address."""
    logger.warning(
        "What stands in Redis under a key of %r is not ours, and counts as nothing: %s", _kind(key), why
    )
    return default


def _kind(key: str) -> str:
    return str(key).partition(":")[0]
