"""The time that other tasks will take.

**The rule.** Every other open task with an estimate and a deadline takes as much working time as it
was estimated at, as late as possible before its own deadline. Two that want the same minute push each
other back, so no minute is taken twice. For any instant this leaves as much free before it as any
order of that work can, provided each is done in time. What does not fit between now and its deadline
is not taken from anybody else: it can't be done in time any more. So a task that is missed already
takes nothing.

Which task a minute belongs to does not matter, only that it is taken; so the order in which the tasks
are given does not matter either.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from taskengine.planning.errors import InvalidEstimate
from taskengine.planning.intervals import Interval, joined, minute_until
from taskengine.planning.working_hours import WorkingHours


@dataclass(frozen=True, kw_only=True, slots=True)
class Commitment:
    """Another open task: its deadline (aware) and how many minutes of work it is estimated at."""

    deadline: datetime
    estimate_min: int


def busy_intervals(
    commitments: Iterable[Commitment], *, hours: WorkingHours, window: Interval
) -> tuple[Interval, ...]:
    """Return the working time that commitments take, ascending, none touching another.

    Args:
        commitments: The other open tasks, in any order.
        hours: When their work can be done.
        window: From now to the horizon. A deadline outside of it takes nothing.

    Raises:
        InvalidEstimate: One is less than a minute.
    """
    due = _minutes_by_deadline(commitments, window)
    taken: list[Interval] = []
    owed_min = 0
    earlier = [*[deadline for deadline, _ in due[1:]], window.start_min]
    for (deadline, estimate_min), until in zip(due, earlier, strict=False):
        owed_min += estimate_min
        for work in hours.backward(Interval(start_min=until, end_min=deadline)):
            used_min = min(owed_min, work.length_min)
            taken.append(Interval(start_min=work.end_min - used_min, end_min=work.end_min))
            owed_min -= used_min
            if not owed_min:
                break
    return joined(reversed(taken))


def _minutes_by_deadline(commitments: Iterable[Commitment], window: Interval) -> list[tuple[int, int]]:
    """Return each deadline in the window with the sum of its estimates, the latest first."""
    due: Counter[int] = Counter()
    for commitment in commitments:
        if commitment.estimate_min < 1:
            raise InvalidEstimate
        deadline = minute_until(commitment.deadline)
        if window.start_min < deadline <= window.end_min:
            due[deadline] += commitment.estimate_min
    return sorted(due.items(), reverse=True)
