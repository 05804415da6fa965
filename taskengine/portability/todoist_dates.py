"""The dates of a Todoist backup, which are what somebody typed: only what can mean one day is taken for it.

`27 Nov`, `tomorrow` and `every day` depend on when they were typed, which the file does not say.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from taskengine import instants

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
            "aug august", "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS: Final = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:T(?=\d)|$|\s)", re.ASCII | re.IGNORECASE),
    re.compile(
        r"(?P<day>\d\d?)\s+(?P<month>[a-z]+)\.?,?\s+(?P<year>\d{4})(?:$|\s)", re.ASCII | re.IGNORECASE
    ),
    re.compile(
        r"(?P<month>[a-z]+)\.?\s+(?P<day>\d\d?),?\s+(?P<year>\d{4})(?:$|\s)", re.ASCII | re.IGNORECASE
    ),
)
_TIME: Final = re.compile(
    r"(?:at\s+|@\s*)?(?P<hour>\d\d?)(?::(?P<minute>\d\d))?(?::(?P<second>\d\d)(?:\.\d+)?)?\s*(?P<half>[ap]m)?"
    r"(?P<offset>Z|[+-]\d\d:\d\d)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """What a date means: a day, or an instant."""

    day: date | None = None
    instant: datetime | None = None


def read(text: str, *, zone: ZoneInfo) -> Due | None:
    """Return what a date means; None where it could mean more than one day, or one again and again.

    Args:
        text: As it stands in the file.
        zone: By whose clock a time is that has no offset. A time that the clocks strike twice is the
            first; one that they skip is as much later as they skip.
    """
    text = text.strip()
    for shape in _DAYS:
        if found := shape.match(text):
            day = _day(found["year"], found["month"], found["day"])
            rest = text[found.end() :].strip()
            if day is None or not rest:
                return None if day is None else Due(day=day)
            instant = _instant(day, rest, zone)
            return None if instant is None else Due(instant=instant)
    return None


def _day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower())
    try:
        read_day = date(int(year), number or 0, int(day))
    except ValueError:
        return None
    return read_day if instants.is_day(read_day) else None


def _instant(day: date, text: str, zone: ZoneInfo) -> datetime | None:
    found = _TIME.fullmatch(text)
    if found is None or (found["minute"] is None and found["half"] is None):
        return None
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    try:
        clock = time(hour, int(found["minute"] or 0), int(found["second"] or 0))
        local = datetime.combine(day, clock)
        if found["offset"]:
            aware = datetime.fromisoformat(f"{local.isoformat()}{found['offset'].upper()}")
        else:
            aware = local.replace(tzinfo=zone)
    except ValueError:
        return None
    return aware.astimezone(UTC) if instants.is_instant(aware) else None
