"""Taking an operation back: a new one changes back what it changed, whole or not at all.

What a change of some kind of object means, only that kind knows: whoever calls hands in an `Undoer`
for each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from taskengine.errors import Fault
from taskengine.operations.errors import OperationNotFound, UndoConflict, UndoImpossible
from taskengine.operations.models import Operation
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

    def refused(self, detail: str, *, field: str | None = None) -> Fault:
        """Return why it can't be taken back.

        Args:
            detail: A sentence for people.
            field: Which field stands against it, by its name in the payload; None for the whole object.
        """
        pointer = f"/{self.kind}/{self.id}" + (f"/{field}" if field else "")
        return Fault(pointer=pointer, code=UndoConflict.code, detail=detail)


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


def undo(*, operation: OpenOperation, op_id: UUID, undoers: Mapping[str, Undoer]) -> list[Change]:
    """Take back what another operation of the same person did, the last of its changes first.

    An undo is an operation like any other, so to take it back is to redo.

    Args:
        operation: Who asks.
        op_id: The operation to take back.
        undoers: For each kind of object what takes changes of it back.

    Returns:
        What was taken back, in the order in which it was.

    Raises:
        OperationNotFound: The person has none of that name, or it is older than a day.
        UndoImpossible: It changed nothing, or something that has no undoer.
        UndoConflict: Something was changed since that the undo would change, too.
    """
    found = Operation.objects.filter(owner_id=operation.owner_id, id=op_id).first()
    if found is None or found.at < operation.now - UNDO_AGE:
        raise OperationNotFound(pointer="/op_id")
    changes = [
        Change(kind=logged["kind"], id=UUID(logged["id"]), before=logged["before"], after=logged["after"])
        for logged in reversed(found.changes)
    ]
    if not changes:
        raise UndoImpossible("This changed nothing, so there is nothing to undo.")
    if any(change.kind not in undoers for change in changes):
        raise UndoImpossible
    faults = [
        fault for run in _runs(changes) for fault in undoers[run[0].kind](operation=operation, changes=run)
    ]
    if faults:
        raise UndoConflict(list(dict.fromkeys(faults)))  # of one thing that it changed twice, once
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
