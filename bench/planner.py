"""How good are the plans? `python -m bench.planner`.

Asks each planner for a plan of every goal in `planner_goals.toml` at three granularities. A plan passes
when nothing of it had to be dropped or repaired by the gates, it has as many steps as its band asks
for, and going through the gates once more changes nothing. The rubric asks what the gates can't
refuse: whether the plan is a good one.

Gemini is asked too when `GEMINI_API_KEY` is set (`GEMINI_BASE_URL` leads elsewhere): about 150 calls.
"""

import asyncio
import json
import os
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ai.errors import PlannerError
from ai.gates import Gates
from ai.goals import parse
from ai.language import is_clearly_not
from ai.lexicon import lexicon
from ai.offline import OfflinePlanner
from ai.plans import MAX_ESTIMATE_MIN, Action, Brief, Plan, Planner, Step, Verdict
from ai.texts import tokens

GOALS = Path(__file__).parent / "planner_goals.toml"
RESULTS = Path(__file__).parent / "results"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
AT_ONCE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One goal at one granularity, and what came of it."""

    language: str
    domain: str
    brief: Brief
    plan: Plan | None
    error: str | None
    took_s: float

    @property
    def passed(self) -> bool:
        """Whether the plan needed no mending."""
        plan = self.plan
        if plan is None or plan.verdict is not Verdict.STEPS:
            return False
        again = Gates(self.brief)
        unchanged = all(again.judge(asdict(step)) for step in plan.steps) and again.steps() == plan.steps
        mended = any(note.action is not Action.NOTED for note in (*plan.notes, *again.notes))
        return unchanged and not mended and not again.missing

    @property
    def pattern(self) -> str | None:
        """The offline planner's pattern."""
        notes = self.plan.notes if self.plan else ()
        return next((note.detail.split("'")[1] for note in notes if note.code == "pattern"), None)


# --- The rubric: each question is answered with yes or no ---------------------------------------


def names_the_goal(case: Case, steps: Sequence[Step]) -> bool:
    """Does a title use a word of the goal that carries meaning?"""
    goal = parse(case.brief.goal, case.language)
    words = goal.nouns(lexicon(case.language)) or set(tokens(goal.text))
    return any(words & set(tokens(step.title)) for step in steps)


def can_begin_today(case: Case, steps: Sequence[Step]) -> bool:
    """Is there a step that waits for nothing and takes two hours at most?"""
    return any(not step.depends_on and step.estimate_min <= 120 for step in steps)


def hangs_together(case: Case, steps: Sequence[Step]) -> bool:
    """Do most steps after the first depend on another?"""
    return sum(bool(step.depends_on) for step in steps[1:]) * 2 > len(steps) - 1


def leaves_room(case: Case, steps: Sequence[Step]) -> bool:
    """Could two steps be done in any order? A mere chain hides what may go side by side."""
    if len(steps) <= 4:
        return True
    waited_for = Counter(key for step in steps for key in step.depends_on)
    return max(waited_for.values(), default=0) > 1 or sum(not step.depends_on for step in steps) > 1


def ends_with_a_result(case: Case, steps: Sequence[Step]) -> bool:
    """Does the last required step wait for others, so that it is the end of something?"""
    required = [step for step in steps if not step.optional]
    return bool(required) and bool(required[-1].depends_on)


def can_be_checked(case: Case, steps: Sequence[Step]) -> bool:
    """Does every done_when have four words or more, and no two the same?"""
    checks = [step.done_when for step in steps]
    return all(len(tokens(check)) >= 4 for check in checks) and len(set(checks)) == len(checks)


def gives_reasons(case: Case, steps: Sequence[Step]) -> bool:
    """Has at least a third of the steps a reason?"""
    return sum(bool(step.why) for step in steps) * 3 >= len(steps)


def has_short_titles(case: Case, steps: Sequence[Step]) -> bool:
    """Are titles fourteen words long at most, on average?"""
    return sum(len(tokens(step.title)) for step in steps) <= 14 * len(steps)


def has_many_verbs(case: Case, steps: Sequence[Step]) -> bool:
    """Do at least two thirds of the titles begin differently?"""
    return len({tokens(step.title)[0] for step in steps}) * 3 >= len(steps) * 2


def estimates_differ(case: Case, steps: Sequence[Step]) -> bool:
    """Are the estimates more than one round number, and at most half of them at the limit?"""
    minutes = [step.estimate_min for step in steps]
    return len(set(minutes)) * 2 > len(minutes) ** 0.5 * 2 and minutes.count(MAX_ESTIMATE_MIN) * 2 <= len(
        minutes
    )


def keeps_the_language(case: Case, steps: Sequence[Step]) -> bool:
    """Is no text clearly in another language?"""
    texts = (text for step in steps for text in (step.title, step.why, step.done_when))
    return not any(is_clearly_not(text, case.language) for text in texts)


def warns(case: Case, steps: Sequence[Step]) -> bool:
    """Does the plan name an assumption and a risk?"""
    return bool(case.plan and case.plan.assumptions and case.plan.risks)


RUBRIC: Sequence[Callable[[Case, Sequence[Step]], bool]] = (
    names_the_goal, can_begin_today, hangs_together, leaves_room, ends_with_a_result, can_be_checked, gives_reasons,
    has_short_titles, has_many_verbs, estimates_differ, keeps_the_language, warns,
)  # fmt: skip


# --- Asking --------------------------------------------------------------------------------------


