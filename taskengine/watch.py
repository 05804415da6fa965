"""What a server looks at now and then and tells Prometheus: its lines and pools, what engines and workers do, the queue.

Engines and workers are watched from here too, so that it is seen when there are none.
"""

import math
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connections
from django.db.models import Count, Max, Min
from prometheus_client import Gauge

from realtime import metrics as sockets
from realtime.publisher import doorbell
from taskengine import clock, lanes
from taskengine.engine.loop import HEARTBEAT_STALE_S
from taskengine.engine.metrics import SILENCE
from taskengine.engine.models import Heartbeat
from taskengine.planning import broker
from taskengine.planning.lifecycle import Status
from taskengine.planning.metrics import BREAKDOWN
from taskengine.planning.models import Breakdown
from taskengine.workers import celery_works

# One connection asks two small questions so often.
LOOK_INTERVAL_S: Final = 5
BROKER_STALE_S: Final = 3 * LOOK_INTERVAL_S
NEVER_S: Final = 86_400.0  # the age of a heartbeat that is not there

POOL: Final = Gauge(
    "taskengine_database_pool_connections", "Connections that the pool keeps.", multiprocess_mode="livesum"
)
POOL_MAX: Final = Gauge(
    "taskengine_database_pool_max_connections", "Connections that it may keep.", multiprocess_mode="livesum"
)
POOL_AVAILABLE: Final = Gauge(
    "taskengine_database_pool_available_connections",
    "Of those it keeps, the idle ones.",
    multiprocess_mode="livesum",
)
POOL_WAITING: Final = Gauge(
    "taskengine_database_pool_waiting_requests", "Who waits for a connection.", multiprocess_mode="livesum"
)
LINE: Final = Gauge(
    "taskengine_http_waiting_requests",
    "Requests that wait for a thread.",
    ["lane"],
    multiprocess_mode="livesum",
)
HEARTBEAT_AGE: Final = Gauge(
    "taskengine_engine_heartbeat_age_seconds",
    "How long ago any engine gave its last sign of life; a day where none did.",
    multiprocess_mode="livemax",
)
REPLICAS: Final = Gauge("taskengine_engine_replicas", "Engines that live.", multiprocess_mode="livemax")
JOBS: Final = Gauge(
    "taskengine_jobs",
    "Jobs that are queued, and those that are running, by the database.",
    ["kind", "state"],
    multiprocess_mode="livemax",
)
OLDEST_JOB: Final = Gauge(
    "taskengine_jobs_oldest_waiting_seconds",
    "How long the breakdown has waited that no worker took for the longest time.",
    multiprocess_mode="livemax",
)
WORKERS: Final = Gauge(
    "taskengine_workers",
    "Celery's workers that hear the broker and gave a sign of life lately.",
    multiprocess_mode="livemax",  # all processes see the same ones
)
WORKERS_HERE: Final = Gauge(
    "taskengine_workers_in_servers",
    "Workers inside server processes whose loops go round.",
    multiprocess_mode="livesum",
)
QUEUE: Final = Gauge(
    "taskengine_job_queue_messages",
    "Messages in the broker that wait for one of Celery's workers.",
    ["queue"],
    multiprocess_mode="livemax",
)
UNACKNOWLEDGED: Final = Gauge(
    "taskengine_job_queue_unacknowledged_messages",
    "Messages that one of Celery's workers took and has not said to be done.",
    multiprocess_mode="livemax",
)

_REPLICA_LIVES_FOR: Final = timedelta(seconds=HEARTBEAT_STALE_S)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Since:
    """The instants whose ages are told, as of the last look at the database.

    Attributes:
        beat: Any engine's last sign of life; None where there is none.
        queued: When the breakdown was queued that has waited for the longest time; None where none waits.
    """

    beat: datetime | None
    queued: datetime | None


_since: _Since | None = None
_workers_seen = 0
_broker_seen_at = -math.inf  # by `time.monotonic()`


def workers_live() -> bool:
    """Whether somebody makes breakdowns, by the last look at the broker; asks nobody.

    A broker that has not answered for a while hands nothing out, so then nobody does.
    """
    if not celery_works():
        return True
    return _workers_seen > 0 and time.monotonic() - _broker_seen_at < BROKER_STALE_S


def look_here(*, open_sockets: int, workers: int) -> None:
    """Tell how this process fares, and how old is by now what the last look found. Asks nobody.

    Args:
        open_sockets: How many it has.
        workers: How many workers inside it go round.
    """
    SILENCE.set(clock.silence_s())
    _tell_ages()
    sockets.SOCKETS.set(open_sockets)
    WORKERS_HERE.set(workers)
    sockets.DOORBELL_CONNECTED.set(doorbell.connected)
    sockets.DOORBELL_QUEUE.set(doorbell.waiting)
    for name, waiting in lanes.waiting().items():
        LINE.labels(name).set(waiting)
    pool: Any = connections["default"].pool  # type: ignore[attr-defined]  # the stubs lack it
    if pool is not None:
        stats = pool.get_stats()
        POOL.set(stats["pool_size"])
        POOL_MAX.set(stats["pool_max"])
        POOL_AVAILABLE.set(stats["pool_available"])
        POOL_WAITING.set(stats["requests_waiting"])


def look_around() -> None:
    """Tell how engines and workers fare, by the database, in the caller's thread."""
    now = clock.now()
    last: datetime | None = Heartbeat.objects.aggregate(last=Max("beat_at"))["last"]
    REPLICAS.set(Heartbeat.objects.filter(beat_at__gt=now - _REPLICA_LIVES_FOR).count())
    rows = Breakdown.objects.filter(status__in=[Status.QUEUED.value, Status.GENERATING.value])
    found = {
        row["status"]: row
        for row in rows.order_by().values("status").annotate(n=Count("id"), oldest=Min("updated_at"))
    }
    queued = found.get(Status.QUEUED.value)
    JOBS.labels(BREAKDOWN, "queued").set(queued["n"] if queued else 0)
    JOBS.labels(BREAKDOWN, "running").set(found.get(Status.GENERATING.value, {"n": 0})["n"])
    global _since
    _since = _Since(beat=last, queued=queued["oldest"] if queued else None)
    _tell_ages()


def _tell_ages() -> None:
    """Tell them by the clock: while the database is away nobody looks, and they go on all the same."""
    if _since is None:
        return
    now = clock.now()
    HEARTBEAT_AGE.set(NEVER_S if _since.beat is None else _age_s(_since.beat, now))
    OLDEST_JOB.set(0 if _since.queued is None else _age_s(_since.queued, now))


def _age_s(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())


def look_at_broker() -> None:
    """Tell how long the broker's queues are and who hears it, in the caller's thread, for two seconds at most.

    Raises:
        RedisError: It does not answer.
    """
    seen = broker.look()
    for queue, waiting in seen.waiting.items():
        QUEUE.labels(queue).set(waiting)
    UNACKNOWLEDGED.set(seen.unacknowledged)
    WORKERS.set(len(seen.workers))
    global _workers_seen, _broker_seen_at
    _workers_seen, _broker_seen_at = len(seen.workers), time.monotonic()
