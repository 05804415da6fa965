"""Foreign clients on their sockets, written from the protocol alone: hello, snapshot, events, ack, pong."""

import asyncio
import contextlib
import gc
import random
import time
import uuid
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

import httpx
import orjson

from bench._people import Person
from bench._websocket import WebSocket

STREAM_PATH: Final = "/ws/v1/stream"
_ACK_EVERY: Final = 200  # events; the page does the same
_ACK_AFTER_S: Final = 2.0
_CONNECTING_AT_ONCE: Final = 20
_PATIENCE_S: Final = 60.0


class BrokenPromise(AssertionError):
    """The server did not do what the protocol says: an event is missing, doubled or out of order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A `task.missed` in hand: which task, and when its frame had been parsed, in seconds since 1970."""

    task: str
    arrived: float


class Subscriber:
    """One client with one socket; it stays for as long as the measurement.

    Attributes:
        arrivals: What was missed, in the order in which it came.

    Args:
        address: The server's `host:port`.
        headers: Proof of who listens.
        left_off: The epoch and the seq to go on from; None to begin with a snapshot.
    """

    def __init__(
        self, address: str, headers: Mapping[str, str], *, left_off: tuple[str, int] | None = None
    ) -> None:
        self.arrivals: list[Arrival] = []
        self._address = address
        self._headers = dict(headers)
        self._resumes = left_off is not None
        self._epoch, self._last_seq = left_off or ("", 0)
        self._acked = self._last_seq
        self._ack_alarm: asyncio.TimerHandle | None = None
        self._closing = False
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._wanted = 0
        self._enough = asyncio.Event()
        self._failure: str | None = None

    def again(self) -> "Subscriber":
        """Return the same person's next connection, which goes on where this one ends."""
        return Subscriber(self._address, self._headers, left_off=(self._epoch, self._last_seq))

    async def connect(self) -> None:
        """Open the socket, say hello and wait until the snapshot is whole, or the welcome that needs none."""
        self._socket = await WebSocket.connect(
            self._address, STREAM_PATH, headers=self._headers, on_text=self._take, on_close=self._lost
        )
        since = {"since": self._last_seq, "epoch": self._epoch} if self._resumes else {}
        self._socket.send(orjson.dumps({"type": "hello", **since}).decode())
        await asyncio.wait_for(self._ready, _PATIENCE_S)

    def close(self) -> None:
        """Leave."""
        self._closing = True
        if self._ack_alarm is not None:
            self._ack_alarm.cancel()
        self._socket.close()

    async def until_has(self, count: int) -> None:
        """Wait until there are so many arrivals, or something is wrong."""
        self._wanted = count
        if self._failure is None and len(self.arrivals) < count:
            self._enough.clear()
            await self._enough.wait()

    def check(self, count: int) -> None:
        """Check what came.

        Raises:
            BrokenPromise: It is not so many tasks, each once, in unbroken order.
        """
        if self._failure is not None:
            raise BrokenPromise(self._failure)
        tasks = {arrival.task for arrival in self.arrivals}
        if len(self.arrivals) != count or len(tasks) != count:
            raise BrokenPromise(f"{len(self.arrivals)} arrivals of {len(tasks)} tasks; {count} were due.")

    def check_head(self, head: int) -> None:
        """Check that everything came up to `head`, which is the stream's end.

        Raises:
            BrokenPromise: Something is missing, or came twice or out of order.
        """
        if self._failure is not None:
            raise BrokenPromise(self._failure)
        if self._last_seq != head:
            raise BrokenPromise(f"The last event that came is {self._last_seq}; there are {head}.")

    def _take(self, text: bytes) -> None:
        frame = orjson.loads(text)
        arrived = time.time()
        match frame["type"]:
            case "events":
                self._take_events(frame, arrived)
            case "ping":
                self._socket.send('{"type":"pong"}')
            case "welcome":
                self._epoch = frame["epoch"]
                if self._resumes and frame["resumed"]:
                    self._ready.set_result(None)
                elif self._resumes:
                    self._fail(f"It was not resumed: {frame}")
            case "snapshot" if frame["done"]:
                self._last_seq = self._acked = frame["seq"]
                self._ready.set_result(None)
            case "bye":
                self._fail(f"The server said goodbye: {frame}")

    def _take_events(self, frame: dict[str, Any], arrived: float) -> None:
        for event in frame["items"]:
            if event["seq"] != self._last_seq + 1:
                self._fail(f"Event {event['seq']} came after {self._last_seq}.")
            self._last_seq = event["seq"]
            if event["type"] == "task.missed":
                self.arrivals.append(Arrival(task=event["data"]["task"]["id"], arrived=arrived))
        if len(self.arrivals) >= self._wanted:
            self._enough.set()
        if self._last_seq - self._acked >= _ACK_EVERY:
            self._ack()
        elif self._ack_alarm is None:
            pause_s = _ACK_AFTER_S * (1 + random.random())  # noqa: S311 (jitter)
            self._ack_alarm = asyncio.get_running_loop().call_later(pause_s, self._ack)

    def _ack(self) -> None:
        if self._ack_alarm is not None:
            self._ack_alarm.cancel()
            self._ack_alarm = None
        self._acked = self._last_seq
        self._socket.send(f'{{"type":"ack","seq":{self._acked}}}')

    def _lost(self, code: int | None) -> None:
        if not self._closing:
            self._fail(f"The connection was lost with code {code}.")

    def _fail(self, reason: str) -> None:
        self._failure = self._failure or reason
        self._enough.set()
        if not self._ready.done():
            self._ready.set_exception(BrokenPromise(reason))