async def ask(planner: Planner, brief: Brief) -> tuple[Plan | None, str | None, float]:
    """Return a planner's plan, or the code of what went wrong, and how long it took in seconds."""
    started = time.perf_counter()
    plan, error = None, None
    try:
        async with aclosing(planner.plan(brief)) as coming:
            async for item in coming:
                if isinstance(item, Plan):
                    plan = item
    except PlannerError as failure:
        error = failure.code
    return plan, error, time.perf_counter() - started


async def ask_all(planner: Planner, data: Mapping[str, Any]) -> tuple[list[Case], list[Case], list[Case]]:
    """Return what came of every goal at every granularity, of the fresh goals, and of the errands."""
    places = asyncio.Semaphore(AT_ONCE)

    async def case(entry: Mapping[str, str], granularity: int) -> Case:
        brief = Brief(goal=entry["goal"], granularity=granularity, now=NOW, zone=ZoneInfo("Europe/Berlin"))
        async with places:
            plan, error, took_s = await ask(planner, brief)
        return Case(
            language=entry["language"],
            domain=entry.get("domain", ""),
            brief=brief,
            plan=plan,
            error=error,
            took_s=took_s,
        )

    wanted = [(entry, granularity) for entry in data["goals"] for granularity in data["granularities"]]
    cases = await asyncio.gather(*(case(*one) for one in wanted))
    fresh = await asyncio.gather(*(case(entry, 3) for entry in data["fresh"]))
    errands = await asyncio.gather(*(case(entry, 3) for entry in data["errands"]))
    return list(cases), list(fresh), list(errands)


def planners() -> Iterator[Planner]:
    """Yield the planners that can be asked here."""
    yield OfflinePlanner()
    key = os.environ.get("GEMINI_API_KEY")
    if key:
        from ai.gemini import GeminiPlanner

        yield GeminiPlanner(api_key=key, base_url=os.environ.get("GEMINI_BASE_URL"))


# --- Telling -------------------------------------------------------------------------------------


def figures(cases: Sequence[Case], fresh: Sequence[Case], errands: Sequence[Case]) -> dict[str, Any]:
    """Return all that was measured of one planner."""
    planned = [(case, case.plan.steps) for case in cases if case.plan and case.plan.steps]
    rubric = {
        question.__name__: sum(question(case, steps) for case, steps in planned) / max(1, len(planned))
        for question in RUBRIC
    }
    notes = Counter(
        note.code
        for case in cases
        if case.plan
        for note in case.plan.notes
        if note.action is not Action.NOTED
    )
    known_errands = sum(
        case.plan is not None and case.plan.verdict is Verdict.NEEDS_NO_PLAN for case in errands
    )
    by_domain = {
        domain: share([case.passed for case in cases if case.domain == domain])
        for domain in sorted({case.domain for case in cases})
    }
    return {
        "plans": len(cases),
        "passed": share([case.passed for case in cases]),
        "rubric": round(sum(rubric.values()) / len(rubric), 3),
        "questions": {name: round(value, 3) for name, value in rubric.items()},
        "passed_by_domain": by_domain,
        "errands_known": f"{known_errands}/{len(errands)}",
        "generic_goals": generic(cases),
        "fresh": {
            "plans": len(fresh),
            "passed": share([case.passed for case in fresh]),
            "in_their_language": share(
                [case.plan is not None and case.plan.language == case.language for case in fresh]
            ),
            "generic_goals": generic(fresh),
        },
        "errors": dict(Counter(case.error for case in cases if case.error)),
        "mended": dict(notes),
        "median_s": round(sorted(case.took_s for case in cases)[len(cases) // 2], 4),
    }


def generic(cases: Sequence[Case]) -> list[str]:
    """Return the goals that fell to the offline planner's generic pattern."""
    return sorted({case.brief.goal for case in cases if case.pattern == "generic"})


def share(answers: Sequence[bool]) -> float:
    """Return which part of the answers is yes."""
    return round(sum(answers) / max(1, len(answers)), 3)


def tell(results: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the tables."""
    print(f"{'planner':10}{'plans':>7}{'passed':>9}{'rubric':>9}{'errands':>9}{'generic':>9}{'median':>10}")
    for name, result in results.items():
        print(
            f"{name:10}{result['plans']:7}{result['passed']:9.1%}{result['rubric']:9.1%}{result['errands_known']:>9}"
            f"{len(result['generic_goals']):9}{result['median_s'] * 1000:7.0f} ms"
        )
    print()
    for question in RUBRIC:
        answers = "".join(f"{result['questions'][question.__name__]:>10.1%}" for result in results.values())
        print(f"  {(question.__doc__ or '').strip():82}{answers}")
    for name, result in results.items():
        fresh = result["fresh"]
        print(
            f"\n{name}, {fresh['plans']} fresh goals: {fresh['passed']:.1%} passed, "
            f"{fresh['in_their_language']:.1%} in their language, {len(fresh['generic_goals'])} generic"
        )
        for what in ("generic_goals", "mended", "errors"):
            if result[what]:
                print(f"\n{name}, {what.replace('_', ' ')}: {result[what]}")


def main() -> int:
    """Ask, print, keep the line; return 1 if the offline planner let a plan fail."""
    data = tomllib.loads(GOALS.read_text(encoding="utf-8"))
    results = {planner.name: figures(*asyncio.run(ask_all(planner, data))) for planner in planners()}
    tell(results)
    line = json.dumps({"bench": "planner", "goals": len(data["goals"]), **results}, ensure_ascii=False)
    print(line)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "planner.json").write_text(line + "\n", encoding="utf-8")
    return int(results["offline"]["passed"] < 1)


if __name__ == "__main__":
    sys.exit(main())
