"""Celery: breakdowns made by workers of their own. `celery -A taskengine.celery worker`.

A message is only a hint that a row waits. It is acknowledged when the work is done and handed to another
worker if one dies; one too many does nothing, since the row is claimed.
"""

import asyncio
import os
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taskengine.settings")
django.setup()

from celery import Celery  # noqa: E402 (needs the settings)
from celery.signals import heartbeat_sent  # noqa: E402
from django.conf import settings  # noqa: E402

from taskengine import alive, clock  # noqa: E402
from taskengine.checks import refuse_faults  # noqa: E402
from taskengine.planning import attempts  # noqa: E402
from taskengine.planning.attempts import Attempt  # noqa: E402
from taskengine.planning.generation import generate as carry_out  # noqa: E402
from taskengine.planning.jobs import TASK_NAME  # noqa: E402
from taskengine.planning.planners import Planners  # noqa: E402
from taskengine.planning.threads import DatabaseThreads  # noqa: E402

refuse_faults()

app: Any = Celery("taskengine", broker=settings.REDIS_URL)
app.conf.update(settings.CELERY)

_planners = Planners()


@heartbeat_sent.connect  # type: ignore[untyped-decorator]  # Celery has no types
def _give_sign(**_: object) -> None:
    """Every two seconds, while the worker's loop turns and the broker hears it."""
    alive.give_sign()


@app.task(name=TASK_NAME)  # type: ignore[untyped-decorator]  # Celery has no types
def generate(breakdown_id: str) -> None:
    """Make one breakdown, if it still waits."""
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
