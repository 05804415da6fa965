"""What is told of a breakdown: the events `breakdown.*`, drafted for its owner's stream."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from realtime.outbox import Draft
from taskengine.operations.services import OpenOperation
from taskengine.planning.models import Breakdown
from taskengine.planning.payloads import breakdown_payload


class BreakdownEvent(StrEnum):
    """What can happen to a breakdown."""

    STARTED = "breakdown.started"
    STEP = "breakdown.step"
    READY = "breakdown.ready"
    FAILED = "breakdown.failed"
    UPDATED = "breakdown.updated"
    APPLIED = "breakdown.applied"
    CANCELLED = "breakdown.cancelled"


def told(
    event: BreakdownEvent,
    draft: Breakdown,
    *,
    at: datetime,
    step: str | None = None,
    operation: OpenOperation | None = None,
) -> Draft:
    """Return an event, with the breakdown as it is after it.

    Args:
        event: What happened.
        draft: The breakdown.
        at: When.
        step: The key of the step that it is about; None for all of it.
        operation: The write that did it; None where a worker did.
    """
    data: dict[str, Any] = {"breakdown": breakdown_payload(draft)}
    if step is not None:
        data["step"] = step
    return Draft(
        stream=draft.owner_id,
        type=event,
        at=at,
        actor=operation.actor_id if operation else None,
        op_id=operation.id if operation else None,
        data=data,
    )
