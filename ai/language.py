"""Which language a text is in."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final

from ai.lexicon import LANGUAGES, lexicon, other_languages
from ai.texts import straight

_ENOUGH: Final = 0.5
_CLEARLY_AHEAD: Final = 1.3  # times the next language's score
_SURE: Final = 2.5
_FAR_AHEAD: Final = 2.0
_LETTER: Final = 0.5  # a letter that only this language has
_NOUN: Final = 0.25  # an unknown word with a capital in mid-sentence
_WORD: Final = re.compile(r"\w+")
_LETTERS: Final = {"ß": "de", "ä": "de", "ö": "de", "ü": "de", "ñ": "es", "¿": "es", "¡": "es", "œ": "fr", "ç": "fr",
                   "ê": "fr", "ë": "fr", "û": "fr", "î": "fr", "ò": "it", "ì": "it", "ã": "pt", "õ": "pt", "å": "sv",
                   "ł": "pl", "ą": "pl", "ę": "pl", "ż": "pl", "ś": "pl", "ć": "pl"}  # fmt: skip

# How a word that no list has may end, the longest first, and what that says. Endings that English has too
# (elsewhere, software, calendar, bureau) are not enough by themselves.
_ENDINGS: Final = {
    "zione": {"it": 0.8}, "zioni": {"it": 0.8}, "mento": {"it": 0.4, "es": 0.2}, "iamo": {"it": 0.5},
    "ción": {"es": 0.8}, "dad": {"es": 0.45}, "miento": {"es": 0.8}, "arse": {"es": 0.6}, "arsi": {"it": 0.8},
    "are": {"it": 0.45}, "ere": {"it": 0.45}, "ire": {"it": 0.3, "fr": 0.3}, "arme": {"es": 0.6}, "arnos": {"es": 0.6},
    "ar": {"es": 0.45, "pt": 0.3}, "ung": {"de": 0.45}, "keit": {"de": 0.8}, "heit": {"de": 0.8}, "ieren": {"de": 0.8},
    "chen": {"de": 0.4}, "lich": {"de": 0.5}, "ing": {"en": 0.5}, "ness": {"en": 0.5}, "eux": {"fr": 0.6},
    "eau": {"fr": 0.45}, "aire": {"fr": 0.45}, "oir": {"fr": 0.45}, "en": {"de": 0.25, "nl": 0.2}, "er": {"fr": 0.3, "es": 0.15, "en": 0.1, "de": 0.1},
    "ir": {"fr": 0.3, "es": 0.25},
}  # fmt: skip


def detect(text: str) -> str | None:
    """Return the language of a text, such as `de`; None where it can't be told, or is not a known one."""
    ranked = sorted(_scores(text).items(), key=lambda score: score[1], reverse=True)
    if not ranked or ranked[0][1] < _ENOUGH:
        return None
    if len(ranked) > 1 and ranked[0][1] < _CLEARLY_AHEAD * ranked[1][1]:
        return None
    code = ranked[0][0]
    return code if code in LANGUAGES else None


def is_clearly_not(text: str, code: str) -> bool:
    """Whether a text is without doubt in another language than `code`."""
    scores = _scores(text)
    other, score = max(
        ((c, s) for c, s in scores.items() if c != code), default=("", 0.0), key=lambda x: x[1]
    )
    return bool(other) and score >= _SURE and score >= _FAR_AHEAD * scores[code]


def known(code: str | None) -> str | None:
    """Return the language that a tag such as `de-AT` names, if there are rules for it."""
    base = (code or "").replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else None


def _scores(text: str) -> defaultdict[str, float]:
    scores: defaultdict[str, float] = defaultdict(float)
    vocabulary = _vocabulary()
    for place, written in enumerate(_WORD.findall(straight(text))):
        word = written.casefold()
        languages = vocabulary.get(word, ())
        for code in languages:
            # A word that several languages have says little for each of them.
            scores[code] += 1 / len(languages) ** 2
        if not languages:
            for code, weight in _of_unknown(word).items():
                scores[code] += weight
            if place and written[0].isupper() and written[1:].islower():
                scores["de"] += _NOUN  # or a name, which is why it says no more
    return scores


def _of_unknown(word: str) -> Mapping[str, float]:
    """Return what a word that no list has says for each language, by its ending and its letters."""
    fitting = (ending for ending in _ENDINGS if word.endswith(ending) and len(word) > len(ending) + 1)
    said = dict(_ENDINGS.get(next(fitting, ""), {}))
    for letter in set(word) & _LETTERS.keys():
        said[_LETTERS[letter]] = said.get(_LETTERS[letter], 0.0) + _LETTER
    return said


@cache
def _vocabulary() -> dict[str, list[str]]:
    by_word: defaultdict[str, list[str]] = defaultdict(list)
    for code in LANGUAGES:
        entry = lexicon(code)
        for word in (
            entry.stopwords | entry.words | entry.verbs | entry.imperatives.keys() | entry.nouns.keys()
        ):
            by_word[word].append(code)
    for code, words in other_languages().items():
        for word in words:
            by_word[word].append(code)
    return dict(by_word)
