"""Times of day: `5pm`, `17:30`, `um 17 Uhr`, `a las 5`, `noon`, and the parts of a day that stand for one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import Final

from taskengine.phrases.patterns import one_of, whole
from taskengine.phrases.spans import Stretch
from taskengine.phrases.words import Words

_LAST_HOUR: Final = 24
_HALF_DAY_H: Final = 12
_HOUR: Final = r"(?P<hour>[01]?\d|2[0-4])"
_MINUTE: Final = r"(?P<minute>[0-5]\d)"
_COLON: Final = rf"{_HOUR}:{_MINUTE}"
_OF_TWELVE: Final = rf"(?P<hour>0?[1-9]|1[0-2])(?:[:.]{_MINUTE})?"


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeOfDay:
    """A time that a line names.

    Attributes:
        where: Its words.
        hour: Up to 24, which is the end of the day.
        minute: Of the hour.
        needs_day: Whether it is one only beside a day.
        is_bare: Whether it is an hour by itself, of which half of the day is not said.
    """

    where: Stretch
    hour: int
    minute: int = 0
    needs_day: bool = False
    is_bare: bool = False

    @property
    def of_day(self) -> time:
        """The time on the wall; midnight is that of the next day."""
        return time(self.hour % _LAST_HOUR, self.minute)

    @property
    def is_next_day(self) -> bool:
        """Whether it is the end of the day."""
        return self.hour == _LAST_HOUR

    def in_the_evening(self) -> "TimeOfDay":
        """Return it as somebody means it who said "tonight" before: "tonight at 9"."""
        late = self.hour + _HALF_DAY_H if self.is_bare and self.hour < _HALF_DAY_H else self.hour
        return TimeOfDay(where=self.where, hour=late, minute=self.minute)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    hour: int | None = None
    needs_day: bool = False
    is_bare: bool = False


@cache
def _rules(words: Words) -> tuple[_Rule, ...]:
    lead = f"(?:(?:{words.before_time})~)?"
    halves = one_of(words.halves, "[ap]m")
    minute_after = r"(?P<minute_after>[0-5]\d)"
    hour = words.hour.replace("{hour}", _HOUR).replace("{minute}", _MINUTE)
    rules = [
        _Rule(pattern=whole(f"{lead}{_OF_TWELVE}(?P<half>{halves})")),
        _Rule(pattern=whole(f"{lead}{_COLON}" + (r"(?:~?uhr)?" if words.code == "de" else ""))),
    ]
    if hour:
        rules.append(_Rule(pattern=whole(lead + hour.replace("{minute_after}", minute_after))))
    rules += [
        _Rule(pattern=whole(lead + one_of(words.noon)), hour=_HALF_DAY_H),
        _Rule(pattern=whole(lead + one_of(words.midnight)), hour=_LAST_HOUR),
        _Rule(pattern=whole(words.bare_hour.replace("{hour}", _HOUR)), needs_day=True, is_bare=True),
    ]
    rules += [
        _Rule(pattern=whole(part), hour=hour_of, needs_day=True) for part, hour_of in words.parts.items()
    ]
    return tuple(rules)


def times_in(text: str, words: Words) -> Iterator[TimeOfDay]:
    """Yield the times that a line names in one language; some may overlap."""
    for rule in _rules(words):
        for match in rule.pattern.finditer(text):
            if (read := _read(match, rule, words)) is not None:
                yield read


def _read(match: re.Match[str], rule: _Rule, words: Words) -> TimeOfDay | None:
    where, groups = Stretch(*match.span()), match.groupdict()
    hour = rule.hour if rule.hour is not None else int(groups["hour"])
    minute = int(groups.get("minute") or groups.get("minute_after") or 0)
    if (hour, minute) > (_LAST_HOUR, 0):
        return None
    if half := groups.get("half"):
        hour = _of_half(hour, half.lower())
    elif rule.is_bare and 0 < hour <= words.afternoon_until:
        hour += _HALF_DAY_H
    return TimeOfDay(where=where, hour=hour, minute=minute, needs_day=rule.needs_day, is_bare=rule.is_bare)


def _of_half(hour: int, half: str) -> int:
    is_late = half.strip().startswith("p") or half.endswith(("tarde", "noche"))
    return hour % _HALF_DAY_H + (_HALF_DAY_H if is_late else 0)
