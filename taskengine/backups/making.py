"""Making a backup: everything as it was at one instant, while everybody goes on writing."""

from typing import IO, Final

from django.db import connection
from psycopg import sql

from taskengine import __version__
from taskengine.backups import catalogue
from taskengine.backups.archive import Manifest, Table, Writer
from taskengine.database.moment import one_moment

_STREAMS: Final = "realtime_stream"


def back_up(file: IO[bytes]) -> Manifest:
    """Write a backup of the database.

    It takes no lock that a write or a deadline waits for; a migration of the tables waits for it.

    Args:
        file: Where to; it is written from the beginning to the end, and nothing is sought.
    """
    writer = Writer(file)
    with one_moment():
        made_at, postgresql = _moment()
        tables = tuple(
            _copy(writer, name, columns)
            for name, columns in sorted(catalogue.columns().items())
            if name not in catalogue.LEFT_OUT
        )
        manifest = Manifest(
            version=__version__,
            made_at=made_at,
            postgresql=postgresql,
            migrations=tuple(sorted(catalogue.migrations())),
            streams=next((table.rows for table in tables if table.name == _STREAMS), 0),
            # Read last, and not as of the moment: numbers that are passed over are none twice.
            sequences=catalogue.sequences(),
            tables=tables,
        )
    writer.finish(manifest)
    return manifest


def _moment() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp(), current_setting('server_version')")
        at, version = cursor.fetchone()
    return at.isoformat(), version


def _copy(writer: Writer, name: str, columns: tuple[str, ...]) -> Table:
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    rows = 0
    with writer.table(name) as part, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            # In text every row is a line, and a line end within a value is written as `\n`.
            rows += bytes(block).count(b"\n")
            part.write(block)
    return Table(name=name, columns=columns, rows=rows)
