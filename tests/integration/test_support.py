"""The tests' own servers are what they say they are."""

from collections.abc import Callable

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser
from redis import Redis

from tests.support.postgres import DatabaseServer
from tests.support.redis import PrivateRedis
from tests.support.servers import KINDS, Engine, Kind, Server


def test_postgresql_keeps_what_it_commits(postgres: DatabaseServer) -> None:
    with psycopg.connect(postgres.url("postgres")) as connection:
        fsync = connection.execute("SELECT current_setting('fsync')").fetchone()
    assert fsync == ("on",)


def test_redis_comes_back_empty_on_its_port_after_a_kill(redis: PrivateRedis) -> None:
    with Redis(port=redis.port) as client:
        client.set("key", "value")
    redis.kill()
    redis.start()
    with Redis(port=redis.port) as client:
        assert client.get("key") is None


@pytest.mark.parametrize("kind", KINDS)
def test_each_server_starts_on_a_migrated_database_and_comes_back_after_a_kill(
    kind: Kind, start_server: Callable[..., Server]
) -> None:
    server = start_server(kind)
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    server.kill()
    server.start()
    assert httpx.get(f"{server.url}/readyz").status_code == 200
    assert server.terminate() in {0, -15}


def test_an_engine_runs_beside_a_server_that_has_none(
    start_server: Callable[..., Server], start_engine: Callable[..., Engine]
) -> None:
    start_server(ENGINE_IN_SERVER="0")
    engine = start_engine()
    engine.wait_for_log("The engine fires deadlines.")
    assert engine.terminate() == 0


@pytest.mark.django_db
def test_no_model_change_lacks_its_migration() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


class TestChromium:
    def test_it_shows_a_page(self, browser: Browser) -> None:
        page = browser.new_page()
        page.set_content("<h1>Missed</h1>")
        assert page.get_by_role("heading").inner_text() == "Missed"
