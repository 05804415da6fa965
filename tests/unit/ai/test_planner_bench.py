"""The measurement of the planners holds what it promises for the one that can be asked anywhere."""

import tomllib

from ai.offline import OfflinePlanner
from ai.plans import Verdict
from bench.planner import GOALS, RUBRIC, ask_all, figures


async def test_every_goal_passes_offline_at_every_granularity_and_errands_are_known() -> None:
    data = tomllib.loads(GOALS.read_text(encoding="utf-8"))
    cases, fresh, errands = await ask_all(OfflinePlanner(), data)
    assert len(cases) == 40 * 3
    assert len({case.domain for case in cases}) >= 12
    assert {case.language for case in cases} == {"en", "de", "es", "fr", "it"}
    assert [case.brief.goal for case in (*cases, *fresh) if not case.passed] == []
    assert all(case.plan and case.plan.language == case.language for case in cases)
    assert all(errand.plan and errand.plan.verdict is Verdict.NEEDS_NO_PLAN for errand in errands)
    result = figures(cases, fresh, errands)
    assert result["passed"] == 1
    assert result["rubric"] > 0.9
    assert len(result["questions"]) == len(RUBRIC)
