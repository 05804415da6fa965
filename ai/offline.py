"""The planner that needs no network: patterns and rules, no model. It says so, and asks nothing back."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Final

from ai.drafts import draft
from ai.gates import Gates
from ai.goals import errand_sentence, parse
from ai.language import detect, known
from ai.lexicon import LANGUAGES, lexicon
from ai.patterns import GENERIC, pattern_for, patterns
from ai.plans import Action, Brief, Note, Plan, Step, Verdict

_ELSEWHERE: Final = "The offline planner doesn't know the goal's language, so the steps are in English."


class OfflinePlanner:
    """Fills the pattern that fits a goal with the goal's own words.

    The same brief gives the same plan. Making one reads the patterns, which takes a moment; keep it.
    """

    name: Final = "offline"

    def __init__(self) -> None:
        patterns()

    async def plan(self, brief: Brief) -> AsyncGenerator[Step | Plan]:
        """See `ai.plans.Planner`. It raises nothing."""
        wanted = known(brief.language) if brief.language else detect(f"{brief.goal} {brief.notes}")
        code = wanted or LANGUAGES[0]
        says_more = brief.locked or (brief.notes and not brief.is_split)
        reason = None if says_more else errand_sentence(brief.goal, code)
        if reason:
            yield Plan(verdict=Verdict.NEEDS_NO_PLAN, reason=reason, planner=self.name, language=code)
            return
        asked = replace(brief, language=code)
        gates = Gates(asked)
        goal = parse(brief.goal, code)
        # One step of a plan is no goal of its own kind: "Book the van" is not a move.
        pattern = patterns()[GENERIC] if brief.is_split else pattern_for(goal, code)
        drafted = draft(pattern, goal, asked, code)
        for raw in drafted.steps:
            if step := gates.judge(raw):
                yield step
        steps = gates.steps()
        assumptions = list(pattern.assumptions[code])
        if drafted.was_capped:
            assumptions.append(lexicon(code).capped)
        if wanted is None:
            assumptions.append(_ELSEWHERE)
        origin = Note(
            code="pattern", action=Action.NOTED, detail=f"The pattern {pattern.name!r} was filled in."
        )
        yield Plan(
            verdict=Verdict.STEPS,
            steps=steps,
            assumptions=tuple(assumptions),
            risks=tuple(pattern.risks[code]),
            planner=self.name,
            language=code,
            notes=(origin, *gates.notes),
        )
