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


def start(url: str, *target: str) -> "subprocess.Popen[str]":
    """Begin to migrate, to the newest state or the target's."""
    return subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "migrate", "--no-input", *target],
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


# One that is a transaction, and one whose statements are each by themselves.
@pytest.mark.parametrize(
    ("before", "holds_up"), [("0003", "tasks.0004_places"), ("0001", "tasks.0002_parents_and_estimates")]
)
def test_people_get_through_while_somebody_holds_what_a_migration_waits_for(
    empty_database: str, before: str, holds_up: str
) -> None:
    made = start(empty_database, "tasks", before)
    assert made.communicate(timeout=DEADLINE_S)[0].count("OK")
    waits_s: list[float] = []
    with psycopg.connect(empty_database) as reporter:
        reporter.execute("LOCK TABLE tasks_task IN ACCESS SHARE MODE")  # as any SELECT does, until it ends
        migrating = start(empty_database, "tasks")
        with psycopg.connect(empty_database, autocommit=True) as person:
            person.execute("SET statement_timeout = '30s'")
            give_up = time.monotonic() + DEADLINE_S
            # Until it has waited twice, and let everybody pass in between.
            while sum(wait_s > migrate.LOCK_WAIT_S / 2 for wait_s in waits_s) < 2:
                assert time.monotonic() < give_up, "the migration never waited"
                assert migrating.poll() is None, migrating.communicate()[0]
                begun_at = time.monotonic()
                person.execute("SELECT count(*) FROM tasks_task")
                waits_s.append(time.monotonic() - begun_at)
                time.sleep(0.02)
    printed, _ = migrating.communicate(timeout=DEADLINE_S)
    assert migrating.returncode == 0, printed
    assert max(waits_s) < migrate.LOCK_WAIT_S + 1.5
    assert printed.count("Somebody holds a lock") == 1, printed
    assert holds_up in printed.partition("Somebody holds a lock")[0].splitlines()[-1], printed
    assert "No migrations to apply" in start(empty_database, "tasks").communicate(timeout=DEADLINE_S)[0]
