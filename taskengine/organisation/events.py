"""What is told of projects and labels: the events `project.*` and `label.*`, for their owner's stream."""

from datetime import datetime
from enum import StrEnum

from realtime.outbox import Draft
from taskengine.operations.services import OpenOperation
from taskengine.organisation.models import Named
from taskengine.organisation.payloads import KINDS, payload


class NamedEvent(StrEnum):
    """What can happen to either; the kind comes before it: `project.created`."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    RESTORED = "restored"


def written(event: NamedEvent, named: Named, *, at: datetime, operation: OpenOperation) -> Draft:
    """Return the event of somebody's write, with the object as it is after it."""
    kind = KINDS[type(named)]
    return Draft(
        stream=named.owner_id,
        type=f"{kind}.{event}",
        at=at,
        actor=operation.actor_id,
        op_id=operation.id,
        data={kind: payload(named)},
    )
