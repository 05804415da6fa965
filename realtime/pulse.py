"""The one timer of all sockets of a process: a wheel whose spokes come round tick by tick."""

import asyncio
import logging
import math
from typing import Final, Protocol

logger = logging.getLogger(__name__)

TICK_S: Final = 0.25
_AFTER_FAILURE_S: Final = 1.0


class Beating(Protocol):
    """Something that wants to be called now and then. On the event loop."""

    def beat(self) -> float | None:
        """Do what is due, without blocking; return in how many seconds to be called again, None for never."""


class Pulse:
    """Calls each of many things in its own time, a tick late at most.

    Ten thousand sockets with a timer or a task of their own would cost many times their memory.
    """

    def __init__(self) -> None:
        self._spokes: dict[int, set[Beating]] = {}
        self._places: dict[Beating, int] = {}
        self._now = 0

    def add(self, one: Beating, *, in_s: float) -> None:
        """Call it in some seconds, and not when it was to be called so far."""
        self.remove(one)
        place = self._now + max(1, math.ceil(in_s / TICK_S))
        self._places[one] = place
        self._spokes.setdefault(place, set()).add(one)

    def remove(self, one: Beating) -> None:
        """Call it no more; one that was never added is no error."""
        spoke = self._spokes.get(self._places.pop(one, 0))
        if spoke is not None:
            spoke.discard(one)

    async def run(self) -> None:
        """Tick for ever."""
        loop = asyncio.get_running_loop()
        begun_at = loop.time() - self._now * TICK_S
        while True:
            await asyncio.sleep(begun_at + (self._now + 1) * TICK_S - loop.time())
            self._tick()

    def _tick(self) -> None:
        self._now += 1
        for one in self._spokes.pop(self._now, ()):
            if self._places.get(one) != self._now:
                continue  # another one of this tick removed it
            self.remove(one)
            try:
                in_s = one.beat()
            except Exception:
                logger.exception("A beat failed; the next one comes all the same.")
                in_s = _AFTER_FAILURE_S
            if in_s is not None:
                self.add(one, in_s=in_s)
