"""A misfit in words: how much is missing, and what would help. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from realtime.envelope import rfc3339
from taskengine.planning.fitting import Misfit
from taskengine.planning.fixes import EXTENDED, Change, Extension, Fix

_DAYS = {
    Extension.WORKING_DAYS: "on your working days",
    Extension.EVERY_DAY: "every day, weekends too",
}


def misfit_payload(
    misfit: Misfit, *, titles: Mapping[str, str], deadline: datetime, now: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    """Return a misfit as the wire has it, with a sentence on it and on each fix.

    Args:
        misfit: What the calendar found.
        titles: The steps' titles by their keys.
        deadline: The goal's.
        now: When it was looked at.
        zone: By whose clock instants are written.
    """
    return {
        "needed_min": misfit.needed_min,
        "free_min": misfit.free_min,
        "missing_min": misfit.missing_min,
        "first_step": misfit.first_step,
        "fixes": [_fix_payload(fix, titles, zone) for fix in misfit.fixes],
        "detail": _sentence(misfit, titles=titles, deadline=deadline, now=now, zone=zone),
    }


def duration(minutes: int) -> str:
    """Return minutes as a person says them: `45 min`, `2 h`, `2 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return " ".join(parts)


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """Return an instant by the clock on somebody's wall: `Fri 27 Nov 2026, 17:00`."""
    local = instant.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def _sentence(
    misfit: Misfit, *, titles: Mapping[str, str], deadline: datetime, now: datetime, zone: ZoneInfo
) -> str:
    due = moment(deadline, zone)
    if deadline <= now:
        return f"The deadline, {due}, has passed, and the steps take {duration(misfit.needed_min)}."
    free = (
        f"only {duration(misfit.free_min)} of working time is free"
        if misfit.free_min
        else "no working time is free"
    )
    return (
        f"The steps take {duration(misfit.needed_min)}, but before {due} {free}:"
        f" that is {duration(misfit.missing_min)} too little."
        f" The first step that would be late is “{titles[misfit.first_step]}”."
    )


def _fix_payload(fix: Fix, titles: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "changes": [change.value for change in fix.changes],
        "dropped": list(fix.dropped),
        "freed_min": fix.freed_min,
        "hours": fix.hours.to_json() if fix.hours else None,
        "deadline": rfc3339(fix.deadline) if fix.deadline else None,
        "detail": _fix_sentence(fix, titles, zone),
    }


def _fix_sentence(fix: Fix, titles: Mapping[str, str], zone: ZoneInfo) -> str:
    clauses = [_clause(change, fix, titles, zone) for change in fix.changes]
    sentence = _listed(clauses)
    return sentence[0].upper() + sentence[1:] + "."


def _clause(change: Change, fix: Fix, titles: Mapping[str, str], zone: ZoneInfo) -> str:
    match change:
        case Change.DROP_OPTIONAL:
            named = _listed([f"“{titles[key]}”" for key in fix.dropped])
            return f"leave out {named} ({duration(fix.freed_min)} less)"
        case Change.EXTEND_HOURS:
            assert fix.extension is not None, "this change is an extension"
            opens, closes = EXTENDED.opens_min // 60, EXTENDED.closes_min // 60
            return f"work from {opens}:00 to {closes}:00 {_DAYS[fix.extension]}"
        case Change.RELEASE_STEPS:
            return f"give up the deadlines of {_listed([f'“{titles[key]}”' for key in fix.released])}"
        case Change.MOVE_DEADLINE:
            assert fix.deadline is not None, "this change is a deadline"
            return f"move the deadline to {moment(fix.deadline, zone)}"


def _listed(texts: Sequence[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last
