"""The run's own servers as fixtures, and an environment that knows nothing of the developer's.

Nothing is started before a test asks for it: the addresses are known beforehand, so that Django's
settings can be read first.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Final

import django
import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser
from structlog.contextvars import clear_contextvars

from tests.support import environment, figures, parts
from tests.support.chromium import chromium
from tests.support.gemini import FakeGemini
from tests.support.postgres import (
    DatabaseServer,
    OwnPostgres,
    PrivatePostgres,
    create_database,
    disconnect_all,
    drop_database,
)
from tests.support.redis import PrivateRedis
from tests.support.servers import ROOT, Engine, Kind, Server

_given = dict(os.environ)
_own = os.environ.get("DATABASE_URL")
_server: DatabaseServer = OwnPostgres(_own) if _own else PrivatePostgres()

# How long an example takes says more of what else the machine does than of the test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Where a worker of xdist leaves what its tests noted.
_NOTED: Final = "taskengine_noted"

environment.apply(database_url=_server.url("taskengine"))


def pytest_configure() -> None:
    """Set Django up, before pytest-django's own hook bars the way to the database.

    A SIGTERM ends the run as a Ctrl-C does, so that the servers are stopped.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    django.setup()


@pytest.fixture(autouse=True)
def _nothing_bound() -> None:
    """Let no line of the log tell of another test's request or operation."""
    clear_contextvars()


def pytest_unconfigure() -> None:
    """Stop PostgreSQL last, however the run ended."""
    _server.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let workers begin where this run began: what was applied here says where this process's servers are."""
    os.environ.clear()
    os.environ.update(_given)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker noted to the process that prints the summary."""
    if output := getattr(session.config, "workeroutput", None):
        output[_NOTED] = {"parts": parts.noted(), "figures": figures.noted()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take what a worker noted."""
    noted = getattr(node, "workeroutput", {}).get(_NOTED, {})
    parts.take(noted.get("parts", {}))
    figures.take(noted.get("figures", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which real parts the tests ran on, and what was measured on the way."""
    terminalreporter.write_line(parts.summary())
    for line in figures.summary():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def postgres() -> DatabaseServer:
    """The run's PostgreSQL, answering."""
    _server.start()
    return _server


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: DatabaseServer) -> None:
    """Start PostgreSQL before pytest-django makes its test database there."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, postgres: DatabaseServer) -> Iterator[None]:
    """Let pytest-django drop its database though a thread of some test still holds a connection."""
    yield
    disconnect_all(postgres, connection.settings_dict["NAME"])


@pytest.fixture(scope="session")
def migrated_template(postgres: DatabaseServer) -> Iterator[str]:
    """The name of a migrated, empty database that others are copied from."""
    name = create_database(postgres, prefix="taskengine_template")
    subprocess.run(
        [sys.executable, ROOT / "manage.py", "migrate", "--no-input", "--verbosity", "0"],
        env=environment.server_environment(database_url=postgres.url(name)),
        check=True,
    )
    yield name
    drop_database(postgres, name)


@pytest.fixture
def database_url(postgres: DatabaseServer, migrated_template: str) -> Iterator[str]:
    """The address of a migrated database of the test's own, for servers that run as processes."""
    name = create_database(postgres, prefix="taskengine_test", template=migrated_template)
    yield postgres.url(name)
    drop_database(postgres, name)


@pytest.fixture
def redis(request: pytest.FixtureRequest) -> Iterator[PrivateRedis]:
    """An empty Redis of the test's own, answering."""
    server = PrivateRedis(name=f"{_file_name(request.node.name)}-redis")
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def gemini() -> Iterator[FakeGemini]:
    """A fake Gemini, which `start_server(**gemini.env)` asks."""
    with FakeGemini() as server:
        yield server


@pytest.fixture
def start_server(request: pytest.FixtureRequest, database_url: str) -> Iterator[Callable[..., Server]]:
    """Start real web servers on the test's database: `start_server("daphne", DOORBELL="off")`."""
    with ExitStack() as stack:
        count = 0

        def start(kind: Kind = "uvicorn", **env: str) -> Server:
            nonlocal count
            count += 1
            name = f"{_file_name(request.node.name)}-{kind}-{count}"
            server = Server(kind=kind, name=name, database_url=database_url, env=env)
            stack.callback(server.close)
            server.start()
            return server

        yield start


@pytest.fixture(scope="session")
def shared_server(postgres: DatabaseServer, migrated_template: str) -> Iterator[Callable[..., Server]]:
    """Servers with an engine inside, each started when it is first asked for and never harmed.

    They are shared, since a new person is cheap and a new process is not:
    `shared_server("daphne", DOORBELL="off")`; whoever kills or restarts uses `start_server`.
    """
    with ExitStack() as stack:
        servers: dict[tuple[str, ...], Server] = {}

        def get(kind: Kind = "uvicorn", **env: str) -> Server:
            key = (kind, *(f"{name}-{value}" for name, value in sorted(env.items())))
            if key not in servers:
                database = create_database(postgres, prefix="taskengine_shared", template=migrated_template)
                stack.callback(drop_database, postgres, database)
                server = Server(
                    kind=kind, name="shared-" + "-".join(key), database_url=postgres.url(database), env=env
                )
                stack.callback(server.close)
                server.start()
                servers[key] = server
            return servers[key]

        yield get


@pytest.fixture
def start_engine(request: pytest.FixtureRequest, database_url: str) -> Iterator[Callable[..., Engine]]:
    """Start engine replicas on the test's database: `start_engine(REDIS_URL=redis.url)`."""
    with ExitStack() as stack:
        count = 0

        def start(**env: str) -> Engine:
            nonlocal count
            count += 1
            name = f"{_file_name(request.node.name)}-engine-{count}"
            engine = Engine(name=name, database_url=database_url, env=env)
            stack.callback(engine.close)
            engine.start()
            return engine

        yield start


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. For the module only: while it runs, Django's ORM refuses this thread."""
    with chromium() as running:
        yield running


def _file_name(test: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in test)
