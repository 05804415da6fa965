"""What a change of the account means for the tasks of whose it is."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db.models import Q

from taskengine.accounts.models import User
from taskengine.operations.services import OpenOperation
from taskengine.tasks import bulk, search
from taskengine.tasks.due import follow_zone
from taskengine.tasks.events import TaskEvent


def follow_owner(*, operation: OpenOperation, user: User, changed: Collection[str]) -> None:
    """Have a person's tasks follow a change of the account, in its transaction.

    Args:
        operation: The one that changed the account.
        user: Whose account, as it is now.
        changed: The names of the fields that have another value now.
    """
    if "time_zone" in changed:
        _follow_zone(operation, ZoneInfo(user.time_zone))
    if "language" in changed:
        search.read_anew(owner_id=user.pk)


def _follow_zone(operation: OpenOperation, zone: ZoneInfo) -> None:
    """Move the deadlines that were given as a day without a zone to the day's end in another zone.

    Only where the deadline is still to come: what was missed stays missed, though the day is not over yet where
    the person is now; and the engine may be a moment behind, so that the clock decides and not whether it was
    told. What is missed by the move itself is told as ever.
    """
    following = bulk.locked(
        operation=operation,
        which=Q(
            completed_at=None,
            miss_fired_at=None,
            due_date__isnull=False,
            time_zone=None,
            deadline__gt=operation.now,
        ),
    )
    moved = []
    for edit in following:
        before = edit.task.deadline
        follow_zone(edit.task, zone=lambda: zone)
        if edit.task.deadline != before:
            moved.append(edit)
    bulk.save(moved, TaskEvent.UPDATED)
