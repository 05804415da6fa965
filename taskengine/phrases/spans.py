"""Stretches of a line, and what they were understood as."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_TEXT_CHARS: Final = 500


class Kind(StrEnum):
    """What a stretch says of the task."""

    DEADLINE = "deadline"
    PROJECT = "project"
    LABEL = "label"
    PRIORITY = "priority"
    ESTIMATE = "estimate"


KIND_CHOICES: Final = [(kind.value, kind.value) for kind in Kind]


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """The characters of a line from `start` to before `end`."""

    start: int
    end: int

    def overlaps(self, other: "Stretch") -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end

    def within(self, text: str) -> str:
        """Return its characters."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True, order=True)
class Span(Stretch):
    """A stretch that was understood."""

    kind: Kind


def is_free(stretch: Stretch, taken: Iterable[Stretch]) -> bool:
    """Whether a stretch shares no character with any of these."""
    return not any(stretch.overlaps(other) for other in taken)


_QUOTED: Final = re.compile(r'"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|`[^`]*`')


def left_alone(text: str, plain: Sequence[str]) -> list[Stretch]:
    """Return what is to stay as it is: what stands in quotation marks, and what was said to be plain words.

    Args:
        text: The line.
        plain: Words, in upper or lower case, that mean nothing else wherever they stand.
    """
    found = [Stretch(*match.span()) for match in _QUOTED.finditer(text)]
    for words in filter(None, map(str.strip, plain)):
        whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
        found += [Stretch(*match.span()) for match in whole.finditer(text)]
    return found


_GAP: Final = re.compile(r"\s+")
_DANGLING: Final = re.compile(r"\s+(?=[,;:.!?](?:\s|$))")
_ENDS: Final = " \t\r\n,;:-\u2013\u2014"  # dashes too


def without(text: str, spans: Sequence[Stretch]) -> str:
    """Return the line without some of its stretches, and without the commas and gaps that these leave."""
    kept, at = [], 0
    for span in sorted(spans):
        kept.append(text[at : span.start])
        at = span.end
    kept.append(text[at:])
    if not spans:
        return _GAP.sub(" ", text).strip()
    return _DANGLING.sub("", _GAP.sub(" ", " ".join(kept))).strip(_ENDS)
