"""What this process tells Prometheus of the breakdowns that it makes."""

from typing import Final

from prometheus_client import Histogram

DURATION: Final = Histogram(
    "taskengine_job_duration_seconds",
    "How long one attempt at a breakdown took in this process, whatever came of it.",
    buckets=(0.05, 0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 180),
)
