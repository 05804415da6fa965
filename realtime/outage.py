"""That the database is away: said once in the log when it goes, and once when it is back."""

import logging
import time
from collections.abc import Awaitable
from typing import Final, TypeVar

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

T = TypeVar("T")

# What every question that is asked together with others hears too: there is no database.
AWAY: Final = (InterfaceError, OperationalError)
# It is back once nobody has missed it for so long: while connections are made anew, some are answered and some are not.
_SURE_S: Final = 2.0


class Outage:
    """Whether this process's sockets can ask the database. On the event loop.

    Thousands of them ask while it is away, each with a failure of its own: that is one warning, not thousands.
    """

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._missed_s = 0.0

    async def heeded(self, answer: Awaitable[T]) -> T:
        """Return an answer of the database, or raise why there is none, and learn from either."""
        try:
            given = await answer
        except AWAY as error:
            self._missed_s = time.monotonic()
            if self._since_s is None:
                self._since_s = self._missed_s
                logger.warning("The database is away; who comes is asked to come back: %s", error)
            raise
        if self._since_s is not None and time.monotonic() - self._missed_s >= _SURE_S:
            logger.warning("The database is back; it was away for %.1f s.", self._missed_s - self._since_s)
            self._since_s = None
        return given
