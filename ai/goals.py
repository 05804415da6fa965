"""What a goal is about: "I'd like to write my thesis by May" is about "my thesis".

And whether it is an errand, which needs no plan. Both go by word lists, so both may know nothing:
then there is no object, and the goal is no errand.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ai.lexicon import Lexicon, lexicon
from ai.texts import clean, straight, tokens
from ai.titles import Opening, opening

_FOLDER: Final = Path(__file__).parent / "languages"
_MAX_OBJECT_CHARS: Final = 60
_MAX_OBJECT_WORDS: Final = 9
_MAX_ERRAND_WORDS: Final = 8
_MAX_PLACE_WORDS: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """A goal, taken apart.

    Attributes:
        text: The goal as one clean line.
        verb: What is to be done, in lower case; empty where no verb was found.
        object: What it is about, in the person's words; empty where that can't be told.
        place: Where it leads or what surrounds it, from its preposition on; empty as above.
    """

    text: str
    verb: str
    object: str
    place: str

    def nouns(self, entry: Lexicon) -> frozenset[str]:
        """Return the words of the object that carry meaning, in lower case."""
        return frozenset(word for word in tokens(self.object) if word not in entry.stopwords)


def parse(text: str, code: str) -> Goal:
    """Take a goal apart.

    Args:
        text: The goal.
        code: Its language, one of `ai.lexicon.LANGUAGES`.
    """
    grammar, entry = _grammar(code), lexicon(code)
    whole = clean(text)
    bare = _stripped(whole, grammar)
    verb, rest = _split_verb(bare, grammar, entry)
    place = ""
    if _starts_with(rest, grammar.places) and verb:
        place = _shortened(rest, _MAX_PLACE_WORDS, grammar)
        rest = ""
    if _starts_with(rest, grammar.places | grammar.linkers) or set(tokens(rest)) <= entry.stopwords:
        rest = ""
    return Goal(text=whole, verb=verb, object=_noun_phrase(rest, grammar), place=place)


def errand_sentence(text: str, code: str) -> str | None:
    """Return the sentence that tells a person why a goal needs no plan; None where it may need one."""
    grammar = _grammar(code)
    bare = _stripped(clean(text), grammar)
    words = tokens(bare)
    if not words or len(words) > _MAX_ERRAND_WORDS:
        return None
    is_errand = (
        any(pattern.fullmatch(bare) for pattern in grammar.errands)
        or (len(words) <= 4 and grammar.errand_verbs.intersection({words[0], words[-1]}))
        or _buys_small_things(words, grammar, lexicon(code))
    )
    return grammar.sentence if is_errand else None


def before_preposition(phrase: str, code: str) -> str:
    """Return a noun phrase up to its first preposition: "the thesis" of "the thesis on bees"."""
    grammar = _grammar(code)
    joints = grammar.places | grammar.prepositions
    words = phrase.split()
    least = 2 if _starts_with(phrase, lexicon(code).determiners) else 1
    joint = next(
        (place for place, word in enumerate(words) if place >= least and word.casefold() in joints), None
    )
    return " ".join(words[:joint])


def _buys_small_things(words: Sequence[str], grammar: "_Grammar", entry: Lexicon) -> bool:
    rest = [word for word in words if word not in grammar.buying]
    if len(rest) == len(words):
        return False
    content = [word for word in rest if word not in entry.stopwords and not word.isdigit()]
    return bool(content) and any(word in grammar.small for word in content) and len(content) <= 5


# --- Inside -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Grammar:
    frames: re.Pattern[str]
    times: re.Pattern[str]
    adverbs: frozenset[str]
    prepositions: frozenset[str]
    places: frozenset[str]
    clauses: re.Pattern[str]
    linkers: frozenset[str]
    errands: tuple[re.Pattern[str], ...]
    errand_verbs: frozenset[str]
    buying: frozenset[str]
    small: frozenset[str]
    sentence: str


@cache
def _grammar(code: str) -> _Grammar:
    data = tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    goal: dict[str, Any] = data["goal"]
    errand: dict[str, Any] = data["errand"]
    return _Grammar(
        frames=re.compile(rf"(?:(?:{'|'.join(goal['frames'])})(?:\s+|(?<=')|$))+", re.IGNORECASE),
        times=re.compile(rf"(?:^|(?<=\s))(?:{'|'.join(goal['times'])})(?=$|[\s,.;!])", re.IGNORECASE),
        adverbs=frozenset(goal["adverbs"].split()),
        prepositions=frozenset(goal["prepositions"].split()),
        places=frozenset(goal["places"].split()),
        clauses=re.compile("|".join(goal["clauses"]), re.IGNORECASE),
        linkers=frozenset(goal["linkers"].split()),
        errands=tuple(re.compile(phrase, re.IGNORECASE) for phrase in errand["phrases"]),
        errand_verbs=frozenset(errand["verbs"].split()),
        buying=frozenset(errand["buying"].split()),
        small=frozenset(errand["small"].split()),
        sentence=errand["sentence"],
    )


def _stripped(text: str, grammar: _Grammar) -> str:
    """Return a goal without "I'd like to", without its times, and without what only hurries."""
    bare = straight(text).strip(" .!?…")
    framed = grammar.frames.match(bare)
    if framed and framed.end() < len(bare):
        bare = bare[framed.end() :]
    untimed = " ".join(grammar.times.sub("", bare).split()).strip(" ,.;!")
    words = [word for word in (untimed or bare).split() if word.casefold() not in grammar.adverbs]
    return " ".join(words) or bare


def _split_verb(text: str, grammar: _Grammar, entry: Lexicon, depth: int = 0) -> tuple[str, str]:
    """Return the verb and what follows it, past "learn to play" and "prepare for"."""
    words = text.split()
    if not words:
        return "", ""
    verb, rest = "", words
    last = words[-1].casefold()
    if (
        entry.code == "de"
        and len(words) > 1
        and (last in entry.imperatives or _is_lower_infinitive(words[-1]))
    ):
        verb, rest = last, words[:-1]
        if rest and rest[-1] == "zu":
            rest = rest[:-1]
    elif opening(text, entry) is Opening.VERB:
        verb, rest = words[0].casefold(), words[1:]
    if not verb:
        return "", text
    if rest and entry.code != "de" and depth < 2 and len(rest) > 1 and rest[0].casefold() in grammar.linkers:
        inner, tail = _split_verb(" ".join(rest[1:]), grammar, entry, depth + 1)
        if inner:
            return verb, tail
    while rest and rest[0].casefold() in grammar.prepositions | {"mich", "uns", "mir"}:
        rest = rest[1:]
    return verb, " ".join(rest)


def _is_lower_infinitive(word: str) -> bool:
    return word.islower() and len(word) > 4 and word.endswith(("en", "eln", "ern"))


def _noun_phrase(text: str, grammar: _Grammar) -> str:
    head = grammar.clauses.split(text, maxsplit=1)[0]
    return _shortened(head, _MAX_OBJECT_WORDS, grammar).strip(" ,.;:!?\"'«»“”„()")


def _shortened(text: str, most_words: int, grammar: _Grammar) -> str:
    """Return a text that is short enough to stand in a title, cut before a preposition; or nothing."""
    words = text.split()
    joints = grammar.places | grammar.prepositions
    while len(words) > most_words or len(" ".join(words)) > _MAX_OBJECT_CHARS:
        cuts = [place for place, word in enumerate(words) if place and word.casefold() in joints]
        if not cuts:
            return ""
        words = words[: cuts[-1]]
    return " ".join(words)


def _starts_with(text: str, words: frozenset[str]) -> bool:
    first = text.split(" ", 1)[0].casefold() if text else ""
    return first in words
