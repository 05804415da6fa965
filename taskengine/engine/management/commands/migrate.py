"""`manage.py migrate`: Django's own, by one process at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.commands import migrate
from django.db import connections

# Any number that nobody else takes: advisory locks are the database's, of all that use it.
LOCK: Final = 0x7461736B
_PAUSE_S: Final = 0.5


class Command(migrate.Command):
    """Django's `migrate`, which may be started by several deploys at once: all but one wait their turn."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate when nobody else does."""
        with self._alone(options["database"]):
            super().handle(*args, **options)

    @contextmanager
    def _alone(self, database: str) -> Iterator[None]:
        """Hold the lock of migrations, on a connection of its own.

        It is asked for again and again instead of waited for: a statement that waits holds a snapshot, for
        whose end the other's `CREATE INDEX CONCURRENTLY` would wait in turn. It ends with the connection, so
        a migration that is killed locks nobody out.
        """
        connection = _connection(database)
        try:
            with connection.cursor() as cursor:
                if not _taken(cursor):
                    self.stderr.write("Another process migrates this database; waiting for it.")
                    while not _taken(cursor):
                        time.sleep(_PAUSE_S)
                yield
        finally:
            connection.close()


def _connection(database: str) -> Any:
    """Return a connection that is nobody else's: past a pooler, which might give its session to others."""
    ours, direct = connections[database].settings_dict, connections.settings["engine"]
    if any(ours[part] != direct[part] for part in ("HOST", "PORT")):
        return connections.create_connection("engine")
    connection = connections[database].copy()
    connection.settings_dict["OPTIONS"].pop("pool", None)
    return connection


def _taken(cursor: Any) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
    (taken,) = cursor.fetchone()
    return bool(taken)
