"""A few threads with a line of bounded length before them: what is synchronous runs here, off the event loop."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class LaneFull(Exception):
    """So many wait already that one more would hardly be served in time."""


class Lane:
    """Threads that live as long as the process, and so keep their connections to the database.

    Args:
        name: What its threads are called.
        threads: How many calls run at once.
        line: How many may wait beside those.
    """

    def __init__(self, name: str, *, threads: int, line: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._places = threading.Semaphore(threads + line)

    def submit(self, function: Callable[..., T], *args: Any) -> "asyncio.Future[T]":
        """Call a function in one of the threads, as soon as one is free.

        To cancel what is returned takes the call out of the line. One that has begun runs to its end,
        and keeps its place until then.

        Raises:
            LaneFull: At once, instead of a wait.
        """
        if not self._places.acquire(blocking=False):
            raise LaneFull
        # A context of its own: what a call sets in it, the next one in the same thread does not find.
        call = self._threads.submit(contextvars.copy_context().run, function, *args)
        call.add_done_callback(self._leave)
        return asyncio.wrap_future(call)

    def _leave(self, _: "Future[Any]") -> None:
        self._places.release()
