"""The product behind PgBouncer in transaction mode, where no two transactions need have the same session."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.support.client import Client, in_seconds
from tests.support.database import audit
from tests.support.environment import server_environment
from tests.support.pgbouncer import SESSIONS, PgBouncer
from tests.support.servers import ROOT, Server

pytestmark = pytest.mark.untimed

PEOPLE = 3
TASKS = 8


@pytest.fixture
def pgbouncer(database_url: str, request: pytest.FixtureRequest) -> Iterator[PgBouncer]:
    """One before the test's database."""
    pooler = PgBouncer(name=f"{request.node.name}-pgbouncer", database_url=database_url)
    try:
        pooler.start()
        yield pooler
    finally:
        pooler.close()


async def _work(url: str) -> None:
    async with await Client.sign_up(url) as person:
        listener = await person.listen()
        made = await asyncio.gather(*(person.create(f"Task {n}") for n in range(TASKS)))
        await asyncio.gather(*(person.change(task["id"], notes="Changed") for task in made))
        due = await person.create("Due", deadline=in_seconds(0.5))
        await person.act("complete", made[0]["id"])
        exported = await person.send("GET", "/api/v1/export/")
        assert exported.status_code == 200, exported.text
        assert (await person.send("GET", "/api/v1/insights/")).status_code == 200
        missed = await listener.event("task.missed", due)
        assert missed["data"]["fired_at"]
        draft = await person.break_down(goal="Learn to swim", deadline=in_seconds(20 * 86_400))
        await listener.event("breakdown.ready", draft)
        assert listener.tasks == await person.tasks()


def _migrate(url: str, direct_url: str) -> str:
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "migrate", "--no-input"],
        env=server_environment(database_url=url, DATABASE_DIRECT_URL=direct_url),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


async def test_everything_works_though_every_transaction_may_have_another_session(
    start_server: Callable[..., Server], database_url: str, pgbouncer: PgBouncer
) -> None:
    server = start_server(
        "uvicorn", DATABASE_URL=pgbouncer.url, DATABASE_DIRECT_URL=database_url, WORKER_IN_SERVER="1"
    )
    migrating = asyncio.create_task(asyncio.to_thread(_migrate, pgbouncer.url, database_url))
    await asyncio.gather(*(_work(server.url) for _ in range(PEOPLE)))
    assert (
        "No migrations to apply" in await migrating
    )  # its lock is one of a session: it goes past the pooler
    told = await asyncio.to_thread(audit, database_url)
    assert told["task.missed"] == PEOPLE
    assert 0 < await asyncio.to_thread(pgbouncer.sessions) <= SESSIONS
    assert "prepared statement" not in server.output()
