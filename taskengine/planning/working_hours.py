"""When a person works: spans of each weekday, by the clock on their wall.

An instant is working time if and only if the local clock then shows a time inside a span of the local
weekday. All that clocks do follows from this: of a span in the hour that is skipped for summer time
nothing is left, one in the hour that comes twice counts twice, and a day that a zone skipped is no day.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from taskengine.planning.errors import InvalidWorkingHours
from taskengine.planning.intervals import DAY_MIN, Interval

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKDAYS: Final = DAYS[:5]
MAX_SPANS_A_DAY: Final = 12

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)
_THURSDAY: Final = 3  # 1 January 1970
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A part of a local day, in minutes after its midnight: 0 <= opens < closes <= 1440."""

    opens_min: int
    closes_min: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkingHours:
    """A week's spans in a zone.

    Attributes:
        zone: The IANA zone whose clock the spans are meant by.
        week: For each day from Monday its spans, ascending, none overlapping another.
    """

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]

    def forward(self, window: Interval) -> Iterator[Interval]:
        """Yield the working time in a window, earliest first, one local day after another as asked.

        Intervals may touch (at midnight, or where clocks change); none overlaps another.
        """
        if not any(self.week):
            return
        at, offset = window.start_min, self._offset(window.start_min)
        while at < window.end_min:
            midnight = at + DAY_MIN - (at + offset) % DAY_MIN  # the next, if no clock changes before
            then = self._offset(midnight)
            until = midnight if then == offset else self._change(at, midnight)
            day = Interval(start_min=at, end_min=min(until, window.end_min))
            yield from self._spans(day, offset)
            at, offset = until, then

    def backward(self, window: Interval) -> Iterator[Interval]:
        """Yield what `forward` does, latest first; a window of years costs only the days asked for."""
        if not any(self.week):
            return
        at, offset = window.end_min, self._offset(window.end_min - 1)
        while at > window.start_min:
            midnight = at - 1 - (at - 1 + offset) % DAY_MIN  # the last, if no clock changed since
            then = self._offset(midnight - 1)
            since = midnight if then == offset else self._change(midnight - 1, at - 1)
            day = Interval(start_min=max(since, window.start_min), end_min=at)
            yield from reversed(list(self._spans(day, offset)))
            at, offset = since, then

    def extended(self, span: Span, days: Collection[str]) -> "WorkingHours":
        """Return hours that have a span too, on some days (`mon` to `sun`)."""
        return replace(
            self,
            week=tuple(
                _united([*spans, span]) if day in days else spans
                for day, spans in zip(DAYS, self.week, strict=True)
            ),
        )

    def to_json(self) -> dict[str, list[list[str]]]:
        """Return the shape that `parse` reads, each day that has spans, from Monday."""
        return {
            day: [[_clock(span.opens_min), _clock(span.closes_min)] for span in spans]
            for day, spans in zip(DAYS, self.week, strict=True)
            if spans
        }

    def _spans(self, day: Interval, offset: int) -> Iterator[Interval]:
        """Yield what is worked of a part of one local day, through which the offset is the same."""
        days, since_midnight = divmod(day.start_min + offset, DAY_MIN)
        midnight = day.start_min - since_midnight
        for span in self.week[(days + _THURSDAY) % 7]:
            start_min = max(midnight + span.opens_min, day.start_min)
            end_min = min(midnight + span.closes_min, day.end_min)
            if start_min < end_min:
                yield Interval(start_min=start_min, end_min=end_min)

    def _offset(self, minute: int) -> int:
        """Return by how many minutes the zone is ahead of UTC; it is whole minutes since 1972."""
        offset = datetime.fromtimestamp(minute * 60, self.zone).utcoffset()
        assert offset is not None, "a ZoneInfo knows its offset at every instant"
        return offset // _MINUTE

    def _change(self, before: int, after: int) -> int:
        """Return the first minute with the offset of `after`; between the two, clocks change once."""
        offset = self._offset(after)
        while after - before > 1:
            middle = (before + after) // 2
            if self._offset(middle) == offset:
                after = middle
            else:
                before = middle
        return after


