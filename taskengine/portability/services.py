"""Taking a file in: all of it by one operation, which one undo takes back."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from taskengine.accounts.models import User
from taskengine.operations.services import OpenOperation
from taskengine.organisation.making import create_named
from taskengine.portability import merging
from taskengine.portability.bundle import Bundle
from taskengine.portability.errors import ImportRefused
from taskengine.portability.merging import Plan
from taskengine.tasks.making import create_tasks, put_in_trash


def import_bundle(*, operation: OpenOperation, bundle: Bundle, skip_invalid: bool) -> Plan:
    """Make what a file holds and the person does not have. What is missed already is told so at once.

    Tasks that were deleted come into the trash, unannounced; an undo leaves them there.

    Args:
        operation: Who asks.
        bundle: What the file holds.
        skip_invalid: Whether what is at fault is left out, instead of everything.

    Raises:
        ImportRefused: Something is at fault.
        TaskIdTaken, NamedIdTaken: Somebody took an id at this very moment.
    """
    plan = preview(owner_id=operation.owner_id, bundle=bundle, skip_invalid=skip_invalid, now=operation.now)
    # An undo goes backwards: tasks go before what they are in.
    create_named(operation=operation, named=plan.projects)
    create_named(operation=operation, named=plan.labels)
    create_tasks(operation=operation, tasks=plan.tasks)
    put_in_trash(operation=operation, tasks=plan.trash)
    return plan


def preview(*, owner_id: UUID, bundle: Bundle, skip_invalid: bool, now: datetime) -> Plan:
    """Say what would be made of a file.

    Raises:
        ImportRefused: Something is at fault.
    """
    zone = ZoneInfo(User.objects.values_list("time_zone", flat=True).get(id=owner_id))
    plan = merging.plan(bundle, owner_id=owner_id, zone=zone, now=now)
    if plan.faults and not skip_invalid:
        raise ImportRefused(plan.faults)
    return plan
