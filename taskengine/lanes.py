"""A few threads with a line of bounded length before them, and turns within it.

What is synchronous runs here, off the event loop.
"""

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class LaneFull(Exception):
    """So many wait already that one more would hardly be served in time."""


_lanes: "WeakSet[Lane]" = WeakSet()


def waiting() -> dict[str, int]:
    """Return how many calls wait in each lane of this process, by its name."""
    depths: dict[str, int] = {}
    for lane in tuple(_lanes):
        depths[lane.name] = depths.get(lane.name, 0) + lane.waiting
    return depths


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
        self.name = name
        _lanes.add(self)

    @property
    def waiting(self) -> int:
        """How many calls have no thread yet."""
        return self._threads._work_queue.qsize()

    def submit(
        self, function: Callable[..., T], *args: Any, then: Callable[[], None] | None = None
    ) -> "asyncio.Future[T]":
        """Call a function in one of the threads, as soon as one is free.

        To cancel what is returned takes the call out of the line. One that has begun runs to its end,
        and keeps its place until then.

        Args:
            function: What to call.
            args: What with.
            then: Called, in whichever thread, when the call has ended or was taken out of the line.

        Raises:
            LaneFull: At once, instead of a wait; `then` is not called.
        """
        if not self._places.acquire(blocking=False):
            raise LaneFull
        # A context of its own: what a call sets in it, the next one in the same thread does not find.
        call = self._threads.submit(contextvars.copy_context().run, function, *args)
        call.add_done_callback(self._leave)
        if then is not None:
            call.add_done_callback(lambda _: then())
        return asyncio.wrap_future(call)

    def _leave(self, _: "Future[Any]") -> None:
        self._places.release()


class Turns:
    """Lets each person do so many things at once. Who has to wait does so on the loop, without a thread.

    One person's writes wait for each other anyway, at the lock of their stream. Without turns eight of them would
    wait there with all threads of a process, and everybody else for them.

    Args:
        at_once: How many.
        line: How many may wait for each person.
    """

    def __init__(self, *, at_once: int, line: int) -> None:
        self._at_once, self._line = at_once, line
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, int] = {}
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    def enter(self, who: Hashable) -> "asyncio.Future[None] | None":
        """Begin one thing more: now, or when what is returned is done. `leave` ends it.

        Raises:
            LaneFull: Too many wait already.
        """
        with self._lock:
            under_way = self._under_way.get(who, 0)
            if under_way < self._at_once:
                self._under_way[who] = under_way + 1
                return None
            line = self._waiting.setdefault(who, deque())
            if len(line) >= self._line:
                raise LaneFull
            line.append(asyncio.get_running_loop().create_future())
            return line[-1]

    def give_up(self, who: Hashable, turn: "asyncio.Future[None]") -> None:
        """Wait no longer for what `enter` returned."""
        with self._lock:
            line = self._waiting.get(who, ())
            if turn in line:
                self._take_out(who, turn)
        if not turn.cancel():  # it had come
            self.leave(who)

    def leave(self, who: Hashable) -> None:
        """End one thing, from whichever thread: who waits longest is next."""
        with self._lock:
            if line := self._waiting.get(who):
                turn = line[0]
                self._take_out(who, turn)
            elif self._under_way[who] == 1:
                del self._under_way[who]
                return
            else:
                self._under_way[who] -= 1
                return
        turn.get_loop().call_soon_threadsafe(self._call, who, turn)

    def _take_out(self, who: Hashable, turn: "asyncio.Future[None]") -> None:
        self._waiting[who].remove(turn)
        if not self._waiting[who]:
            del self._waiting[who]

    def _call(self, who: Hashable, turn: "asyncio.Future[None]") -> None:
        if turn.cancelled():
            self.leave(who)
        else:
            turn.set_result(None)
