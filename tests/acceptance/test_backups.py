"""`manage.py backup` and `restore`: what was saved under writes is there again, and nobody goes on where it isn't."""

import asyncio
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.support.client import Client, in_seconds
from tests.support.database import audit
from tests.support.environment import server_environment
from tests.support.postgres import DatabaseServer, create_database, drop_database
from tests.support.servers import ROOT, Server

pytestmark = pytest.mark.untimed

PASSWORD = "correct horse battery staple"
EMAIL = "ada@example.org"
APP = "/api/auth/app/v1/auth"
SAVED = (
    "SELECT id::text, title, deadline, completed_at, version FROM tasks_task ORDER BY id",
    "SELECT id::text, seq, min_seq FROM realtime_stream ORDER BY id",
    "SELECT stream_id::text, seq, id::text, type, at, data::text FROM realtime_event ORDER BY stream_id, seq",
    "SELECT owner_id::text, id::text, verb, changes::text FROM operations_operation ORDER BY owner_id, id",
    "SELECT task_id::text, words::text FROM tasks_document ORDER BY task_id",
    "SELECT id::text, email, password FROM accounts_user ORDER BY id",
)


@pytest.fixture
def empty_url(postgres: DatabaseServer) -> Iterator[str]:
    """The address of a database that nobody has migrated."""
    name = create_database(postgres, prefix="taskengine_empty")
    yield postgres.url(name)
    drop_database(postgres, name)


def command(url: str, *arguments: str | Path) -> "subprocess.Popen[str]":
    """Start one of the two."""
    return subprocess.Popen(
        [sys.executable, ROOT / "manage.py", *arguments],
        env=server_environment(database_url=url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(url: str, *arguments: str | Path) -> tuple[int, str]:
    """Run one of the two; return its exit code and what it printed."""
    process = command(url, *arguments)
    printed, _ = process.communicate(timeout=120)
    return process.returncode, printed


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    """Return what a database has."""
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


async def ada_at(url: str, verb: str) -> Client:
    """Sign Ada up, or log her in."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        answer = await http.post(f"{APP}/{verb}", json={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return Client(url, answer.json()["meta"]["access_token"])


async def test_what_is_saved_under_writes_is_restored_as_of_one_instant_and_clients_begin_anew(
    start_server: Callable[..., Server], empty_url: str, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    server = start_server("uvicorn")
    async with await ada_at(server.url, "signup") as ada:
        await ada.create(
            "Water the plants\twith\\care\n", deadline=in_seconds(3_600), notes="Zwei\nZeilen \\N"
        )
        listener = await ada.listen()

        # She writes on while it is saved, and after.
        saving = await asyncio.to_thread(command, server.database_url, "backup", file)
        while saving.poll() is None:
            await ada.create(deadline=in_seconds(3_600))
        printed = await asyncio.to_thread(lambda: saving.communicate()[0])
        assert saving.returncode == 0, printed
        assert file.stat().st_mode & 0o777 == 0o600
        for _ in range(3):
            await ada.create("Too late for the backup")
        made = (await ada.tasks()).values()
        await listener.reach(len(made))
        seq, epoch = listener.last_seq, listener.epoch

    restored = await asyncio.to_thread(run, empty_url, "restore", file)
    assert restored[0] == 0, restored[1]

    # As of one instant: as many events as the stream counts, and no task without its event.
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    count = {table["name"]: table["rows"] for table in manifest["tables"]}
    assert 1 < count["tasks_task"] <= len(made) - 3
    assert count["realtime_event"] == count["tasks_task"] == count["tasks_document"]
    assert "django_session" not in count
    audit(empty_url)
    # The same rows, to the letter.
    for statement in SAVED:
        before, after = rows(database_url, statement), rows(empty_url, statement)
        assert after, statement
        if "realtime_stream" not in statement:
            assert set(after) <= set(before), statement
    assert (
        rows(empty_url, "SELECT tgenabled FROM pg_trigger WHERE tgname LIKE 'tasks_read_%'") == [("O",)] * 2
    )

    # Whoever holds a later cursor, or this very number, is told to begin anew; then all goes on.
    server = start_server("uvicorn", DATABASE_URL=empty_url)
    async with await ada_at(server.url, "login") as ada:
        for since in (seq, 1):
            gone = await ada.send("GET", f"/api/v1/sync/?since={since}&epoch={epoch}")
            assert (gone.status_code, gone.json()["code"]) == (410, "unknown_epoch")
        again = ada.listener()
        again.last_seq, again.epoch, again.has_state = seq, epoch, True
        await again.connect()
        await again.hello(since=seq, epoch=epoch)
        await again.until(
            "snapshot", lambda: again.welcome and not again.welcome["resumed"] and again.has_state
        )
        assert len(again.tasks) == count["tasks_task"]
        task = await ada.create("After the restore")
        await again.event("task.created", task)
        assert (await ada.tasks()) == again.tasks
