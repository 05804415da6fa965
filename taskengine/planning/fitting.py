"""Whether steps fit before a deadline: when each has its turn, or else what is in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from taskengine.planning.fixes import Fix, find_fixes
from taskengine.planning.free_time import FreeTime
from taskengine.planning.intervals import minute_until
from taskengine.planning.schedule import Schedule, schedule
from taskengine.planning.steps import Step, in_order


@dataclass(frozen=True, kw_only=True, slots=True)
class Misfit:
    """The steps do not fit before the deadline.

    Attributes:
        needed_min: Minutes of work in all.
        free_min: Free minutes before the goal's deadline; no more than the needed are counted.
        missing_min: How many more minutes there would have to be. Where no step has a deadline of its
            own that is `needed_min - free_min`, else the most that is lacking before any of them.
        first_step: The key of the first that fails: with all done in order from now on without a
            break, the first that is not done in time.
        fixes: What would make them fit, each proved; empty if nothing would.
    """

    needed_min: int
    free_min: int
    missing_min: int
    first_step: str
    fixes: tuple[Fix, ...]


def fit(steps: Sequence[Step], *, deadline: datetime, free: FreeTime) -> Schedule | Misfit:
    """Lay the steps out before a deadline, or say by how much they do not fit.

    Args:
        steps: In the order in which their author would have them; no steps fit anywhere.
        deadline: The goal's, aware; it may have passed.
        free: The person's free time from now on.

    Raises:
        DuplicateStep: Two steps have the same key.
        InvalidEstimate: One is less than a minute.
        UnknownDependency: One depends on what is not among them.
        DependencyCycle: Some wait for each other.
    """
    laid_out = schedule(steps, deadline=deadline, free=free)
    return laid_out if laid_out is not None else _misfit(steps, deadline=deadline, free=free)


def _misfit(steps: Sequence[Step], *, deadline: datetime, free: FreeTime) -> Misfit:
    end_min = minute_until(deadline)
    needed_min = sum(step.estimate_min for step in steps)
    free_by = {end_min: free.minutes(end_min, at_most=needed_min)}
    done_min = missing_min = 0
    first_step: str | None = None
    for bound in in_order(steps, end_min=end_min):
        done_min += bound.step.estimate_min
        if bound.end_min not in free_by:
            free_by[bound.end_min] = free.minutes(bound.end_min, at_most=needed_min)
        lacking_min = done_min - free_by[bound.end_min]
        if lacking_min > 0 and first_step is None:
            first_step = bound.step.key
        missing_min = max(missing_min, lacking_min)
    assert first_step is not None, "what does not fit backward does not fit forward"
    return Misfit(
        needed_min=needed_min,
        free_min=free_by[end_min],
        missing_min=missing_min,
        first_step=first_step,
        fixes=find_fixes(steps, deadline=deadline, free=free),
    )
