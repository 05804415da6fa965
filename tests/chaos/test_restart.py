"""A deploy: the server stops and starts again under a thousand clients, while people write and deadlines pass."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.support import figures
from tests.support.client import STREAM_PATH, Client, eventually, in_seconds
from tests.support.database import add_tasks, heads, unfired
from tests.support.rounds import ROUNDS
from tests.support.servers import Server

CLIENTS = 1000
PEOPLE = 10
DEADLINES = 300  # some before the stop, some while nobody serves, some after it
DEADLINES_S = 6.0
STOP_AFTER_S = (0.5, 2.5)
RESTART = 4012
BACKOFF_S = (0.5, 8.0)
TOGETHER = 100  # how many come at once when the test begins


class Light:
    """A client of which a thousand fit into one process: it counts events and keeps none.

    Attributes:
        first: Where it began.
        last: The last event that it was sent.
        seen: How many it was sent.
        welcomes: How often it was let in.
        byes: The last words of each connection.
        rude: How many connections ended without any.
        listening: Whether it is let in now.
    """

    def __init__(self, client: Client, url: str) -> None:
        self.first = self.last = -1
        self.seen = self.welcomes = self.rude = 0
        self.byes: list[dict[str, Any]] = []
        self.listening = False
        self._epoch: str | None = None
        self._url = "ws" + url.removeprefix("http") + STREAM_PATH
        self._headers = {"authorization": f"Bearer {client.token}"}

    async def run(self) -> None:
        """Listen, and come back as the protocol says: when a bye asks to, else by backoff with full jitter."""
        limit_s = BACKOFF_S[0]
        while True:
            with suppress(OSError, InvalidHandshake, ConnectionClosed, TimeoutError):
                async with connect(
                    self._url, additional_headers=self._headers, proxy=None, compression=None, open_timeout=60
                ) as connection:
                    await self._listen(connection)
            if not self.listening:
                pause_s, limit_s = random.random() * limit_s, min(2 * limit_s, BACKOFF_S[1])
            else:
                self.listening = False
                self.rude += len(self.byes) < self.welcomes
                pause_s, limit_s = self.byes[-1]["retry_after_s"] if self.byes else 0.0, BACKOFF_S[0]
            await asyncio.sleep(pause_s)

    async def _listen(self, connection: ClientConnection) -> None:
        since = self.last if self.welcomes else None
        await connection.send(json.dumps({"type": "hello", "since": since, "epoch": self._epoch}))
        async for text in connection:
            frame = json.loads(text)
            assert len(self.byes) <= self.welcomes, "a frame after the bye"
            match frame["type"]:
                case "welcome":
                    assert frame["resumed"] == (since is not None), "it was sent for a snapshot"
                    self._epoch = frame["epoch"]
                    self.welcomes += 1
                    self.listening = True
                case "snapshot":
                    self.first = self.last = frame["seq"]
                case "events":
                    assert frame["from"] == self.last + 1, f"{frame['from']} came after {self.last}"
                    self.seen += len(frame["items"])
                    self.last = frame["to"]
                    # Closed meanwhile: the bye is among what has come and was not read yet.
                    with suppress(ConnectionClosed):
                        await connection.send(json.dumps({"type": "ack", "seq": self.last}))
                case "ping":
                    with suppress(ConnectionClosed):
                        await connection.send('{"type":"pong"}')
                case "bye":
                    self.byes.append(frame)


async def _write_for_ever(person: Client) -> None:
    """Write, and again where nobody answers; it does not matter which were taken."""
    while True:
        with suppress(httpx.TransportError):
            await person.send("POST", "/api/v1/tasks/", json={"title": "Written through a restart"})
        await asyncio.sleep(0.2)


@pytest.mark.parametrize("seed", ROUNDS)
async def test_a_thousand_clients_lack_nothing_after_a_restart(
    start_server: Callable[..., Server], seed: int
) -> None:
    server = start_server("uvicorn", SOCKETS_PER_USER=str(CLIENTS), DOORBELL="process")
    people = await asyncio.gather(*(Client.sign_up(server.url) for _ in range(PEOPLE)))
    owners = [await person.id() for person in people]
    lights = [Light(people[number % PEOPLE], server.url) for number in range(CLIENTS)]
    tasks: list[asyncio.Task[None]] = []
    try:
        for begin in range(0, CLIENTS, TOGETHER):
            some = lights[begin : begin + TOGETHER]
            tasks += [asyncio.create_task(light.run()) for light in some]
            await eventually("first welcomes", lambda some=some: all(light.first >= 0 for light in some))  # type: ignore[misc]
        add_tasks(server.database_url, *owners, count=DEADLINES, first=in_seconds(0.5), spread_s=DEADLINES_S)
        writers = [asyncio.create_task(_write_for_ever(person)) for person in people]

        await asyncio.sleep(random.Random(seed).uniform(*STOP_AFTER_S))
        asked_at = time.monotonic()
        await asyncio.to_thread(server.terminate, deadline_s=40)
        figures.note("a server with 1,000 sockets stops", time.monotonic() - asked_at, "s")
        await asyncio.to_thread(server.start)
        back_at = time.monotonic()
        await eventually(
            "thousand that came back", lambda: all(light.welcomes > 1 for light in lights), deadline_s=60
        )
        figures.note("1,000 clients are back", time.monotonic() - back_at, "s")

        await eventually("end of the deadlines", lambda: not unfired(server.database_url), pause_s=0.2)
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        head = await asyncio.to_thread(heads, server.database_url, owners)
        aims = [head[owners[number % PEOPLE]] for number in range(CLIENTS)]
        await eventually(
            "last events",
            lambda: all(light.last >= aim for light, aim in zip(lights, aims, strict=True)),
            deadline_s=30,
        )

        failed = [task.exception() for task in tasks if task.done()]
        assert not failed, failed[0]
        assert [light.seen for light in lights] == [light.last - light.first for light in lights]
        assert sum(light.rude for light in lights) == 0, "sockets that were closed without a word"
        byes = [bye for light in lights for bye in light.byes]
        assert {bye["code"] for bye in byes} == {RESTART}
        retries_s = sorted(bye["retry_after_s"] for bye in byes)
        assert retries_s[0] < 0.5, "nobody comes back soon"
        assert retries_s[-1] > 4, "everybody comes back at once"
        assert "Traceback" not in server.output()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for person in people:
            await person.__aexit__(None, None, None)
