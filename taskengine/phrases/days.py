"""Days: `friday`, `in 3 days`, `24.12.`, `next week`. Names and numbers of units are read by `dateparser`.

It is given only words that the patterns here have found to be a day, and always the same first instant of today: it
keeps something for each base that it ever counted from, for ever.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any, Final

from taskengine.phrases.patterns import gaps, one_of, whole
from taskengine.phrases.spans import Stretch
from taskengine.phrases.words import ENGLISH, Stage, Words

EVENING_H: Final = 20
_WEEK_DAYS: Final = 7
_SATURDAY: Final = 5
_SUNDAY: Final = 6
_DECEMBER: Final = 12
_MAX_YEARS_AHEAD: Final = 8  # the 29 February comes within so many
_YEAR: Final = r"(?P<year>(?:19|20|21)\d\d)"
_DAY: Final = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?P<month>0?[1-9]|1[0-2])"
_COUNT: Final = r"(?P<count>\d{1,3})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A day that a line names, or so much time from now.

    Attributes:
        where: Its words.
        day: Which; None where it is `after`, or where it is not understood.
        after: How far from now it is by the clock.
        is_repeated: Whether it is of a kind that is not understood: every friday.
        is_weekday: Whether it was named by its weekday alone, so that it may be today if its time is to come.
        hour: The hour that its words say beside the day: "tonight"; None for none.
        is_risky: Whether its words may mean something else, so that it needs a time beside it.
        is_risky_within: Likewise, unless it is the last of the line.
    """

    where: Stretch
    day: date | None = None
    after: timedelta | None = None
    is_repeated: bool = False
    is_weekday: bool = False
    hour: int | None = None
    is_risky: bool = False
    is_risky_within: bool = False


_Read = Callable[[re.Match[str], date], Day | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    read: _Read


def days_in(text: str, words: Words, *, today: date) -> Iterator[Day]:
    """Yield the days that a line names in one language; some may overlap.

    Args:
        text: The line.
        words: The language.
        today: The day on the person's wall.
    """
    for rule in _rules(words):
        for match in rule.pattern.finditer(text):
            try:
                day = rule.read(match, today)
            except OverflowError:  # the calendar ends before it
                continue
            if day is not None and not _is_something_else(text[: match.start()], words):
                yield day


def _is_something_else(before: str, words: Words) -> bool:
    return _not_after(words).search(before) is not None


@cache
def _not_after(words: Words) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{gaps(words.not_after)})(?:\s+(?:the|de[mnr]|el|la))?\s+$", re.IGNORECASE)


@cache
def _rules(words: Words) -> tuple[_Rule, ...]:
    lead = f"(?P<lead>(?:{words.before_day})~)?"
    rules = [
        _Rule(pattern=whole(words.every), read=_repeated),
        _Rule(pattern=whole(words.tonight), read=_this_evening),
    ]
    for pattern, name in words.named.items():
        rules.append(_Rule(pattern=whole(f"{lead}(?P<name>{pattern})"), read=_named(words, name)))
    # In German a part of the day may hang on to its name: Freitagabend.
    part = f"(?P<part>{one_of(*words.parts)})?" if words.joins_parts else ""
    rules += [
        _Rule(pattern=whole(f"{lead}(?P<name>{words.weekdays}){part}"), read=_weekday(words, risky=False)),
        _Rule(pattern=whole(rf"{lead}(?P<name>{words.risky_weekdays})\.?"), read=_weekday(words, risky=True)),
    ]
    if words.coming_week:
        names = one_of(words.weekdays, words.risky_weekdays)
        rules.append(
            _Rule(
                pattern=whole(f"{lead}(?:{words.coming_week})~(?P<name>{names})"),
                read=_weekday_after_next(words),
            )
        )
    rules += [_Rule(pattern=whole(lead + one_of(p)), read=_stage(stage)) for stage, p in words.stages.items()]
    rules += _spans(words)
    rules += _dates(words, lead)
    return tuple(rules)


def _repeated(match: re.Match[str], today: date) -> Day:
    return Day(where=Stretch(*match.span()), is_repeated=True)


def _this_evening(match: re.Match[str], today: date) -> Day:
    return Day(where=Stretch(*match.span()), day=today, hour=EVENING_H)


