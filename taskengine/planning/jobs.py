"""Says to the workers that a breakdown waits. Only a hint: the row is the truth, and a lost hint costs time.

In a server process a worker hears the doorbell. Where Celery's workers do the work (`WORKER_IN_SERVER=0`
with a Redis) a thread of its own hands the hint to the broker, so that a slow or dead Redis delays nobody.
"""

import logging
import os
import threading
from collections import deque
from typing import Final
from uuid import UUID

from django.db import transaction

from realtime.publisher import doorbell
from taskengine import logs
from taskengine.workers import celery_client, celery_works

logger = logging.getLogger(__name__)

# Messages: the id of a breakdown that waits.
JOBS_TOPIC: Final = "jobs"
# The header of Celery's message that says which operation asked for it.
OP_ID_HEADER: Final = "op_id"
TASK_NAME: Final = "taskengine.generate"
# Of Celery's own, in Redis. A message that no worker took within this time is not worth keeping.
MESSAGE_LIFE_S: Final = 900
_MAX_QUEUED: Final = 10_000
_MAX_REMEMBERED: Final = 1_000
_SEND_TIMEOUT_S: Final = 3


def announce(breakdown_id: UUID) -> None:
    """Tell the workers of a breakdown, after the commit."""
    op_id = logs.field("op_id")
    transaction.on_commit(lambda: hint([breakdown_id], op_id=op_id), robust=True)


def asked_by(breakdown_id: UUID) -> str | None:
    """Return which operation asked for a breakdown lately, if it did in this process; for the log alone."""
    return _asked_by.get(breakdown_id)


def hint(breakdown_ids: list[UUID], *, op_id: str | None = None) -> None:
    """Tell the workers of breakdowns. Never blocks, and never raises for what Redis does.

    Args:
        breakdown_ids: Which.
        op_id: The operation that asked for them, for the log; None where nobody remembers.
    """
    if op_id is not None:
        for breakdown_id in breakdown_ids:
            _asked_by[breakdown_id] = op_id
        while len(_asked_by) > _MAX_REMEMBERED:
            _asked_by.pop(next(iter(_asked_by)), None)
    doorbell.publish(JOBS_TOPIC, [str(breakdown_id) for breakdown_id in breakdown_ids])
    if celery_works():
        _sender.send(breakdown_ids, op_id=op_id)


_asked_by: dict[UUID, str] = {}


class Sender:
    """Hands hints to Celery's broker from a thread of its own."""

    def __init__(self) -> None:
        self._queue: deque[tuple[UUID, str | None]] = deque(maxlen=_MAX_QUEUED)
        self._queued = threading.Event()
        self._lock = threading.Lock()
        self._pid = 0

    def send(self, breakdown_ids: list[UUID], *, op_id: str | None = None) -> None:
        """Queue hints; when the broker is away the oldest go first."""
        self._queue.extend((breakdown_id, op_id) for breakdown_id in breakdown_ids)
        with self._lock:
            if self._pid != os.getpid():  # a fork needs its own
                self._pid = os.getpid()
                threading.Thread(target=self._run, name="jobs", daemon=True).start()
        self._queued.set()

    def _run(self) -> None:
        app = celery_client()
        while True:
            self._queued.wait()
            self._queued.clear()
            while self._queue:
                breakdown_id, op_id = self._queue.popleft()
                headers = {OP_ID_HEADER: op_id} if op_id else {}
                try:
                    app.send_task(
                        TASK_NAME,
                        args=[str(breakdown_id)],
                        headers=headers,
                        retry=False,
                        expires=MESSAGE_LIFE_S,
                    )
                except Exception as error:  # noqa: BLE001 (whatever the broker does, the sweep hints again)
                    logger.warning("Celery's broker does not answer; the sweep hints again: %r", error)
                    self._queue.clear()


_sender = Sender()
