"""Breakdowns in any state, made by the services and by what a worker calls."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from ai.errors import PlannerError
from ai.plans import Plan, Step, Verdict
from realtime.models import EventRow
from taskengine.accounts.models import User
from taskengine.planning import attempts, services
from taskengine.planning.attempts import Attempt
from taskengine.planning.models import Breakdown
from tests.support.people import events_of, operation_of

GOAL = "Write my thesis on urban trees"


def planned(key: str, title: str, *depends_on: str, **fields: Any) -> Step:
    """Return a step as a planner makes it."""
    return Step(
        **{
            "key": key,
            "title": title,
            "done_when": f"There is a note on {key}.",
            "estimate_min": 60,
            "depends_on": depends_on,
            **fields,
        }
    )


STEPS = (
    planned("sources", "Collect ten sources", estimate_min=120),
    planned("outline", "Outline the chapters", "sources"),
    planned("draft", "Draft the first chapter", "outline", estimate_min=240),
    planned("proof", "Have it proof-read", "draft", optional=True),
)


def plan(steps: Sequence[Step] = STEPS, **fields: Any) -> Plan:
    """Return a whole plan."""
    return Plan(**{"verdict": Verdict.STEPS, "steps": tuple(steps), "planner": "offline", **fields})


def ask(person: User, goal: str | None = GOAL, **fields: Any) -> Breakdown:
    """Ask for a breakdown; it waits for a worker."""
    with operation_of(person) as operation:
        return services.start_breakdown(operation=operation, goal=goal, **fields)


def claimed(draft: Breakdown) -> Attempt:
    """Take it as a worker does."""
    attempt = attempts.claim(draft.id)
    assert attempt is not None, "somebody else has it"
    return attempt


def call(person: User, verb: Callable[..., Breakdown], draft: Breakdown, **arguments: Any) -> Breakdown:
    """Carry out a verb on a breakdown; return its row."""
    with operation_of(person) as operation:
        verb(operation=operation, breakdown_id=draft.id, **arguments)
    return fresh(draft)


def step(draft: Breakdown, key: str) -> dict[str, Any]:
    """Return one of the steps."""
    (found,) = [one for one in draft.steps if one["key"] == key]
    return dict(found)


def work(draft: Breakdown, made: Plan | PlannerError | None = None) -> Breakdown:
    """Do what a worker does to the end: with a plan, or with why there is none."""
    attempt = claimed(draft)
    made = made or plan()
    if isinstance(made, PlannerError):
        assert attempts.fail(attempt, made)
    else:
        for step in made.steps:
            assert attempts.add_step(attempt, step)
        assert attempts.finish(attempt, made)
    return fresh(draft)


def ready(person: User, steps: Sequence[Step] = STEPS, **fields: Any) -> Breakdown:
    """Make a breakdown whose steps are made."""
    return work(ask(person, **fields), plan(steps))


def fresh(draft: Breakdown) -> Breakdown:
    """Return the breakdown as its row has it."""
    return Breakdown.objects.get(id=draft.id)


def error_of(draft: Breakdown) -> dict[str, Any]:
    """Return why there is no plan; there must be a reason."""
    assert draft.error is not None, f"nothing went wrong: it is {draft.status}"
    return dict(draft.error)


def misfit_of(draft: Breakdown) -> dict[str, Any]:
    """Return what does not fit; something must not."""
    assert draft.misfit is not None, "it fits"
    return dict(draft.misfit)


def shape(draft: Breakdown) -> list[str]:
    """Return the steps as `key<dependency,dependency`."""
    return [
        step["key"] + ("<" + ",".join(step["depends_on"]) if step["depends_on"] else "")
        for step in draft.steps
    ]


def said(person: User, draft: Breakdown | UUID | None = None, *, after: int = 0) -> list[EventRow]:
    """Return the events about breakdowns, of one if one is given."""
    wanted = None if draft is None else str(draft.id if isinstance(draft, Breakdown) else draft)
    return [
        event
        for event in events_of(person, after=after)
        if event.type.startswith("breakdown.") and wanted in (None, event.data["breakdown"]["id"])
    ]


def types(events: Sequence[EventRow]) -> list[str]:
    """Return what happened, without the kind."""
    return [event.type.partition(".")[2] for event in events]
