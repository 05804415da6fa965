"""What the OpenAPI document says of the insights, and their shape on the wire."""

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from realtime.envelope import rfc3339
from taskengine.api import etags
from taskengine.api.tasks_schema import BucketCountSerializer
from taskengine.insights.load import DAYS_AHEAD
from taskengine.insights.pace import CONFIDENCE_CHOICES, UNIT_CHOICES, Forecast, Unit
from taskengine.insights.queries import MAX_SOON, Soon
from taskengine.insights.reading import Insights
from taskengine.insights.settled import LATENESS_EDGES_S, WEEKS

INSIGHTS_TAG_PARAMETER = OpenApiParameter(
    etags.HEADER,
    {"type": "string"},
    OpenApiParameter.HEADER,
    response=[200, 304],
    description="A weak tag of all that the answer holds but `as_of`. It changes with the minute, during working hours.",
)


class SoonSerializer(serializers.Serializer[Any]):
    """A task that falls due soon."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    deadline = serializers.DateTimeField()
    due_date = serializers.DateField(allow_null=True)
    priority = serializers.IntegerField(min_value=1, max_value=4)
    estimate_min = serializers.IntegerField(allow_null=True)


class SoonListSerializer(serializers.Serializer[Any]):
    """What falls due within 24 hours."""

    tasks = SoonSerializer(many=True, help_text=f"The next ones, {MAX_SOON} at most.")
    more = serializers.IntegerField(help_text="How many there are besides these.")


class LoadDaySerializer(serializers.Serializer[Any]):
    """A local day that is ahead, today included."""

    day = serializers.DateField()
    tasks = serializers.IntegerField(
        help_text="How many fall due; one whose open parts are estimated is left out."
    )
    unestimated = serializers.IntegerField(help_text="How many of them have no estimate.")
    due_min = serializers.IntegerField(help_text="The estimates of the others, in minutes.")
    capacity_min = serializers.IntegerField(
        help_text="Working time of the day, in minutes; of today, what is left."
    )


class WeekSerializer(serializers.Serializer[Any]):
    """An ISO week of the person's zone."""

    week = serializers.CharField(help_text="Such as `2026-W47`.")
    starts_on = serializers.DateField(help_text="Its Monday.")
    settled = serializers.IntegerField(
        help_text="How many tasks with a deadline in it are completed, or had it pass."
    )
    on_time = serializers.IntegerField(help_text="How many of them were completed by their deadline.")


class LatenessSerializer(serializers.Serializer[Any]):
    """A bar of the histogram."""

    from_s = serializers.IntegerField(help_text="Late by at least so many seconds.")
    until_s = serializers.IntegerField(allow_null=True, help_text="And by less than so many; null: any more.")
    tasks = serializers.IntegerField()


class ForecastSerializer(serializers.Serializer[Any]):
    """What the fourteen days ahead come to at the pace of the last four weeks."""

    unit = serializers.ChoiceField(
        UNIT_CHOICES,
        help_text="What pace is counted in: minutes of estimates where most tasks have one, else tasks.",
    )
    pace = serializers.FloatField(
        help_text="What gets done on a working day: the median of the last 28 days."
    )
    pace_low = serializers.FloatField(help_text="The lower quartile.")
    pace_high = serializers.FloatField(help_text="The upper quartile.")
    days = serializers.IntegerField(help_text="Of how many working days.")
    due = serializers.IntegerField(help_text="How many tasks fall due.")
    missed = serializers.IntegerField(help_text="How many of them will be missed at `pace`.")
    missed_low = serializers.IntegerField(help_text="The same at `pace_high`.")
    missed_high = serializers.IntegerField(help_text="The same at `pace_low`.")
    first_day = serializers.DateField(
        allow_null=True, help_text="The first day by whose end something is missed; null where nothing is."
    )
    first_day_missed = serializers.IntegerField(
        help_text="How many of the tasks due by the end of `first_day` are missed by then; 0 where nothing is."
    )
    confidence = serializers.ChoiceField(
        CONFIDENCE_CHOICES,
        help_text="`low` where the three paces don't agree on whether anything is missed; else by `days`.",
    )


class InsightsSerializer(serializers.Serializer[Any]):
    """What a person's tasks say together, as of one moment."""

    as_of = serializers.DateTimeField(help_text="The instant that decided everything.")
    next_transition_at = serializers.DateTimeField(
        allow_null=True, help_text="When the next task changes bucket by itself."
    )
    time_zone = serializers.CharField(help_text="Whose days, weeks and hours these are.")
    buckets = BucketCountSerializer()
    soon = SoonListSerializer()
    load = LoadDaySerializer(many=True, help_text=f"The {DAYS_AHEAD} days from today on.")
    weeks = WeekSerializer(many=True, help_text=f"The last {WEEKS} weeks by deadline, this one last.")
    missed_by_hour = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=24, max_length=24),
        min_length=7,
        max_length=7,
        help_text=(
            "Deadlines of these weeks that passed while the task was open, whatever became of it since: for each weekday"
            " from Monday, for each hour. A deadline that was given as a day stands in the last hour of it."
        ),
    )
    lateness = LatenessSerializer(
        many=True, help_text="How late those of these weeks were that were completed late."
    )
    forecast = ForecastSerializer(
        allow_null=True,
        help_text="Null where there is too little to go by: under 10 working days, or 10 tasks completed on them.",
    )


