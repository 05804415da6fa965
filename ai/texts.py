"""Text that came from outside, made fit to store and to show; and what two texts have in common."""

import re
import unicodedata
from collections.abc import Collection
from difflib import SequenceMatcher
from typing import Final

SIMILAR: Final = 0.8  # of the words of two titles, all told: as much in common makes them the same step
_INFLECTED: Final = 0.8  # so alike are two forms of one word
_JOINERS: Final = "\u200c\u200d"  # they hold letters and emoji together, and do nothing else
_WORD: Final = re.compile(r"\w+", re.UNICODE)
_APOSTROPHE: Final = "\u2019"
_DASHES: Final = "\u2013\u2014"
_MARKUP: Final = re.compile(
    rf"(?:[-*•·>#\s{_DASHES}]+|\(?\d{{1,2}}[.)]\s+|\[[ xX]?\]\s*"
    rf"|(?:step|schritt|paso|étape|passo)\s+\d+\s*[-:.{_DASHES}]\s*)+",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """Return a text as one line without control characters, half characters and double spaces."""
    # A chunk may end within an emoji; the halves meet again here.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    kept = "".join(map(_shown, whole))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _shown(char: str) -> str:
    if char in _JOINERS:
        return char
    kind = unicodedata.category(char)
    if kind == "Cc" or kind.startswith("Z"):
        return " "
    # Cf turns the direction of text around and hides in it; Co and Cn mean nothing to anybody.
    return "" if kind.startswith("C") or char == "\ufffd" else char


def straight(text: str) -> str:
    """Return a text with plain apostrophes, as the word lists have them."""
    return text.replace(_APOSTROPHE, "'")


def without_markup(text: str) -> str:
    """Return a title without list marks, numbering, and Markdown around it."""
    plain = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", text)
    marks = _MARKUP.match(plain)
    bare = plain[marks.end() :] if marks else plain
    return bare.strip() if bare.endswith("...") else bare.rstrip(".;,: ")


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, cut between words where it can be."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip(" ,;:-") + "…"


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _WORD.findall(text.casefold())


def same_meaning(one: str, other: str, *, ignoring: Collection[str] = (), any_verb: bool = False) -> bool:
    """Whether two titles say the same: nearly the same words, though inflected or in another order.

    Titles that differ in a number (chapter 1, chapter 2) do not.

    Args:
        one: A title.
        other: Another one.
        ignoring: Words that carry no meaning.
        any_verb: Whether they may begin differently. Otherwise titles that begin with different
            words differ, as "book the room" and "decorate the room" do.
    """
    first, second = tokens(one), tokens(other)
    if not first or not second:
        return first == second
    if not any_verb and not _alike(first[0], second[0]):
        return False
    mine = list(dict.fromkeys(word for word in first if word not in ignoring)) or first
    rest = list(dict.fromkeys(word for word in second if word not in ignoring)) or second
    unmatched = []
    for word in mine:
        twin = next((candidate for candidate in rest if _alike(word, candidate)), None)
        if twin is None:
            unmatched.append(word)
        else:
            rest.remove(twin)
    if any(map(_tells_apart, [*unmatched, *rest])):
        return False
    matched = len(mine) - len(unmatched)
    return matched / (len(mine) + len(rest)) >= SIMILAR


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if _tells_apart(one) or _tells_apart(other) or one[0] != other[0]:
        return False
    matcher = SequenceMatcher(None, one, other)
    return matcher.quick_ratio() >= _INFLECTED and matcher.ratio() >= _INFLECTED


def _tells_apart(word: str) -> bool:
    return len(word) == 1 or any(map(str.isdigit, word))
