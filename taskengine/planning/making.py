"""What a draft goes through while its steps are made. Every function changes the row and saves nothing.

`former` is the plan before, of which some steps stay and which a failure brings back; `fresh` is what
this attempt has made. What is shown is always composed of the two, so that an attempt can begin again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from django.conf import settings

from ai.errors import PlannerError
from ai.plans import Plan, Step, Verdict
from taskengine.planning import outline
from taskengine.planning.briefs import drafted, remark, remark_not_split, summed
from taskengine.planning.lifecycle import Status
from taskengine.planning.models import Breakdown
from taskengine.planning.outline import DraftStep
from taskengine.planning.planners import Choice

T = TypeVar("T")

# Assumptions, risks and remarks, each, of a draft whose steps are split again and again.
_MAX_SAID: Final = 100
# Of a plan, what a failure brings back.
_PLAN_FIELDS: Final = (
    "planner",
    "model",
    "verdict",
    "reason",
    "questions",
    "assumptions",
    "risks",
    "remarks",
    "steps",
    "misfit",
)


def ask(draft: Breakdown, *, choice: Choice, now: datetime) -> None:
    """Put a draft in line, so that its plan is made, or made anew around the locked steps.

    Args:
        draft: The draft. What it has is kept until there is something better.
        choice: Who is to make it.
        now: When it was asked for.
    """
    _ask(draft, choice=choice, now=now)
    clear(draft)


def ask_to_split(draft: Breakdown, key: str, *, granularity: int, choice: Choice, now: datetime) -> None:
    """Put a draft in line, so that parts are made for one of its steps, which is there; see `ask`."""
    _ask(draft, choice=choice, now=now)
    draft.splits = {"key": key, "granularity": granularity}
    clear(draft)


def begin(draft: Breakdown, *, now: datetime) -> None:
    """Begin a new attempt, which fences off any before it."""
    draft.attempt += 1
    draft.tries += 1
    draft.status = Status.GENERATING
    draft.lease_until = now + settings.WORKER_LEASE
    clear(draft)


def clear(draft: Breakdown) -> None:
    """Take back what an attempt made. Steps that stay are still there, without their places."""
    draft.misfit = None
    draft.fresh = []
    _show(draft, [])
    if not draft.splits:
        draft.verdict = None
        draft.reason = ""
        draft.questions, draft.assumptions, draft.risks, draft.remarks = [], [], [], []


def add(draft: Breakdown, step: Step) -> None:
    """Show one step more."""
    draft.fresh = [*draft.fresh, *outline.written((drafted(step),))]
    _show(draft, outline.read(draft.fresh))


def finish(draft: Breakdown, plan: Plan) -> None:
    """Show the whole plan. The calendar has not looked at it yet."""
    _show(draft, [drafted(step) for step in plan.steps])
    if not draft.splits:
        draft.verdict, draft.reason = plan.verdict.value, plan.reason
        draft.questions = list(plan.questions)
        draft.assumptions, draft.risks = list(plan.assumptions), list(plan.risks)
        draft.remarks = [remark(note) for note in plan.notes]
        draft.language = plan.language or draft.language
    elif plan.verdict is Verdict.STEPS:
        draft.assumptions = _latest(draft.assumptions, plan.assumptions)
        draft.risks = _latest(draft.risks, plan.risks)
        draft.remarks = _latest(draft.remarks, map(remark, plan.notes))
    else:
        draft.remarks = _latest(draft.remarks, [remark_not_split(draft.splits["key"], plan)])
    draft.planner, draft.model = plan.planner, plan.model
    draft.usage = summed(draft.usage, plan.usage)
    close(draft, Status.READY)


def fail(draft: Breakdown, error: PlannerError) -> None:
    """Say why there is no plan. A draft that had one before has it again and is ready; others have nothing."""
    former = draft.former
    clear(draft)
    for name, value in (former or {}).items():
        setattr(draft, name, value)
    draft.error = {"code": error.code, "detail": error.sentence, "retry_after_s": error.retry_after_s}
    draft.usage = summed(draft.usage, error.usage)
    close(draft, Status.READY if former else Status.FAILED)


def close(draft: Breakdown, status: Status) -> None:
    """End the making, with whatever it came to."""
    draft.status = status
    draft.lease_until = draft.former = draft.splits = None
    draft.fresh = []


def _ask(draft: Breakdown, *, choice: Choice, now: datetime) -> None:
    draft.former = None
    if draft.status == Status.READY:
        draft.former = {name: getattr(draft, name) for name in _PLAN_FIELDS}
    draft.status = Status.QUEUED
    draft.planner, draft.model = choice.name, choice.model
    draft.error = draft.splits = None
    draft.tries = 0
    draft.lease_until = draft.hinted_at = now


def _latest(before: Sequence[T], more: Iterable[T]) -> list[T]:
    """Return what was said before and what is said now, nothing twice, and of too much the latest."""
    new = list(more)
    return [*(one for one in before if one not in new), *new][-_MAX_SAID:]


def _show(draft: Breakdown, fresh: Sequence[DraftStep]) -> None:
    """Compose what is shown of what is kept of the former plan, and what was made."""
    former = outline.unplaced(outline.read(draft.former["steps"])) if draft.former else ()
    steps = (
        outline.split(former, draft.splits["key"], fresh)
        if draft.splits
        else outline.regenerated(former, fresh)
    )
    draft.steps = outline.written(steps)
