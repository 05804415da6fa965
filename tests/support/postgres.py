"""The PostgreSQL that the tests run on: a private one, or the server that `DATABASE_URL` names."""

import secrets
import tempfile
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from taskengine.embedded.data_dir import DataDir
from taskengine.embedded.postgres import Postgres
from tests.support import parts


class DatabaseServer(Protocol):
    """A PostgreSQL server where databases may be made and dropped."""

    def start(self) -> None:
        """Be ready to answer; harmless when it is already."""

    def stop(self) -> None:
        """Leave nothing running that `start` started."""

    def url(self, database: str) -> str:
        """Return the libpq address of one of its databases."""


class PrivatePostgres:
    """The embedded run's PostgreSQL in a temporary folder, with fsync on as in production."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="taskengine-tests-", ignore_cleanup_errors=True)
        # Several servers with their pools run beside each other in the acceptance tests.
        self._postgres = Postgres(DataDir(Path(self._folder.name)), settings={"max_connections": "300"})
        self._running = False

    def start(self) -> None:
        if not self._running:
            self._postgres.start()
            self._running = True
            parts.note("PostgreSQL", f"{_version(self)} (private, fsync on)")

    def stop(self) -> None:
        self._postgres.stop()
        self._folder.cleanup()

    def url(self, database: str) -> str:
        return self._postgres.url(database)


class OwnPostgres:
    """A server of the developer's, from `DATABASE_URL`; its role has to be allowed to make databases."""

    def __init__(self, address: str) -> None:
        self._parts = {
            key: str(value) for key, value in conninfo_to_dict(address).items() if value is not None
        }

    def start(self) -> None:
        parts.note("PostgreSQL", f"{_version(self)} (of DATABASE_URL)")

    def stop(self) -> None:
        """It is not ours to stop."""

    def url(self, database: str) -> str:
        query = "&".join(
            f"{key}={quote(value, safe='')}" for key, value in {**self._parts, "dbname": database}.items()
        )
        return f"postgresql://?{query}"


def create_database(
    server: DatabaseServer, *, prefix: str, template: str | None = None, locale: str | None = None
) -> str:
    """Make a database with a name of its own and return the name.

    Args:
        server: Where.
        prefix: What the name begins with.
        template: The database to copy.
        locale: The C library's name for another locale than the server's; with `template0` only.
    """
    name = f"{prefix}_{secrets.token_hex(4)}"
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    if locale is not None:
        statement += sql.SQL(" LOCALE_PROVIDER libc LOCALE {}").format(sql.Literal(locale))
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(statement)
    return name


def drop_database(server: DatabaseServer, name: str) -> None:
    """Drop a database, and whoever is still connected to it."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def disconnect_all(server: DatabaseServer, name: str) -> None:
    """End whatever sessions a database still has."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )


def _version(server: DatabaseServer) -> str:
    with psycopg.connect(server.url("postgres")) as connection:
        number = connection.info.server_version
    return f"{number // 10_000}.{number % 10_000}"
