"""What a deleted account leaves behind goes batch by batch: never in the request, never in one long transaction.

`accounts.services.hide` has taken the account away from everybody already. Each call here is one transaction of
a few statements that removes at most `ROWS_IN_BATCH` rows of one table.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from realtime import outbox
from taskengine.accounts import audit, services
from taskengine.operations.models import Operation
from taskengine.organisation.models import Label, Project
from taskengine.planning.models import Breakdown
from taskengine.tasks.models import Task

ROWS_IN_BATCH: Final = 1_000


def _breakdowns(owner_id: UUID) -> QuerySet[Any]:
    return Breakdown.objects.filter(owner_id=owner_id)


def _tasks(owner_id: UUID) -> QuerySet[Any]:
    return Task.objects.filter(owner_id=owner_id)


def _projects(owner_id: UUID) -> QuerySet[Any]:
    return Project.objects.filter(owner_id=owner_id)


def _labels(owner_id: UUID) -> QuerySet[Any]:
    return Label.objects.filter(owner_id=owner_id)


def _operations(owner_id: UUID) -> QuerySet[Any]:
    return Operation.objects.filter(owner_id=owner_id)


# The tables that may have many rows of one person, in the order in which they can go: what points at others first. (A
# task may go before its parts: they may name one that is gone.)
# A table that is not here goes with the account's own row, by its foreign key, in one statement.
_TABLES: Final[tuple[Callable[[UUID], QuerySet[Any]], ...]] = (
    _breakdowns,
    _tasks,
    _projects,
    _labels,
    _operations,
)


def purge_deleted(*, limit: int = ROWS_IN_BATCH) -> bool:
    """Remove the next batch of what some deleted account left behind; True if there was one to look at.

    Replicas that sweep at the same time take different accounts.
    """
    with transaction.atomic():
        # The stream is locked first, as by every writer, so that a late write and this do not wait in a circle.
        owner_id = services.claim_deleted()
        if owner_id is None:
            return False
        if not _remove_some(owner_id, limit):
            services.purge_account(user_id=owner_id)
    return True


def _remove_some(owner_id: UUID, limit: int) -> bool:
    """Remove some rows; False when there are no more."""
    for rows in _TABLES:
        found = rows(owner_id)
        # In the order of their keys: along an index, however many are left and whatever the statistics say.
        if batch := list(found.order_by("pk").values_list("pk", flat=True)[:limit]):
            found.model._default_manager.filter(pk__in=batch).delete()
            return True
    return outbox.shed(owner_id, limit=limit) or audit.forget_addresses(subject_id=owner_id, limit=limit)
