"""Whole accounts over HTTP: files larger than any other body, in a lane of their own."""

import asyncio
from collections.abc import Callable

import httpx
import psycopg
import pytest

from tests.support.client import Client
from tests.support.servers import KINDS, Kind, Server

TASKS = 2_000
NOTES = "Some notes. " * 60


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
