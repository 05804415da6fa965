"""Celery: breakdowns made, and mail sent, by workers of their own. `celery -A taskengine.celery worker [--metrics-port 9100]`.

A message is only a hint that a row waits. It is acknowledged when the work is done and handed to another
worker if one dies; one too many does nothing, since the row is claimed.
"""

import asyncio
import logging
import os
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taskengine.settings")
django.setup()

from celery import Celery, bootsteps  # noqa: E402 (needs the settings)
from celery.signals import heartbeat_sent, setup_logging, worker_shutdown  # noqa: E402
from click import Option  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.exceptions import ImproperlyConfigured  # noqa: E402
from django.db import close_old_connections  # noqa: E402
from prometheus_client import CollectorRegistry, Metric, start_http_server  # noqa: E402
from redis.exceptions import RedisError  # noqa: E402

from taskengine import alive, clock, figures, logs, tracing  # noqa: E402
from taskengine.accounts import letters, mail  # noqa: E402
from taskengine.checks import refuse_faults  # noqa: E402
from taskengine.planning import attempts, broker, metrics  # noqa: E402
from taskengine.planning.attempts import Attempt  # noqa: E402
from taskengine.planning.generation import generate as carry_out  # noqa: E402
from taskengine.planning.jobs import OP_ID_HEADER, TASK_NAME  # noqa: E402
from taskengine.planning.planners import Planners  # noqa: E402
from taskengine.planning.threads import DatabaseThreads  # noqa: E402

logger = logging.getLogger(__name__)

refuse_faults()
tracing.start()

app: Any = Celery("taskengine", broker=settings.REDIS_URL)
app.conf.update(settings.CELERY)

_planners = Planners()


@heartbeat_sent.connect  # type: ignore[untyped-decorator]  # Celery has no types
def _give_sign(sender: Any, **_: object) -> None:
    """Every two seconds, while the worker's loop turns and the broker hears it."""
    alive.give_sign()
    try:
        broker.sign(sender.eventer.hostname)
    except RedisError as error:
        logger.warning("The broker does not take the worker's sign of life: %r", error)


@worker_shutdown.connect  # type: ignore[untyped-decorator]  # Celery has no types
def _sign_off(sender: Any, **_: object) -> None:
    try:
        broker.sign_off(sender.hostname)
    except RedisError as error:
        logger.warning("The worker can't sign off and is missed in a while: %r", error)


@setup_logging.connect  # type: ignore[untyped-decorator]  # Celery has no types
def _log_as_everybody(**_: object) -> None:
    """Leave the log as the settings have it, who listens here: Celery would set up its own."""


@app.task(name=TASK_NAME, bind=True)  # type: ignore[untyped-decorator]  # Celery has no types
def generate(self: Any, breakdown_id: str) -> None:
    """Make one breakdown, if it still waits."""
    with logs.bound(op_id=self.request.get(OP_ID_HEADER), job_id=self.request.id):
        asyncio.run(_generate(UUID(breakdown_id)))


async def _generate(breakdown_id: UUID) -> None:
    threads = DatabaseThreads(1, name="worker")
    try:
        attempt = await threads.run(_claim, breakdown_id)
        if attempt is not None:
            await carry_out(attempt, planners=_planners, run=threads.run)
    finally:
        await _planners.aclose()
        threads.close()


def _claim(breakdown_id: UUID) -> Attempt | None:
    clock.measure()
    return attempts.claim(breakdown_id)


@app.task(name=mail.TASK_NAME, bind=True, time_limit=letters.TIME_LIMIT_S)  # type: ignore[untyped-decorator]
def send_mail(self: Any, letter_id: str) -> None:
    """Send one letter, if it still waits."""
    with logs.bound(job_id=self.request.id):
        close_old_connections()
        try:
            clock.measure()
            letters.deliver(UUID(letter_id))
        finally:
            close_old_connections()


class OfJobs(figures.OfAllProcesses):
    """The figures of jobs and mail, whichever of the worker's processes did them."""

    def collect(self) -> Iterable[Metric]:
        """Yield those alone: of what servers and engines do a worker knows nothing, and would say zero."""
        return (each for each in super().collect() if each.name.startswith((metrics.PREFIX, letters.FIGURES)))


class Figures(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """Serves the worker's figures on a port of its own."""

    def __init__(
        self, worker: Any, *, metrics_port: int | None = None, metrics_host: str = "127.0.0.1", **options: Any
    ) -> None:
        """Take the options of the command line.

        Raises:
            ImproperlyConfigured: There is no folder in which the processes of a worker count together.
        """
        super().__init__(worker, **options)
        self.enabled = metrics_port is not None
        self._host, self._port = metrics_host, metrics_port or 0
        self._server: Any = None
        if self.enabled and not figures.are_shared():
            raise ImproperlyConfigured("--metrics-port needs an empty folder in PROMETHEUS_MULTIPROC_DIR.")

    def start(self, worker: Any) -> None:
        """Begin to answer."""
        registry = CollectorRegistry()
        registry.register(OfJobs())
        self._server, _ = start_http_server(self._port, addr=self._host, registry=registry)

    def stop(self, worker: Any) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


app.user_options["worker"].add(
    Option(["--metrics-port"], type=int, help="serve Prometheus' /metrics on this port")
)
app.user_options["worker"].add(
    Option(["--metrics-host"], default="127.0.0.1", help="and on this address (this machine only by default)")
)
app.steps["worker"].add(Figures)
