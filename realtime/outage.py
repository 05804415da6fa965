"""That the database is away: said once in the log when it goes, and once when it is back."""

import logging
import math
import time
from collections.abc import Awaitable
from typing import Final, TypeVar

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

T = TypeVar("T")

# What every question that is asked together with others hears too: there is no database.
AWAY: Final = (InterfaceError, OperationalError)
# What PostgreSQL says of itself when it goes, comes, or has no place: by the beginning of SQLSTATE.
_GOING: Final = ("08", "53", "57P")
_TOLD_EVERY_S: Final = 10.0
# It is back once nobody has missed it for so long: while connections are made anew, some are answered and some are not.
_SURE_S: Final = 2.0


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database is away, and not that it would not answer one question (in time, say)."""
    state = getattr(error.__cause__ or error, "sqlstate", None)
    return state is None or state.startswith(_GOING)


class Outage:
    """Whether this process's sockets can ask the database. On the event loop.

    Thousands of them ask while it is away, each with a failure of its own: that is one warning, not thousands.
    """

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._missed_s = 0.0
        self._told_s = -math.inf

    async def heeded(self, answer: Awaitable[T]) -> T:
        """Return an answer of the database, or raise why there is none, and learn from either."""
        try:
            given = await answer
        except AWAY as error:
            if not is_away(error):
                self._tell(error)
                raise
            self._missed_s = time.monotonic()
            if self._since_s is None:
                self._since_s = self._missed_s
                logger.warning("The database is away; who comes is asked to come back: %s", error)
            raise
        if self._since_s is not None and time.monotonic() - self._missed_s >= _SURE_S:
            logger.warning("The database is back; it was away for %.1f s.", self._missed_s - self._since_s)
            self._since_s = None
        return given

    def _tell(self, error: BaseException) -> None:
        """Say what a question failed by, now and then: whoever asked may ask again twice a second."""
        if time.monotonic() - self._told_s >= _TOLD_EVERY_S:
            self._told_s = time.monotonic()
            logger.warning("The database did not answer: %s", error, exc_info=error)
