"""A database that crashes under the engine and the server, and recovers."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from taskengine.embedded.postgres import Postgres
from tests.support.client import TASKS, Client, eventually, in_seconds, until_ready
from tests.support.database import add_tasks, audit, fired
from tests.support.fleet import FIRING
from tests.support.own_postgres import crash, own_postgres
from tests.support.servers import Engine, Server

# So many that every thread of the server waits for a connection.
WAITING = 16


@dataclass
class House:
    """A server and an engine on a database that may crash, and somebody who uses them."""

    postgres: Postgres
    server: Server
    engine: Engine
    ada: Client

    async def outage(self, *, down_s: float) -> tuple[float, float, float]:
        """Crash the database; return how long after its return each serves again.

        Returns:
            In seconds: until the engine fires, how long a write takes then, and until those are answered whose
            request came meanwhile and waited.
        """
        url, log_begin = self.postgres.url(), len(self.engine.output())
        ada_id = await self.ada.id()
        [due] = add_tasks(url, ada_id, count=1, first=in_seconds(0.5 + down_s / 2), spread_s=0)
        await asyncio.to_thread(crash, self.postgres)
        down_until = time.monotonic() + down_s
        await until_ready(self.server.url, status_code=503, database="down")
        waiting = [asyncio.create_task(self._waits()) for _ in range(WAITING)]
        await asyncio.sleep(down_until - time.monotonic())
        assert self.engine.output()[log_begin:].count("tries again") > 1
        await asyncio.to_thread(self.postgres.start)
        back = time.time()
        # First those who wait: whoever asks anew would wake the pool for them.
        waited_until = max([await one for one in waiting])
        began = time.time()
        written_at, told = await asyncio.gather(
            self._written_at(), eventually("miss", lambda: fired(url, due), deadline_s=60)
        )
        await until_ready(self.server.url, status_code=200, status="ready")
        return told[due] - back, written_at - began, waited_until - back

    async def _waits(self) -> float:
        """Write once, and return when it was done, or refused in a way that says when to come back."""
        answer = await self.ada.send("POST", TASKS, json={"title": "Meanwhile"})
        assert answer.status_code == 201 or (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        return time.time()

    async def _written_at(self) -> float:
        while True:
            answer = await self.ada.send("POST", TASKS, json={"title": "Afterwards"})
            if answer.status_code == 201:
                return time.time()
            await asyncio.sleep(0.02)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Everything up."""
    with own_postgres() as postgres:
        env = {"ENGINE_IN_SERVER": "0"}
        server = Server(kind="uvicorn", name="crash-server", database_url=postgres.url(), env=env)
        engine = Engine(name="crash-engine", database_url=postgres.url(), env={})
        try:
            engine.start()
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(engine.wait_for_log, FIRING)
            async with await Client.sign_up(server.url) as ada:
                yield House(postgres, server, engine, ada)
        finally:
            server.close()
            engine.close()


async def test_a_crash_of_the_database_is_reported_and_both_serve_again_within_two_seconds(
    house: House,
) -> None:
    # So long that the pauses between two attempts have grown as far as they do.
    outages = [await house.outage(down_s=2.5) for _ in range(3)]

    # The best of several: the machine's own delays are not the engine's.
    for each in zip(*outages, strict=True):
        assert min(each) < 2, outages
    assert audit(house.postgres.url())["task.missed"] == len(outages)


@pytest.mark.long
async def test_after_a_long_outage_both_serve_again_as_soon(house: House) -> None:
    outages = [await house.outage(down_s=30) for _ in range(2)]

    for each in zip(*outages, strict=True):
        assert min(each) < 2, outages