def _named(words: Words, called: str) -> _Read:
    def read(match: re.Match[str], today: date) -> Day | None:
        found = _meant(called or match["name"].lower(), _language_of(called, words), today)
        return Day(where=Stretch(*match.span()), day=found.date()) if found else None

    return read


def _language_of(called: str, words: Words) -> str:
    # What a name is called instead is English wherever it is more than one of the language's own words.
    return ENGLISH.code if called.startswith("in ") else words.code


def _called(name: str, words: Words) -> str:
    lower = name.lower()
    return words.called.get(lower, lower)


def _weekday(words: Words, *, risky: bool) -> _Read:
    def read(match: re.Match[str], today: date) -> Day | None:
        found = _meant(_called(match["name"], words), words.code, today)
        if found is None:
            return None
        ahead = (found.weekday() - today.weekday()) % _WEEK_DAYS
        return Day(
            where=Stretch(*match.span()),
            day=today + timedelta(days=ahead or _WEEK_DAYS),
            is_weekday=True,
            hour=_hour_of(match.groupdict().get("part"), words),
            is_risky=risky and not match["lead"],
        )

    return read


def _hour_of(part: str | None, words: Words) -> int | None:
    if part is None:
        return None
    return next(
        hour for pattern, hour in words.parts.items() if re.fullmatch(gaps(pattern), part, re.IGNORECASE)
    )


def _weekday_after_next(words: Words) -> _Read:
    def read(match: re.Match[str], today: date) -> Day | None:
        found = _meant(_called(match["name"], words), words.code, today)
        if found is None:
            return None
        monday = _monday(today, weeks=1)
        return Day(where=Stretch(*match.span()), day=monday + timedelta(days=found.weekday()))

    return read


def _monday(today: date, *, weeks: int) -> date:
    return today + timedelta(days=weeks * _WEEK_DAYS - today.weekday())


def _first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


_STAGES: Final[dict[Stage, Callable[[date], date]]] = {
    Stage.NEXT_WEEK: lambda today: _monday(today, weeks=1),
    Stage.NEXT_MONTH: _first_of_next_month,
    Stage.NEXT_YEAR: lambda today: date(today.year + 1, 1, 1),
    Stage.WEEKEND: lambda today: today + timedelta(days=max(0, _SATURDAY - today.weekday())),
    Stage.END_OF_WEEK: lambda today: today + timedelta(days=_SUNDAY - today.weekday()),
    Stage.END_OF_MONTH: lambda today: _first_of_next_month(today) - timedelta(days=1),
    Stage.END_OF_YEAR: lambda today: date(today.year, _DECEMBER, 31),
}


def _stage(stage: Stage) -> _Read:
    return lambda match, today: Day(where=Stretch(*match.span()), day=_STAGES[stage](today))


def _spans(words: Words) -> Iterator[_Rule]:
    """Yield the rules of "in 3 days"."""
    numbers = one_of(*sorted(words.numbers, key=len, reverse=True))
    many = f"(?:{_COUNT}~?|(?P<word>{numbers})~)"
    for units, is_clock in ((words.clock_units, True), (words.day_units, False)):
        source = f"(?P<lead>{words.within})~{many}(?P<unit>{units})"
        yield _Rule(pattern=whole(source), read=_span(words, is_clock=is_clock))


def _span(words: Words, *, is_clock: bool) -> _Read:
    numbers = {re.sub(r"\s+", " ", word): number for word, number in words.numbers.items()}

    def read(match: re.Match[str], today: date) -> Day | None:
        word = re.sub(r"\s+", " ", match["word"] or "").lower()
        many = int(match["count"]) if match["count"] else numbers[word]
        unit = match["unit"].lower()
        if many == 0 and not word:
            return None
        phrase = f"{_called(match['lead'], words)} {many or 1} {unit}"
        found = _meant(phrase, words.code, today)
        if found is None:
            return None
        where = Stretch(*match.span())
        if is_clock:
            away = found - datetime.combine(today, time())
            return Day(where=where, after=away if many else away / 2)
        # Half a day, or half a week, is nothing that a day says.
        return Day(where=where, day=found.date()) if many else None

    return read


