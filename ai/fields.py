"""The fields of a step as a planner wrote it: read without trust."""

import re
import unicodedata
from collections.abc import Iterable
from math import isfinite
from typing import Final

from ai.plans import MAX_TEXT_CHARS
from ai.texts import clean, cut

MAX_KEY_CHARS: Final = 40
MAX_DEPENDENCIES: Final = 15
_MOST_MINUTES: Final = 10**9


def key_of(raw: object) -> str:
    """Return a name as a key: `a-z`, `0-9` and `-`. Empty where nothing is left."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return ""
    text = raw if isinstance(raw, str) else str(raw) if abs(raw) < 10**6 else ""
    plain = unicodedata.normalize("NFKD", text[: 4 * MAX_KEY_CHARS]).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:MAX_KEY_CHARS].strip("-")


def keys_of(raw: object) -> tuple[str, ...]:
    """Return a list of names as keys, each once, without those that are none."""
    items: Iterable[object] = raw if isinstance(raw, list | tuple) else ()
    return tuple(dict.fromkeys(name for name in map(key_of, items) if name))[:MAX_DEPENDENCIES]


def text_of(raw: object) -> str:
    """Return a text as one clean line; empty where it is no text."""
    return clean(raw) if isinstance(raw, str) else ""


def texts_of(raw: object, *, most: int) -> tuple[str, ...]:
    """Return the first `most` texts of a list, clean and of a bearable length."""
    texts = map(text_of, raw) if isinstance(raw, list | tuple) else ()
    return tuple(dict.fromkeys(cut(text, MAX_TEXT_CHARS) for text in texts if text))[:most]


def minutes_of(raw: object) -> float | None:
    """Return a number of minutes, 0 or more; None where it is no number."""
    if isinstance(raw, str) and re.fullmatch(r"\s*\d{1,6}(?:\.\d{1,6})?\s*", raw, re.ASCII):
        raw = float(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    if isinstance(raw, float) and not isfinite(raw):
        return None
    return float(min(max(raw, 0), _MOST_MINUTES))
