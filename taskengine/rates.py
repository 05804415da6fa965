"""How a limit is written: so many in a stretch of time, as in `600/min`."""

from dataclasses import dataclass
from typing import Final, Self

from django.core.exceptions import ImproperlyConfigured

_PERIODS_S: Final = {
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("m", "min", "minute"), 60),
    **dict.fromkeys(("h", "hour"), 3600),
    **dict.fromkeys(("d", "day"), 86_400),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """So many in a window of so many seconds, which begins with the first of them."""

    limit: int
    period_s: int

    @classmethod
    def parse(cls, text: str | None, *, name: str) -> Self | None:
        """Read a rate; nothing is no limit.

        Args:
            text: Such as `600/min`.
            name: What it limits, for the error.

        Raises:
            ImproperlyConfigured: It is not written like that.
        """
        if not text:
            return None
        number, _, period = text.partition("/")
        if not (number.isascii() and number.isdigit()) or period not in _PERIODS_S:
            raise ImproperlyConfigured(f"RATE_LIMIT_{name} is {text!r}, but is written like 600/min.")
        return cls(limit=int(number), period_s=_PERIODS_S[period])
