"""Why an operation is not carried out a second time, or not taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

from taskengine.errors import DomainError, Fault


class OperationInFlight(DomainError):
    """The same operation is being carried out right now. Ask again in a moment."""

    code = "operation_in_flight"
    retry_after_s = 1.0


class OperationIdReused(DomainError):
    """This idempotency key was used for another request. Use a new one for each operation."""

    code = "idempotency_key_reused"


class OperationIdExpired(DomainError):
    """This idempotency key was used more than a day ago, and its answer is not kept. Use a new one."""

    code = "idempotency_key_expired"


class PartFailed(DomainError):
    """One of the operations can't be done, so none of them was: see failed."""

    code = "batch_failed"

    def __init__(self, *, index: int, problem: Mapping[str, Any], faults: Sequence[Fault]) -> None:
        super().__init__()
        self._index = index
        self._problem = problem
        self._faults = faults

    @property
    def faults(self) -> Sequence[Fault]:
        """What is at fault, from the whole batch's point of view."""
        return self._faults

    @property
    def members(self) -> Mapping[str, Any]:
        """Which of them, counted from 0, and why."""
        return {"failed": {"index": self._index, "problem": self._problem}}


class PreconditionFailed(DomainError):
    """It was changed since, or the tag is weak or none of ours. Nothing was written; `current` is how it is now."""

    code = "precondition_failed"

    def __init__(self, current: Mapping[str, Any]) -> None:
        super().__init__()
        self.current = current

    @property
    def members(self) -> Mapping[str, Any]:
        """The object as it is."""
        return {"current": self.current}


class AnswerGone(DomainError):
    """This was carried out; what it was answered is gone, since what it was about was purged."""

    code = "answer_gone"


class OperationNotFound(DomainError):
    """There is no such operation of the last day."""

    code = "operation_not_found"


class UndoImpossible(DomainError):
    """Operations of this kind can't be undone."""

    code = "undo_impossible"


class UndoConflict(DomainError):
    """What this did was changed since: see errors. Nothing was undone."""

    code = "undo_conflict"

    def __init__(self, faults: Sequence[Fault], *, detail: str | None = None) -> None:
        super().__init__(detail)
        self._faults = faults

    @property
    def faults(self) -> Sequence[Fault]:
        """What was changed since, by object and field."""
        return self._faults
