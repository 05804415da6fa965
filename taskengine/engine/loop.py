"""The engine: sleeps until the next deadline, and fires it at that instant.

It holds one timer however many tasks there are, and no rule of its own: what is due is decided
by the claim, on the database's clock. So a timer that is early, late or lost does no harm: early
finds nothing, and the loop looks again within half a second anyway.
"""

import logging
import os
import random
import socket
import threading
import time
import uuid
from datetime import timedelta
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections

from realtime.publisher import doorbell
from taskengine import clock
from taskengine.engine.models import Heartbeat
from taskengine.engine.sweeps import DeadlineSweep
from taskengine.tasks import queries
from taskengine.tasks.edits import DEADLINES_TOPIC

logger = logging.getLogger(__name__)

MAX_SLEEP_S: Final = 0.5
RETRY_DUE_S: Final = 0.02  # while a due row is held by somebody else
# The operating system wakes a sleeper late by up to this; the rest is waited for by yielding.
WAKE_EARLY_S: Final = 0.002
HEARTBEAT_INTERVAL_S: Final = 2.0
HEARTBEAT_STALE_S: Final = 10.0
_NEAR: Final = timedelta(milliseconds=50)
_BACKOFF_FIRST_S: Final = 0.05
_BACKOFF_MAX_S: Final = 1.0


class Engine:
    """One replica of what fires deadlines, in a thread with a database connection of its own.

    Any number may run, in one process or in many: they share the work by claiming batches.
    """

    def __init__(self) -> None:
        self.id = uuid.uuid4()
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._next_wake = 0.0
        self._beaten_at = float("-inf")
        self._started_at = clock.now()
        self._sweep = DeadlineSweep()
        self._thread = threading.Thread(target=self.run, name="engine", daemon=True)

    def start(self) -> None:
        """Run in a thread."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 5.0) -> None:
        """Finish the batch and stop; waits for the thread."""
        self.request_stop()
        self._thread.join(timeout_s)

    def request_stop(self) -> None:
        """Have `run` return when its batch is done. Safe in a signal handler."""
        self._stopping.set()
        self._woken.set()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def run(self) -> None:
        """Fire deadlines until `request_stop`."""
        # Django's connections are per thread: everything this thread asks goes past any pooler.
        connections[DEFAULT_DB_ALIAS] = connections.create_connection("engine")
        unsubscribe = doorbell.subscribe(DEADLINES_TOPIC, self._hear)
        logger.info("The engine fires deadlines.")
        backoff_s = _BACKOFF_FIRST_S
        try:
            while not self._stopping.is_set():
                try:
                    self._round()
                    backoff_s = _BACKOFF_FIRST_S
                except (OperationalError, InterfaceError) as error:
                    logger.warning("The engine could not ask the database and tries again: %s", error)
                    connections[DEFAULT_DB_ALIAS].close()
                    self._stopping.wait(backoff_s * (1 + random.random()))  # noqa: S311 (jitter)
                    backoff_s = min(backoff_s * 2, _BACKOFF_MAX_S)
                except Exception:
                    logger.exception("A round of the engine failed; the next one follows.")
                    self._stopping.wait(_BACKOFF_MAX_S)
        finally:
            unsubscribe()
            self._end_heartbeat()
            connections[DEFAULT_DB_ALIAS].close()
            logger.info("The engine has stopped.")

    def _hear(self, deadlines: list[Any]) -> None:
        """Wake up if a deadline was set that is nearer than what is waited for. Any thread."""
        if min(deadlines) < self._next_wake:
            self._woken.set()

    def _round(self) -> None:
        """Fire what is due, then sleep until something may be."""
        # Cleared before the look at the database: a deadline that is set after it sets it again.
        self._woken.clear()
        self._next_wake = clock.timestamp() + MAX_SLEEP_S
        while self._sweep() and not self._stopping.is_set():
            self._beat(every_s=HEARTBEAT_INTERVAL_S)
        self._next_wake = clock.timestamp() + MAX_SLEEP_S
        sent = time.time()
        coming = queries.next_deadline()
        clock.observe(sent=sent, received=time.time(), reading=coming.database_time)
        is_near = coming.deadline is not None and coming.deadline - coming.database_time < _NEAR
        # A commit takes milliseconds that a near deadline needs.
        self._beat(every_s=HEARTBEAT_STALE_S / 2 if is_near else HEARTBEAT_INTERVAL_S)
        if coming.deadline is None:
            self._sleep(MAX_SLEEP_S)
        elif coming.deadline <= self._sweep.looked_at:
            self._sleep(RETRY_DUE_S)  # it was due already when the sweep looked: somebody holds it
        elif coming.deadline > coming.database_time:
            self._sleep_until(coming.deadline.timestamp())

    def _sleep(self, duration_s: float) -> None:
        self._next_wake = clock.timestamp() + duration_s
        self._woken.wait(duration_s)

    def _sleep_until(self, instant: float) -> None:
        """Sleep to an instant in seconds since 1970, on the database's clock, or not so long."""
        self._next_wake = min(instant, clock.timestamp() + MAX_SLEEP_S)
        sleep_s = self._next_wake - clock.timestamp() - WAKE_EARLY_S
        if sleep_s > 0 and self._woken.wait(sleep_s):
            return
        # The wall clock is read afresh each time: it may have been stepped while this slept.
        while 0 < instant - clock.timestamp() <= 2 * WAKE_EARLY_S and not self._woken.is_set():
            time.sleep(0)

    def _beat(self, *, every_s: float) -> None:
        """Give a sign of life if the last one is so long ago."""
        if time.monotonic() - self._beaten_at >= every_s:
            self._beaten_at = time.monotonic()
            Heartbeat.objects.update_or_create(
                id=self.id,
                defaults={"beat_at": clock.now()},
                create_defaults={
                    "name": f"{socket.gethostname()}:{os.getpid()}",
                    "started_at": self._started_at,
                    "beat_at": clock.now(),
                },
            )

    def _end_heartbeat(self) -> None:
        try:
            Heartbeat.objects.filter(id=self.id).delete()
        except DatabaseError:
            logger.info("The heartbeat is left behind: the database is away.")
