"""Restoring a backup: the schema as it was, what was saved in one transaction, and then the newest schema."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from realtime import history
from taskengine.backups import catalogue
from taskengine.backups.archive import Manifest, Reader, Table
from taskengine.backups.errors import InUse, NewerBackup, NewerDatabase, NotABackup

logger = logging.getLogger(__name__)


def restore(backup: Reader, *, replace: bool) -> Manifest:
    """Put what was saved in the place of all that the database has.

    What was saved goes in whole, or nothing changes but the schema. Every stream gets a new epoch: a client that
    knows more than the backup, or something else under the same numbers, is told to begin anew.

    Args:
        backup: Which one; all of it is checked before anything is touched.
        replace: Whether a database with people in it may be overwritten.

    Raises:
        NotABackup: It is damaged.
        NewerBackup: A newer version made it.
        NewerDatabase: The database is further than the backup.
        InUse: Somebody is in the database, and `replace` is not set.
    """
    backup.check()
    manifest = backup.manifest
    _check_schema(manifest)
    count = catalogue.people()
    if count and not replace:
        raise InUse(
            f"There are {count} people in this database. Restore into an empty one, or say --replace:"
            " then all that is in it is gone."
        )
    _migrate(manifest)
    with transaction.atomic(), _without_triggers():
        _empty()
        for table in manifest.tables:
            _load(backup, table)
        for name, last in manifest.sequences.items():
            _execute("SELECT setval(%s::regclass, %s)", [name, last])
        history.begin_anew()
        _execute("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("migrate", interactive=False, verbosity=0)
    logger.warning("Restored the backup of %s: %d rows.", manifest.made_at, manifest.rows)
    return manifest


def _check_schema(manifest: Manifest) -> None:
    saved, known = set(manifest.migrations), set(MigrationExecutor(connection).loader.disk_migrations)
    if unknown := sorted(saved - known):
        raise NewerBackup(
            f"The backup was made by taskengine {manifest.version}, which has migrations that this version lacks"
            f" ({_words(unknown)}). Restore it with that version, or a newer one."
        )
    if further := sorted(catalogue.migrations() - saved):
        raise NewerDatabase(
            f"The database has migrations that the backup lacks ({_words(further)}). Make an empty database and"
            " restore into that: it is brought up to date afterwards."
        )


def _words(migrations: list[tuple[str, str]]) -> str:
    return ", ".join(f"{app}.{name}" for app, name in migrations[:3])


def _migrate(manifest: Manifest) -> None:
    """Bring the schema to where the backup's was."""
    executor = MigrationExecutor(connection)
    saved = set(manifest.migrations)
    children = executor.loader.graph.node_map
    leaves = [
        node
        for node in sorted(saved)
        if not any(child.key in saved and child.key[0] == node[0] for child in children[node].children)
    ]
    executor.migrate(leaves)


@contextmanager
def _without_triggers() -> Iterator[None]:
    """Let no trigger of ours write what was saved already. Foreign keys are checked all the same."""
    tables = [name for name in catalogue.columns() if name != catalogue.MIGRATIONS]
    _execute("SET CONSTRAINTS ALL DEFERRED")
    for name in tables:
        _execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))
    yield
    for name in tables:
        _execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))


def _empty() -> None:
    names = [sql.Identifier(name) for name in catalogue.columns() if name != catalogue.MIGRATIONS]
    _execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))


def _load(backup: Reader, table: Table) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for block in backup.blocks(table):
                copy.write(block)
        if cursor.rowcount != table.rows:
            raise NotABackup(f"{table.name} has {cursor.rowcount} rows, and {table.rows} were saved.")


def _execute(statement: str | sql.Composed, values: Sequence[str | int] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
