"""The gates that every planner's steps go through, one by one as they come.

Nothing a planner says is taken on trust: what comes out is a step as `ai.plans.Step` promises it, or
nothing. What was dropped or repaired stands in the plan's notes.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from ai.dependencies import Dependencies
from ai.fields import MAX_KEY_CHARS, key_of, keys_of, minutes_of, text_of
from ai.goals import parse
from ai.language import detect, is_clearly_not, known
from ai.lexicon import Lexicon, lexicon
from ai.plans import (
    MAX_ESTIMATE_MIN,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    MIN_ESTIMATE_MIN,
    Action,
    Brief,
    Note,
    Step,
)
from ai.texts import cut, same_meaning, straight, tokens, without_markup
from ai.titles import Opening, capitalised, opening, repaired

_UNKNOWN_ESTIMATE_MIN: Final = 30
_MAX_NOTES: Final = 100


class Code(StrEnum):
    """What a gate found. Programs go by these, so they never change."""

    NO_STEP = "no_step"  # not an object, or without a title
    NOT_A_VERB = "not_a_verb"
    VERB_UNSURE = "verb_unsure"
    VAGUE = "vague"
    NO_CHECK = "no_check"
    EMPTY_REASON = "empty_reason"
    WRONG_LANGUAGE = "wrong_language"
    DUPLICATE = "duplicate"
    REPEATS_GOAL = "repeats_goal"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    TOO_LONG_TEXT = "too_long_text"
    ESTIMATE_UNKNOWN = "estimate_unknown"
    ESTIMATE_TOO_SHORT = "estimate_too_short"
    ESTIMATE_TOO_LONG = "estimate_too_long"  # worth a split
    UNKNOWN_DEPENDENCY = "unknown_dependency"
    CIRCULAR_DEPENDENCY = "circular_dependency"
    LANGUAGE_UNKNOWN = "language_unknown"  # the rules of a language were not applied


class _Dropped(Exception):
    """A gate does not let a step pass."""

    def __init__(self, code: Code, detail: str, *, same_as: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.same_as = same_as


class Gates:
    """The gates of one plan: they remember what has passed.

    Args:
        brief: What was asked.

    Attributes:
        language: The language whose rules apply; None where it is none that has rules.
        notes: What was done so far, in order, as far as anybody would read it.
        complaints: What was wrong with the steps that were dropped, as sentences for the planner.
    """

    def __init__(self, brief: Brief) -> None:
        self.language = known(brief.language) if brief.language else detect(f"{brief.goal} {brief.notes}")
        self.notes: list[Note] = []
        self.complaints: list[str] = []
        self._brief = brief
        self._band = brief.band()
        self._lexicon: Lexicon | None = lexicon(self.language) if self.language else None
        self._nouns: frozenset[str] = frozenset()
        self._fillers: re.Pattern[str] | None = None
        if self._lexicon:
            goal = parse(brief.goal, self._lexicon.code)
            self._nouns = goal.nouns(self._lexicon)
            self._fillers = _fillers(self._lexicon, goal.object)
        else:
            self._note(Code.LANGUAGE_UNKNOWN, Action.NOTED, "There are no word lists for this language.")
        self._steps: dict[str, Step] = {}
        self._dependencies = Dependencies(step.key for step in brief.locked)

    @property
    def count(self) -> int:
        """How many steps have passed."""
        return len(self._steps)

    @property
    def is_full(self) -> bool:
        """Whether no step more can pass."""
        return self.count >= self._band.most

    @property
    def missing(self) -> int:
        """How many steps the plan is short of its band."""
        return max(0, self._band.fewest - self.count)

    def judge(self, raw: object) -> Step | None:
        """Return the step that is in `raw`, repaired where it has to be; None where it is dropped.

        Args:
            raw: What the planner said: a mapping with the fields of a `Step`. `depends_on` of the
                result holds what is known by now; the rest comes with `steps`.
        """
        fields: Mapping[Any, Any] = raw if isinstance(raw, Mapping) else {}
        name, names = key_of(fields.get("key")), keys_of(fields.get("depends_on"))
        key, title = self._free_key(name), without_markup(text_of(fields.get("title")))
        before = len(self.notes)
        try:
            step = self._passed(fields, key, title)
        except _Dropped as dropped:
            del self.notes[before:]  # what was repaired on a step that is no more
            self._note(dropped.code, Action.DROPPED, dropped.detail, key, title)
            if dropped.code is not Code.TOO_MANY:
                self.complaints.append(f"{cut(title, MAX_TITLE_CHARS)!r}: {dropped.detail}")
            self._dependencies.drop(name, names, same_as=dropped.same_as)
            return None
        self._dependencies.keep(name or key, key, names)
        self._steps[key] = replace(step, depends_on=self._dependencies.so_far(key))
        return self._steps[key]

    def steps(self) -> tuple[Step, ...]:
        """Return all steps that passed, with their dependencies whole and free of circles.

        Call it once, after the last step: it notes what it had to leave out.
        """
        resolved = self._dependencies.resolve()
        for key, found in resolved.items():
            title = self._steps[key].title
            for unknown in found.unknown:
                detail = f"It depended on {unknown!r}, which is no step."
                self._note(Code.UNKNOWN_DEPENDENCY, Action.REPAIRED, detail, key, title)
            for circular in found.circular:
                detail = f"It depended on {circular!r}, which depends on it."
                self._note(Code.CIRCULAR_DEPENDENCY, Action.REPAIRED, detail, key, title)
        if self.missing:
            detail = f"{self.count} of at least {self._band.fewest} steps passed."
            self._note(Code.TOO_FEW, Action.NOTED, detail)
        return tuple(replace(step, depends_on=resolved[key].keys) for key, step in self._steps.items())

    def _passed(self, fields: Mapping[Any, Any], key: str, raw_title: str) -> Step:
        if self.is_full:
            raise _Dropped(Code.TOO_MANY, f"The plan has {self.count} steps already.")
        title = self._title(raw_title, key)
        why, done_when = text_of(fields.get("why")), text_of(fields.get("done_when"))
        self._says_when_it_is_done(done_when)
        why = self._reason(why, key, title)
        self._is_in_the_language(f"{title}. {done_when} {why}")
        self._is_new(title)
        return Step(
            key=key,
            title=title,
            why=self._short(why, MAX_TEXT_CHARS, key, title),
            done_when=self._short(done_when, MAX_TEXT_CHARS, key, title),
            estimate_min=self._estimate(fields.get("estimate_min"), key, title),
            optional=fields.get("optional") is True,
        )

    # --- One gate each --------------------------------------------------------------------------

    def _title(self, raw: str, key: str) -> str:
        if not raw:
            raise _Dropped(Code.NO_STEP, "It has no title.")
        title = self._short(capitalised(self._verb_first(raw, key)), MAX_TITLE_CHARS, key, raw)
        if self._fillers and self._fillers.fullmatch(straight(title).rstrip("!?…")):
            raise _Dropped(Code.VAGUE, "It says nothing that can be done.")
        return title

    def _verb_first(self, title: str, key: str) -> str:
        if self._lexicon is None:
            return title
        start = opening(title, self._lexicon, nouns=self._nouns)
        if start is Opening.OTHER:
            better = repaired(title, self._lexicon)
            if better is None:
                raise _Dropped(Code.NOT_A_VERB, "It does not start with a verb.")
            self._note(Code.NOT_A_VERB, Action.REPAIRED, f"It was {title!r}.", key, better)
            return better
        if start is Opening.UNKNOWN:
            detail = "Its first word is in no list of verbs."
            self._note(Code.VERB_UNSURE, Action.NOTED, detail, key, title)
        return title

    def _says_when_it_is_done(self, done_when: str) -> None:
        empty = self._lexicon and self._lexicon.empty_checks.fullmatch(straight(done_when).rstrip(".!"))
        if not done_when or empty:
            raise _Dropped(Code.NO_CHECK, "Nothing says when it is done.")

    def _reason(self, why: str, key: str, title: str) -> str:
        if self._lexicon and self._lexicon.empty_reasons.fullmatch(straight(why).rstrip(".!")):
            self._note(Code.EMPTY_REASON, Action.REPAIRED, f"Its reason was {why!r}.", key, title)
            return ""
        return why

    def _is_in_the_language(self, text: str) -> None:
        if self.language and is_clearly_not(text, self.language):
            raise _Dropped(Code.WRONG_LANGUAGE, f"It is not in the language {self.language!r}.")

    def _is_new(self, title: str) -> None:
        ignoring = self._lexicon.stopwords if self._lexicon else frozenset[str]()
        for other in (*self._steps.values(), *self._brief.locked, *self._brief.siblings):
            if same_meaning(title, other.title, ignoring=ignoring):
                is_ours = other not in self._brief.siblings
                same_as = other.key if is_ours else None
                raise _Dropped(Code.DUPLICATE, f"It repeats {other.title!r}.", same_as=same_as)
        # A German goal has its verb at the end.
        if same_meaning(title, self._brief.goal, ignoring=ignoring, any_verb=self.language == "de"):
            raise _Dropped(Code.REPEATS_GOAL, "It repeats the goal.")

    def _estimate(self, raw: object, key: str, title: str) -> int:
        minutes = minutes_of(raw)
        if minutes is None:
            detail = f"It had no estimate; {_UNKNOWN_ESTIMATE_MIN} minutes are assumed."
            self._note(Code.ESTIMATE_UNKNOWN, Action.REPAIRED, detail, key, title)
            return _UNKNOWN_ESTIMATE_MIN
        if minutes < MIN_ESTIMATE_MIN:
            detail = f"Its estimate was under {MIN_ESTIMATE_MIN} minutes."
            self._note(Code.ESTIMATE_TOO_SHORT, Action.REPAIRED, detail, key, title)
        if minutes > MAX_ESTIMATE_MIN:
            detail = f"Its estimate was over {MAX_ESTIMATE_MIN} minutes: split it to plan it truly."
            self._note(Code.ESTIMATE_TOO_LONG, Action.REPAIRED, detail, key, title)
        return int(min(max(minutes, MIN_ESTIMATE_MIN), MAX_ESTIMATE_MIN))

    # --- Helpers --------------------------------------------------------------------------------

    def _free_key(self, name: str) -> str:
        taken = {*self._steps, *(step.key for step in (*self._brief.locked, *self._brief.siblings))}
        stem, number = name or f"step-{self.count + 1}", 2
        key = stem
        while key in taken:
            key = f"{stem[: MAX_KEY_CHARS - 4]}-{number}"
            number += 1
        return key

    def _short(self, text: str, limit: int, key: str, title: str) -> str:
        if len(text) > limit:
            detail = f"A text was longer than {limit} characters."
            self._note(Code.TOO_LONG_TEXT, Action.REPAIRED, detail, key, title)
        return cut(text, limit)

    def _note(
        self, code: Code, action: Action, detail: str, step: str | None = None, title: str | None = None
    ) -> None:
        if len(self.notes) >= _MAX_NOTES:
            return  # a model that runs wild is not written down word for word
        short_title = None if title is None else cut(title, MAX_TITLE_CHARS)
        short = cut(detail, MAX_TEXT_CHARS)
        self.notes.append(Note(code=code, action=action, detail=short, step=step, title=short_title))


def _fillers(entry: Lexicon, goal_object: str) -> re.Pattern[str]:
    """Return what a title that says nothing looks like, for a goal about `goal_object`."""
    bare = [re.escape(word) for word in tokens(goal_object) if word not in entry.determiners]
    articles = "|".join(sorted(map(re.escape, entry.determiners)))
    about = rf"(?:(?:{articles})['\s]*)?" + r"\W+".join(bare) if bare else r"(?!)"
    return re.compile(entry.fillers.replace("{object}", about), re.IGNORECASE)
