"""Briefs, and what a planner makes of them."""

from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ai.plans import Brief, Plan, Planner, Step

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOAL = "Write my thesis on urban trees"


def brief(goal: str = GOAL, **fields: Any) -> Brief:
    """Return a brief of somebody in Berlin."""
    return Brief(**{"goal": goal, "now": NOON, "zone": ZoneInfo("Europe/Berlin"), **fields})


async def planned(planner: Planner, asked: Brief) -> tuple[list[Step], Plan]:
    """Return the steps a planner handed over, and its plan, which came last and once."""
    steps: list[Step] = []
    plans: list[Plan] = []
    async with aclosing(planner.plan(asked)) as coming:
        async for item in coming:
            assert not plans, "something came after the plan"
            if isinstance(item, Plan):
                plans.append(item)
            else:
                steps.append(item)
    assert len(plans) == 1
    return steps, plans[0]