def _dates(words: Words, lead: str) -> Iterator[_Rule]:
    """Yield the rules of a day and a month, by name and by number."""
    day = f"{_DAY}{words.ordinals and f'(?P<ordinal>{words.ordinals})?'}"
    months = {words.months: False, words.risky_months: True}
    year = rf"(?:(?:,?~(?:de[l]?~)?){_YEAR})?"
    for names, risky in months.items():
        for shape in words.dates if names else ():
            written = shape.replace("{day}", day).replace("{month}", rf"(?P<month>{names})\.?")
            yield _Rule(pattern=whole(lead + written + year), read=_month_day(words, risky=risky))
    iso = r"(?P<year>(?:19|20|21)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"
    yield _Rule(pattern=whole(lead + iso), read=_numbers(is_risky=False))
    yield _Rule(pattern=whole(rf"{lead}{_DAY}\.~?{_MONTH}\.~?{_YEAR}"), read=_numbers(is_risky=False))
    yield _Rule(pattern=whole(rf"{lead}{_DAY}\.{_MONTH}\."), read=_numbers(is_risky=not words.dotted))
    slashed = f"{_MONTH}/{_DAY}" if words.month_first else f"{_DAY}/{_MONTH}"
    yield _Rule(pattern=whole(f"{lead}{slashed}/{_YEAR}"), read=_numbers(is_risky=False))
    yield _Rule(pattern=whole(f"{lead}{slashed}"), read=_numbers(is_risky=True))
    yield _Rule(pattern=whole(words.day_of_month.replace("{day}", _DAY)), read=_day_of_month)


def _month_day(words: Words, *, risky: bool) -> _Read:
    def read(match: re.Match[str], today: date) -> Day | None:
        groups = match.groupdict()
        number, month = int(groups["day"]), groups["month"].lower()

        def in_year(year: int) -> date | None:
            found = _meant(f"{number} {month} {year}", words.code, today)
            return found.date() if found is not None and (found.day, found.year) == (number, year) else None

        day = _coming(in_year, groups.get("year"), today)
        is_sure = groups.get("lead") or groups.get("ordinal") or groups.get("year")
        if day is None:
            return None
        return Day(where=Stretch(*match.span()), day=day, is_risky_within=risky and not is_sure)

    return read


def _numbers(*, is_risky: bool) -> _Read:
    def read(match: re.Match[str], today: date) -> Day | None:
        groups = match.groupdict()
        number, month = int(groups["day"]), int(groups["month"])
        day = _coming(lambda year: _made(year, month, number), groups.get("year"), today)
        if day is None:
            return None
        return Day(where=Stretch(*match.span()), day=day, is_risky=is_risky and not groups.get("lead"))

    return read


def _day_of_month(match: re.Match[str], today: date) -> Day | None:
    number, first = int(match["day"]), today.replace(day=1)
    for _ in range(3):  # of three months one has every day
        day = _made(first.year, first.month, number)
        if day is not None and day >= today:
            return Day(where=Stretch(*match.span()), day=day)
        first = _first_of_next_month(first)
    return None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(in_year: Callable[[int], date | None], year: str | None, today: date) -> date | None:
    """Return the day in its year, or in the first year in which it is to come."""
    if year is not None:
        return in_year(int(year))
    for ahead in range(_MAX_YEARS_AHEAD + 1):
        day = in_year(today.year + ahead)
        if day is not None and day >= today:
            return day
    return None


@lru_cache(4096)
def _meant(phrase: str, language: str, today: date) -> datetime | None:
    """Return what a phrase means in a language; None for nothing. A time from `today`'s first instant on, without a zone."""
    found: datetime | None = _dateparser().parse(
        phrase,
        languages=[language],
        settings={
            "RELATIVE_BASE": datetime.combine(today, time()),
            "PREFER_DATES_FROM": "future",
            "DATE_ORDER": "DMY",
            "RETURN_AS_TIMEZONE_AWARE": False,
            "PARSERS": ["relative-time", "absolute-time"],
        },
    )
    return found


@cache
def _dateparser() -> Any:
    """Import it, which takes half a second and memory that many servers never need."""
    return importlib.import_module("dateparser")
