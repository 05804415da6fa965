"""How much may be asked of the AI planner in a day: by one person, and by all together.

What costs nothing does not count. The bound on all is for whoever pays: accounts can be had for nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.conf import settings

from taskengine.planning.errors import BudgetExhausted
from taskengine.planning.models import Charge


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """What is left of a day.

    Attributes:
        limit: How many times a person may ask in a day.
        left: How many times they still may, of their own and of everybody's.
        resets_at: When the next day begins, in UTC.
    """

    limit: int
    left: int
    resets_at: datetime


def budget_of(*, owner_id: UUID, now: datetime) -> Budget:
    """Return what is left of somebody's day. Days are those of UTC: a zone can be changed at will."""
    begins = _day(now)
    limit: int = settings.AI_BUDGET_PER_DAY
    charges = Charge.objects.filter(at__gte=begins)
    left = limit - charges.filter(owner_id=owner_id).count()
    left_of_all = settings.AI_BUDGET_PER_DAY_OF_ALL - charges.count()
    return Budget(limit=limit, left=max(0, min(left, left_of_all)), resets_at=begins + timedelta(days=1))


def charge(*, owner_id: UUID, now: datetime) -> None:
    """Take one of somebody's day. They hold their stream, so two at once count as two.

    Of everybody's day a few more may be taken than there are, by as many people at the same instant.

    Raises:
        BudgetExhausted: There is none left.
    """
    budget = budget_of(owner_id=owner_id, now=now)
    if budget.left <= 0:
        raise BudgetExhausted(retry_after_s=(budget.resets_at - now).total_seconds())
    Charge.objects.create(owner_id=owner_id, at=now)


def forget_days_gone_by(*, now: datetime) -> bool:
    """Delete charges that nobody counts any more; True if there were some."""
    removed, _ = Charge.objects.filter(at__lt=_day(now)).delete()
    return removed > 0


def _day(now: datetime) -> datetime:
    """Return when the day began, in UTC."""
    return datetime.combine(now.astimezone(UTC).date(), time(), UTC)
