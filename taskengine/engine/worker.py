"""Makes breakdowns inside a server process: one thread, one event loop, several at once.

What waits is looked for each second, and as soon as the doorbell says that there is something. Any number
of processes may have a worker: each breakdown is claimed, and nothing is anybody's for longer than its
lease.
"""

import asyncio
import contextlib
import logging
import threading
import time
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError

from realtime.publisher import doorbell
from taskengine import clock, logs
from taskengine.planning import attempts, jobs, queries
from taskengine.planning.attempts import Attempt
from taskengine.planning.generation import generate
from taskengine.planning.jobs import JOBS_TOPIC
from taskengine.planning.planners import Planners
from taskengine.planning.threads import DatabaseThreads

logger = logging.getLogger(__name__)

AT_ONCE: Final = 4
LOOK_INTERVAL_S: Final = 1.0
HANGS_AFTER_S: Final = 10.0
_THREADS: Final = 2


class Worker:
    """Makes breakdowns until it is stopped; what is under way is then left to the next one."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken: asyncio.Event | None = None
        self._stopping = threading.Event()
        self._looked_at = 0.0  # by `time.monotonic()`
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)

    def goes_round(self) -> bool:
        """Whether it looked for work lately."""
        return self._thread.is_alive() and time.monotonic() - self._looked_at < HANGS_AFTER_S

    def start(self) -> None:
        """Run in a thread."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 5.0) -> None:
        """Hang up on the planners and stop; waits for the thread."""
        self._stopping.set()
        self._wake()
        self._thread.join(timeout_s)

    def run(self) -> None:
        """Make breakdowns until `stop`."""
        asyncio.run(self._main())

    def _wake(self) -> None:
        loop, woken = self._loop, self._woken
        if loop is not None and woken is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody sleeps any more
                loop.call_soon_threadsafe(woken.set)

    def _hear(self, breakdown_ids: list[Any]) -> None:
        self._wake()

    async def _main(self) -> None:
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        planners, threads = Planners(), DatabaseThreads(_THREADS, name="worker")
        unsubscribe = doorbell.subscribe(JOBS_TOPIC, self._hear)
        try:
            while not self._stopping.is_set():
                self._woken.clear()
                self._looked_at = time.monotonic()
                try:
                    await self._take_what_waits(planners, threads)
                except DatabaseError as error:
                    logger.warning("The worker could not ask the database and tries again: %s", error)
                except Exception:
                    logger.exception("A look of the worker failed; the next one follows.")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_INTERVAL_S):
                        await self._woken.wait()
        finally:
            unsubscribe()
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)
            await planners.aclose()
            threads.close()

    async def _take_what_waits(self, planners: Planners, threads: DatabaseThreads) -> None:
        room = AT_ONCE - len(self._running)
        if room <= 0:
            return
        for breakdown_id in await threads.run(_waiting, room, list(self._running)):
            attempt = await threads.run(_claim, breakdown_id)
            if attempt is not None:
                task = asyncio.create_task(self._carry_out(attempt, planners, threads))
                self._running[breakdown_id] = task
                task.add_done_callback(partial(self._forget, breakdown_id))

    def _forget(self, breakdown_id: UUID, _: asyncio.Task[None]) -> None:
        del self._running[breakdown_id]
        self._wake()

    async def _carry_out(self, attempt: Attempt, planners: Planners, threads: DatabaseThreads) -> None:
        # A task of its own has a context of its own.
        logs.bind(op_id=jobs.asked_by(attempt.breakdown_id))
        try:
            await generate(attempt, planners=planners, run=threads.run)
        except asyncio.CancelledError:
            await threads.run(attempts.release, attempt)
            raise
        except DatabaseError as error:
            logger.warning("The attempt at %s ended: %s", attempt.breakdown_id, error)
        except Exception:
            logger.exception("The attempt at %s failed.", attempt.breakdown_id)


def _waiting(limit: int, besides: list[UUID]) -> list[UUID]:
    return queries.waiting(limit=limit, now=clock.now(), besides=besides)


def _claim(breakdown_id: UUID) -> Attempt | None:
    """Take a breakdown; one that raises must not stop the others."""
    try:
        return attempts.claim(breakdown_id)
    except (OperationalError, InterfaceError):
        raise  # the database, not a breakdown
    except Exception:
        logger.exception("The breakdown %s can't be taken; it is tried again later.", breakdown_id)
        attempts.postpone(breakdown_id)
        return None
