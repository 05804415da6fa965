"""CSV, in and out: rows by the names of their columns, and cells that no spreadsheet takes for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from taskengine.portability.errors import UnreadableFile

# A spreadsheet takes a cell that begins so for a formula, and carries it out; some, the wide signs too.
_BEGINNING: Final = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_FORMULA: Final = re.compile(rf"'*{_BEGINNING}")
_GUARDED: Final = re.compile(rf"'+{_BEGINNING}")
_DELIMITERS: Final = (",", ";", "\t")


def guarded(cell: str) -> str:
    """Return a cell that is text to every spreadsheet; `unguarded` takes it back."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return a cell as it was before it was guarded, here or by others who do likewise."""
    return cell[1:] if _GUARDED.match(cell) else cell


def written(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV (RFC 4180), each cell guarded."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([guarded(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def joined(words: Sequence[str]) -> str:
    """Return several words as one cell, a small CSV of their own."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(words)
    return buffer.getvalue().removesuffix("\r\n") if words else ""


def parted(cell: str) -> list[str]:
    """Return the words of one cell.

    Raises:
        ValueError: Its quotation marks do not match.
    """
    try:
        rows = list(csv.reader(io.StringIO(cell, newline=""), strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise ValueError(str(error)) from None
    return [word.strip() for row in rows for word in row if word.strip()]


def rows(text: str, *, fold: str = "lower") -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the rows that are not empty, by the names of their columns; empty cells are left out.

    Commas, semicolons or tabs part the cells: whichever the first row has most of.

    Args:
        text: The whole file.
        fold: How names of columns are written: `lower` or `upper`.

    Yields:
        The row's number as a spreadsheet shows it, the header being the first; and its cells. The header
        itself comes first, each cell being its own name.

    Raises:
        UnreadableFile: It is empty or no CSV, or a row has more cells than the header.
    """
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if not any(cells):
                continue
            if not header:
                header = [getattr(cell.strip(), fold)() for cell in cells]
                names = [name for name in header if name]
                if len(set(names)) < len(names):
                    raise UnreadableFile("The first row names a column twice.", pointer="/rows/1")
                yield 1, {name: name for name in header}
                continue
            if len(cells) > len(header) and any(cells[len(header) :]):
                raise UnreadableFile(
                    f"Row {number} has more cells than the first.", pointer=f"/rows/{number}"
                )
            found = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
            if found:
                yield number, found
    except csv.Error as error:
        raise UnreadableFile(
            f"Row {number + 1} is not CSV: {error}.", pointer=f"/rows/{number + 1}"
        ) from None
    if not header:
        raise UnreadableFile("The file is empty.")
