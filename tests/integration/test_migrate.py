"""A migration that waits for a lock: shortly, again and again, and not for ever."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from taskengine.engine.management.commands import migrate
from tests.support.postgres import DatabaseServer

TABLE = "accounts_familiaraddress"
NEWEST, BEFORE = "0007_familiar_address", "0006_audit_and_deletion"


@pytest.fixture
def reader(transactional_db: None, postgres: DatabaseServer) -> Iterator["psycopg.Connection[Any]"]:
    """Somebody whose report reads a table, and does not end."""
    with psycopg.connect(postgres.url(connection.settings_dict["NAME"]), autocommit=True) as reporter:
        # A migration that does not give up shall get what it waits for, so that the test fails and does not hang.
        reporter.execute("SET idle_in_transaction_session_timeout = '10s'")
        reporter.execute(f"BEGIN; LOCK TABLE {TABLE} IN ACCESS SHARE MODE")
        yield reporter
    call_command("migrate", "accounts", verbosity=0)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that waits for tenths where others wait for seconds and minutes."""
    monkeypatch.setattr(migrate, "LOCK_WAIT_S", 0.1)
    monkeypatch.setattr(migrate, "LET_PASS_S", 0.1)
    monkeypatch.setattr(migrate, "GIVE_UP_S", 0.5)


def newest() -> str:
    """Return the last migration of accounts that was carried out."""
    applied = MigrationExecutor(connection).loader.applied_migrations
    return max(name for app, name in applied if app == "accounts")


@pytest.mark.django_db(transaction=True)
def test_after_enough_waits_it_says_how_to_find_who_holds_the_lock(
    reader: "psycopg.Connection[Any]", impatient: None
) -> None:
    said = StringIO()
    with pytest.raises(CommandError, match=r"pg_stat_activity.*migrate again"):
        call_command("migrate", "accounts", BEFORE, verbosity=0, stderr=said)
    assert said.getvalue().count("Somebody holds a lock") == 1
    assert newest() == NEWEST, "it was not done, and is not said to be"
    assert connection.execute_wrappers == []


@pytest.mark.django_db(transaction=True)
def test_what_fails_for_another_reason_fails_at_once(impatient: None) -> None:
    patience = migrate._Patience(print)
    with pytest.raises(OperationalError, match="canceling") as fault, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 20; SELECT pg_sleep(5)")
    with pytest.raises(OperationalError) as again:
        patience.rest(fault.value)
    assert again.value is fault.value
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")