def default_hours(zone: ZoneInfo) -> WorkingHours:
    """Return nine to five, Monday to Friday."""
    week = tuple((Span(opens_min=9 * 60, closes_min=17 * 60),) if day in WORKDAYS else () for day in DAYS)
    return WorkingHours(zone=zone, week=week)


def parse(value: object, *, zone: ZoneInfo, pointer: str = "") -> WorkingHours:
    """Read working hours from their JSON shape.

    Args:
        value: `{"mon": [["09:00", "12:00"], ["13:00", "24:00"]], …}`; a day that is not there is free.
            A span may end with its day: at `24:00`, or `00:00`, which is what a browser's field says.
        zone: By whose clock they are meant.
        pointer: Where the value stands in its document; the errors' pointers begin with it.

    Raises:
        InvalidWorkingHours: With what is wrong, and where.
    """
    if not isinstance(value, dict):
        raise InvalidWorkingHours(
            'Working hours are an object: {"mon": [["09:00", "17:00"]]}.', pointer=pointer
        )
    for day in value:
        if day not in DAYS:
            raise InvalidWorkingHours(f"{day!r} is not one of {', '.join(DAYS)}.", pointer=pointer)
    week = tuple(_parse_day(value.get(day, []), pointer=f"{pointer}/{day}") for day in DAYS)
    return WorkingHours(zone=zone, week=week)


def _parse_day(value: object, *, pointer: str) -> tuple[Span, ...]:
    if not isinstance(value, list):
        raise InvalidWorkingHours('A day is a list of spans: [["09:00", "17:00"]].', pointer=pointer)
    if len(value) > MAX_SPANS_A_DAY:
        raise InvalidWorkingHours(f"A day has at most {MAX_SPANS_A_DAY} spans.", pointer=pointer)
    spans = sorted(
        (_parse_span(span, pointer=f"{pointer}/{place}") for place, span in enumerate(value)),
        key=lambda span: span.opens_min,
    )
    for earlier, later in pairwise(spans):
        if later.opens_min < earlier.closes_min:
            raise InvalidWorkingHours(
                f"The span that begins at {_clock(later.opens_min)} begins before the one until "
                f"{_clock(earlier.closes_min)} has ended.",
                pointer=pointer,
            )
    return tuple(spans)


def _parse_span(value: object, *, pointer: str) -> Span:
    if not isinstance(value, list) or len(value) != 2:
        raise InvalidWorkingHours('A span is a beginning and an end: ["09:00", "17:00"].', pointer=pointer)
    opens_min = _parse_time(value[0], pointer=f"{pointer}/0")
    closes_min = _parse_time(value[1], pointer=f"{pointer}/1")
    if opens_min == DAY_MIN:
        raise InvalidWorkingHours(
            "No span begins at 24:00: it is the end of the day.", pointer=f"{pointer}/0"
        )
    if closes_min == 0 < opens_min:
        closes_min = DAY_MIN
    if closes_min <= opens_min:
        raise InvalidWorkingHours(
            "A span ends after it begins. One that goes on past midnight is two: until 24:00, and from "
            "00:00 on the next day.",
            pointer=pointer,
        )
    return Span(opens_min=opens_min, closes_min=closes_min)


def _parse_time(value: object, *, pointer: str) -> int:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise InvalidWorkingHours("A time is HH:MM, from 00:00 to 24:00.", pointer=pointer)
    hours, minutes = value.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _united(spans: list[Span]) -> tuple[Span, ...]:
    whole: list[Span] = []
    for span in sorted(spans, key=lambda span: span.opens_min):
        if whole and span.opens_min <= whole[-1].closes_min:
            closes_min = max(span.closes_min, whole[-1].closes_min)
            whole[-1] = Span(opens_min=whole[-1].opens_min, closes_min=closes_min)
        else:
            whole.append(span)
    return tuple(whole)
