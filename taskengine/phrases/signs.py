"""What is said by a sign: `#project`, `@label`, `!1` for a priority, `~30m` for how long it takes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from taskengine.phrases.spans import Kind, Span

MAX_ESTIMATE_MIN: Final = 10_080  # a week
_HOUR_MIN: Final = 60
# A word that may name something: with a letter at its beginning, so that "issue #12" and "@5pm" say nothing.
_WORD: Final = r"[^\W\d_](?:[\w&/'.+-]*[\w&/+])?"
_PRIORITY: Final = re.compile(r"(?<!\S)!([1-4])(?!\S)")
_ESTIMATE: Final = re.compile(
    r"(?<!\S)~(?:(?P<hours>\d{1,3}(?:[.,]\d{1,2})?)\s?(?:hours?|hrs?|h|std)(?:(?P<rest>[0-5]?\d)\s?(?:minutes?|mins?|m)?)?"
    r"|(?P<minutes>\d{1,5})\s?(?:minutes?|mins?|m))(?=[\s,;.]|$)",
    re.IGNORECASE,
)
_SIGNS: Final = {Kind.PROJECT: "#", Kind.LABEL: "@"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a stretch says.

    Attributes:
        span: Which.
        value: The name of a project or label as it is written, or a number: the priority, the minutes.
    """

    span: Span
    value: str | int


def priorities_in(text: str) -> Iterator[Said]:
    """Yield each priority: 1, the highest, to 4."""
    for match in _PRIORITY.finditer(text):
        yield Said(span=Span(*match.span(), Kind.PRIORITY), value=int(match[1]))


def estimates_in(text: str) -> Iterator[Said]:
    """Yield each estimate, in minutes. What a task can't have stays a word."""
    for match in _ESTIMATE.finditer(text):
        if match["minutes"]:
            minutes = int(match["minutes"])
        else:
            hours = float(match["hours"].replace(",", "."))
            minutes = round(hours * _HOUR_MIN) + int(match["rest"] or 0)
        if 1 <= minutes <= MAX_ESTIMATE_MIN:
            yield Said(span=Span(*match.span(), Kind.ESTIMATE), value=minutes)


def names_in(text: str, kind: Kind, known: Sequence[str]) -> Iterator[Said]:
    """Yield each project or label that a line names.

    Args:
        text: The line.
        kind: Which of the two.
        known: The names that there are. One with gaps in it is found by them; another ends at a gap, unless it
            stands in quotation marks.
    """
    sign = _SIGNS[kind]
    there = {name.casefold(): name for name in known}
    longest = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    pattern = re.compile(
        rf"(?<!\S){sign}(?:(?P<known>{longest or '(?!)'})(?=[\s,;.!?]|$)|\"(?P<quoted>[^\"]+)\"|(?P<word>{_WORD}))",
        re.IGNORECASE,
    )
    for match in pattern.finditer(text):
        written = match["known"] or (match["quoted"] or "").strip() or match["word"]
        if written:
            name = there.get(written.casefold(), written)
            yield Said(span=Span(*match.span(), kind), value=name)
