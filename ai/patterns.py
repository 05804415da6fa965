"""What plans of common kinds look like: the patterns in `ai/patterns/*.toml`, and which one fits a goal."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ai.goals import Goal
from ai.lexicon import LANGUAGES, lexicon
from ai.texts import tokens

GENERIC: Final = "generic"
_FOLDER: Final = Path(__file__).parent / "patterns"
_STRONG: Final = 3.0
_PHRASE: Final = 4.0
_WEAK: Final = 1.0
_VERB_LESS: Final = 0.5  # "buy a guitar" is less about a verb than "learn the guitar" is about its noun
_PURPOSE_SHARE: Final = 0.4  # of what stands behind "for": a tent for the trip is no trip
_ENOUGH: Final = 1.2
_PURPOSES: Final = {"en": "for", "de": "für", "es": "para", "fr": "pour", "it": "per"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The words that speak for a pattern, in one language. `*` stands for any beginning or end."""

    strong: frozenset[str]
    weak: frozenset[str]

    def weight(self, word: str) -> float:
        """Return how much a word of the goal says for the pattern."""
        forms = {word, word.removesuffix("s")}
        if forms & self.strong or any(_fits(word, entry) for entry in self.strong if "*" in entry):
            return _STRONG
        return (
            _WEAK
            if forms & self.weak or any(_fits(word, entry) for entry in self.weak if "*" in entry)
            else 0.0
        )

    def phrases(self) -> list[str]:
        """Return the entries of more than one word, with spaces."""
        return [entry.replace("-", " ") for entry in self.strong if "-" in entry]


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """What a step says in one language, with the slots of `ai.phrases`."""

    title: str
    why: str
    done_when: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PatternStep:
    """One step of a pattern.

    Attributes:
        key: Its name.
        level: The granularity from which on it is a step of its own.
        minutes: How long its own part takes.
        after: The keys of the steps before it.
        part_of: The step that takes it in where it is none of its own; None for those of level 1.
        optional: Whether the goal can be reached without it.
        texts: What it says, by language.
    """

    key: str
    level: int
    minutes: int
    after: tuple[str, ...]
    part_of: str | None
    optional: bool
    texts: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """What plans of one kind look like.

    Attributes:
        name: Its name.
        takes_object: Whether the goal's own words may stand for what it is about.
        takes_place: Whether the goal's place may: "to Rome".
        own: Its own words for what it is about, by language.
        words: What speaks for it, by language; nothing for the generic one.
        assumptions: What it takes for granted, by language.
        risks: What may go wrong, by language.
        steps: Its steps in their order.
    """

    name: str
    takes_object: bool
    takes_place: bool
    own: Mapping[str, str]
    words: Mapping[str, Words]
    assumptions: Mapping[str, Sequence[str]]
    risks: Mapping[str, Sequence[str]]
    steps: tuple[PatternStep, ...]

    def nouns(self, code: str) -> frozenset[str]:
        """Return the words that speak for the pattern, most of which name the thing it is about."""
        return self.words[code].strong if self.words else frozenset()


@cache
def patterns() -> Mapping[str, Pattern]:
    """Return all patterns by name. The first call reads the files, which takes a moment."""
    read = (
        _pattern(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(_FOLDER.glob("*.toml"))
    )
    return {pattern.name: pattern for pattern in read}


def pattern_for(goal: Goal, code: str) -> Pattern:
    """Return the pattern that most of a goal's words speak for; the generic one where none does."""
    scores = {
        name: _score(goal, pattern.words[code], code) for name, pattern in patterns().items() if pattern.words
    }
    best = max(scores, key=lambda name: scores[name])
    return patterns()[best if scores[best] >= _ENOUGH else GENERIC]


def _score(goal: Goal, words: Words, code: str) -> float:
    said = tokens(goal.text)
    purpose = next((place for place, word in enumerate(said) if place and word == _PURPOSES[code]), len(said))
    score = 0.0
    for place, word in enumerate(said):
        if word in lexicon(code).stopwords and word not in words.strong:
            continue
        weight = words.weight(word)
        if weight and word == goal.verb:
            weight -= _VERB_LESS
        score += weight * (_PURPOSE_SHARE if place > purpose else 1.0)
    text = f" {' '.join(said)} "
    return score + sum(_PHRASE for phrase in words.phrases() if f" {phrase} " in text)


def _fits(word: str, entry: str) -> bool:
    stem = entry.strip("*")
    if len(word) <= len(stem):
        return word == stem
    return (entry.startswith("*") and word.endswith(stem)) or (entry.endswith("*") and word.startswith(stem))


def _pattern(name: str, data: Mapping[str, Any]) -> Pattern:
    return Pattern(
        name=name,
        takes_object=data.get("takes_object", False),
        takes_place=data.get("takes_place", False),
        own=data["own"],
        words={code: _words(entry) for code, entry in data["match"].items()},
        assumptions=data["assumptions"],
        risks=data["risks"],
        steps=tuple(map(_step, data["steps"])),
    )


def _words(entry: Mapping[str, str]) -> Words:
    return Words(strong=frozenset(entry["strong"].split()), weak=frozenset(entry["weak"].split()))


def _step(data: Mapping[str, Any]) -> PatternStep:
    return PatternStep(
        key=data["key"],
        level=data["level"],
        minutes=data["minutes"],
        after=tuple(data.get("after", "").split()),
        part_of=data.get("part_of"),
        optional=data.get("optional", False),
        texts={code: _text(data[code]) for code in LANGUAGES},
    )


def _text(lines: Iterable[str]) -> Text:
    title, why, done_when = lines
    return Text(title=title, why=why, done_when=done_when)
