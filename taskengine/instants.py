"""How a time and a day are written, wherever one comes in: a rule that knows no framework."""

import re
from datetime import UTC, date, datetime
from typing import Final

MIN_YEAR: Final = 1970
MAX_YEAR: Final = 9000
# The end of a day is an instant like any other, and has to be in these years as well. That of the next day is not, but
# in zones ahead of UTC; that of the first is in all of them.
FIRST_DAY: Final = date(MIN_YEAR, 1, 1)
LAST_DAY: Final = date(MAX_YEAR, 12, 30)
# RFC 3339, section 5.6. ISO 8601 has many more ways to write a time, each a chance to be misread.
_RFC_3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?P<offset>[Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
# What an address makes of `+01:00`.
_LOST_PLUS: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)? \d\d:\d\d", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

MESSAGES: Final = {
    "not_text": "Write the time as text, such as 2026-11-22T17:00:00Z.",
    "not_a_time": "This is not an RFC 3339 time, such as 2026-11-22T17:00:00Z.",
    "not_a_day": "This is not a day, such as 2026-11-22.",
    "naive": "The time has no offset. Add one, such as Z or +01:00.",
    "out_of_range": f"The year must be from {MIN_YEAR} to {MAX_YEAR}, in UTC too; the last day is {LAST_DAY}.",
}
_HINT: Final = "In an address + means a space: write it as %2B."


class NotATime(ValueError):
    """Something is no time, or no day.

    Args:
        code: What is wrong with it, a key of `MESSAGES`.
        hint: What may have gone wrong.
    """

    def __init__(self, code: str, hint: str = "") -> None:
        super().__init__(f"{MESSAGES[code]} {hint}".rstrip())
        self.code = code


def instant(value: object) -> datetime:
    """Return the instant that an RFC 3339 time with an offset means, in UTC.

    Raises:
        NotATime: It is none.
    """
    if not isinstance(value, str):
        raise NotATime("not_text")
    shape = _RFC_3339.fullmatch(value)
    if shape is None:
        raise NotATime("not_a_time", _HINT if _LOST_PLUS.fullmatch(value) else "")
    if shape["offset"] is None:
        raise NotATime("naive")
    try:
        read = datetime.fromisoformat(value.upper())
    except ValueError:
        raise NotATime("not_a_time") from None
    if not is_instant(read):
        raise NotATime("out_of_range")
    return read.astimezone(UTC)


def day(value: object) -> date:
    """Return the day that `2026-11-22` means.

    Raises:
        NotATime: It is none.
    """
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise NotATime("not_a_day")
    try:
        read = date.fromisoformat(value)
    except ValueError:
        raise NotATime("not_a_day") from None
    if not is_day(read):
        raise NotATime("out_of_range")
    return read


def is_instant(read: datetime) -> bool:
    """Whether an instant is in the years that are taken, as it is written and in UTC."""
    # Year 1 is not asked what it is in UTC: that may be before the calendar begins.
    return MIN_YEAR <= read.year <= MAX_YEAR and MIN_YEAR <= read.astimezone(UTC).year <= MAX_YEAR


def is_day(read: date) -> bool:
    """Whether a day is taken: it ends in the years that are taken, in whatever zone."""
    return FIRST_DAY <= read <= LAST_DAY
