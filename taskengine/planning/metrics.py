"""What a process tells Prometheus of the jobs that it does: a server's own worker, or one of Celery's."""

from enum import StrEnum
from typing import Final

from prometheus_client import Counter, Histogram

PREFIX: Final = "taskengine_job"  # of every figure here
BREAKDOWN: Final = "breakdown"  # the one kind of job so far


class Outcome(StrEnum):
    """What became of an attempt."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"  # its planner, or we: the breakdown says why
    UNWANTED = "unwanted"  # cancelled meanwhile, or another attempt has taken its place
    LEFT = "left"  # to the next one: this process was stopped, or the database was away
    GIVEN_UP = "given_up"  # nobody took it, or everybody who did died


ENDED: Final = Counter(
    f"{PREFIX}s_ended",
    "Attempts at jobs that ended in this process, by what became of them.",
    ["kind", "outcome"],
)
RETRIED: Final = Counter(
    f"{PREFIX}s_retried", "Attempts that this process began where one before had died.", ["kind"]
)
DURATION: Final = Histogram(
    f"{PREFIX}_duration_seconds",
    "How long one attempt at a job took in this process, whatever came of it.",
    ["kind"],
    buckets=(0.05, 0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 180),
)

# From the start: what has not happened yet is a zero, and not a gap, to whoever asks how much it grew.
DURATION.labels(BREAKDOWN)
RETRIED.labels(BREAKDOWN)
for _outcome in Outcome:
    ENDED.labels(BREAKDOWN, _outcome.value)


def count(outcome: Outcome) -> None:
    """Count one attempt at a breakdown that has ended."""
    ENDED.labels(BREAKDOWN, outcome.value).inc()
