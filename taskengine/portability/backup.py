"""The file of our own: all of a person's data as one JSON object, in a format with a version."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from taskengine.portability import checks
from taskengine.portability.bundle import Bundle, NewNamed
from taskengine.portability.checks import Values, read_id
from taskengine.portability.errors import UnreadableFile

FORMAT: Final = "taskengine"
VERSION: Final = 1

# What stands in the file of each kind. The server counts and follows what is read and not taken.
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "projects": frozenset(
        {"id", "name", "colour", "position", "archived", "version", "created_at", "updated_at"}
    ),
    "labels": frozenset({"id", "name", "colour", "version", "created_at", "updated_at"}),
    "tasks": frozenset(
        {
            "id", "title", "notes", "deadline", "due_date", "time_zone", "priority", "estimate_min", "parent",
            "project", "labels", "position", "bucket", "completed_at", "outcome", "lateness_s", "version",
            "created_at", "updated_at", "deleted_at",
        }
    ),
}  # fmt: skip
_TOP: Final = frozenset({"format", "version", "exported_at", "user", *_FIELDS, "breakdowns"})


def read(text: str) -> Bundle:
    """Read an export.

    Raises:
        UnreadableFile: It is none, or of a version that is not known here.
        TooManyRows: It holds too much.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableFile(f"This is not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnreadableFile(f'This is not an export: its "format" is not "{FORMAT}".')
    if document.get("version") != VERSION:
        raise UnreadableFile(f'Only exports of "version" {VERSION} can be read.')
    bundle = Bundle()
    Values(document, place="", faults=bundle.faults).only(_TOP)
    for kind, objects in (("projects", bundle.projects), ("labels", bundle.labels)):
        for place, value in _listed(document, kind):
            _read_named(kind, place, value, objects, bundle)
    for place, value in _listed(document, "tasks"):
        _read_task(place, value, bundle)
    bundle.refuse_too_many()
    if drafts := _listed(document, "breakdowns"):
        bundle.warn(
            "/breakdowns",
            "not_imported",
            f"{len(drafts)} plans stay behind: the tasks that were made of them come along.",
        )
    return bundle


def _listed(document: Mapping[str, Any], kind: str) -> list[tuple[str, Any]]:
    found = document.get(kind, [])
    if not isinstance(found, list):
        raise UnreadableFile(f'"{kind}" is not a list.')
    return [(f"/{kind}/{number}", value) for number, value in enumerate(found)]


def _values(kind: str, place: str, value: Any, bundle: Bundle) -> Values | None:
    if not isinstance(value, dict):
        bundle.fault(place, "invalid", "This is not an object.")
        return None
    values = Values(value, place=place, faults=bundle.faults)
    values.only(_FIELDS[kind])
    if read_id(value.get("id")) is None:
        values.fault("id", "required", "Each object has an id here, a UUID.")
    return values


def _read_named(kind: str, place: str, value: Any, objects: dict[str, NewNamed], bundle: Bundle) -> None:
    values = _values(kind, place, value, bundle)
    if values is None:
        return
    read = checks.named(values)
    if str(read.id) in objects:
        values.fault("id", "duplicate", "This id stands in the file twice.")
    if values.is_valid:
        objects[str(read.id)] = read


def _read_task(place: str, value: Any, bundle: Bundle) -> None:
    values = _values("tasks", place, value, bundle)
    if values is None:
        bundle.left_out.add(place)
        return
    read = checks.task(values, id_=read_id(value.get("id")))
    key = str(read.id)
    if key in bundle.tasks or key in bundle.left_out:
        values.fault("id", "duplicate", "This id stands in the file twice.")
        bundle.left_out.add(place)
    elif values.is_valid:
        # Ids may be written in capitals: what refers to them by either is the same.
        read.parent, read.project = _lower(read.parent), _lower(read.project)
        read.labels = tuple(label.lower() for label in read.labels)
        bundle.tasks[key] = read
    else:
        bundle.left_out.add(key if read.id else place)


def _lower(key: str | None) -> str | None:
    return key.lower() if key else None
