"""How much a person may ask of the AI planner in a day. What costs nothing does not count."""

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
        left: How many times they still may.
        resets_at: When the next day begins, in UTC.
    """

    limit: int
    left: int
    resets_at: datetime


def budget_of(*, owner_id: UUID, now: datetime) -> Budget:
    """Return what is left of somebody's day. Days are those of UTC: a zone can be changed at will."""
    begins = _day(now)
    limit: int = settings.AI_BUDGET_PER_DAY
    used = Charge.objects.filter(owner_id=owner_id, at__gte=begins).count()
    return Budget(limit=limit, left=max(0, limit - used), resets_at=begins + timedelta(days=1))


def charge(*, owner_id: UUID, now: datetime) -> None:
    """Take one of somebody's day. They hold their stream, so two at once count as two.

    Raises:
        BudgetExhausted: There is none left.
    """
    budget = budget_of(owner_id=owner_id, now=now)
    if budget.left <= 0:
        raise BudgetExhausted(retry_after_s=(budget.resets_at - now).total_seconds())
    Charge.objects.filter(owner_id=owner_id, at__lt=_day(now)).delete()  # nobody counts them any more
    Charge.objects.create(owner_id=owner_id, at=now)


def _day(now: datetime) -> datetime:
    """Return when the day began, in UTC."""
    return datetime.combine(now.astimezone(UTC).date(), time(), UTC)
