"""What lives in a server process beside its requests: the relay of its sockets, an engine, and a worker."""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from redis.exceptions import RedisError

from realtime.publisher import doorbell
from realtime.relay import Relay
from taskengine import clock, watch
from taskengine.accounts import mail
from taskengine.accounts.sessions import SessionAuthenticator
from taskengine.engine.housekeeping import MAIL_SWEEPS, Housekeeper
from taskengine.engine.loop import Engine
from taskengine.engine.worker import Worker
from taskengine.shutdown import GracefulStop
from taskengine.snapshots import Snapshots
from taskengine.workers import celery_works

logger = logging.getLogger(__name__)

# A full collection goes through all that ten thousand sockets hold, and all of them wait for it: Python's own
# thresholds (700, 10, 10) make it one several times a second. But a young one stops everybody, too, for as long as it
# finds something: 50,000 objects are what five hundred requests leave behind, and took 25 to 50 ms at once.
GC_THRESHOLDS: Final = (2_000, 4, 5_000)
# A publication, which every process hears, its own sender too, costs a server a sixth of what the write itself does.
GATHER_RINGS_S: Final = 0.02
_LAST_RINGS_S: Final = 1.0  # for what was rung at the end to be sent
FIGURES_INTERVAL_S: Final = 1
CLOCK_INTERVAL_S: Final = 1  # so long may reads and writes go by a clock that was stepped


class Runtime:
    """Starts and stops with the server, whichever it is."""

    def __init__(self) -> None:
        self.relay = Relay(
            authenticator=SessionAuthenticator(),
            snapshots=Snapshots(),
            now=clock.now,
            sockets_per_stream=settings.SOCKETS_PER_USER,
        )
        self._threads: list[Engine | Housekeeper | Worker] = []
        self._watching: list[asyncio.Task[None]] = []
        self._asking: asyncio.Task[None] | None = None
        self._leave_doorbell: Callable[[], None] | None = None

    async def start(self) -> None:
        """Begin to relay and, unless this server is told not to, to fire deadlines and make breakdowns."""
        gc.freeze()  # what was imported lives as long as the process: no collection need go through it
        gc.set_threshold(*GC_THRESHOLDS)
        self._leave_doorbell = doorbell.live_in_this_loop()
        await self.relay.start()
        GracefulStop(self._dismiss_sockets).install()
        await self._measure()  # before the first request: it may ask what is missed
        self._watching = [
            asyncio.create_task(self._measure_for_ever(), name="clock"),
            asyncio.create_task(self._tell_for_ever(), name="figures"),
        ]
        if settings.ENGINE_IN_SERVER:
            self._threads += [Engine(), Housekeeper()]
        else:
            doorbell.gather_s = GATHER_RINGS_S  # none of its rings is a deadline's
            if mail.is_sent_from_here() and not celery_works():
                self._threads.append(Housekeeper(often=MAIL_SWEEPS, seldom=()))
        if settings.WORKER_IN_SERVER:
            self._threads.append(Worker())
        for thread in self._threads:
            thread.start()

    async def stop(self) -> None:
        """Stop all of it; the batch under way is finished, a breakdown under way is left to the next worker."""
        for task in self._watching:
            task.cancel()
        await self.relay.stop()
        await asyncio.gather(
            asyncio.to_thread(mail.postman.drain),
            *(asyncio.to_thread(thread.stop) for thread in self._threads),
        )
        if self._leave_doorbell is not None:  # last of all: the threads may have rung
            await asyncio.to_thread(doorbell.drain, timeout_s=_LAST_RINGS_S)
            self._leave_doorbell()

    async def _dismiss_sockets(self) -> None:
        await self.relay.dismiss_all(within_s=settings.SOCKETS_DISMISSED_WITHIN_S)

    async def _measure_for_ever(self) -> None:
        """Keep this process's offset to the database's clock, which decides what reads say."""
        looks = 0
        while True:
            await asyncio.sleep(CLOCK_INTERVAL_S)
            await self._measure()
            if looks % watch.LOOK_INTERVAL_S == 0:
                await self._look_around()
                self._look_at_broker()
            looks += 1

    async def _tell_for_ever(self) -> None:
        """Tell whoever watches how this process fares, also while the measuring waits for the database."""
        while True:
            await asyncio.sleep(FIGURES_INTERVAL_S)
            workers = sum(isinstance(each, Worker) and each.goes_round() for each in self._threads)
            watch.look_here(open_sockets=self.relay.open_sockets, workers=workers)

    async def _look_around(self) -> None:
        """Tell whoever watches how engines and workers fare; of what can't be read the counts stay, and ages go on."""
        try:
            await self.relay.questions.run(watch.look_around)
        except DatabaseError as error:
            logger.warning("What engines and workers do could not be read: %s", error)

    def _look_at_broker(self) -> None:
        """Begin to tell how long the workers' queue is. Redis may take its time: nobody waits for it."""
        if settings.REDIS_URL and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._ask_broker(), name="broker")

    async def _ask_broker(self) -> None:
        try:
            await asyncio.to_thread(watch.look_at_broker)
        except RedisError as error:
            logger.warning("What waits for the workers could not be read: %r", error)

    async def _measure(self) -> None:
        try:
            await self.relay.questions.run(clock.measure)
        except DatabaseError as error:
            logger.warning("The database's clock could not be read: %s", error)

    async def lifespan(self, scope: Any, receive: Any, send: Any) -> None:
        """Start and stop with a server that has lifespan events, as uvicorn has."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def follow_twisted(self) -> None:
        """Start and stop with daphne, which has no lifespan events but runs in Twisted's reactor.

        The reactor is installed wherever daphne is an installed app; it runs only where daphne serves.
        """
        reactor: Any = sys.modules.get("twisted.internet.reactor")
        if reactor is None:
            return
        from twisted.internet.defer import Deferred  # only where there is a Twisted already

        def report(started: asyncio.Future[None]) -> None:
            if error := started.exception():
                logger.critical("The server can't start.", exc_info=error)
                reactor.stop()

        def start() -> None:
            starting = asyncio.ensure_future(self.start())
            starting.add_done_callback(report)

        # One turn later: only then does the reactor's asyncio loop run.
        reactor.callWhenRunning(lambda: reactor.callLater(0, start))
        reactor.addSystemEventTrigger(
            "before", "shutdown", lambda: Deferred.fromFuture(asyncio.ensure_future(self.stop()))
        )
