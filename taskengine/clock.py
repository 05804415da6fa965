"""The time, as the database tells it.

The database's clock is the authority on deadlines. Each process measures how far its own
clock is from it and adds that offset, so that a read needs no round trip and two processes
with different clocks still agree on what is missed.
"""

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Final

from django.db import connection

logger = logging.getLogger(__name__)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STEP_S: Final = 0.01  # clocks that merely drift apart are found out before it is so much


class OffsetClock:
    """The wall clock plus a measured offset to another clock.

    A sample is the other clock's reading between two of ours; half the time between them is
    how wrong it can be (Cristian's algorithm).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset_s = 0.0
        self._error_s = float("inf")
        self._answered_at = time.monotonic()

    @property
    def offset_s(self) -> float:
        """Seconds to add to this machine's wall clock."""
        return self._offset_s

    def timestamp(self) -> float:
        """Return the time in seconds since 1970, UTC."""
        return time.time() + self._offset_s

    def now(self) -> datetime:
        """Return the time as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def silence_s(self) -> float:
        """Return how long ago the other clock was last read, in seconds; since this one was made, if it never was."""
        return time.monotonic() - self._answered_at

    def observe(self, *, sent: float, received: float, reading: datetime) -> bool:
        """Take in one reading of the other clock.

        A sample is believed when it is sharper than what is known, or when the two contradict
        each other, which means that one of the clocks was stepped.

        Args:
            sent: Our `time.time()` before the question, in seconds.
            received: Our `time.time()` after the answer, in seconds.
            reading: What the other clock said, aware.

        Returns:
            Whether one of the clocks was stepped since the last sample.
        """
        self._answered_at = time.monotonic()
        error_s = (received - sent) / 2
        if error_s < 0:  # our own clock was stepped back while we asked: the sample says nothing
            return False
        offset_s = (reading - _EPOCH).total_seconds() - (sent + received) / 2
        with self._lock:
            change_s = offset_s - self._offset_s
            contradicts = abs(change_s) > error_s + self._error_s
            if error_s <= self._error_s or contradicts:
                self._offset_s, self._error_s = offset_s, error_s
        is_step = contradicts and abs(change_s) > _STEP_S
        if is_step:
            logger.warning("This clock or the database's was stepped: they are now %+.3f s apart.", offset_s)
        return is_step


_clock = OffsetClock()

now = _clock.now
timestamp = _clock.timestamp
silence_s = _clock.silence_s
observe = _clock.observe


def measure() -> None:
    """Ask the database what time it is, twice, in the caller's thread.

    The first answer may have waited for a connection, which makes it worth little.
    """
    for _ in range(2):
        sent = time.time()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            row = cursor.fetchone()
        assert row is not None, "it is one row always"
        observe(sent=sent, received=time.time(), reading=row[0])
