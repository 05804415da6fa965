"""Why an operation is not carried out a second time."""

from taskengine.errors import DomainError


class OperationInFlight(DomainError):
    """The same operation is being carried out right now. Ask again in a moment."""

    code = "operation_in_flight"


class OperationIdReused(DomainError):
    """This idempotency key was used for another request. Use a new one for each operation."""

    code = "idempotency_key_reused"
