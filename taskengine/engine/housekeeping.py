"""What is tidied up now and then, in a thread of its own: it must not delay a deadline."""

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import close_old_connections

from taskengine import clock
from taskengine.accounts.services import purge_expired_sessions, purge_guests
from taskengine.engine.models import Heartbeat

logger = logging.getLogger(__name__)

INTERVAL_S: Final = 60.0
_DEAD_AFTER: Final = timedelta(hours=1)


def forget_dead_replicas(*, now: datetime) -> bool:
    """Remove the heartbeats of replicas that were killed long ago; True if there were some."""
    removed, _ = Heartbeat.objects.filter(beat_at__lte=now - _DEAD_AFTER).delete()
    return removed > 0


def _guests(*, now: datetime) -> bool:
    return purge_guests(now=now)


def _sessions(*, now: datetime) -> bool:
    return purge_expired_sessions(now=now)


SWEEPS: Final[tuple[Callable[..., bool], ...]] = (_guests, _sessions, forget_dead_replicas)


class Housekeeper:
    """Runs every sweep once a minute. Several replicas may: each sweep is safe beside itself."""

    def __init__(self) -> None:
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
        pause_s = random.random() * INTERVAL_S  # noqa: S311 (jitter)
        while not self._stopping.wait(pause_s):
            self.sweep_all(now=clock.now())
            pause_s = INTERVAL_S

    def sweep_all(self, *, now: datetime) -> None:
        """Run each sweep until it finds nothing more; one that fails does not stop the others."""
        for sweep in SWEEPS:
            close_old_connections()
            try:
                while sweep(now=now) and not self._stopping.is_set():
                    pass
            except Exception:
                logger.exception("The sweep %s failed; it is run again in a minute.", sweep.__name__)
        close_old_connections()
