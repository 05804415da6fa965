"""CSV of tasks, a row each: the columns that are documented, in any order, most of them optional."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from taskengine.organisation.models import MAX_NAME_CHARS
from taskengine.portability import cells, checks
from taskengine.portability.bundle import Bundle, NewNamed
from taskengine.portability.checks import Values
from taskengine.portability.errors import UnreadableFile

# As an export writes them.
COLUMNS: Final = (
    "id", "title", "notes", "deadline", "due_date", "time_zone", "priority", "project", "labels",
    "estimate_min", "parent", "completed_at",
)  # fmt: skip


def _number(cell: str) -> Any:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 10 else cell


def _labels(cell: str) -> Any:
    try:
        return cells.parted(cell)
    except ValueError:
        return cell  # which is no list, and so a fault


def _trimmed(cell: str) -> str:
    return cell.strip()


# What a cell means to `checks`; a column that is not here is text as it stands.
_MEANINGS: Final[Mapping[str, Callable[[str], Any]]] = {
    "id": _trimmed,
    "parent": _trimmed,
    "project": _trimmed,
    "deadline": _trimmed,
    "due_date": _trimmed,
    "time_zone": _trimmed,
    "completed_at": _trimmed,
    "priority": _number,
    "estimate_min": _number,
    "labels": _labels,
}


def read(text: str) -> Bundle:
    """Read a CSV.

    `id` is what other rows call a row in `parent`; where it is a UUID, the task keeps it. Projects and
    labels go by their names.

    Raises:
        UnreadableFile: It is no CSV, or has columns that are not known.
        TooManyRows: It holds too much.
    """
    bundle = Bundle()
    for number, row in cells.rows(text):
        if number == 1:
            _refuse_other_columns(row)
        else:
            _read_row(f"/rows/{number}", row, bundle)
    bundle.refuse_too_many()
    return bundle


def _refuse_other_columns(header: Mapping[str, str]) -> None:
    if {"type", "content"} <= header.keys():
        raise UnreadableFile("This looks like a Todoist backup: say `?format=todoist`.", pointer="/rows/1")
    if other := sorted(header.keys() - set(COLUMNS)):
        names = ", ".join(other)
        raise UnreadableFile(
            f"There is no column {names}. Known are {', '.join(COLUMNS)}.", pointer="/rows/1"
        )
    if "title" not in header:
        raise UnreadableFile("There is no column title.", pointer="/rows/1")


def _read_row(place: str, row: Mapping[str, str], bundle: Bundle) -> None:
    plain = {name: cells.unguarded(cell) for name, cell in row.items()}
    meant = {name: _MEANINGS.get(name, str)(cell) for name, cell in plain.items()}
    values = Values(
        {name: value for name, value in meant.items() if value != ""}, place=place, faults=bundle.faults
    )
    key = values.key("id") or place
    id_ = checks.read_id(key)
    if id_ is not None:
        key = str(id_)
    read = checks.task(values, id_=id_)
    if (parent := checks.read_id(read.parent)) is not None:
        read.parent = str(parent)
    if key in bundle.tasks or key in bundle.left_out:
        values.fault("id", "duplicate", "This id stands in the file twice.")
        key = place
    names = [("project", read.project)] if read.project else []
    for column, name in names + [("labels", label) for label in read.labels]:
        _check_name(values, column, name)
    if not values.is_valid:
        bundle.left_out.add(key)
        return
    if read.project:
        bundle.projects.setdefault(read.project, NewNamed(place=f"{place}/project", name=read.project))
    for label in read.labels:
        bundle.labels.setdefault(label, NewNamed(place=f"{place}/labels", name=label))
    bundle.tasks[key] = read


def _check_name(values: Values, column: str, name: str) -> None:
    """Refuse a project's or label's name that could be none."""
    names = Values({column: name}, place=values.place, faults=values.faults)
    names.text(column, max_chars=MAX_NAME_CHARS, required=True)
