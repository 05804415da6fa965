"""The seam between an event loop and the database: threads of one's own, a transaction in each call."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from django.db import close_old_connections

T = TypeVar("T")


class DatabaseThreads:
    """Threads in which functions that use the database are called.

    Args:
        count: How many there are at most.
        name: What they are called.
    """

    def __init__(self, count: int, *, name: str) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function in one of the threads, with what is bound to the log here, and return what it returns."""

        def call() -> T:
            close_old_connections()
            try:
                return function(*args)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._pool, copy_context().run, call)

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown(wait=True)
