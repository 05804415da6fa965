"""Why a file can't be taken in."""

from collections.abc import Sequence
from typing import Final

from taskengine.errors import DomainError, Fault

MAX_NAMED: Final = 100  # what is at fault, and what is warned of, is named up to so many


class UnreadableFile(DomainError):
    """This is not a file of the format that it is said to be."""

    code = "unreadable_file"


class TooManyRows(DomainError):
    """The file holds more than may be taken in at once."""

    code = "too_many_rows"


class ImportRefused(DomainError):
    """Some of the file is not valid: see errors. Nothing was imported."""

    code = "import_invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            f"{len(faults)} values are not valid; errors names the first {MAX_NAMED}. Nothing was imported."
            if len(faults) > MAX_NAMED
            else None
        )
        self._faults = faults

    @property
    def faults(self) -> Sequence[Fault]:
        """What is not valid, by row and column."""
        return self._faults[:MAX_NAMED]
