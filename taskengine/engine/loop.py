"""The engine: sleeps until the next deadline, and fires it at that instant.

It holds one timer however many tasks there are, and no rule of its own: what is due is decided
by the claim, on the database's clock. So a timer that is early, late or lost does no harm: early
fires nothing, and the loop looks again within half a second anyway.
"""

import gc
import logging
import math
import os
import random
import socket
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections

from realtime.publisher import doorbell
from taskengine import alive, clock
from taskengine.engine import metrics
from taskengine.engine.models import Heartbeat
from taskengine.engine.sweeps import DeadlineSweep
from taskengine.tasks import services
from taskengine.tasks.edits import DEADLINES_TOPIC

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S: Final = 0.5
LOOK_DELAY_S: Final = 0.2  # at most so long a look waits for a deadline that it would make late
# A look sees that far at least before the next one comes.
HEARD_S: Final = LOOK_INTERVAL_S + LOOK_DELAY_S + 0.1
# The operating system wakes a sleeper late, and what slept has to be woken too: PostgreSQL's process,
# the processor's caches. So the engine is up a little before the instant.
WAKE_EARLY_S: Final = 0.004
WARM_UP_S: Final = 0.0025  # what warming up may take
DRAFT_AHEAD_TASKS: Final = 100
DRAFT_ROOM_S: Final = 0.03  # what drafting so many may take
HEARTBEAT_INTERVAL_S: Final = 2.0
HEARTBEAT_STALE_S: Final = 10.0
_NEAR_S: Final = 0.05
_BACKOFF_FIRST_S: Final = 0.05
_BACKOFF_MAX_S: Final = 0.5


class Engine:
    """One replica of what fires deadlines, in a thread with a database connection of its own.

    Any number may run, in one process or in many: they share the work by claiming batches.
    """

    def __init__(self) -> None:
        self.id = uuid.uuid4()
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._heard = math.inf
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
        # What was imported lives as long as the process: a collection that went through it all would take
        # longer than a deadline may be late.
        gc.freeze()
        # Django's connections are per thread: everything this thread asks goes past any pooler.
        connections[DEFAULT_DB_ALIAS] = connections.create_connection("engine")
        unsubscribe = doorbell.subscribe(DEADLINES_TOPIC, self._hear)
        logger.info("The engine fires deadlines.")
        backoff_s = _BACKOFF_FIRST_S
        try:
            while not self._stopping.is_set():
                try:
                    if connections[DEFAULT_DB_ALIAS].connection is None:
                        services.warm_up()  # connects too: the first look is then a good one at the clock
                    self._round()
                    backoff_s = _BACKOFF_FIRST_S
                except (OperationalError, InterfaceError) as error:
                    metrics.DATABASE_FAULTS.inc()
                    alive.give_sign()  # it is the database that isn't
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
        """Look again if a deadline was set that the next look might miss. Any thread; seconds since 1970."""
        nearest = min(deadlines)
        if nearest < clock.timestamp() + HEARD_S:
            self._heard = min(self._heard, nearest)
            self._woken.set()

    def _round(self) -> None:
        """Look at what is coming, and fire it as it comes, until it is time for another look."""
        # Cleared before the look: a deadline that is set after it sets it again.
        self._woken.clear()
        heard, self._heard = self._heard, math.inf
        back_to = None if heard == math.inf else datetime.fromtimestamp(heard, UTC)
        self._sweep.look(again_in_s=LOOK_INTERVAL_S, back_to=back_to)
        metrics.LOOKS.inc()
        while not self._stopping.is_set() and self._sweep.look_at > 0:
            if self._sweep.fire():
                self._beat(every_s=HEARTBEAT_STALE_S / 2)
                # Where deadlines are dense there is always one due; a burst is finished first.
                if self._sweep.agenda.has_due or not self._must_look():
                    continue
                return
            next_at = self._sweep.agenda.next_at
            instant = next_at.timestamp() if next_at is not None else math.inf
            if self._heard < instant or not self._wait(instant):
                return

    def _must_look(self) -> bool:
        return self._woken.is_set() or time.monotonic() >= self._sweep.look_at

    def _wait(self, instant: float) -> bool:
        """Wait until an instant in seconds since 1970, on the database's clock, or a held stream's turn.

        Whatever there is to do ahead of it is done meanwhile.

        Returns:
            False if the table has to be looked at before.
        """
        while not self._stopping.is_set():
            # The clocks are read afresh each time: the wall clock may have been stepped while this slept.
            until_instant_s = instant - clock.timestamp() - WAKE_EARLY_S
            until_look_s = self._sweep.look_at - time.monotonic()
            until_release_s = self._sweep.agenda.release_at - time.monotonic()
            if until_release_s <= 0:
                return True
            if until_instant_s <= 0:
                return self._approach(instant)
            if (
                until_look_s <= 0
                and until_look_s > -LOOK_DELAY_S
                and until_instant_s < self._sweep.look_takes_s
            ):
                until_look_s = until_instant_s  # it would be late for what comes first
            if until_look_s <= 0:
                return False
            # A commit takes milliseconds that a near deadline needs.
            self._beat(every_s=HEARTBEAT_INTERVAL_S if until_instant_s > _NEAR_S else HEARTBEAT_STALE_S / 2)
            if until_instant_s > DRAFT_ROOM_S and self._sweep.draft_ahead(DRAFT_AHEAD_TASKS):
                continue
            if self._woken.wait(min(until_instant_s, until_look_s, until_release_s)):
                metrics.WAKE_UPS.inc()
                return False
        return False

    def _approach(self, instant: float) -> bool:
        """Get everything warm in the last milliseconds, then yield until the instant itself."""
        if instant - clock.timestamp() > WARM_UP_S:
            services.warm_up()
        while 0 < instant - clock.timestamp() < 2 * WAKE_EARLY_S and self._heard >= instant:
            time.sleep(0)
        return self._heard >= instant and instant <= clock.timestamp()

    def _beat(self, *, every_s: float) -> None:
        """Give a sign of life if the last one is so long ago."""
        if time.monotonic() - self._beaten_at < every_s:
            return
        self._beaten_at = time.monotonic()
        alive.give_sign()
        beat = Heartbeat(
            id=self.id,
            name=f"{socket.gethostname()}:{os.getpid()}",
            started_at=self._started_at,
            beat_at=clock.now(),
        )
        Heartbeat.objects.bulk_create(
            [beat], update_conflicts=True, unique_fields=["id"], update_fields=["beat_at"]
        )

    def _end_heartbeat(self) -> None:
        try:
            Heartbeat.objects.filter(id=self.id).delete()
        except DatabaseError:
            logger.info("The heartbeat is left behind: the database is away.")
