"""What a task is due by: an instant, or a day in a zone, of which the one takes the other's place."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from taskengine.accounts.models import User
from taskengine.tasks import deadlines
from taskengine.tasks.errors import DeadlineConflict
from taskengine.tasks.models import Task


def zone_of(owner_id: UUID) -> Callable[[], ZoneInfo]:
    """Return what says a person's own zone. It is asked for once, and not before it is needed."""
    return cache(lambda: ZoneInfo(User.objects.values_list("time_zone", flat=True).get(id=owner_id)))


def follow_zone(task: Task, *, zone: Callable[[], ZoneInfo], is_new: bool = False) -> None:
    """Have an open task's day without a zone end where its person is now; what was told as missed stays so.

    What is open follows every change of zone. What was closed or deleted meanwhile comes back by this.

    Args:
        task: Not saved here.
        zone: Says the owner's own zone.
        is_new: Whether the day has only now come to the task: then it was another that was told as missed.
    """
    is_open = task.completed_at is None and task.deleted_at is None
    may_move = is_new or task.miss_fired_at is None
    if is_open and task.due_date is not None and not task.time_zone and may_move:
        task.deadline = deadlines.end_of_day(task.due_date, zone())


def set_due(task: Task, fields: Mapping[str, Any], *, zone: Callable[[], ZoneInfo]) -> None:
    """Apply what `fields` says of deadline, day and zone: a new one takes the other's place.

    A zone is a day's, and goes with it, unless one is said. A day that is said again ends where the person is now,
    unless it is said with the instant that the task has, as by whoever puts back what they read.

    Args:
        task: Not saved here.
        fields: New values of `deadline`, `due_date`, `time_zone`; what is absent stays.
        zone: Says the owner's own zone.

    Raises:
        DeadlineConflict: A day and an instant were given that are not the same deadline.
    """
    before = (task.due_date, task.time_zone)
    if "time_zone" in fields:
        task.time_zone = fields["time_zone"]
    if fields.get("due_date") is not None:
        task.due_date = fields["due_date"]
    elif "deadline" in fields and ("due_date" in fields or fields["deadline"] != task.deadline):
        task.due_date, task.deadline = None, fields["deadline"]
    elif "due_date" in fields and task.due_date is not None:
        task.due_date = task.deadline = None
    if before[0] is not None and task.due_date is None and "time_zone" not in fields:
        task.time_zone = None
    if task.due_date is not None:
        is_said = not {"due_date", "time_zone"}.isdisjoint(fields)
        is_put_back = (task.due_date, task.time_zone) == before and fields.get("deadline") == task.deadline
        if is_said and not is_put_back:
            own = ZoneInfo(task.time_zone) if task.time_zone else zone()
            task.deadline = deadlines.end_of_day(task.due_date, own)
        if fields.get("deadline") not in (None, task.deadline):
            raise DeadlineConflict(pointer="/deadline")
