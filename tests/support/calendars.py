"""What the tests of the calendar are written with, and a slow calendar that is right by definition."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from taskengine.planning.busy import Commitment
from taskengine.planning.intervals import Interval, between
from taskengine.planning.working_hours import DAYS, WorkingHours, parse

Week = Mapping[str, Sequence[Sequence[str]]]

ALWAYS: Week = {day: [["00:00", "24:00"]] for day in DAYS}


def utc(text: str) -> datetime:
    """Return an instant from `2025-03-30 01:00` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(zone: str = "UTC", /, **days: list[list[str]]) -> WorkingHours:
    """Return working hours: `hours("Europe/Berlin", mon=[["09:00", "17:00"]])`."""
    return parse(days, zone=ZoneInfo(zone))


def span(start: str, end: str) -> Interval:
    """Return an interval between two instants, as for `utc`."""
    return between(utc(start), utc(end))


def texts(intervals: Iterable[Interval]) -> list[str]:
    """Return intervals as `2025-03-30 01:00/02:00`, in UTC; the later day only where it is another."""
    return [_text(interval) for interval in intervals]


def is_worked(hours: WorkingHours, minute: int) -> bool:
    """Whether a minute is working time, by the words on the clock and nothing else."""
    local = datetime.fromtimestamp(minute * 60, hours.zone)
    time = f"{local.hour:02}:{local.minute:02}"
    spans = hours.to_json().get(DAYS[local.weekday()], [])
    return any(opens <= time < closes for opens, closes in spans)


def worked_minutes(hours: WorkingHours, window: Interval) -> list[int]:
    """Return each working minute in a window."""
    return [minute for minute in range(window.start_min, window.end_min) if is_worked(hours, minute)]


def taken_minutes(commitments: Iterable[Commitment], *, hours: WorkingHours, window: Interval) -> set[int]:
    """Return each minute that other tasks take: minute by minute backward, whoever is owed some works."""
    due: Counter[int] = Counter()
    for commitment in commitments:
        due[int(commitment.deadline.timestamp()) // 60] += commitment.estimate_min
    taken: set[int] = set()
    owed = 0
    for minute in reversed(range(window.start_min, window.end_min)):
        owed += due[minute + 1]
        if owed and is_worked(hours, minute):
            taken.add(minute)
            owed -= 1
    return taken


def minutes_of(intervals: Iterable[Interval]) -> list[int]:
    """Return each minute of some intervals, in their order."""
    return [minute for each in intervals for minute in range(each.start_min, each.end_min)]


def _text(interval: Interval) -> str:
    same_day = interval.start.date() == interval.end.date()
    end = f"{interval.end:%H:%M}" if same_day else f"{interval.end:%Y-%m-%d %H:%M}"
    return f"{interval.start:%Y-%m-%d %H:%M}/{end}"
