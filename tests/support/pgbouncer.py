"""A private PgBouncer in transaction mode, before the tests' PostgreSQL."""

import os
import pwd
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.support import parts
from tests.support.missing import missing
from tests.support.ports import free_port
from tests.support.process import ChildProcess

# Fewer than those who ask, so that whatever one leaves in a session is found by another.
SESSIONS: Final = 3
_NAMES: Final = ("host", "port", "dbname", "user", "password")


class PgBouncer(ChildProcess):
    """Hands each transaction to any of a few sessions with the database at `database_url`."""

    def __init__(self, *, name: str, database_url: str) -> None:
        given = conninfo_to_dict(database_url)
        self._folder = tempfile.TemporaryDirectory(prefix="taskengine-pgbouncer-")
        self.port = free_port()
        target = " ".join(f"{key}='{given[key]}'" for key in _NAMES if given.get(key))
        config = Path(self._folder.name) / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n{given['dbname']} = {target}\n"
            "[pgbouncer]\npool_mode = transaction\nlisten_addr = 127.0.0.1\nauth_type = any\nunix_socket_dir =\n"
            f"listen_port = {self.port}\ndefault_pool_size = {SESSIONS}\nmax_client_conn = 200\n"
            "admin_users = postgres\n"
        )
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/{quote(str(given['dbname']), safe='')}"
        command: list[str | Path] = [_program(), config]
        if os.geteuid() == 0:  # which it refuses to run as
            socket_dir = Path(str(given["host"]))
            owner = socket_dir.stat() if socket_dir.is_dir() else config.stat()
            os.chown(self._folder.name, owner.st_uid, owner.st_gid)
            command[1:1] = ["-u", pwd.getpwuid(owner.st_uid or pwd.getpwnam("nobody").pw_uid).pw_name]
        super().__init__(name=name, command=command, env={"LC_ALL": "C"})
        parts.note("PgBouncer", "in transaction mode")

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        super().start()
        self.wait_until(self._listens, what="a listening port")

    def close(self) -> None:
        super().close()
        self._folder.cleanup()

    def sessions(self) -> int:
        """Return with how many sessions of the database it serves everybody."""
        with psycopg.connect(
            f"postgresql://postgres@127.0.0.1:{self.port}/pgbouncer", autocommit=True, prepare_threshold=None
        ) as connection:
            cursor = psycopg.ClientCursor(connection)  # its console knows the simple protocol only
            return sum(row[1] != "pgbouncer" for row in cursor.execute("SHOW SERVERS").fetchall())

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def _program() -> Path:
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise missing(
            "PgBouncer", debian="pgbouncer", elsewhere="install PgBouncer so that pgbouncer is on PATH"
        )
    return Path(found)
