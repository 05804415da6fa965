"""What a line means, as a pure function of the line, the person's clock and what they have."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from taskengine.phrases.days import Day, days_in
from taskengine.phrases.signs import Said, estimates_in, names_in, priorities_in
from taskengine.phrases.spans import Kind, Span, Stretch, is_free, left_alone, without
from taskengine.phrases.times import TimeOfDay, times_in
from taskengine.phrases.words import languages

_BESIDE: Final = re.compile(r"\s*,?\s{0,3}")
_LATE_H: Final = 18
_SECOND: Final = timedelta(seconds=1)

F = TypeVar("F", Day, TimeOfDay)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was understood of a line.

    Attributes:
        title: The line without what was understood.
        deadline: The instant by which it is due, in UTC; None for none, or for a whole day.
        due_date: The day by whose end it is due.
        project: The name of the project.
        labels: The names of the labels, each once.
        priority: 1, the highest, to 4.
        estimate_min: How many minutes it takes.
        spans: What was understood, in the order of the line. None overlaps another.
    """

    title: str
    deadline: datetime | None = None
    due_date: date | None = None
    project: str | None = None
    labels: tuple[str, ...] = ()
    priority: int | None = None
    estimate_min: int | None = None
    spans: tuple[Span, ...] = ()


def read(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    language: str | None = None,
    projects: Sequence[str] = (),
    labels: Sequence[str] = (),
    plain: Sequence[str] = (),
) -> Reading:
    """Read a line. Of what is said more than once the last counts, labels apart; the rest stays in the title.

    Args:
        text: At most 500 characters.
        now: The time, aware.
        zone: Where the person is.
        language: A BCP 47 tag; None for English, which is understood beside every other.
        projects: The names of the person's projects.
        labels: The names of the person's labels.
        plain: Words that are to stay words.
    """
    alone = left_alone(text, plain)
    # A name in quotation marks is one all the same.
    named = [each for each in alone if not _is_quoted(each, text)]
    project = _last(_free(names_in(text, Kind.PROJECT, projects), named))
    labelled = _free(names_in(text, Kind.LABEL, labels), [*named, *_spans_of(project)])
    priority = _last(_free(priorities_in(text), alone))
    estimate = _last(_free(estimates_in(text), alone))
    said = [each for each in (project, *labelled, priority, estimate) if each is not None]
    taken = [*alone, *(each.span for each in said)]
    due = _due(text, taken, now=now, zone=zone, language=language)
    spans = tuple(sorted((*(each.span for each in said), *due.spans)))
    return Reading(
        title=without(text, spans),
        deadline=due.instant,
        due_date=due.day,
        project=None if project is None else str(project.value),
        labels=tuple({str(each.value).casefold(): str(each.value) for each in labelled}.values()),
        priority=None if priority is None else int(priority.value),
        estimate_min=None if estimate is None else int(estimate.value),
        spans=spans,
    )


def _is_quoted(stretch: Stretch, text: str) -> bool:
    return stretch.within(text)[:1] in '"“„«`'


def _free(said: Iterable[Said], taken: Sequence[Stretch]) -> list[Said]:
    return [each for each in said if is_free(each.span, taken)]


def _last(said: Sequence[Said]) -> Said | None:
    return said[-1] if said else None


def _spans_of(said: Said | None) -> list[Stretch]:
    return [] if said is None else [said.span]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Due:
    instant: datetime | None = None
    day: date | None = None
    spans: tuple[Span, ...] = ()


def _due(text: str, taken: Sequence[Stretch], *, now: datetime, zone: ZoneInfo, language: str | None) -> _Due:
    """Return by when a line says that it is due: by the last day in it, and the time beside or else within it."""
    local = now.astimezone(zone)
    tongues = languages(language)
    days = _apart([day for words in tongues for day in days_in(text, words, today=local.date())], taken)
    clock_words = tongues[:1]  # "5 am Freitag" is no English
    times = _apart(
        [each for words in clock_words for each in times_in(text, words)], [*taken, *(d.where for d in days)]
    )
    pairs = [(day, _beside(text, day, times)) for day in days]
    unusable = {id(time_) for day, time_ in pairs if day.is_repeated and time_ is not None}
    usable = [
        (day, time_) for day, time_ in pairs if not day.is_repeated and _is_sure(text, day, time_, taken)
    ]
    loose = [each for each in times if not each.needs_day and id(each) not in unusable]
    if usable:
        day, time_ = usable[-1]
        if time_ is None and day.after is None and day.hour is None and loose:
            time_ = loose[-1]
        return _at(text, day, time_, local=local, zone=zone)
    if loose:
        return _at_time(loose[-1], local=local, zone=zone)
    return _Due()


