"""The database: whether it answers, what it is, whether it has room, and whether the clocks agree."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from taskengine.doctor.findings import Finding, advice, fault, well
from taskengine.env import env

OLDEST_MAJOR: Final = 15
# An engine keeps one connection, its housekeeper another, and one more starts while an old one ends.
CONNECTIONS_OF_A_REPLICA: Final = 3
# Two processes, as compose.yaml has them, each of which has two while it makes a breakdown.
CONNECTIONS_OF_A_WORKER: Final = 4
# Every process goes by the database's clock, so nobody's deadline is late by it; but what other programs on this
# machine write down (mail, TLS, logs) does not fit any more.
MOST_SKEW_S: Final = 1.0
_CONNECT_TIMEOUT_S: Final = 3
_SAMPLES: Final = 3


@contextmanager
def asked_directly(alias: str = "default") -> Iterator[Any]:
    """Yield a connection of one's own, without a pool, which gives up soon.

    Raises:
        DatabaseError: The database does not answer.
    """
    connection = connections[alias].copy()
    options = connection.settings_dict["OPTIONS"]
    options.pop("pool", None)
    options["connect_timeout"] = _CONNECT_TIMEOUT_S
    try:
        connection.ensure_connection()
        yield connection
    finally:
        connection.close()


def version(connection: Any) -> Finding:
    """Whether it is one that every promise was tried on."""
    major = connection.pg_version // 10_000
    says = f"PostgreSQL {major}.{connection.pg_version % 10_000} answers."
    if major < OLDEST_MAJOR:
        return fault(
            "database", f"It is PostgreSQL {major}.", f"Move to {OLDEST_MAJOR} or newer (dump, restore)."
        )
    if _setting(connection, "fsync") == "off":
        return fault(
            "database", f"{says} It runs with fsync=off: a power cut loses commits.", "Set fsync=on."
        )
    return well("database", says)


def room(connection: Any, *, replicas: int, workers: int) -> Finding:
    """Whether all our processes may fill their pools at once.

    Args:
        connection: To the database, past a pooler if there is one.
        replicas: How many engines run.
        workers: How many of Celery's workers do.
    """
    most = int(_setting(connection, "max_connections"))
    kept = int(_setting(connection, "superuser_reserved_connections"))
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    servers = max(1, env.int("WEB_CONCURRENCY", default=1))
    wanted = servers * pool + max(1, replicas) * CONNECTIONS_OF_A_REPLICA + workers * CONNECTIONS_OF_A_WORKER
    says = (
        f"{servers} server process(es) with pools of {pool}, {replicas} engine(s) and {workers} of Celery's workers"
        f" may take {wanted} of {most - kept} connections."
    )
    if wanted > most - kept:
        return fault(
            "connections",
            says,
            f"Raise max_connections to {wanted + kept} or more, lower DATABASE_POOL_MAX, or put PgBouncer between.",
        )
    return well("connections", says)


def migrations(connection: Any) -> Finding:
    """Whether the tables are those of this version of the code."""
    executor = MigrationExecutor(connection)
    lacking = [
        f"{migration.app_label}.{migration.name}"
        for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    if lacking:
        few = ", ".join(lacking[:3]) + (", …" if len(lacking) > 3 else "")
        return fault("migrations", f"{len(lacking)} not applied: {few}", "Run ./manage.py migrate.")
    known = set(executor.loader.disk_migrations)
    ours = {label for label, _ in known}
    newer = [key for key in executor.loader.applied_migrations if key not in known and key[0] in ours]
    replaced = {name for each in executor.loader.replacements.values() for name in each.replaces}
    if names := sorted(".".join(key) for key in newer if key not in replaced):
        return advice(
            "migrations",
            f"The database is ahead of this code: {', '.join(names[:3])}",
            "Bring this machine to the newest version.",
        )
    return well("migrations", "All are applied.")


def clock(connection: Any) -> Finding:
    """Whether this machine and the database agree on the time."""
    offset_s, error_s = min((_sample(connection) for _ in range(_SAMPLES)), key=lambda sample: sample[1])
    says = f"This machine is {-offset_s:+.3f} s from the database's clock (±{error_s:.3f} s)."
    if abs(offset_s) - error_s > MOST_SKEW_S:
        return fault(
            "clock",
            f"{says} Deadlines go by the database's; whoever else reads this one is wrong.",
            "Let NTP set both machines' clocks (timedatectl set-ntp true).",
        )
    return well("clock", says)


def time_of(connection: Any) -> datetime:
    """Return what time it is, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (reading,) = cursor.fetchone()
    assert isinstance(reading, datetime)
    return reading


def _sample(connection: Any) -> tuple[float, float]:
    """Return how far the database's clock is ahead of ours, and how wrong that may be, in seconds."""
    sent = time.time()
    reading = time_of(connection)
    received = time.time()
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (reading - epoch).total_seconds() - (sent + received) / 2, (received - sent) / 2


def _setting(connection: Any, name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        (value,) = cursor.fetchone()
    return str(value)
