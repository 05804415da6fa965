"""A file that is sent: on disk once, taken within its time, and not by so many at once that the disk fills."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from taskengine import handler
from taskengine.api import export
from taskengine.handler import OneHopHandler
from tests.support.accounts import AppClient, signed_up
from tests.support.client import eventually

EXPORT = "/api/v1/export/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def every_file_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all exports wait on disk, as large ones do."""
    monkeypatch.setattr(export, "_IN_MEMORY_BYTES", 16)


@pytest.fixture
async def ada() -> AppClient:
    return await sync_to_async(signed_up)()


@pytest.fixture
async def ask(ada: AppClient) -> AsyncIterator[Callable[..., "asyncio.Task[Taker]"]]:
    """Asks for a path; what comes is taken by whoever is given."""
    answering, asked = OneHopHandler(), set()

    def begin(path: str, taker: "Taker") -> "asyncio.Task[Taker]":
        async def receive() -> dict[str, Any]:
            if taker.has_asked:
                await asyncio.Event().wait()
            taker.has_asked = True
            return {"type": "http.request"}

        async def run() -> Taker:
            headers = [(b"host", b"testserver"), (b"authorization", f"Bearer {ada.access}".encode())]
            scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
            await answering(scope, receive, taker.take)
            return taker

        task = asyncio.create_task(run())
        asked.add(task)
        return task

    yield begin
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


class Taker:
    """A client: one that takes what comes, or, being slow, nothing after the head."""

    def __init__(self, *, is_slow: bool = False) -> None:
        self.has_asked = False
        self.is_whole = False
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.may_go_on = asyncio.Event()
        if not is_slow:
            self.may_go_on.set()

    async def take(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            return
        await self.may_go_on.wait()
        self.body += message["body"]
        self.is_whole = not message.get("more_body")


async def test_a_long_file_is_sent_as_it_was_written_and_not_copied_first(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Any] = []

    def keep(**how: Any) -> Any:
        kept.append(SpooledTemporaryFile(**how))  # noqa: SIM115 (who asks for it closes it)
        return kept[-1]

    monkeypatch.setattr(export, "SpooledTemporaryFile", keep)
    monkeypatch.delattr(handler, "SpooledTemporaryFile")
    answer = await ask(EXPORT, Taker())
    assert (answer.status, answer.is_whole) == (200, True)
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert json.loads(answer.body)["format"] == "taskengine"
    assert [file.closed for file in kept] == [True]


async def test_who_does_not_take_a_file_in_time_is_cut_off_and_can_tell(
    ask: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(handler, "_SENT_WITHIN_S", 0.05)
    answer = await asyncio.wait_for(ask(EXPORT, Taker(is_slow=True)), 10)
    assert answer.status == 200
    assert len(answer.body) < int(answer.headers["content-length"])
    assert not answer.is_whole
    assert "was not taken within 0.05 s" in caplog.text


async def test_so_many_files_are_under_way_at_once_and_who_comes_then_is_told_to_come_again(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "_FILES_AT_ONCE", 2)
    slow = [Taker(is_slow=True) for _ in range(4)]
    taking = [ask(EXPORT, each) for each in slow]  # all of them before any has its head
    await eventually("all have an answer", lambda: all(each.status for each in slow))
    assert sorted(each.status for each in slow) == [200, 200, 503, 503]
    refused = await ask(EXPORT, Taker())
    assert (refused.status, json.loads(refused.body)["code"]) == (503, "busy")
    assert refused.headers["retry-after"] == "60"
    for path in ("/api/v1/tasks/", "/api/v1/import/"):
        assert (await ask(path, Taker())).status != 503, "everything else goes on"
    for each in slow:
        each.may_go_on.set()
    await asyncio.gather(*taking)
    assert (await ask(EXPORT, Taker())).status == 200
