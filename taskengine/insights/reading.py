"""A person's insights: a fixed number of statements that see one moment, and arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from taskengine.database.moment import one_moment
from taskengine.insights import load, pace, queries, settled
from taskengine.insights.quarters import local_day, start_of
from taskengine.planning.scheduling import hours_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Insights:
    """All that the dashboard shows, as of one instant.

    Attributes:
        standing: The person, and the counts of their buckets.
        soon: The first tasks that fall due within `queries.SOON`.
        soon_count: How many do in all.
        days: The fourteen days ahead.
        weeks: The twelve weeks, this one last.
        missed_by_hour: The misses of these weeks by weekday from Monday, and hour.
        lateness: How late the late completions of these weeks were.
        forecast: What will be missed at this pace; None where there is too little to go by.
    """

    standing: queries.Standing
    soon: Sequence[queries.Soon]
    soon_count: int
    days: Sequence[load.Day]
    weeks: Sequence[settled.Week]
    missed_by_hour: Sequence[Sequence[int]]
    lateness: Sequence[settled.Lateness]
    forecast: pace.Forecast | None


def insights(*, owner_id: UUID, now: datetime) -> Insights:
    """Return a person's insights at an instant, by the clock and the hours of their own."""
    with one_moment():
        standing = queries.standing(owner_id=owner_id, now=now)
        hours = hours_of(standing.person)
        zone = hours.zone
        today = start_of(local_day(now, zone), zone)
        history = start_of(local_day(now, zone) - timedelta(days=pace.HISTORY_DAYS), zone)
        since, until = settled.window(zone=zone, now=now)
        soon, soon_count = queries.soon(owner_id=owner_id, now=now)
        due = queries.due(owner_id=owner_id, now=now, until=load.horizon(zone=zone, now=now))
        done = queries.done(owner_id=owner_id, since=history, until=today)
        ended = queries.settled(owner_id=owner_id, since=since, until=until, now=now)
    days = load.days_ahead(due, hours=hours, now=now)
    # Who came with an import has done things before the account was there.
    first = min([standing.person.created_at, *(work.quarter for work in done)])
    return Insights(
        standing=standing,
        soon=soon,
        soon_count=soon_count,
        days=days,
        weeks=settled.by_week(ended, zone=zone, now=now),
        missed_by_hour=settled.missed_by_hour(ended, zone=zone, now=now),
        lateness=settled.by_lateness(ended, zone=zone, now=now),
        forecast=pace.forecast(done, days, hours=hours, first_day=local_day(first, zone), now=now),
    )
