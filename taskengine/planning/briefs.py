"""From a draft to what a planner is asked, and back from what it answers. The one border to `ai`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ai.language import detect
from ai.lexicon import LANGUAGES
from ai.plans import Action, Answer, Brief, Note, Plan, Step, Usage
from taskengine.planning import outline
from taskengine.planning.models import Breakdown
from taskengine.planning.outline import DraftStep


def brief_of(draft: Breakdown, *, now: datetime, zone: ZoneInfo) -> Brief:
    """Return what a planner is asked for a draft: the whole plan, or the parts of one step.

    Args:
        draft: Its steps are those that stay.
        now: The instant of asking.
        zone: Where the person is.
    """
    steps = tuple(map(_planned, outline.read(draft.steps)))
    whole = Brief(
        goal=draft.goal,
        notes=draft.notes,
        granularity=draft.granularity,
        context=draft.context,
        answers=tuple(Answer(question=said["question"], answer=said["answer"]) for said in draft.answers),
        language=draft.language,
        now=now,
        zone=zone,
        locked=() if draft.splits else steps,
    )
    if not draft.splits:
        return whole
    (step,) = [step for step in steps if step.key == draft.splits["key"]]
    return whole.splitting(step, among=steps, granularity=draft.splits["granularity"])


def language_of(goal: str, notes: str) -> str:
    """Return the language in which a plan is made where nobody asked for another."""
    return detect(f"{goal} {notes}") or LANGUAGES[0]


def drafted(step: Step) -> DraftStep:
    """Return a planner's step as a draft has it."""
    return DraftStep(
        key=step.key,
        title=step.title,
        why=step.why,
        done_when=step.done_when,
        estimate_min=step.estimate_min,
        depends_on=tuple(step.depends_on),
        optional=step.optional,
    )


def remark(note: Note) -> dict[str, Any]:
    """Return a planner's note as the wire has it."""
    return {
        "code": str(note.code),
        "action": note.action.value,
        "detail": note.detail,
        "step": note.step,
        "title": note.title,
    }


def remark_not_split(key: str, plan: Plan) -> dict[str, Any]:
    """Return what is said of a step that could not be split."""
    detail = plan.reason or f"It can't be split before this is known: {' '.join(plan.questions)}"
    return remark(Note(code="not_split", action=Action.NOTED, detail=detail, step=key))


def summed(before: Mapping[str, int] | None, more: Usage | None) -> dict[str, int] | None:
    """Return what plans cost together; None as long as none cost anything."""
    if more is None:
        return dict(before) if before is not None else None
    return asdict(Usage(**(before or {})) + more)


def _planned(step: DraftStep) -> Step:
    return Step(
        key=step.key,
        title=step.title,
        why=step.why,
        done_when=step.done_when,
        estimate_min=step.estimate_min,
        depends_on=step.depends_on,
        optional=step.optional,
    )
