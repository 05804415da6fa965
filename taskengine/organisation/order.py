"""Manual order, as a pure rule: every object has a position, and between any two there is room for another.

A position is text over 62 digits that compares byte by byte. What is new has the microsecond it was made
at, so it comes last without anybody looking what was last before. What is moved gets a position between its
new neighbours, and nothing else changes.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # as ASCII sorts them
_BASE: Final = len(_DIGITS)
_INSTANT_CHARS: Final = 9  # microseconds since 1970, until the year 2398
_INSTANTS: Final = _BASE**_INSTANT_CHARS
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A gap that is halved again and again costs a character each sixth time.
MAX_POSITION_CHARS: Final = 200


def last(*, now: datetime, place: int, id_: UUID) -> str:
    """Return the position of something new: after all that was made before it.

    Args:
        now: When it is made.
        place: The how-manieth it is of those made at that instant.
        id_: Its id, which tells it from what another clock made at the same microsecond.
    """
    micros = (now - _EPOCH) // timedelta(microseconds=1) + place
    # It never ends in 0: below such a position there would be no room.
    return _written(min(micros, _INSTANTS - 1), _INSTANT_CHARS) + _tail(id_)


def is_between(position: str, before: str | None, after: str | None) -> bool:
    """Whether a position lies between two neighbours already (None: there is none on that side)."""
    return (before is None or before < position) and (after is None or position < after)


def between(before: str | None, after: str | None, *, new: str) -> str | None:
    """Return a position between two neighbours.

    Args:
        before: The one that comes before; None where there is none.
        after: The one that comes after; None likewise.
        new: What `last` says: it is taken where nothing comes after.

    Returns:
        The position; None where there is no room: the two are equal, or too much was put between them.
    """
    if before is None and after is None:
        return new
    if after is None:
        position = new if before is None or new > before else _stepped(before, 1)
    elif before is None:
        position = _stepped(after, -1)
    else:
        position = _midpoint(before, after) if before < after else None
    return position if position is not None and len(position) <= MAX_POSITION_CHARS else None


def _stepped(position: str, by: int) -> str | None:
    """Return a position a microsecond later or earlier: it stays as short, however often it is done."""
    padded = position[:_INSTANT_CHARS].ljust(_INSTANT_CHARS, _DIGITS[0])
    value = sum(_DIGITS.index(digit) * _BASE**place for place, digit in enumerate(reversed(padded))) + by
    if not 0 <= value < _INSTANTS:
        return None
    return _written(value, _INSTANT_CHARS) + (position[_INSTANT_CHARS:] or _DIGITS[_BASE // 2])


def _midpoint(before: str, after: str) -> str | None:
    """Return the shortest text about halfway between two; neither may end in 0."""
    if not after or after[-1] == _DIGITS[0]:
        return None
    common = 0
    while (before[common] if common < len(before) else _DIGITS[0]) == after[common]:
        common += 1
    head, low, high = after[:common], before[common:], after[common:]
    first = _DIGITS.index(low[0]) if low else 0
    second = _DIGITS.index(high[0])
    if second - first > 1:
        return head + _DIGITS[(first + second) // 2]
    if len(high) > 1:
        return head + high[0]
    return head + _DIGITS[first] + _above(low[1:])


def _above(low: str) -> str:
    """Return a text about halfway between one and the end."""
    for place, digit in enumerate(low):
        first = _DIGITS.index(digit)
        if first < _BASE - 1:
            return low[:place] + _DIGITS[(first + _BASE + 1) // 2]
    return low + _DIGITS[_BASE // 2]


def _tail(id_: UUID) -> str:
    number = id_.int % (_BASE * _BASE * (_BASE - 1))
    return _written(number // (_BASE - 1), 2) + _DIGITS[1 + number % (_BASE - 1)]


def _written(value: int, chars: int) -> str:
    text = ""
    for _ in range(chars):
        value, digit = divmod(value, _BASE)
        text = _DIGITS[digit] + text
    return text
