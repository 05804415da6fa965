"""What this process tells Prometheus of its sockets, and of what reaches them."""

from datetime import UTC, datetime
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

SOCKETS: Final = Gauge("taskengine_sockets", "Sockets that are open.", multiprocess_mode="livesum")
GOODBYES: Final = Counter(
    "taskengine_socket_goodbyes", "Sockets that the server closed, by close code.", ["code"]
)
EVENTS: Final = Counter("taskengine_events", "Events that were committed by this process.")
EVENTS_TOLD: Final = Counter(
    "taskengine_events_told", "Events that were written to sockets: one for each event and socket."
)
LAG: Final = Histogram(
    "taskengine_stream_lag_seconds",
    "From an event's instant, taken just before its commit, to its being written to the sockets of this process.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30),
)
DOORBELLS_LOST: Final = Counter(
    "taskengine_doorbells_lost", "Rings that this process could not send to the others."
)
DOORBELLS_REPAIRED: Final = Counter(
    "taskengine_doorbells_repaired", "Streams with sockets here of whose news only the repair query knew."
)
DOORBELL_CONNECTED: Final = Gauge(
    "taskengine_doorbell_connected",
    "1 while the doorbell reaches the other processes.",
    multiprocess_mode="livemin",
)
DOORBELL_QUEUE: Final = Gauge(
    "taskengine_doorbell_queue_rings", "Rings that wait to be sent.", multiprocess_mode="livesum"
)

_AT: Final = '"at":"'
_AT_WITHIN: Final = 400  # it stands before the data


def observe_lag(event: str, *, now: datetime) -> None:
    """Take in how old an event is as it is written.

    Args:
        event: As JSON; its instant is found without taking it apart.
        now: By the clock that the instant was read from.
    """
    begin = event.find(_AT, 0, _AT_WITHIN)
    if begin < 0:
        return
    begin += len(_AT)
    at = datetime.fromisoformat(event[begin : event.index('"', begin)]).astimezone(UTC)
    LAG.observe(max(0.0, (now - at).total_seconds()))
