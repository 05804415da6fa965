"""The goal's own words, in the form that a sentence needs.

A pattern's text has slots: `{x}` is what the goal is about ("the thesis on bees", in German in the
accusative), `{of_x}` and `{to_x}` are the same behind "of" and "to" (only Romance languages need
them: "du mémoire", "al examen"), and `{q}` is the goal itself in quotation marks.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ai.goals import Goal, before_preposition
from ai.lexicon import lexicon
from ai.texts import straight

_FOLDER: Final = Path(__file__).parent / "languages"
_MAX_PHRASE_CHARS: Final = 70
_MAX_QUOTED_CHARS: Final = 60
_QUOTES: Final = {"en": "“{}”", "de": "„{}“", "es": "«{}»", "fr": "« {} »", "it": "«{}»"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """What goes into a pattern's slots.

    Attributes:
        full: For the first time the goal's object is named: "the thesis on bees for Mrs Hall".
        brief: For every other time: "the thesis".
        own: Without the goal's words, for where those do not fit.
    """

    full: Mapping[str, str]
    brief: Mapping[str, str]
    own: Mapping[str, str]


def wording(
    goal: Goal, *, own: str, takes_object: bool, takes_place: bool, nouns: Collection[str], code: str
) -> Wording:
    """Return what goes into a pattern's slots for a goal.

    Args:
        goal: The goal.
        own: The pattern's own words for what it is about, such as "the text"; empty for the goal
            itself in quotation marks.
        takes_object: Whether the goal's object may stand in place of the pattern's own words.
        takes_place: Whether the goal's place goes behind the pattern's own words.
        nouns: Words that are known to stand for things here, in lower case.
        code: The language.
    """
    quoted = _QUOTES[code].format(goal.text) if len(goal.text) <= _MAX_QUOTED_CHARS else own
    full = brief = own
    thing = (
        _definite(goal.object, code=code, has_verb=bool(goal.verb)) if takes_object and goal.object else ""
    )
    if _is_thing(thing, own, nouns, code):
        full, brief = thing, before_preposition(thing, code)
    elif takes_place and goal.place:
        full = f"{own} {goal.place[0].lower()}{goal.place[1:]}"
    if len(full) > _MAX_PHRASE_CHARS:
        full = brief
    return Wording(
        full=_slots(full, quoted, code), brief=_slots(brief, quoted, code), own=_slots(own, own, code)
    )


def _is_thing(phrase: str, own: str, nouns: Collection[str], code: str) -> bool:
    """Whether a goal's object is a thing: no amount ("10 km"), no state ("fit again"), no echo of `own`."""
    if not phrase or phrase[0].isdigit() or own.casefold().endswith(f" {phrase.casefold()}"):
        return False
    first = straight(phrase).casefold().split(" ")[0]
    entry = lexicon(code)
    if first in entry.determiners or "'" in first:
        return True
    return first not in entry.stopwords and (phrase[0].isupper() or first in entry.words or first in nouns)


def _slots(phrase: str, quoted: str, code: str) -> dict[str, str]:
    of_x, to_x = (_joined(joint, phrase, code) for joint in ("of", "to"))
    of_q, to_q = (_joined(joint, quoted, code) for joint in ("of", "to"))
    return {"x": phrase, "of_x": of_x, "to_x": to_x, "q": quoted, "of_q": of_q, "to_q": to_q}


def _definite(phrase: str, *, code: str, has_verb: bool) -> str:
    """Return a noun phrase as one that is known already: "a party" has become "the party"."""
    return _DEFINITE[code](_lower_start(straight(phrase), code, has_verb=has_verb), has_verb)


def _lower_start(phrase: str, code: str, *, has_verb: bool) -> str:
    """Return a phrase as it stands within a sentence; a name keeps its capital."""
    first, _, rest = phrase.partition(" ")
    entry = lexicon(code)
    word = first.casefold().split("'")[0]
    is_common = word in entry.words or word in entry.determiners or word in entry.stopwords
    if (
        first[:1].isupper()
        and is_common
        and not (code == "de" and word in entry.words)
        and not first.isupper()
    ):
        first = first[:1].lower() + first[1:]
    elif code in {"es", "fr", "it"} and not has_verb and first[1:].islower():
        first = first[:1].lower() + first[1:]  # a goal that begins with its noun: "Mudanza a Vigo"
    return f"{first} {rest}".strip()


# --- English: the, your --------------------------------------------------------------------------


def _english(phrase: str, has_verb: bool) -> str:
    phrase = re.sub(r"\b(?:my|our)\b", "your", phrase, flags=re.IGNORECASE)
    phrase = re.sub(r"\b(?:me|us)\b", "you", phrase)
    phrase = re.sub(r"^(?:an?|some)\s+", "the ", phrase, flags=re.IGNORECASE)
    has_article = re.match(
        r"(?:the|your|his|her|their|this|these|all|every|each)\b|\w+'s\b", phrase, re.IGNORECASE
    )
    return phrase if has_verb or has_article else f"the {phrase}"


# --- German: the accusative, and whose it is ------------------------------------------------------

_GERMAN_ARTICLES: Final = {"einen": "den", "eine": "die", "ein": "das"}


