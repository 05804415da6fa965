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


class BreakdownNotFound(DomainError):
    """There is no such breakdown."""

    code = "breakdown_not_found"


class BreakdownNotReady(DomainError):
    """The steps are not made yet. Wait for `ready`, or cancel."""

    code = "breakdown_not_ready"


class BreakdownClosed(DomainError):
    """This breakdown was applied or cancelled and does not change any more."""

    code = "breakdown_closed"


class BreakdownEmpty(DomainError):
    """There are no steps to apply."""

    code = "breakdown_empty"


class StepNotFound(DomainError):
    """There is no such step."""

    code = "step_not_found"


class StepOrder(DomainError):
    """A step comes after those that it depends on."""

    code = "step_order"
    pointer = "/after"


class TooManySteps(DomainError):
    """There are as many steps as a breakdown can have."""

    code = "too_many_steps"


class TooManyInTheMaking(DomainError):
    """So many of your breakdowns are being made that others have to wait. Ask again when one is ready."""

    code = "too_many_in_the_making"
    retry_after_s = 5.0


class BudgetExhausted(DomainError):
    """Today's budget for the AI planner is used up."""

    code = "budget_exhausted"

    def __init__(self, *, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s
