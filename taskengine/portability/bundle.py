"""What a file holds, whatever its format: objects that refer to each other by keys of the file's own."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from taskengine.errors import Fault
from taskengine.portability.errors import TooManyRows

MAX_TASKS: Final = 10_000
MAX_NAMES: Final = 1_000  # projects, and labels


@dataclass(kw_only=True, slots=True)
class NewNamed:
    """A project or a label as a file has it.

    Attributes:
        place: Where it stands, as a JSON pointer.
        id: The id it had; None where the file only names it. Then one of the same name is taken for it.
        position: Its place in the manual order; None: the last, and of labels always.
    """

    place: str
    name: str
    id: UUID | None = None
    colour: str | None = None
    archived: bool = False
    position: str | None = None
    created_at: datetime | None = None


@dataclass(kw_only=True, slots=True)
class NewTask:
    """A task as a file has it. References are keys of the bundle.

    Attributes:
        place: Where it stands, as a JSON pointer: `/tasks/0` or `/rows/2`.
        id: The id it had; None where the file has none.
        outcome: How it ended, where the file knows; otherwise that follows from when.
        deleted_at: When it was deleted; None where it is not in the trash.
    """

    place: str
    title: str
    id: UUID | None = None
    notes: str = ""
    priority: int
    estimate_min: int | None = None
    parent: str | None = None
    project: str | None = None
    labels: tuple[str, ...] = ()
    position: str | None = None
    deadline: datetime | None = None
    due_date: date | None = None
    time_zone: str | None = None
    completed_at: datetime | None = None
    outcome: str | None = None
    lateness_s: float | None = None
    created_at: datetime | None = None
    deleted_at: datetime | None = None


@dataclass(kw_only=True, slots=True)
class Bundle:
    """All that a file holds.

    Attributes:
        projects: By their keys.
        labels: Likewise.
        tasks: Likewise, in the file's order.
        left_out: Keys of tasks that are at fault.
        faults: What is not valid.
        warnings: What is valid and does not come in as it stands.
    """

    projects: dict[str, NewNamed] = field(default_factory=dict)
    labels: dict[str, NewNamed] = field(default_factory=dict)
    tasks: dict[str, NewTask] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(self, pointer: str, code: str, detail: str) -> None:
        """Add something that is not valid."""
        self.faults.append(Fault(pointer=pointer, code=code, detail=detail))

    def warn(self, pointer: str, code: str, detail: str) -> None:
        """Add something that does not come in as it stands."""
        self.warnings.append(Fault(pointer=pointer, code=code, detail=detail))

    def refuse_too_many(self) -> None:
        """Refuse more than one import takes.

        Raises:
            TooManyRows: It has too many tasks, projects or labels.
        """
        if len(self.tasks) + len(self.left_out) > MAX_TASKS:
            raise TooManyRows(
                f"An import takes up to {MAX_TASKS} tasks. Send the file in parts, parents before their parts."
            )
        if max(len(self.projects), len(self.labels)) > MAX_NAMES:
            raise TooManyRows(f"An import takes up to {MAX_NAMES} projects and as many labels.")
