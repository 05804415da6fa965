"""How many streams the repair asks about at once: arithmetic, without a clock of its own."""

import math
from typing import Final

# A round goes through the streams in portions, evenly over its time: the queries for a thousand at once take a core for
# five milliseconds, those for 25 for half of one, and every event waits meanwhile.
PORTION_STREAMS: Final = 25
MAX_PORTIONS: Final = 40  # of a round; beyond a thousand streams the portions grow
# After a failure everybody lacks something, and so does every other process's: so the portions grow while the database
# keeps up, and no further than this.
MAX_TIMES: Final = 4


class Pace:
    """What share of a round is due.

    In quiet times that follows from how long ago the last portion was asked for: a slow answer makes the next one larger,
    and no round longer. After a failure each stream is asked about once more as soon as can be: one portion, then two
    at once, then four, and never more than that however long the database was away.
    """

    def __init__(self) -> None:
        self._times = 0  # portions at once, while it catches up
        self._owed = 0  # streams

    def portions(self, streams: int) -> int:
        """Return into how many portions a round over so many streams is parted."""
        return min(max(1, math.ceil(streams / PORTION_STREAMS)), MAX_PORTIONS)

    def due(self, streams: int, *, since_s: float, round_s: float) -> int:
        """Return about how many streams to ask now.

        Args:
            streams: How many there are.
            since_s: How long ago the last portion was asked for, in seconds.
            round_s: How long a whole round is to take, in seconds.
        """
        if self._times:
            return min(self._times * math.ceil(streams / self.portions(streams)), streams)
        return math.ceil(min(since_s / round_s, 1.0) * streams)

    def asked(self, count: int) -> None:
        """Learn that so many streams were asked about, and that all went well."""
        if self._times:
            self._owed -= count
            self._times = min(2 * self._times, MAX_TIMES) if self._owed > 0 else 0

    def failed(self, streams: int) -> None:
        """Learn that the asking failed, so that all of so many streams are to be asked about again."""
        self._times, self._owed = 1, streams
