"""Whole accounts over HTTP: files larger than any other body, in a lane of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import psycopg
import pytest

from tests.support.client import Client
from tests.support.servers import KINDS, Kind, Server

pytestmark = pytest.mark.untimed

TASKS = 2_000
NOTES = "Some notes. " * 60
# More than the buffers of any two sockets hold.
_MANY = """
    INSERT INTO tasks_task (id, owner_id, title, notes, priority, deadline_version, version, created_at, updated_at)
    SELECT gen_random_uuid(), %(owner)s, 'A task', %(notes)s, 4, 1, 1, now(), now() FROM generate_series(1, 30000)
"""


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, shared_server: Callable[..., Server]) -> Server:
    """A server of each kind."""
    kind: Kind = request.param
    return shared_server(kind, DOORBELL="process")


async def test_an_account_moves_to_another_in_one_file(server: Server) -> None:
    sheet = "title,notes\n" + f"A task,{NOTES}\n" * TASKS
    assert len(sheet) > 1024 * 1024, "more than any other body may be"
    async with await Client.sign_up(server.url) as ada, await Client.sign_up(server.url) as bob:
        csv, json = {"Content-Type": "text/csv"}, {"Content-Type": "application/json"}
        refused = await ada.send("POST", "/api/v1/tasks/", content=sheet, headers=json)
        assert refused.status_code == 413
        first = await ada.send("POST", "/api/v1/import/", content=sheet, headers=csv)
        assert first.json()["made"]["tasks"] == TASKS, first.text
        file = await ada.send("GET", "/api/v1/export/")
        assert file.status_code == 200
        assert int(file.headers["Content-Length"]) == len(file.content) > 1024 * 1024
        second = await bob.send("POST", "/api/v1/import/", content=file.content, headers=json)
        assert second.json()["made"]["tasks"] == TASKS, second.text
        too_large = await bob.send(
            "POST", "/api/v1/import/", content=b" " * (10 * 1024 * 1024 + 1), headers=json
        )
        assert (too_large.status_code, too_large.json()["code"]) == (413, "body_too_large")


async def test_who_waits_for_an_import_keeps_nobody_else_waiting(server: Server) -> None:
    async with await Client.sign_up(server.url) as ada, await Client.sign_up(server.url) as bob:
        headers = {"Content-Type": "text/csv"}
        with psycopg.connect(server.database_url) as connection:
            connection.execute("SELECT FROM realtime_stream WHERE id = %s FOR UPDATE", [await ada.id()])
            waiting: list[asyncio.Task[httpx.Response]] = [
                asyncio.create_task(ada.send("POST", "/api/v1/import/", content="title\nA", headers=headers))
                for _ in range(10)
            ]
            await asyncio.sleep(0.5)
            await asyncio.wait_for(bob.create("Quick"), 5)
            assert not any(each.done() for each in waiting)
        answers = await asyncio.gather(*waiting)
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.long
async def test_a_download_that_a_stop_cuts_off_is_known_by_its_length_and_by_its_end(
    start_server: Callable[..., Server],
) -> None:
    server = start_server("uvicorn", DOORBELL="process")
    async with await Client.sign_up(server.url) as ada, await Client.sign_up(server.url) as bob:
        with psycopg.connect(server.database_url) as connection:
            connection.execute(_MANY, {"owner": await ada.id(), "notes": NOTES})
        headers = {"Authorization": f"Bearer {ada.token}"}
        async with (
            httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30, trust_env=False) as slow,
            slow.stream("GET", "/api/v1/export/") as answer,
        ):
            pieces = answer.aiter_raw()
            taken = [await anext(pieces)]
            await asyncio.to_thread(server.terminate)  # nothing more is read until it has ended
            with pytest.raises(httpx.RemoteProtocolError):
                await _taken_into(taken, pieces)
        cut = b"".join(taken)
        assert len(cut) < int(answer.headers["Content-Length"])
        server.start()
        refused = await bob.send(
            "POST", "/api/v1/import/", content=cut[:1_000_000], headers={"Content-Type": "application/json"}
        )
        assert (refused.status_code, refused.json()["code"]) == (400, "unreadable_file")


async def _taken_into(taken: list[bytes], pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        taken.append(piece)  # noqa: PERF401 (what came before the end counts)
