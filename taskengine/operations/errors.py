"""Why an operation is not carried out a second time, or not taken back."""

from collections.abc import Sequence

from taskengine.errors import DomainError, Fault


class OperationInFlight(DomainError):
    """The same operation is being carried out right now. Ask again in a moment."""

    code = "operation_in_flight"
    retry_after_s = 1.0


class OperationIdReused(DomainError):
    """This idempotency key was used for another request. Use a new one for each operation."""

    code = "idempotency_key_reused"


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
