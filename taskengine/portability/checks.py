"""What a value in a file may be: the rules that the API has for the same fields, and a fault for each breach."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError

from taskengine import instants
from taskengine.accounts.models import validate_time_zone
from taskengine.errors import Fault
from taskengine.organisation.models import MAX_NAME_CHARS
from taskengine.organisation.order import MAX_POSITION_CHARS
from taskengine.organisation.palette import Colour
from taskengine.portability.bundle import NewNamed, NewTask
from taskengine.tasks.deadlines import Outcome
from taskengine.tasks.models import (
    DEFAULT_PRIORITY,
    MAX_ESTIMATE_MIN,
    MAX_LABELS,
    MAX_NOTES_CHARS,
    MAX_TITLE_CHARS,
)

T = TypeVar("T")

# It never ends in 0: there would be no room before it (`organisation.order`).
_POSITION: Final = re.compile(rf"[0-9A-Za-z]{{0,{MAX_POSITION_CHARS - 1}}}[1-9A-Za-z]", re.ASCII)
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class Values:
    """The named values of one object or row, read one by one.

    Args:
        values: By their names; None is absent.
        place: Where they stand, as a JSON pointer.
        faults: Where to put what is not valid.
    """

    def __init__(self, values: Mapping[str, Any], *, place: str, faults: list[Fault]) -> None:
        self._values = values
        self.place = place
        self.faults = faults
        self._before = len(faults)

    @property
    def is_valid(self) -> bool:
        """Whether nothing was at fault so far."""
        return len(self.faults) == self._before

    def fault(self, name: str, code: str, detail: str) -> None:
        """Add something that is not valid."""
        step = name.replace("~", "~0").replace("/", "~1")
        self.faults.append(Fault(pointer=f"{self.place}/{step}", code=code, detail=detail))

    def only(self, known: Collection[str]) -> None:
        """Refuse names that mean nothing: nothing is dropped silently."""
        for name in self._values:
            if name not in known:
                self.fault(name, "unknown_field", "There is no such field.")

    def text(self, name: str, *, max_chars: int, required: bool = False, trimmed: bool = False) -> str:
        """Return text; empty where there is none."""
        value = self._values.get(name)
        if not isinstance(value, str | None):
            self.fault(name, "invalid", "This is not text.")
            return ""
        value = (value.strip() if trimmed else value) if value else ""
        if "\x00" in value:
            self.fault(name, "null_characters_not_allowed", "Null characters are not allowed.")
        elif required and not value:
            self.fault(name, "blank", "This may not be blank.")
        elif len(value) > max_chars:
            self.fault(name, "max_length", f"This has more than {max_chars} characters.")
        return value

    def whole(self, name: str, *, least: int, most: int) -> int | None:
        """Return a whole number."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fault(name, "invalid", f"This is not a whole number from {least} to {most}.")
            return None
        return value

    def flag(self, name: str) -> bool:
        """Return true or false; false where it is absent."""
        value = self._values.get(name)
        if not isinstance(value, bool | None):
            self.fault(name, "invalid", "This is neither true nor false.")
        return value is True

    def one_of(self, name: str, choices: Collection[str]) -> str | None:
        """Return one of a few words."""
        value = self._values.get(name)
        if value is not None and (not isinstance(value, str) or value not in choices):
            self.fault(name, "invalid_choice", f"This is none of {', '.join(sorted(choices))}.")
            return None
        return value

    def instant(self, name: str) -> datetime | None:
        """Return an instant, in UTC."""
        return self._time(name, instants.instant)

    def day(self, name: str) -> date | None:
        """Return a day."""
        return self._time(name, instants.day)

    def _time(self, name: str, read: Callable[[object], T]) -> T | None:
        value = self._values.get(name)
        if value is None:
            return None
        try:
            return read(value)
        except instants.NotATime as error:
            self.fault(name, error.code, str(error))
            return None

    def zone(self, name: str) -> str | None:
        """Return the name of a time zone."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            validate_time_zone(value if isinstance(value, str) else "")
        except ValidationError as error:
            self.fault(name, "invalid_time_zone", str(error.message))
            return None
        return str(value)

    def id(self, name: str) -> UUID | None:
        """Return an id."""
        value = self._values.get(name)
        if value is None:
            return None
        found = read_id(value)
        if found is None:
            self.fault(name, "invalid", "This is not a UUID.")
        return found

    def key(self, name: str) -> str | None:
        """Return a reference to something else."""
        value = self._values.get(name)
        if not isinstance(value, str | None):
            self.fault(name, "invalid", "This is not text.")
            return None
        return value or None

    def keys(self, name: str) -> tuple[str, ...]:
        """Return references to several other things, each once."""
        value = self._values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fault(name, "invalid", "This is not a list of texts.")
            return ()
        found = tuple(dict.fromkeys(value))
        if len(found) > MAX_LABELS:
            self.fault(name, "max_length", f"These are more than {MAX_LABELS}.")
        return found

    def position(self, name: str) -> str | None:
        """Return a place in the manual order."""
        value = self._values.get(name)
        if value is not None and (not isinstance(value, str) or not _POSITION.fullmatch(value)):
            self.fault(name, "invalid", "This is not a position.")
            return None
        return value

    def lateness(self, name: str, *, outcome: str | None) -> float | None:
        """Return by how many seconds something was late; only what is late has some."""
        value = self._values.get(name)
        if outcome != Outcome.LATE:
            if value is not None:
                self.fault(name, "invalid", "Only what is late has one.")
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            self.fault(name, "invalid", "This is not a number of seconds.")
            return None
        return float(value)


def read_id(text: object) -> UUID | None:
    """Return the id that text is in the one form that ids have; None where it is none."""
    return UUID(text) if isinstance(text, str) and _ID.fullmatch(text) else None


def named(values: Values) -> NewNamed:
    """Read a project or a label. Take it only where `values.is_valid` then."""
    return NewNamed(
        place=values.place,
        id=values.id("id"),
        name=values.text("name", max_chars=MAX_NAME_CHARS, required=True, trimmed=True),
        colour=values.one_of("colour", {colour.value for colour in Colour}),
        archived=values.flag("archived"),
        position=values.position("position"),
        created_at=values.instant("created_at"),
    )


def task(values: Values, *, id_: UUID | None) -> NewTask:
    """Read a task. Take it only where `values.is_valid` then."""
    priority = values.whole("priority", least=1, most=4)
    completed_at, outcome = values.instant("completed_at"), values.one_of("outcome", set(Outcome))
    if outcome is not None and completed_at is None:
        values.fault("outcome", "invalid", "Only what is completed has one.")
    return NewTask(
        place=values.place,
        id=id_,
        title=values.text("title", max_chars=MAX_TITLE_CHARS, required=True, trimmed=True),
        notes=values.text("notes", max_chars=MAX_NOTES_CHARS),
        priority=DEFAULT_PRIORITY if priority is None else priority,
        estimate_min=values.whole("estimate_min", least=1, most=MAX_ESTIMATE_MIN),
        parent=values.key("parent"),
        project=values.key("project"),
        labels=values.keys("labels"),
        position=values.position("position"),
        deadline=values.instant("deadline"),
        due_date=values.day("due_date"),
        time_zone=values.zone("time_zone"),
        completed_at=completed_at,
        outcome=outcome,
        lateness_s=values.lateness("lateness_s", outcome=outcome),
        created_at=values.instant("created_at"),
        deleted_at=values.instant("deleted_at"),
    )
