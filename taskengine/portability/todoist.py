"""A project out of a Todoist backup: a CSV of its own kind, whose name is the project's.

Its columns are documented by Todoist ("Import or export a project as a CSV file"). There `PRIORITY` counts
as people do, 1 being the highest; it is their API that counts the other way round.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from taskengine.organisation.models import MAX_NAME_CHARS
from taskengine.portability import cells, checks, todoist_dates
from taskengine.portability.bundle import Bundle, NewNamed
from taskengine.portability.checks import Values
from taskengine.portability.errors import UnreadableFile
from taskengine.tasks.models import DEFAULT_PRIORITY, MAX_ESTIMATE_MIN

_PROJECT: Final = "project"  # the key of the one that all tasks are in
_LABEL: Final = re.compile(r"(?:^|(?<=\s))@(\S+)")
# "Home [2203306141].csv": how the files in a backup are called.
_FILE_NAME: Final = re.compile(r"\s*(?:\[\d+\])?(?:\.csv)?", re.IGNORECASE)
_READ: Final = frozenset(
    {
        "TYPE", "CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "AUTHOR", "RESPONSIBLE", "DATE", "DATE_LANG",
        "DUE_DATE", "DUE_DATE_LANG", "TIMEZONE", "DURATION", "DURATION_UNIT", "DEADLINE", "DEADLINE_LANG",
        "IS_COLLAPSED", "META",
    }
)  # fmt: skip
_APPEARANCE: Final = frozenset({"IS_COLLAPSED", "META"})


def project_name(file_name: str) -> str:
    """Return the project's name out of its file's."""
    name = file_name.strip()
    while (shorter := re.sub(rf"{_FILE_NAME.pattern}$", "", name, flags=re.IGNORECASE)) != name:
        name = shorter
    return name


def read(text: str, *, project: str, zone: ZoneInfo) -> Bundle:
    """Read the backup of one project.

    What we have no place for is kept in a task's notes, or warned of where it belongs to no task.

    Args:
        text: The whole file.
        project: The project's name, or the file's; empty: the tasks come into none.
        zone: By whose clock times are that name no zone.

    Raises:
        UnreadableFile: It is no backup of Todoist's.
        TooManyRows: It holds too much.
    """
    reading = _Reading(zone)
    if name := project_name(project):
        values = Values({"name": name}, place="/project", faults=reading.bundle.faults)
        named = checks.named(values)
        if values.is_valid:
            reading.bundle.projects[_PROJECT] = named
    for number, row in cells.rows(text, fold="upper"):
        if number == 1:
            _check_header(row)
        else:
            reading.row(f"/rows/{number}", row)
    reading.end()
    return reading.bundle


def _check_header(header: Mapping[str, str]) -> None:
    if not {"TYPE", "CONTENT"} <= header.keys():
        raise UnreadableFile("This is no backup of Todoist's: it has no TYPE and CONTENT.", pointer="/rows/1")


class _Reading:
    """Goes through the rows: which task a note belongs to, and what stands above a task, is what came before."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.bundle = Bundle()
        self._zone = zone
        self._section: str | None = None
        self._above: list[str] = []  # the keys of the task before and of those it is a part of
        self._task: dict[str, Any] | None = None  # the task before: notes may follow
        self._place = ""
        self._is_appearance_warned = False

    def row(self, place: str, row: Mapping[str, str]) -> None:
        """Read one row."""
        self._warn_of_the_rest(place, row)
        kind, content = row.get("TYPE", "").strip().lower(), row.get("CONTENT", "").strip()
        match kind:
            case "task":
                self._begin(place, row, content)
            case "section":
                self._begin_section(place, row, content)
            case "note" if self._task is not None:
                self._add_to_notes(content)
            case "note" | "project_note":
                self.bundle.warn(
                    place, "comment_left", f"A comment that is no task's stays behind: {content}"
                )
            case "meta":
                self._warn_of_appearance(place)
            case _:
                self.bundle.fault(
                    f"{place}/TYPE", "invalid_choice", "This is no task, section, note or meta."
                )

    def end(self) -> None:
        """Take in the last task."""
        self._finish()
        self.bundle.refuse_too_many()

    def _warn_of_the_rest(self, place: str, row: Mapping[str, str]) -> None:
        for name in sorted(row.keys() - _READ):
            self.bundle.warn(
                f"{place}/{name}", "column_left", f"Nothing is known of this column: {row[name]}"
            )
        if any(row.get(name, "").strip().lower() not in {"", "false"} for name in _APPEARANCE):
            self._warn_of_appearance(place)

    def _warn_of_appearance(self, place: str) -> None:
        if not self._is_appearance_warned:
            self._is_appearance_warned = True
            self.bundle.warn(place, "appearance_left", "How Todoist showed the project stays behind.")

    def _begin_section(self, place: str, row: Mapping[str, str], name: str) -> None:
        self._finish()
        self._above.clear()
        values = Values({"name": name}, place=place, faults=self.bundle.faults)
        named = checks.named(values)
        if not values.is_valid:
            self._section = None
            return
        self._section = self._label(place, named.name)
        self.bundle.warn(place, "section_as_label", f"Sections become labels: “{named.name}”.")
        if description := row.get("DESCRIPTION"):
            self.bundle.warn(
                place, "description_left", f"A section's description stays behind: {description}"
            )

    def _label(self, place: str, name: str) -> str:
        self.bundle.labels.setdefault(name, NewNamed(place=place, name=name))
        return name

    def _begin(self, place: str, row: Mapping[str, str], content: str) -> None:
        self._finish()
        title, labels = _parted(content)
        self._place = place
        self._task = {
            "title": title,
            "notes": cells.unguarded(row.get("DESCRIPTION", "")),
            "priority": self._priority(place, row),
            "parent": self._parent(place, row),
            "project": _PROJECT if _PROJECT in self.bundle.projects else None,
            "labels": [self._section, *labels] if self._section else labels,
        }
        self._above.append(place)
        self._read_due(place, row)
        self._read_duration(place, row)
        if responsible := row.get("RESPONSIBLE", "").strip():
            self._keep(place, "RESPONSIBLE", responsible, "Whose task it is")

    def _finish(self) -> None:
        """Take in the task whose rows have all been read."""
        if self._task is None:
            return
        values = Values(self._task, place=self._place, faults=self.bundle.faults)
        read = checks.task(values, id_=None)
        for label in read.labels:
            Values({"CONTENT": label}, place=self._place, faults=self.bundle.faults).text(
                "CONTENT", max_chars=MAX_NAME_CHARS
            )
        if values.is_valid:
            for label in read.labels:
                self._label(self._place, label)
            self.bundle.tasks[self._place] = read
        else:
            self.bundle.left_out.add(self._place)
        self._task = None

    def _priority(self, place: str, row: Mapping[str, str]) -> Any:
        cell = row.get("PRIORITY", "").strip()
        if not cell:
            self.bundle.warn(f"{place}/PRIORITY", "no_priority", f"Without one it is {DEFAULT_PRIORITY}.")
            return DEFAULT_PRIORITY
        return int(cell) if cell in {"1", "2", "3", "4"} else cell

    def _parent(self, place: str, row: Mapping[str, str]) -> str | None:
        """Return the task above, and forget those that are above no more."""
        cell = row.get("INDENT", "").strip() or "1"
        depth = int(cell) - 1 if cell.isascii() and cell.isdigit() and len(cell) < 4 else -1
        if depth < 0 or depth > len(self._above):
            self.bundle.warn(
                f"{place}/INDENT", "indent", "Nothing stands that far above it: put as deep as can be."
            )
            depth = min(max(depth, 0), len(self._above))
        del self._above[depth:]
        return self._above[-1] if self._above else None

    def _read_due(self, place: str, row: Mapping[str, str]) -> None:
        """Take Todoist's deadline where there is one, else the date: both are what a deadline is here."""
        assert self._task is not None, "it was just begun"
        named = row.get("TIMEZONE", "").strip()
        probe = Values({"TIMEZONE": named or None}, place=place, faults=[])
        zone = probe.zone("TIMEZONE")
        due = None
        for column in ("DEADLINE", "DATE", "DUE_DATE"):
            text = row.get(column, "").strip()
            if not text:
                continue
            certain = None
            if due is None and probe.is_valid:
                certain = todoist_dates.read(text, zone=ZoneInfo(zone) if zone else self._zone)
            if certain is None:
                self._keep(place, column, text, {"DEADLINE": "Deadline"}.get(column, "Date"))
                continue
            due = certain
            if due.day is not None:
                self._task |= {"due_date": due.day.isoformat(), "time_zone": zone}
            elif due.instant is not None:
                self._task["deadline"] = due.instant.isoformat()

    def _read_duration(self, place: str, row: Mapping[str, str]) -> None:
        assert self._task is not None, "it was just begun"
        text, unit = row.get("DURATION", "").strip(), row.get("DURATION_UNIT", "").strip().lower()
        if not text or text.lower() == "none":
            return
        is_number = text.isascii() and text.isdigit() and len(text) < 6
        if unit == "minute" and is_number and 1 <= int(text) <= MAX_ESTIMATE_MIN:
            self._task["estimate_min"] = int(text)
        else:
            self._keep(place, "DURATION", f"{text} {unit}".strip(), "Duration")

    def _keep(self, place: str, column: str, text: str, word: str) -> None:
        self._add_to_notes(f"{word}: {text}")
        self.bundle.warn(f"{place}/{column}", "kept_in_notes", f"{word} is kept in the notes: {text}")

    def _add_to_notes(self, text: str) -> None:
        assert self._task is not None, "notes belong to a task"
        self._task["notes"] = "\n\n".join(filter(None, [self._task["notes"], text]))


def _parted(content: str) -> tuple[str, list[str]]:
    """Return a title and the labels that stand in it; one of nothing else stays as it is."""
    labels = [name for name in _LABEL.findall(content) if len(name) <= MAX_NAME_CHARS]
    title = _LABEL.sub(lambda found: found[0] if found[1] not in labels else "", content)
    title = re.sub(r"[ \t]{2,}", " ", title).strip()
    return (title, list(dict.fromkeys(labels))) if title else (content, [])