def _apart(found: Sequence[F], taken: Sequence[Stretch]) -> list[F]:
    """Return what neither overlaps what is taken nor another that is longer, in the order of the line."""
    kept: list[F] = []
    for each in sorted(found, key=lambda one: one.where.start - one.where.end):
        if is_free(each.where, taken) and is_free(each.where, [one.where for one in kept]):
            kept.append(each)
    return sorted(kept, key=lambda one: one.where)


def _beside(text: str, day: Day, times: Sequence[TimeOfDay]) -> TimeOfDay | None:
    """Return the time right after a day, or else right before it."""
    after = (
        each
        for each in times
        if each.where.start >= day.where.end and _BESIDE.fullmatch(text[day.where.end : each.where.start])
    )
    before = (
        each
        for each in times
        if each.where.end <= day.where.start and _BESIDE.fullmatch(text[each.where.end : day.where.start])
    )
    return next(after, None) or next(before, None)


def _is_sure(text: str, day: Day, time_: TimeOfDay | None, taken: Sequence[Stretch]) -> bool:
    if time_ is not None:
        return True
    if day.is_risky_within:
        rest = text[day.where.end :]
        for stretch in taken:
            if stretch.start >= day.where.end:
                rest = rest.replace(stretch.within(text), "", 1)
        return not rest.strip(" ,;.!?")
    return not day.is_risky


def _at(text: str, day: Day, time_: TimeOfDay | None, *, local: datetime, zone: ZoneInfo) -> _Due:
    spans = _joined(text, [day.where, *([time_.where] if time_ else [])])
    if day.after is not None:
        return _Due(instant=_whole_second(local.astimezone(UTC) + day.after), spans=_as_spans([day.where]))
    assert day.day is not None, "only what is repeated has neither"
    if time_ is None:
        if day.hour is None:
            return _Due(day=day.day, spans=_as_spans(spans))
        at, is_next = time(day.hour), False
    else:
        if day.hour is not None and day.hour >= _LATE_H:
            time_ = time_.in_the_evening()
        at, is_next = time_.of_day, time_.is_next_day
    chosen = day.day
    if day.is_weekday and chosen.weekday() == local.weekday():
        today = _instant(local.date(), at, is_next, zone)
        chosen = local.date() if today > local else chosen
    return _Due(instant=_instant(chosen, at, is_next, zone), spans=_as_spans(spans))


def _at_time(time_: TimeOfDay, *, local: datetime, zone: ZoneInfo) -> _Due:
    """Return the next instant at which the person's wall reads a time."""
    today = _instant(local.date(), time_.of_day, time_.is_next_day, zone)
    instant = (
        today
        if today > local
        else _instant(local.date() + timedelta(days=1), time_.of_day, time_.is_next_day, zone)
    )
    return _Due(instant=instant, spans=_as_spans([time_.where]))


def _instant(day: date, at: time, is_next_day: bool, zone: ZoneInfo) -> datetime:
    """Return when a wall reads a time. One that a change of clocks skips is after it; of two it is the first."""
    return datetime.combine(day + timedelta(days=is_next_day), at, zone).astimezone(UTC)


def _whole_second(instant: datetime) -> datetime:
    whole = instant.replace(microsecond=0)
    return whole if whole == instant else whole + _SECOND


def _joined(text: str, stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return the day and its time as one where nothing stands between them."""
    first, last = min(stretches), max(stretches)
    if first is not last and not _BESIDE.fullmatch(text[first.end : last.start]):
        return [first, last]
    return [Stretch(first.start, last.end)]


def _as_spans(stretches: Sequence[Stretch]) -> tuple[Span, ...]:
    return tuple(Span(each.start, each.end, Kind.DEADLINE) for each in sorted(stretches))
