"""A circuit breaker: what fails again and again is left alone for a while."""

from collections.abc import Callable
from typing import Final

FAILURES: Final = 5
REST_S: Final = 30.0


class Breaker:
    """The breaker of one model. It belongs to one process; nothing is written down.

    It opens after some failures in a row, or when told how long to wait. When the time is over one
    caller may try: success closes it, failure opens it again. A caller that tries and never says how
    it went holds the place no longer than another rest.

    Args:
        clock: Seconds that never go back (`time.monotonic`).
        failures: How many failures in a row open it.
        rest_s: How long it then stays open, in seconds.
    """

    def __init__(
        self, *, clock: Callable[[], float], failures: int = FAILURES, rest_s: float = REST_S
    ) -> None:
        self._clock = clock
        self._most = failures
        self._rest_s = rest_s
        self._failed = 0
        self._closed_from = 0.0  # open before this instant

    def wait_s(self) -> float:
        """Return for how many seconds it stays open; 0 where it lets calls through."""
        return max(0.0, self._closed_from - self._clock())

    def allows(self) -> bool:
        """Whether a call may be made now. While it is being tried after a rest, one call at a time."""
        if self.wait_s() > 0:
            return False
        if self._failed >= self._most:
            self._closed_from = self._clock() + self._rest_s  # for everyone but this caller
        return True

    def succeeded(self) -> None:
        """The call went through; whatever it answered, the line works."""
        self._failed = 0
        self._closed_from = 0.0

    def failed(self, *, wait_s: float | None = None) -> None:
        """The call did not go through.

        Args:
            wait_s: For how long nothing else will either, in seconds, where it is known.
        """
        self._failed += 1
        if self._failed >= self._most:
            self._closed_from = self._clock() + self._rest_s
        if wait_s:
            self._closed_from = max(self._closed_from, self._clock() + wait_s)
