"""What is tidied up now and then, in a thread of its own: it must not delay a deadline."""

import logging
import random
import threading
import time
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import close_old_connections

from realtime import retention
from taskengine import clock, logs
from taskengine.accounts import audit, letters, mail, personal_tokens
from taskengine.accounts.services import purge_expired_sessions, purge_guests
from taskengine.engine import erasure
from taskengine.engine.models import Heartbeat
from taskengine.operations import retention as log
from taskengine.operations.answers import forget_answers
from taskengine.planning import attempts, budget, jobs
from taskengine.tasks import trash
from taskengine.workers import celery_works

logger = logging.getLogger(__name__)

INTERVAL_S: Final = 60.0
# What waits for a worker waits with a person before it.
JOBS_INTERVAL_S: Final = 5.0
_AUDIT_ROWS_IN_BATCH: Final = 1_000
_PURGE_S: Final = 2.0
_DEAD_AFTER: Final = timedelta(hours=1)
# Each walk goes through all streams, or all people, mostly to find nothing.
TRIM_INTERVAL: Final = timedelta(hours=1)


def forget_dead_replicas(*, now: datetime) -> bool:
    """Remove the heartbeats of replicas that were killed long ago; True if there were some."""
    removed, _ = Heartbeat.objects.filter(beat_at__lte=now - _DEAD_AFTER).delete()
    return removed > 0


def _guests(*, now: datetime) -> bool:
    return purge_guests(now=now)


def _sessions(*, now: datetime) -> bool:
    return purge_expired_sessions(now=now)


def _tokens(*, now: datetime) -> bool:
    return personal_tokens.purge(now=now)


def _old_audit(*, now: datetime) -> bool:
    return audit.trim(before=now - settings.AUDIT_MAX_AGE, limit=_AUDIT_ROWS_IN_BATCH)


def _deleted(*, now: datetime) -> bool:
    """Remove what deleted accounts left behind, for a moment only: the other sweeps have their turn between."""
    until = time.monotonic() + _PURGE_S
    while time.monotonic() < until and erasure.purge_deleted():
        pass
    return False


def _abandoned(*, now: datetime) -> bool:
    return attempts.give_up(now=now)


def _charges(*, now: datetime) -> bool:
    return budget.forget_days_gone_by(now=now)


def _old_letters(*, now: datetime) -> bool:
    return letters.give_up(now=now)


def _answers(*, now: datetime) -> bool:
    return forget_answers(now=now)


def _unheard(*, now: datetime) -> bool:
    """Tell the workers again of what none of them took: the message was lost, or its worker died."""
    found = attempts.unheard(now=now)
    jobs.hint(found)
    return bool(found)


def _unsent(*, now: datetime) -> bool:
    """See to letters again that nobody took, or that the mail server did not."""
    if not celery_works() and not mail.is_sent_from_here():
        return False  # who knows the mail server sweeps too: `MAIL_SWEEPS`
    found = letters.untold(now=now)
    mail.postman.take(found, again=True)
    return bool(found)


_walk: Final = retention.Walk(
    max_age=settings.EVENTS_MAX_AGE, keep=settings.EVENTS_MAX_PER_STREAM, interval=TRIM_INTERVAL
)


def _old_events(*, now: datetime) -> bool:
    return _walk.step(now=now)


_log_walk: Final = log.Walk(max_age=settings.OPERATIONS_MAX_AGE, interval=TRIM_INTERVAL)


def _old_operations(*, now: datetime) -> bool:
    return _log_walk.step(now=now)


def _old_trash(*, now: datetime) -> bool:
    return trash.purge_old(now=now)


SWEEPS: Final[tuple[Callable[..., bool], ...]] = (
    _guests,
    _sessions,
    _tokens,
    forget_dead_replicas,
    _abandoned,
    _charges,
    _answers,
    _old_events,
    _old_operations,
    _old_trash,
    _old_audit,
    _old_letters,
)
JOB_SWEEPS: Final[tuple[Callable[..., bool], ...]] = (_unheard, _unsent, _deleted)


# What a server does that has no engine and sends mail: an engine elsewhere may not know the mail server.
MAIL_SWEEPS: Final[tuple[Callable[..., bool], ...]] = (_unsent,)


class Housekeeper:
    """Runs sweeps, some of them seldom and some often. Several replicas may: each sweep is safe beside itself.

    Args:
        often: What is swept every few seconds.
        seldom: And once a minute.
    """

    def __init__(
        self,
        *,
        often: Collection[Callable[..., bool]] = JOB_SWEEPS,
        seldom: Collection[Callable[..., bool]] = SWEEPS,
    ) -> None:
        self._often, self._seldom = often, seldom
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="housekeeper", daemon=True)

    def start(self) -> None:
        """Run in a thread."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 5.0) -> None:
        """Finish the sweep and stop."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def run(self) -> None:
        """Sweep until `stop`."""
        # The first round is spread, so that replicas that start together do not sweep together.
        sweep_at = time.monotonic() + random.random() * INTERVAL_S  # noqa: S311 (jitter)
        pause_s = random.random() * JOBS_INTERVAL_S  # noqa: S311
        while not self._stopping.wait(pause_s):
            pause_s = JOBS_INTERVAL_S
            self.sweep_all(self._often, now=clock.now())
            if time.monotonic() >= sweep_at:
                self.sweep_all(self._seldom, now=clock.now())
                sweep_at = time.monotonic() + INTERVAL_S

    def sweep_all(self, sweeps: Iterable[Callable[..., bool]], *, now: datetime) -> None:
        """Run each sweep until it finds nothing more; one that fails does not stop the others."""
        for sweep in sweeps:
            close_old_connections()
            logs.bind(sweep=sweep.__name__.strip("_"), op_id=None)
            try:
                while sweep(now=now) and not self._stopping.is_set():
                    pass
            except Exception:
                logger.exception("The sweep %s failed; it is run again.", sweep.__name__)
        close_old_connections()
