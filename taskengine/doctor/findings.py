"""What an examination comes to, one finding for each thing that was looked at."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    ADVICE = "advice"  # it works; somebody should know
    FAULT = "fault"  # something that was promised does not hold


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was found.

    Attributes:
        level: How bad it is.
        part: What of the installation was looked at, in a word.
        says: What is so, a sentence.
        remedy: What to do, a sentence; nothing where all is well.
    """

    level: Level
    part: str
    says: str
    remedy: str = ""

    def line(self) -> str:
        """Return it as one line for people."""
        text = f"{self.level:<6} {self.part}: {self.says} {self.remedy}".rstrip()
        return " ".join(text.splitlines())

    def payload(self) -> dict[str, Any]:
        """Return it for machines."""
        return asdict(self)


def well(part: str, says: str) -> Finding:
    """Return that all is well with a part."""
    return Finding(level=Level.OK, part=part, says=says)


def advice(part: str, says: str, remedy: str) -> Finding:
    """Return what works and should be known all the same."""
    return Finding(level=Level.ADVICE, part=part, says=says, remedy=remedy)


def fault(part: str, says: str, remedy: str) -> Finding:
    """Return what does not hold."""
    return Finding(level=Level.FAULT, part=part, says=says, remedy=remedy)
