"""What the database has, as PostgreSQL itself says: its tables, their columns, its sequences."""

from collections import defaultdict
from typing import Final

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

# What is not saved. Log-ins and what proves them: a file that lies about must let nobody in, and one who logged out
# since must not be logged in again by a restore. Letters that wait, for what is in them, and as they would go out again.
# What is only true of running processes. And what migrating writes.
LEFT_OUT: Final = frozenset(
    {
        "accounts_letter",
        "accounts_refreshtoken",
        "accounts_socketticket",
        "django_migrations",
        "django_session",
        "engine_heartbeat",
        "usersessions_usersession",
    }
)
# Written by migrating, and to be left alone by restoring.
MIGRATIONS: Final = "django_migrations"
PEOPLE: Final = "accounts_user"

_COLUMNS: Final = """
SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY c.relname, a.attnum
"""
_SEQUENCES: Final = """
SELECT sequencename, last_value FROM pg_sequences
WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename
"""


def columns() -> dict[str, tuple[str, ...]]:
    """Return every table with those of its columns that can be written."""
    found: dict[str, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, column in cursor.fetchall():
            found[table].append(column)
    return {table: tuple(names) for table, names in found.items()}


def sequences() -> dict[str, int]:
    """Return the last number of each sequence that has given one out."""
    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCES)
        return dict(cursor.fetchall())


def migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations that the database has; none where it is empty."""
    return frozenset(MigrationRecorder(connection).applied_migrations())


def people() -> int:
    """Return how many people are in the database; 0 where it has no table of them."""
    if PEOPLE not in connection.introspection.table_names():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {PEOPLE}")  # noqa: S608 (a name of our own)
        (count,) = cursor.fetchone()
    return int(count)
