"""The one JSON shape of a breakdown, for the API, events and snapshots alike."""

from typing import Any

from realtime.envelope import rfc3339
from taskengine.planning.models import Breakdown


def breakdown_payload(draft: Breakdown) -> dict[str, Any]:
    """Return a breakdown as the wire has it."""
    return {
        "id": str(draft.id),
        "task": str(draft.task_id) if draft.task_id else None,
        "goal": draft.goal,
        "notes": draft.notes,
        "deadline": rfc3339(draft.deadline) if draft.deadline else None,
        "granularity": draft.granularity,
        "context": draft.context,
        "answers": draft.answers,
        "language": draft.language,
        "status": str(draft.status),
        "attempt": draft.attempt,
        "planner": draft.planner,
        "model": draft.model,
        "verdict": draft.verdict,
        "reason": draft.reason,
        "questions": draft.questions,
        "assumptions": draft.assumptions,
        "risks": draft.risks,
        "remarks": draft.remarks,
        "steps": draft.steps,
        "misfit": draft.misfit,
        "error": draft.error,
        "applied_op": str(draft.applied_op) if draft.applied_op else None,
        "version": draft.version,
        "created_at": rfc3339(draft.created_at),
        "updated_at": rfc3339(draft.updated_at),
    }
