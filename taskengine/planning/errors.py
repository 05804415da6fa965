"""Why steps can't be planned, or working hours not be understood."""

from taskengine.errors import DomainError


class InvalidWorkingHours(DomainError):
    """These are not working hours."""

    code = "invalid_working_hours"


class InvalidEstimate(DomainError):
    """An estimate is a whole number of minutes, at least one."""

    code = "invalid_estimate"


class DuplicateStep(DomainError):
    """Two steps have the same key."""

    code = "duplicate_step"


class UnknownDependency(DomainError):
    """A step depends on one that is not there."""

    code = "unknown_dependency"


class DependencyCycle(DomainError):
    """Steps wait for each other in a circle, so that none can come first."""

    code = "dependency_cycle"