class Member(Protocol):
    """One of an audience: a `Subscriber`, or a peer's."""

    arrivals: list[Arrival]

    async def connect(self) -> None:
        """Open the socket, and wait until it hears."""

    def close(self) -> None:
        """Leave."""

    async def until_has(self, count: int) -> None:
        """Wait until there are so many arrivals, or something is wrong."""

    def check(self, count: int) -> None:
        """Check what came, and raise `BrokenPromise`."""


class Audience(AbstractAsyncContextManager["Audience"]):
    """Many members at once.

    No garbage is collected meanwhile: a pause that a thousand clients in one process make for each other would pass for
    the server's.

    Args:
        members: Who they are.
        at_once: How many connect at the same time.
    """

    def __init__(self, members: Iterable[Member], *, at_once: int = _CONNECTING_AT_ONCE) -> None:
        self.members = list(members)
        self._at_once = at_once

    @classmethod
    def of(cls, address: str, people: Iterable[Person]) -> Self:
        """Return the audience of people whose page is open."""
        return cls(cls.subscribers(address, people))

    @staticmethod
    def subscribers(address: str, people: Iterable[Person]) -> list[Subscriber]:
        """Return those people: each has a cookie, and the page's origin."""
        origin = f"http://{address}"
        return [
            Subscriber(address, {"Cookie": f"sessionid={each.session}", "Origin": origin}) for each in people
        ]

    async def __aenter__(self) -> Self:
        gc.disable()
        gate = asyncio.Semaphore(self._at_once)

        async def connect(member: Member) -> None:
            async with gate:
                await member.connect()

        await asyncio.gather(*map(connect, self.members))
        return self

    async def __aexit__(self, *_: object) -> None:
        for member in self.members:
            member.close()
        gc.enable()
        await asyncio.sleep(0.1)  # so that the server sees them off before it is stopped

    async def until_each_has(self, count: int, *, timeout_s: float) -> None:
        """Wait until each member has so many arrivals.

        Raises:
            BrokenPromise: One lacks some, or has too many or the same one twice.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await asyncio.gather(*(member.until_has(count) for member in self.members))
        await asyncio.sleep(0.5)  # what comes twice comes after
        for member in self.members:
            member.check(count)

    @property
    def arrivals(self) -> list[Arrival]:
        """All arrivals of all members."""
        return [arrival for member in self.members for arrival in member.arrivals]


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Somebody who signed up over the API: `http` is logged in, `headers` prove it on a socket."""

    http: httpx.AsyncClient
    headers: Mapping[str, str]

    @classmethod
    async def sign_up(cls, http: httpx.AsyncClient) -> Self:
        """Sign up as a new person, and let `http` be theirs from now on."""
        who = {"email": f"{uuid.uuid4().hex}@example.org", "password": "correct horse battery"}
        answer = await http.post("/api/auth/app/v1/auth/signup", json=who)
        answer.raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['meta']['access_token']}"}
        http.headers.update(headers)
        return cls(http=http, headers=headers)

    async def create_task(self, *, deadline: str) -> str:
        """Make a task with a deadline (RFC 3339); return its id."""
        answer = await self.http.post("/api/v1/tasks/", json={"title": "Measure", "deadline": deadline})
        answer.raise_for_status()
        id_: str = answer.json()["id"]
        return id_