def _german(phrase: str, has_verb: bool) -> str:
    del has_verb
    phrase = re.sub(
        r"\bmein(e[nmrs]?)?\b", lambda found: f"dein{found[1] or ''}", phrase, flags=re.IGNORECASE
    )
    phrase = re.sub(
        r"\bunser(e[nmrs]?)?\b",
        lambda found: f"eur{found[1]}" if found[1] else "euer",
        phrase,
        flags=re.IGNORECASE,
    )
    first, _, rest = phrase.partition(" ")
    article = _GERMAN_ARTICLES.get(first.casefold())
    if article == "das":
        # "ein neues Auto" is "das neue Auto".
        rest = re.sub(r"^((?:[a-zäöüß]+es\s+)+)", lambda found: re.sub(r"es\b", "e", found[1]), rest)
    if article:
        return f"{article} {rest}"
    if first[:1].isupper() and (article := _gender(first)):
        return f"{article} {phrase}"
    return phrase


def _gender(noun: str) -> str:
    """Return the accusative article of a German noun by how it ends; nothing where that is not known."""
    ending = max(
        (ending for ending in _genders("de") if noun.casefold().endswith(ending)), key=len, default=""
    )
    return _genders("de").get(ending, "")


# --- Spanish, French, Italian: the article, and what it grows together with -----------------------


def _spanish(phrase: str, has_verb: bool) -> str:
    phrase = _replaced(phrase, {"un": "el", "una": "la", "unos": "los", "unas": "las"})
    return _with_article(phrase, "es") if not has_verb else phrase


def _french(phrase: str, has_verb: bool) -> str:
    phrase = _replaced(phrase, {"un": "le", "une": "la", "des": "les"})
    if not has_verb:
        phrase = _with_article(phrase, "fr")
    return re.sub(r"^l[ea] (?=[aeiouyhàâéèêëîïôûœ])", "l'", phrase, flags=re.IGNORECASE)


def _italian(phrase: str, has_verb: bool) -> str:
    phrase = re.sub(r"^un'", "l'", phrase, flags=re.IGNORECASE)
    phrase = _replaced(phrase, {"un": "il", "uno": "lo", "una": "la"})
    if not has_verb:
        phrase = _with_article(phrase, "it")
    phrase = re.sub(r"^il (?=(?:s[^aeiouàèéìòù\W]|z|gn|ps|x|y))", "lo ", phrase, flags=re.IGNORECASE)
    return re.sub(r"^(?:il|lo|la) (?=[aeiouàèéìòùh])", "l'", phrase, flags=re.IGNORECASE)


def _replaced(phrase: str, articles: Mapping[str, str]) -> str:
    first, _, rest = phrase.partition(" ")
    return f"{articles[first.casefold()]} {rest}" if first.casefold() in articles else phrase


def _with_article(phrase: str, code: str) -> str:
    """Put the article before a noun that has none, where its ending tells the gender."""
    first = phrase.split(" ", 1)[0].casefold()
    if first in lexicon(code).determiners or "'" in first or first in lexicon(code).stopwords:
        return phrase
    genders = _genders(code)
    ending = max((ending for ending in genders if first.endswith(ending)), key=len, default="")
    return f"{genders[ending]} {phrase}" if ending else phrase


@cache
def _genders(code: str) -> dict[str, str]:
    """Return articles by the ending of a noun; whole words, which are exceptions, are endings too."""
    data = tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    tables: dict[str, str] = data["gender"]
    return {
        ending: article.removeprefix("exceptions_")
        for article, endings in tables.items()
        for ending in endings.split()
    }


_DEFINITE: Final[Mapping[str, Callable[[str, bool], str]]] = {
    "en": _english,
    "de": _german,
    "es": _spanish,
    "fr": _french,
    "it": _italian,
}

_JOINTS: Final[Mapping[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    ("es", "of"): (("el ", "del "), ("", "de ")),
    ("es", "to"): (("el ", "al "), ("", "a ")),
    ("fr", "of"): (("le ", "du "), ("les ", "des "), ("", "de ")),
    ("fr", "to"): (("le ", "au "), ("les ", "aux "), ("", "à ")),
    ("it", "of"): (
        ("il ", "del "), ("lo ", "dello "), ("la ", "della "), ("l'", "dell'"), ("i ", "dei "), ("gli ", "degli "),
        ("le ", "delle "), ("", "di "),
    ),
    ("it", "to"): (
        ("il ", "al "), ("lo ", "allo "), ("la ", "alla "), ("l'", "all'"), ("i ", "ai "), ("gli ", "agli "),
        ("le ", "alle "), ("", "a "),
    ),
}  # fmt: skip


def _joined(joint: str, phrase: str, code: str) -> str:
    for start, instead in _JOINTS.get((code, joint), ()):
        if phrase.startswith(start):
            glued = f"{instead}{phrase[len(start) :]}"
            # French "de" loses its e before a vowel.
            return (
                re.sub(r"^de (?=[aeiouyéèêàâœ])", "d'", glued, flags=re.IGNORECASE) if code == "fr" else glued
            )
    return {"of": "of ", "to": "to "}.get(joint, "") + phrase if code == "en" else phrase
