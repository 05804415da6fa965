"""How a server bears many requests, slow ones, rude ones and faulty ones: HTTP in one hop, in a few threads."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.client import Client, in_seconds
from tests.support.servers import KINDS, Kind, Server

pytestmark = pytest.mark.untimed

AT_ONCE = 200
THREADS = 4
WRITES_AT_ONCE = 2  # of one person; where the threads are to be taken by one, more is set
MAX_BODY_BYTES = 1024 * 1024


@contextmanager
def held(server: Server, owner: str) -> Iterator[None]:
    """Hold a person's stream, so that each of their writes waits and keeps its thread."""
    with psycopg.connect(server.database_url) as connection:
        connection.execute("SELECT FROM realtime_stream WHERE id = %s FOR UPDATE", [owner])
        yield
        connection.rollback()


def waiting(server: Server) -> int:
    """Return how many of the server's connections wait for a lock."""
    with psycopg.connect(server.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    assert row is not None
    return int(row[0])


async def until_waiting(server: Server, count: int) -> None:
    """Wait until so many writes wait for a lock; those are all that the server has threads for, or none."""
    give_up = time.monotonic() + 20
    while await asyncio.to_thread(waiting, server) != count:
        assert time.monotonic() < give_up, "the writes did not come so far"
        await asyncio.sleep(0.05)


def http(server: Server, client: Client) -> httpx.AsyncClient:
    """Return a client with as many connections as it likes."""
    return httpx.AsyncClient(
        base_url=server.url,
        headers={"Authorization": f"Bearer {client.token}"},
        timeout=60,
        limits=httpx.Limits(max_connections=None),
        trust_env=False,
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_two_hundred_slow_requests_stall_neither_sockets_nor_health(
    start_server: Callable[..., Server], kind: Kind
) -> None:
    server = start_server(kind, REQUEST_THREADS=str(THREADS), WRITES_AT_ONCE=str(AT_ONCE))
    async with await Client.sign_up(server.url) as ada, await Client.sign_up(server.url) as bob:
        owner = await ada.id()
        listener = await bob.listen()
        task = await bob.create(deadline=in_seconds(6))
        async with http(server, ada) as many:
            with held(server, owner):
                slow = [
                    asyncio.create_task(many.post("/api/v1/tasks/", json={"title": str(n)}))
                    for n in range(AT_ONCE)
                ]
                await until_waiting(server, THREADS)
                for path in ("/healthz", "/readyz"):
                    begun_at = time.monotonic()
                    assert (await many.get(path)).status_code == 200, path
                    assert time.monotonic() - begun_at < 2, path
                await listener.event("task.missed", task)
                assert [each for each in slow if each.done()] == []
            answers = await asyncio.gather(*slow)
        assert {answer.status_code for answer in answers} == {201}
        assert len(await ada.tasks()) == AT_ONCE
        await listener.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_who_hangs_up_while_waiting_is_not_served_and_harms_nobody(
    start_server: Callable[..., Server], kind: Kind
) -> None:
    server = start_server(kind, REQUEST_THREADS=str(THREADS))
    async with await Client.sign_up(server.url) as ada:
        owner = await ada.id()
        with held(server, owner):
            async with http(server, ada) as many:
                gone = [
                    asyncio.create_task(many.post("/api/v1/tasks/", json={"title": str(n)}))
                    for n in range(30)
                ]
                await until_waiting(server, WRITES_AT_ONCE)
                for each in gone:
                    each.cancel()
                await asyncio.gather(*gone, return_exceptions=True)
            await asyncio.sleep(1)  # for the server to hear of it
        await ada.create("Still here")  # it may overtake those that waited for the lock before it
        await until_waiting(server, 0)
        await asyncio.sleep(0.5)
        titles = {task["title"] for task in (await ada.tasks()).values()}
        assert len(titles) == WRITES_AT_ONCE + 1, "those that had begun are finished, and no other was"
    assert "Traceback" not in server.output()


async def test_a_line_that_is_full_is_503_at_once(start_server: Callable[..., Server]) -> None:
    server = start_server("uvicorn", REQUEST_THREADS="2", REQUEST_LINE="3", WRITES_AT_ONCE="9")
    async with await Client.sign_up(server.url) as ada:
        owner = await ada.id()
        async with http(server, ada) as many:
            with held(server, owner):
                slow = [
                    asyncio.create_task(many.post("/api/v1/tasks/", json={"title": "One"})) for _ in range(5)
                ]
                await until_waiting(server, 2)
                refused = await many.get("/api/v1/tasks/")
                assert refused.status_code == 503
                assert refused.headers["Retry-After"] == "1"
                problem = refused.json()
                assert (problem["code"], problem["status"]) == ("busy", 503)
                assert problem["request_id"] == refused.headers["X-Request-ID"]
                assert (await many.get("/healthz")).status_code == 200
            assert {answer.status_code for answer in await asyncio.gather(*slow)} == {201}
            assert (await many.get("/api/v1/tasks/")).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_too_large_is_refused_and_what_is_not_is_not(
    shared_server: Callable[..., Server], kind: Kind
) -> None:
    server = shared_server(kind, DOORBELL="process")
    async with await Client.sign_up(server.url) as ada, http(server, ada) as sender:
        for content in (b"x" * (MAX_BODY_BYTES + 1), chunks(MAX_BODY_BYTES + 1)):
            refused = await sender.post(
                "/api/v1/tasks/", content=content, headers={"Content-Type": "application/json"}
            )
            assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
        largest = b'"' + b"x" * (MAX_BODY_BYTES - 2) + b'"'
        answer = await sender.post(
            "/api/v1/tasks/", content=largest, headers={"Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


async def chunks(length: int) -> Any:
    """Send a body without saying how long it will be."""
    for begin in range(0, length, 65_536):
        yield b"x" * min(65_536, length - begin)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_fault_is_logged_once_with_the_name_that_the_client_got(
    start_server: Callable[..., Server], kind: Kind
) -> None:
    server = start_server(kind, ENGINE_IN_SERVER="0")
    async with await Client.sign_up(server.url) as ada, http(server, ada) as asker:
        with psycopg.connect(server.database_url, autocommit=True) as connection:
            connection.execute("ALTER TABLE tasks_task RENAME TO mislaid")
            within = await asker.get("/api/v1/tasks/summary/")  # in a view of ours
            connection.execute("ALTER TABLE django_session RENAME TO mislaid_too")
            stranger = {"Cookie": f"sessionid={'a' * 32}"}
            outside = await asker.get("/api/auth/browser/v1/auth/session", headers=stranger)
    for answer in (within, outside):
        assert answer.status_code == 500
        name = answer.headers["X-Request-ID"]
        lines = [line for line in server.output().splitlines() if f"request_id={name}" in line]
        assert len(lines) == 1, server.tail()
        assert not re.search(r"tasks_|django_|relation|[a-z]Error|Traceback", answer.text), (
            "it tells of the inside"
        )
    assert within.json()["request_id"] == within.headers["X-Request-ID"]
    assert len(re.findall(r" ERROR ", server.output())) == 2, server.tail()


@pytest.mark.parametrize("kind", KINDS)
async def test_files_come_whole_in_part_and_not_again(
    shared_server: Callable[..., Server], kind: Kind
) -> None:
    server = shared_server(kind, DOORBELL="process")
    path = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as reader:
        whole = await reader.get(path)
        assert whole.status_code == 200
        assert len(whole.content) > 100_000
        part = await reader.get(path, headers={"Range": "bytes=10-19", "Accept-Encoding": "identity"})
        assert (part.status_code, part.content) == (206, whole.content[10:20])
        again = await reader.get(path, headers={"If-Modified-Since": whole.headers["Last-Modified"]})
        assert (again.status_code, again.content) == (304, b"")
        head = await reader.head(path)
        assert (head.status_code, head.content) == (200, b"")


async def test_a_connection_that_was_cut_is_replaced_before_it_is_used(
    start_server: Callable[..., Server],
) -> None:
    server = start_server("uvicorn", ENGINE_IN_SERVER="0")
    async with await Client.sign_up(server.url) as ada, http(server, ada) as asker:
        with psycopg.connect(server.database_url, autocommit=True) as connection:
            for _ in range(3):
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                answers = await asyncio.gather(*(asker.get("/api/v1/tasks/") for _ in range(8)))
                assert {answer.status_code for answer in answers} == {200}
