"""Taking an operation back: a new one changes back what it changed, whole or not at all.

What a change of some kind of object means, only that kind knows: whoever calls hands in an `Undoer`
for each.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from taskengine.errors import Fault
from taskengine.operations.errors import OperationNotFound, UndoConflict, UndoImpossible
from taskengine.operations.models import Operation
from taskengine.operations.queries import Deed, undone
from taskengine.operations.services import OpenOperation

UNDO_AGE: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What an operation did to one object, as the log has it.

    Attributes:
        kind: What the object is, such as `task`.
        id: Which one.
        before: Its payload before; None where it was not there.
        after: Its payload after; None where it was gone.
    """

    kind: str
    id: UUID
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def deed(self) -> Deed:
        """What it amounts to."""
        return Deed(
            kind=self.kind,
            before=(self.before or {}).get("status"),
            after=(self.after or {}).get("status"),
            is_purged=self.before is None and self.after is None,
        )

    def refused(self, detail: str, *, field: str | None = None) -> Fault:
        """Return why it can't be taken back.

        Args:
            detail: A sentence for people.
            field: Which field stands against it, by its name in the payload; None for the whole object.
        """
        pointer = f"/{self.kind}/{self.id}" + (f"/{field}" if field else "")
        return Fault(pointer=pointer, code=UndoConflict.code, detail=detail)


class Obstacle(StrEnum):
    """Why an operation can't be taken back, as far as its own row in the log says."""

    NOTHING_CHANGED = "nothing_changed"
    PURGED = "purged"
    NOT_SUPPORTED = "not_supported"
    UNDONE = "undone"
    TOO_OLD = "too_old"


# For each kind of object whether a deed of that kind can be taken back at all.
Possible = Mapping[str, Callable[[Deed], bool]]
_DETAILS: Final[Mapping[Obstacle, str | None]] = {
    Obstacle.NOTHING_CHANGED: "This changed nothing, so there is nothing to undo.",
    Obstacle.PURGED: "Some of what this was about was purged, and is gone for good.",
    Obstacle.NOT_SUPPORTED: None,
}


def obstacle(
    *, deeds: Collection[Deed], at: datetime, is_undone: bool, possible: Possible, now: datetime
) -> Obstacle | None:
    """Return why an operation can't be taken back; None where it may be tried: a later change may still stand against it.

    Args:
        deeds: What it did.
        at: When.
        is_undone: Whether it was taken back already.
        possible: What can be taken back at all.
        now: The instant that decides.
    """
    if never := _never(deeds, possible):
        return never
    if is_undone:
        return Obstacle.UNDONE
    return Obstacle.TOO_OLD if at < now - UNDO_AGE else None


def _never(deeds: Collection[Deed], possible: Possible) -> Obstacle | None:
    if not deeds:
        return Obstacle.NOTHING_CHANGED
    if any(deed.is_purged for deed in deeds):
        return Obstacle.PURGED
    if any(deed.kind not in possible or not possible[deed.kind](deed) for deed in deeds):
        return Obstacle.NOT_SUPPORTED
    return None


class Undoer(Protocol):
    """Takes back changes of one kind of object."""

    def __call__(self, *, operation: OpenOperation, changes: Sequence[Change]) -> Sequence[Fault]:
        """Take changes back as writes of `operation`, or return what stands against them.

        They are of as many objects, in the order in which they are to be taken back.

        Both are in the same transaction; it is rolled back where anything stands against any change.

        Raises:
            UndoImpossible: Such a change can never be taken back.
        """


class UndoOne(Protocol):
    """Takes back the change of one object, or returns what stands against it."""

    def __call__(self, *, operation: OpenOperation, change: Change) -> Sequence[Fault]:
        """As an `Undoer` does."""


def each(undo_one: UndoOne) -> Undoer:
    """Return what takes changes back one by one."""

    def undo_each(*, operation: OpenOperation, changes: Sequence[Change]) -> Sequence[Fault]:
        return [fault for change in changes for fault in undo_one(operation=operation, change=change)]

    return undo_each


def undo(
    *, operation: OpenOperation, op_id: UUID, undoers: Mapping[str, Undoer], possible: Possible
) -> list[Change]:
    """Take back what another operation of the same person did, the last of its changes first.

    An undo is an operation like any other, so to take it back is to redo.

    Args:
        operation: Who asks.
        op_id: The operation to take back.
        undoers: For each kind of object what takes changes of it back.
        possible: For each of these kinds what can be taken back at all.

    Returns:
        What was taken back, in the order in which it was.

    Raises:
        OperationNotFound: The person has none of that name, or it is older than a day.
        UndoImpossible: It changed nothing, something that has no undoer, or something that was purged since.
        UndoConflict: Something was changed since that the undo would change, too.
    """
    found = Operation.objects.filter(owner_id=operation.owner_id, id=op_id).first()
    if found is None or found.at < operation.now - UNDO_AGE:
        raise OperationNotFound(pointer="/op_id")
    changes = [
        Change(kind=logged["kind"], id=UUID(logged["id"]), before=logged["before"], after=logged["after"])
        for logged in reversed(found.changes)
    ]
    never = _never([change.deed for change in changes], possible)
    if never is not None:
        raise UndoImpossible(_DETAILS[never])
    operation.undoes = found.id
    faults = [
        fault for run in _runs(changes) for fault in undoers[run[0].kind](operation=operation, changes=run)
    ]
    if faults:
        is_undone = found.id in undone(owner_id=operation.owner_id, op_ids=[found.id])
        raise UndoConflict(
            list(dict.fromkeys(faults)),  # of one thing that it changed twice, once
            detail="This was undone already: see errors." if is_undone else None,
        )
    return changes


def _runs(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Part changes where the kind is another, or where an object comes a second time."""
    run: dict[UUID, Change] = {}
    kind = None
    for change in changes:
        if change.kind != kind or change.id in run:
            if run:
                yield list(run.values())
            run, kind = {}, change.kind
        run[change.id] = change
    yield list(run.values())
