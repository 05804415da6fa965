"""What the planners know of five languages: word lists out of `ai/languages/*.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("en", "de", "es", "fr", "it")
_FOLDER: Final = Path(__file__).parent / "languages"


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """One language. All words are in lower case.

    Attributes:
        code: Its name, such as `de`.
        stopwords: Words that carry no meaning of their own; none of them is a verb to start with.
        words: Words that goals are made of; they are no verbs.
        verbs: Verb forms that start a title: what the list says, to which `infinitive_endings` add.
        imperatives: Infinitive to imperative, where a title needs that turned (German). `|` marks
            where a separable verb comes apart: `lege|fest`.
        separable: Prefixes at which a verb comes apart.
        not_verbs: Words that end like infinitives and are none.
        determiners: What follows a verb, and doesn't follow a noun.
        infinitive_endings: How infinitives end, where that tells them.
        noun_endings: How nouns end that open titles.
        lead_ins: What stands before the verb and says nothing.
        fillers: Whole titles that say nothing; `{object}` is what the goal is about.
        empty_checks: Whole `done_when`s that can't be checked.
        empty_reasons: Whole `why`s that say nothing.
        nouns: Nouns that stand for a verb.
        genitives: What joins such a noun to its object, and what is left of it behind the verb.
        capped: The sentence on steps that would take longer than a step may.
    """

    code: str
    stopwords: frozenset[str]
    words: frozenset[str]
    verbs: frozenset[str]
    imperatives: Mapping[str, str]
    separable: tuple[str, ...]
    not_verbs: frozenset[str]
    determiners: frozenset[str]
    infinitive_endings: tuple[str, ...]
    noun_endings: tuple[str, ...]
    lead_ins: re.Pattern[str]
    fillers: str
    empty_checks: re.Pattern[str]
    empty_reasons: re.Pattern[str]
    nouns: Mapping[str, str]
    genitives: Mapping[str, str]
    capped: str


@cache
def lexicon(code: str) -> Lexicon:
    """Return what is known of a language, one of `LANGUAGES`."""
    data = tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    imperatives = _pairs(data["verbs"])
    verbs = {word for word in data["verbs"].split() if "=" not in word}
    verbs |= {imperative.partition("|")[0] for imperative in imperatives.values()}
    return Lexicon(
        code=code,
        stopwords=_words(data, "stopwords"),
        words=_words(data, "words"),
        verbs=frozenset(verbs),
        imperatives=imperatives,
        separable=tuple(data.get("separable", "").split()),
        not_verbs=_words(data, "not_verbs"),
        determiners=_words(data, "determiners"),
        infinitive_endings=tuple(data.get("infinitive_endings", "").split()),
        noun_endings=tuple(data["noun_endings"].split()),
        lead_ins=re.compile(rf"(?:(?:{'|'.join(data['lead_ins'])})\s*)+", re.IGNORECASE),
        fillers="|".join(data["fillers"]),
        empty_checks=_any_of(data["empty_checks"]),
        empty_reasons=_any_of(data["empty_reasons"]),
        nouns=data["nouns"],
        genitives=data["genitives"],
        capped=data["offline"]["capped"],
    )


@cache
def other_languages() -> Mapping[str, frozenset[str]]:
    """Return common words of languages that there are no rules for."""
    data = tomllib.loads((_FOLDER / "others.toml").read_text(encoding="utf-8"))
    return {code: frozenset(words.split()) for code, words in data.items()}


def _words(data: Mapping[str, Any], name: str) -> frozenset[str]:
    return frozenset(data.get(name, "").split())


def _pairs(text: str) -> dict[str, str]:
    return {infinitive: form for infinitive, _, form in (w.partition("=") for w in text.split()) if form}


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)
