"""Deploys that migrate one database at the same time."""

import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from taskengine.engine.management.commands import migrate
from tests.support.environment import server_environment
from tests.support.postgres import DatabaseServer, create_database, drop_database
from tests.support.servers import ROOT

pytestmark = pytest.mark.untimed

DEADLINE_S = 120


@pytest.fixture
def empty_database(postgres: DatabaseServer) -> Iterator[str]:
    """The address of a database that nobody has migrated."""
    name = create_database(postgres, prefix="taskengine_empty")
    yield postgres.url(name)
    drop_database(postgres, name)


def start(url: str) -> "subprocess.Popen[str]":
    """Begin to migrate."""
    return subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "migrate", "--no-input"],
        env=server_environment(database_url=url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_two_that_begin_at_once_do_it_once(empty_database: str) -> None:
    both = [start(empty_database), start(empty_database)]
    printed = [each.communicate(timeout=DEADLINE_S)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], printed
    assert sum("Applying tasks.0001_initial" in text for text in printed) == 1
    assert sum("No migrations to apply" in text for text in printed) == 1


def test_one_that_is_killed_locks_nobody_out(empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as killed:
        killed.execute("SELECT pg_try_advisory_lock(%s)", [migrate.LOCK])
        waiting = start(empty_database)
        with psycopg.connect(empty_database, autocommit=True) as onlooker:
            give_up = time.monotonic() + DEADLINE_S
            while not onlooker.execute(
                "SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_try_advisory_lock(%%' AND pid <> ALL(%s)",
                [[killed.info.backend_pid, onlooker.info.backend_pid]],
            ).fetchall():
                assert time.monotonic() < give_up, "nobody asked for the lock"
                time.sleep(0.05)
            assert onlooker.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,)
            onlooker.execute("SELECT pg_terminate_backend(%s)", [killed.info.backend_pid])
    printed, _ = waiting.communicate(timeout=DEADLINE_S)
    assert waiting.returncode == 0, printed
    assert "Another process migrates this database" in printed
