"""A database that is away, as whoever watches sees it: what tells of age goes on, and does not stay as it was."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from taskengine.embedded.postgres import Postgres
from tests.support.client import eventually
from tests.support.fleet import FIRING
from tests.support.own_postgres import crash, own_postgres
from tests.support.ports import free_port
from tests.support.servers import Engine, Server

TOKEN = "for the scraper of this test alone"
SILENCE = "taskengine_database_silence_seconds"
HEARTBEAT_AGE = "taskengine_engine_heartbeat_age_seconds"
AWAY_S = 5.0
# A look each second, a beat each two, a server's look at them each five; and the machine's own delays.
WELL_S, BEATEN_S = 2.5, 9.0


@dataclass
class Watched:
    """A server and an engine that are scraped, on a database that may crash."""

    postgres: Postgres
    server: Server
    engine: Engine
    engine_url: str

    def figure(self, url: str, name: str) -> float:
        """Return what a process says now."""
        answer = httpx.get(
            f"{url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5, trust_env=False
        )
        families = text_string_to_metric_families(answer.raise_for_status().text)
        (value,) = [each.value for family in families for each in family.samples if each.name == name]
        return value

    def silences(self) -> list[float]:
        """Return how long the database has been silent, as the server and the engine say."""
        return [self.figure(url, SILENCE) for url in (self.server.url, self.engine_url)]

    def heartbeat_age_s(self) -> float:
        """Return how old an engine's last sign of life is, as the server says."""
        return self.figure(self.server.url, HEARTBEAT_AGE)


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    """Everything up."""
    with own_postgres() as postgres:
        port = free_port()
        server = Server(
            kind="uvicorn",
            name="silence-server",
            database_url=postgres.url(),
            env={"ENGINE_IN_SERVER": "0", "METRICS_TOKEN": TOKEN},
        )
        engine = Engine(
            name="silence-engine",
            database_url=postgres.url(),
            env={},
            options=("--metrics-port", str(port)),
        )
        try:
            engine.start()
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(engine.wait_for_log, FIRING)
            yield Watched(postgres, server, engine, f"http://127.0.0.1:{port}")
        finally:
            server.close()
            engine.close()


async def told(what: str, condition: Callable[[], bool]) -> None:
    """Wait until what is scraped is so."""
    await eventually(what, condition, deadline_s=30, pause_s=0.2)


async def test_servers_and_engines_say_how_long_the_database_has_been_silent(watched: Watched) -> None:
    await told("heartbeat", lambda: 0 < watched.heartbeat_age_s() < BEATEN_S)
    assert max(watched.silences()) < WELL_S

    await asyncio.to_thread(crash, watched.postgres)
    before_s = watched.heartbeat_age_s()
    await asyncio.sleep(AWAY_S)
    assert min(watched.silences()) > AWAY_S - 1.5
    assert watched.heartbeat_age_s() > before_s + AWAY_S - 1.5, "it stayed as it was"

    await asyncio.to_thread(watched.postgres.start)
    await told("database that answers again", lambda: max(watched.silences()) < WELL_S)
    await told("heartbeat", lambda: watched.heartbeat_age_s() < BEATEN_S)
