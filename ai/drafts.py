"""A pattern made into steps for one goal: which steps, how long, after which, in whose words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ai.goals import Goal
from ai.lexicon import lexicon
from ai.patterns import Pattern, PatternStep
from ai.phrases import Wording, wording
from ai.plans import MAX_ESTIMATE_MIN, MAX_TITLE_CHARS, MIN_ESTIMATE_MIN, Brief
from ai.texts import same_meaning

_ROUND_MIN: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The steps of one goal, as a planner says them: not through the gates yet.

    Attributes:
        steps: Mappings with the fields of a step.
        was_capped: Whether something would have taken longer than a step may.
    """

    steps: tuple[Mapping[str, Any], ...]
    was_capped: bool


def draft(pattern: Pattern, goal: Goal, brief: Brief, code: str) -> Draft:
    """Return a pattern's steps for a goal.

    Args:
        pattern: The pattern.
        goal: The goal, taken apart.
        brief: What was asked: it says how fine, and which steps are there already.
        code: The language.
    """
    words = wording(
        goal,
        own=pattern.own[code],
        takes_object=pattern.takes_object,
        takes_place=pattern.takes_place,
        nouns=pattern.nouns(code),
        code=code,
    )
    given = _given(pattern, words, brief, code)
    chosen = _chosen([step for step in pattern.steps if step.key not in given], brief)
    minutes = _minutes(pattern.steps, {step.key for step in chosen}, brief.total_min)
    before = _order(pattern.steps, {step.key for step in chosen}, given)
    titles = _titles(chosen, words, code)
    made = [
        {
            "key": step.key,
            "title": titles[step.key],
            "why": step.texts[code].why.format_map(words.brief),
            "done_when": step.texts[code].done_when.format_map(words.brief),
            "estimate_min": min(minutes[step.key], MAX_ESTIMATE_MIN),
            "depends_on": before[step.key],
            "optional": step.optional,
        }
        for step in chosen
    ]
    return Draft(steps=tuple(made), was_capped=max(minutes.values(), default=0) > MAX_ESTIMATE_MIN)


def _titles(steps: Sequence[PatternStep], words: Wording, code: str) -> dict[str, str]:
    """Return the titles by key. The goal's object is named in full once, and briefly from then on."""
    titles = {}
    was_named = False
    for step in steps:
        template = step.texts[code].title
        title = template.format_map(words.brief if was_named else words.full)
        was_named = was_named or "x}" in template
        if len(title) > MAX_TITLE_CHARS:
            title = template.format_map(words.own)
        titles[step.key] = title
    return titles


def _given(pattern: Pattern, words: Wording, brief: Brief, code: str) -> dict[str, str | None]:
    """Return the steps that are there already: by key, the key of the locked step; None for a sibling."""
    stopwords = lexicon(code).stopwords
    given: dict[str, str | None] = {}
    for step in pattern.steps:
        forms = {step.texts[code].title.format_map(slots) for slots in (words.full, words.brief, words.own)}
        for other in (*brief.locked, *brief.siblings):
            if any(same_meaning(form, other.title, ignoring=stopwords) for form in forms):
                given[step.key] = other.key if other in brief.locked else None
                break
    return given


def _chosen(steps: Sequence[PatternStep], brief: Brief) -> list[PatternStep]:
    """Return the steps for a granularity, in the pattern's order; finer ones too where they are too few."""
    band = brief.band()
    fitting = sum(step.level <= brief.granularity for step in steps)
    # Of too many the finest go first, and of these the optional ones.
    ranked = sorted(steps, key=lambda step: (step.level, step.optional))
    kept = {step.key for step in ranked[: min(max(fitting, band.fewest), band.most)]}
    return [step for step in steps if step.key in kept]


def _minutes(steps: Sequence[PatternStep], shown: set[str], total_min: int | None) -> dict[str, int]:
    """Return how long each step takes with all that it takes in, in minutes, a multiple of five."""
    by_key = {step.key: step for step in steps}
    sums = dict.fromkeys(shown, 0.0)
    for step in steps:
        holder: PatternStep | None = step
        while holder is not None and holder.key not in shown:
            holder = by_key[holder.part_of] if holder.part_of else None
        if holder is not None:
            sums[holder.key] += step.minutes
    scale = 1.0 if total_min is None else total_min / max(1.0, sum(sums.values()))
    return {
        key: max(MIN_ESTIMATE_MIN, round(minutes * scale / _ROUND_MIN) * _ROUND_MIN)
        for key, minutes in sums.items()
    }


def _order(
    steps: Sequence[PatternStep], shown: set[str], given: Mapping[str, str | None]
) -> dict[str, list[str]]:
    """Return what comes directly before each step that is shown; what follows from that is left out.

    A pattern's steps stand in an order in which each comes after those it waits for.
    """
    nearest: dict[str, list[str]] = {}  # by key, of hidden steps too: keys that are shown or locked
    behind: dict[str, set[str]] = {}  # by key: everything that comes before it, however far
    for step in steps:
        found: list[str] = []
        for key in step.after:
            locked = given.get(key)
            found += [locked] if locked else [key] if key in shown else nearest[key]
        implied = set().union(*(behind.get(key, set()) for key in found))
        nearest[step.key] = [key for key in dict.fromkeys(found) if key not in implied]
        behind[step.key] = implied | set(found)
    return {key: before for key, before in nearest.items() if key in shown}