def insights_payload(found: Insights) -> dict[str, Any]:
    """Return insights as the wire has them, without `as_of`."""
    standing = found.standing
    coming = standing.next_transition_at
    return {
        "next_transition_at": rfc3339(coming) if coming else None,
        "time_zone": standing.person.time_zone,
        "buckets": {
            "upcoming": standing.upcoming,
            "missed": standing.missed,
            "completed": standing.completed,
        },
        "soon": {
            "tasks": [_soon(task) for task in found.soon],
            "more": found.soon_count - len(found.soon),
        },
        "load": [
            {
                "day": day.day.isoformat(),
                "tasks": day.tasks,
                "unestimated": day.tasks - day.estimated,
                "due_min": day.due_min,
                "capacity_min": day.capacity_min,
            }
            for day in found.days
        ],
        "weeks": [
            {
                "week": f"{week.starts_on:%G-W%V}",
                "starts_on": week.starts_on.isoformat(),
                "settled": week.settled,
                "on_time": week.on_time,
            }
            for week in found.weeks
        ],
        "missed_by_hour": found.missed_by_hour,
        "lateness": [
            {"from_s": bar.from_s, "until_s": bar.until_s, "tasks": bar.tasks} for bar in found.lateness
        ],
        "forecast": _forecast(found.forecast) if found.forecast else None,
    }


def _soon(task: Soon) -> Mapping[str, Any]:
    return {
        "id": str(task.id),
        "title": task.title,
        "deadline": rfc3339(task.deadline),
        "due_date": task.due_date.isoformat() if task.due_date else None,
        "priority": task.priority,
        "estimate_min": task.estimate_min,
    }


def _forecast(forecast: Forecast) -> Mapping[str, Any]:
    return {
        "unit": forecast.unit.value,
        "pace": round(forecast.pace, 2),
        "pace_low": round(forecast.slow, 2),
        "pace_high": round(forecast.fast, 2),
        "days": forecast.days,
        "due": forecast.due,
        "missed": forecast.missed,
        "missed_low": forecast.least,
        "missed_high": forecast.most,
        "first_day": forecast.first_day.isoformat() if forecast.first_day else None,
        "first_day_missed": forecast.first_day_missed,
        "confidence": forecast.confidence.value,
    }


def _example_misses() -> list[list[int]]:
    matrix = [[0] * 24 for _ in range(7)]
    matrix[0][9], matrix[4][16], matrix[4][17] = 2, 3, 5
    return matrix


_EXAMPLE_LATENESS: Final = [
    {"from_s": start, "until_s": end, "tasks": tasks}
    for start, end, tasks in zip(
        (0, *LATENESS_EDGES_S), (*LATENESS_EDGES_S, None), (3, 2, 1, 2, 0, 0, 1), strict=True
    )
]
INSIGHTS_EXAMPLE = OpenApiExample(
    "A Friday morning (two of the days and weeks)",
    value={
        "as_of": "2026-11-27T09:00:00.000000Z",
        "next_transition_at": "2026-11-27T17:00:00.000000Z",
        "time_zone": "Europe/London",
        "buckets": {"upcoming": 9, "missed": 1, "completed": 212},
        "soon": {
            "tasks": [
                {
                    "id": "0f8fad5b-d9cb-469f-a165-70867728950e",
                    "title": "Send invoice",
                    "deadline": "2026-11-27T17:00:00.000000Z",
                    "due_date": None,
                    "priority": 1,
                    "estimate_min": 30,
                }
            ],
            "more": 0,
        },
        "load": [
            {"day": "2026-11-27", "tasks": 1, "unestimated": 0, "due_min": 30, "capacity_min": 480},
            {"day": "2026-11-28", "tasks": 2, "unestimated": 1, "due_min": 90, "capacity_min": 0},
        ],
        "weeks": [
            {"week": "2026-W47", "starts_on": "2026-11-16", "settled": 11, "on_time": 8},
            {"week": "2026-W48", "starts_on": "2026-11-23", "settled": 7, "on_time": 6},
        ],
        "missed_by_hour": _example_misses(),
        "lateness": _EXAMPLE_LATENESS,
        "forecast": {
            "unit": Unit.MINUTES.value,
            "pace": 190.0,
            "pace_low": 120.0,
            "pace_high": 245.0,
            "days": 20,
            "due": 14,
            "missed": 3,
            "missed_low": 1,
            "missed_high": 6,
            "first_day": "2026-12-02",
            "first_day_missed": 1,
            "confidence": "high",
        },
    },
    response_only=True,
)
