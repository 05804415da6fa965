"""`manage.py migrate`: Django's own, by one process at a time, which lets people at work pass."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections, transaction
from psycopg.errors import LockNotAvailable

# Any number that nobody else takes: advisory locks are the database's, of all that use it.
LOCK: Final = 0x7461736B
_PAUSE_S: Final = 0.5

# Whoever waits for a table's lock has everybody wait behind it who comes later, readers too: for so long at a time.
LOCK_WAIT_S: Final = 2.0
# Then those who came are let through, before it is tried again.
LET_PASS_S: Final = 3.0
# Of waiting, in all. Something that holds a lock for longer does not end by itself.
GIVE_UP_S: Final = 300.0

_WHO: Final = (
    "Who it is: SELECT pid, xact_start, query FROM pg_stat_activity ORDER BY xact_start LIMIT 5. When that has ended,"
    " or been ended (SELECT pg_terminate_backend(pid)), migrate again."
)
# Anywhere in it: Django drops a foreign key by `SET CONSTRAINTS …; ALTER TABLE …`.
_OF_THE_SCHEMA: Final = re.compile(r"\b(ALTER|CREATE|DROP|TRUNCATE)\b", re.IGNORECASE)
_CONCURRENTLY: Final = re.compile(r"\bCONCURRENTLY\b", re.IGNORECASE)


class Command(migrate.Command):
    """Django's `migrate`, which may be started by several deploys at once: all but one wait their turn."""

    _is_atomic = False  # the migration under way

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate when nobody else does; what waits for a lock is tried again.

        Raises:
            CommandError: Somebody held a lock for five minutes.
        """
        patience = _Patience(self.stderr.write)
        connection = connections[options["database"]]
        with self._alone(options["database"]), connection.execute_wrapper(self._waiting_shortly(patience)):
            while True:
                self._is_atomic = False
                try:
                    super().handle(*args, **options)
                except OperationalError as error:
                    # One that is a transaction has left nothing behind.
                    patience.rest(error)
                else:
                    return

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Print what is under way, and keep in mind whether it is one transaction."""
        if action in {"apply_start", "unapply_start"}:
            self._is_atomic = migration.atomic
        elif action in {"apply_success", "unapply_success"}:
            self._is_atomic = False
        super().migration_progress_callback(action, migration, fake)

    def _waiting_shortly(self, patience: "_Patience") -> Callable[..., Any]:
        """Return what stands around each statement (Django's `execute_wrapper`) and bounds its wait for a lock.

        By transaction, since a pooler may give a session to others.
        """

        def execute(go_on: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            def in_time() -> Any:
                bound = f"SET LOCAL lock_timeout = {LOCK_WAIT_S * 1000:.0f}"
                go_on(bound, [()] if many else None, many, context)  # what goes on is for many, or it is not
                return go_on(sql, params, many, context)

            text, connection = str(sql), context["connection"]
            if connection.in_atomic_block:
                return in_time() if self._is_atomic else go_on(sql, params, many, context)
            # What is done CONCURRENTLY has nobody wait behind it, and would leave a broken index if it gave up.
            if not _OF_THE_SCHEMA.search(text) or _CONCURRENTLY.search(text):
                return go_on(sql, params, many, context)
            # Of a migration that is no transaction what went before stays, so this alone is tried again.
            while True:
                try:
                    with transaction.atomic(connection.alias):
                        return in_time()
                except OperationalError as error:
                    patience.rest(error)

        return execute

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


class _Patience:
    """How long locks have been waited for, and whether to go on.

    Args:
        say: Prints a line.
    """

    def __init__(self, say: Callable[[str], Any]) -> None:
        self._say = say
        self._waited_s = 0.0

    def rest(self, error: OperationalError) -> None:
        """Let the others pass after a wait that was in vain.

        Raises:
            OperationalError: It was no wait for a lock.
            CommandError: There were enough of them.
        """
        if not isinstance(error.__cause__, LockNotAvailable):
            raise error
        if self._waited_s >= GIVE_UP_S:
            raise CommandError(
                f"Somebody has held a lock that the migration needs for {GIVE_UP_S / 60:.0f} minutes. {_WHO}"
            ) from error
        if not self._waited_s:
            self._say(
                f"\nSomebody holds a lock that the migration needs; it is tried again for {GIVE_UP_S / 60:.0f} minutes,"
                f" at most {LOCK_WAIT_S:.0f} s at a time, so that others get through."
            )
        self._waited_s += LOCK_WAIT_S + LET_PASS_S
        time.sleep(LET_PASS_S)


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
