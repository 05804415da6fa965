"""What a replica tells Prometheus of itself."""

from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from taskengine.tasks.claims import Claim

LATENESS: Final = Histogram(
    "taskengine_deadline_lateness_seconds",
    "From a deadline to the commit of its task.missed.",
    buckets=(0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600),
)
BATCH: Final = Histogram(
    "taskengine_batch_tasks",
    "How many deadlines one claim fired, of those that fired any.",
    buckets=(1, 2, 5, 10, 50, 100, 500, 1000, 2500),
)
FIRED: Final = Counter("taskengine_deadlines_fired", "Deadlines that this replica fired.")
EMPTY_CLAIMS: Final = Counter(
    "taskengine_empty_claims", "Claims that fired nothing: too early, held, or another replica was first."
)
LOOKS: Final = Counter("taskengine_looks", "Looks at the table for what is coming.")
WAKE_UPS: Final = Counter("taskengine_wake_ups", "Looks because somebody set a nearer deadline.")
POISONED: Final = Counter(
    "taskengine_poisoned_deadlines", "Deadlines that could not be fired and were put off."
)
DATABASE_FAULTS: Final = Counter(
    "taskengine_database_faults", "Rounds that ended because the database was away."
)
CLOCK_STEPS: Final = Counter("taskengine_clock_steps", "Times that this clock or the database's was stepped.")
# Every process that tells it asks the database at least once a second, so it is never long while all is well.
SILENCE: Final = Gauge(
    "taskengine_database_silence_seconds",
    "How long ago the database last answered this process.",
    multiprocess_mode="livemax",
)
PENDING: Final = Gauge(
    "taskengine_pending_deadlines",
    "Deadlines within the horizon of one second, overdue ones too.",
    multiprocess_mode="livemax",  # replicas see the same ones
)


def count(claimed: Claim, *, at: datetime) -> None:
    """Count what one claim did, which was committed at an instant on the database's clock."""
    if not claimed.told:
        EMPTY_CLAIMS.inc()
        return
    FIRED.inc(len(claimed.told))
    BATCH.observe(len(claimed.told))
    for miss in claimed.told:
        LATENESS.observe(max(0.0, (at - miss.deadline).total_seconds()))
