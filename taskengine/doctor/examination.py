"""The whole examination, from what stands still to what runs."""

from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError

from taskengine.doctor import database, installation, processes
from taskengine.doctor.findings import Finding, fault


def examine() -> Iterator[Finding]:
    """Look at everything; what can't be asked because something else is away is left out.

    Changes nothing, and takes seconds at most whatever is down.
    """
    yield from installation.configuration()
    yield installation.proxies()
    yield installation.page()
    yield installation.planner()
    redis = list(processes.redis())
    yield from redis
    try:
        with database.asked_directly() as connection:
            yield from _of_the_database(connection, broker_answers=processes.answered(redis))
    except DatabaseError as error:
        yield fault(
            "database",
            f"It does not answer: {str(error).strip()}",
            "Start it, or set DATABASE_URL to where it is; requests get 503 until then.",
        )


def _of_the_database(connection: Any, *, broker_answers: bool) -> Iterator[Finding]:
    yield database.version(connection)
    migrations = database.migrations(connection)
    yield migrations
    yield database.clock(connection)
    if (disk := installation.disk(connection)) is not None:
        yield disk
    if migrations.level == "fault":
        return  # the tables that follow may not be there
    now = database.time_of(connection)
    yield _directly(
        replicas=processes.replicas(now=now),
        workers=processes.workers() if broker_answers else 0,
    )
    yield processes.engine(now=now)
    yield processes.worker(now=now, broker_answers=broker_answers)
    yield processes.jobs(now=now)
    yield processes.mail(now=now)


def _directly(*, replicas: int, workers: int) -> Finding:
    """Whether the server itself, past a pooler, has room."""
    try:
        with database.asked_directly("engine") as connection:
            return database.room(connection, replicas=replicas, workers=workers)
    except DatabaseError as error:
        return fault(
            "connections",
            f"The engine's way to the database is shut: {str(error).strip()}",
            "Set DATABASE_DIRECT_URL to PostgreSQL itself.",
        )
