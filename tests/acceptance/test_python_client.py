"""The Python client against real servers that are killed and restarted, over a line that breaks."""

import asyncio
import itertools
import os
import random
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest

from taskengine_client import Event, NotAuthenticated, Pace, SessionEnded, Snapshot, Stream
from tests.support import state
from tests.support.client import Client, eventually, in_seconds
from tests.support.line import Line
from tests.support.rounds import ROUNDS
from tests.support.servers import ROOT, Server

pytestmark = pytest.mark.untimed

QUICK = Pace(backoff_s=0.05, backoff_cap_s=0.3)
PAGE = (ROOT / "docs" / "realtime.md").read_text()


@dataclass
class Reader:
    """Somebody who keeps what a stream tells, and all of its events."""

    kept: state.State = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)

    async def read(self, stream: Stream) -> None:
        async for change in stream:
            match change:
                case Snapshot(items=items):
                    self.snapshots.append(change)
                    self.kept = state.from_snapshot({"kind": item.kind, "data": item.data} for item in items)
                case Event(type=type_, data=data):
                    self.events.append(change)
                    state.apply(self.kept, {"type": type_, "data": data})

    @property
    def seqs(self) -> list[int]:
        """The numbers of the events, as they came."""
        return [event.seq for event in self.events]

    def missed(self) -> list[str]:
        """The titles of what was missed."""
        return [event.data["task"]["title"] for event in self.events if event.type == "task.missed"]


@pytest.fixture
def server(shared_server: Callable[..., Server]) -> Server:
    """A server that nobody harms."""
    return shared_server("uvicorn", DOORBELL="process")


@pytest.mark.parametrize("seed", ROUNDS)
async def test_nothing_is_lost_or_told_twice_over_kills_restarts_and_cuts(
    start_server: Callable[..., Server], seed: int
) -> None:
    server = start_server()
    chance = random.Random(seed)
    breaking = False

    def holds() -> int | None:
        return chance.randrange(300, 20_000) if breaking else None

    async with await Client.sign_up(server.url) as ada, Line(server.port, holds=holds) as line:
        for number in range(20):
            await ada.create(f"Was there before {number}", notes="x" * 500)
        reader = Reader()
        breaking = True  # the first snapshot may break off too
        async with Stream(line.url, token=ada.token, pace=QUICK) as stream:
            reading = asyncio.create_task(reader.read(stream))
            await eventually("snapshot", lambda: reader.snapshots)

            enough = asyncio.Event()

            async def write() -> None:
                for number in itertools.takewhile(lambda _: not enough.is_set(), itertools.count()):
                    with suppress(httpx.TransportError):  # while there is no server
                        due_s = 0.5 + chance.random() * 2
                        await ada.create(f"Task {number}", deadline=in_seconds(due_s), notes="x" * 500)
                    await asyncio.sleep(0.03)

            async def cut() -> None:
                while True:
                    await asyncio.sleep(chance.random() * 0.4)
                    line.cut()

            writing, cutting = asyncio.create_task(write()), asyncio.create_task(cut())
            await asyncio.sleep(1)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            await asyncio.sleep(1)
            await asyncio.to_thread(server.restart)
            await asyncio.sleep(1)
            enough.set()
            await writing
            cutting.cancel()
            breaking = False
            tasks = await ada.tasks()
            due = sorted(task["title"] for task in tasks.values() if task["deadline"] is not None)
            assert len(due) > 5
            await eventually("rest", lambda: len(reader.missed()) >= len(due), deadline_s=30)
            fresh = await ada.newcomer()
            assert fresh.last_seq is not None
            await eventually("head", lambda: stream.cursor and stream.cursor.seq == fresh.last_seq)
            assert not reading.done()
            reading.cancel()
    assert line.cuts > 3
    assert len(reader.snapshots) == 1, "it was told to begin anew, though it had a place"
    first = reader.snapshots[0].cursor.seq
    assert reader.seqs == list(range(first + 1, fresh.last_seq + 1))
    assert sorted(reader.missed()) == due
    now = datetime.now(UTC)
    assert state.as_of(reader.kept, now) == state.as_of(fresh.state, now)


async def test_what_happened_while_nobody_listened_comes_first(server: Server) -> None:
    async with await Client.sign_up(server.url) as ada:
        reader = Reader()
        await ada.create("First")
        async with Stream(server.url, token=ada.token, pace=QUICK) as stream:
            reading = asyncio.create_task(reader.read(stream))
            await eventually("snapshot", lambda: reader.snapshots)
            reading.cancel()
        second = await ada.create("Second")
        async with Stream(server.url, token=ada.token, since=stream.cursor, pace=QUICK) as stream:
            change = await asyncio.wait_for(anext(stream), 10)
    assert isinstance(change, Event)
    assert (change.type, change.data["task"]["id"]) == ("task.created", second["id"])


async def test_a_log_out_ends_the_stream_by_name(server: Server) -> None:
    async with (
        await Client.sign_up(server.url) as ada,
        Stream(server.url, token=ada.token, pace=QUICK) as stream,
    ):
        assert isinstance(await asyncio.wait_for(anext(stream), 10), Snapshot)
        await ada.log_out()
        with pytest.raises(SessionEnded):
            await asyncio.wait_for(anext(stream), 10)


async def test_a_personal_access_token_opens_a_stream_until_it_is_revoked(server: Server) -> None:
    async with await Client.sign_up(server.url) as ada:
        new = {"name": "Reader", "scopes": ["events"]}
        token = (await ada.send("POST", "/api/v1/tokens/", json=new)).json()
        async with Stream(server.url, token=token["token"], pace=QUICK) as stream:
            assert isinstance(await asyncio.wait_for(anext(stream), 10), Snapshot)
            task = await ada.create("Heard by a script")
            change = await asyncio.wait_for(anext(stream), 10)
            assert isinstance(change, Event)
            assert change.data["task"] == task
            await ada.send("DELETE", f"/api/v1/tokens/{token['id']}/")
            with pytest.raises(SessionEnded):
                await asyncio.wait_for(anext(stream), 10)


async def test_a_token_that_proves_nothing_ends_the_stream_by_name(server: Server) -> None:
    async with Stream(server.url, token="no.such.token", pace=QUICK) as stream:
        with pytest.raises(NotAuthenticated):
            await asyncio.wait_for(anext(stream), 10)


async def test_the_example_in_the_page_works_when_it_is_pasted(server: Server) -> None:
    found = re.search(r"<!-- example:.*?-->\n```python\n(.*?)```", PAGE, re.DOTALL)
    assert found, "the page has lost its example"
    code = found[1].replace("http://127.0.0.1:8000", server.url)
    async with await Client.sign_up(server.url) as ada:
        await ada.create("Send the invoice", deadline=in_seconds(1))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-u", "-c", code),
            cwd=ROOT,
            env={**os.environ, "TOKEN": ada.token},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(15):
                lines = [(await process.stdout.readline()).decode().strip() for _ in range(2)]
        finally:
            process.kill()
            await process.wait()
    assert lines == ["1 things to keep in mind", "Missed: Send the invoice"]
