"""A foreign client: what somebody would write from the description of the protocol alone.

It imports nothing of the project. It checks what it is promised while it listens: each frame is
one it knows, events follow each other without a gap, and none comes twice.
"""

import asyncio
import json
import logging
import secrets
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

T = TypeVar("T")

PASSWORD = "correct horse battery staple"
STREAM_PATH = "/ws/v1/stream"
TASKS = "/api/v1/tasks/"
BREAKDOWNS = "/api/v1/breakdowns/"
# Generous: these machines are busy. What has to be quick is asserted by the tests themselves.
PATIENCE_S = 15.0

logging.getLogger("httpx").setLevel(logging.WARNING)  # a failure's report is not a list of requests


def utc(text: str) -> datetime:
    """Read an instant off the wire; it has to be UTC."""
    assert text.endswith("Z"), f"{text} does not say that it is UTC"
    return datetime.fromisoformat(text)


def wire(instant: datetime) -> str:
    """Write an instant as the server does."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def in_seconds(seconds: float) -> datetime:
    """Return the instant so far from now."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def eventually(
    what: str, condition: Callable[[], T], *, deadline_s: float = PATIENCE_S, pause_s: float = 0.01
) -> T:
    """Wait until `condition` returns something true, and return that."""
    give_up = time.monotonic() + deadline_s
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError(f"No {what} within {deadline_s} s.")
        await asyncio.sleep(pause_s)
    return found


async def until_ready(url: str, *, deadline_s: float = PATIENCE_S, **expected: Any) -> None:
    """Wait until `/readyz` answers with these values; `status_code` is one of them."""
    give_up = time.monotonic() + deadline_s
    async with _http(url) as http:
        while True:
            answer = await http.get("/readyz")
            found = {**answer.json(), "status_code": answer.status_code}
            if expected.items() <= found.items():
                return
            assert time.monotonic() < give_up, f"/readyz says {found} and not {expected}"
            await asyncio.sleep(0.05)


class Client:
    """A person at a server: the REST verbs with a bearer token, and sockets.

    Args:
        url: The server, such as `http://127.0.0.1:8000`.
        token: The access token.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self._http = _http(url)
        self._listeners: list[Listener] = []

    @classmethod
    async def sign_up(cls, url: str) -> Self:
        """Make an account with an address of its own."""
        async with _http(url) as http:
            answer = await http.post(
                "/api/auth/app/v1/auth/signup",
                json={"email": f"{secrets.token_hex(8)}@example.org", "password": PASSWORD},
            )
        assert answer.status_code == 200, answer.text
        return cls(url, answer.json()["meta"]["access_token"])

    def at(self, url: str) -> "Client":
        """Return the same person at another server."""
        return type(self)(url, self.token)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for listener in self._listeners:
            await listener.close()
        await self._http.aclose()

    async def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send one request."""
        headers = {"authorization": f"Bearer {self.token}", **arguments.pop("headers", {})}
        return await self._http.request(method, path, headers=headers, **arguments)

    async def create(self, title: str = "Send invoice", **fields: Any) -> dict[str, Any]:
        """Make a task; a deadline may be a datetime."""
        answer = await self.send("POST", TASKS, json=_encoded({"title": title, **fields}))
        assert answer.status_code == 201, answer.text
        return _object(answer)

    async def change(self, task_id: str, **fields: Any) -> dict[str, Any]:
        """Change fields of a task."""
        answer = await self.send("PATCH", f"{TASKS}{task_id}/", json=_encoded(fields))
        assert answer.status_code == 200, answer.text
        return _object(answer)

    async def act(self, verb: str, task_id: str) -> dict[str, Any]:
        """Complete, reopen or restore a task."""
        answer = await self.send("POST", f"{TASKS}{task_id}/{verb}/")
        assert answer.status_code == 200, answer.text
        return _object(answer)

    async def delete(self, task_id: str) -> None:
        """Delete a task."""
        answer = await self.send("DELETE", f"{TASKS}{task_id}/")
        assert answer.status_code == 204, answer.text

    async def id(self) -> str:
        """Return who it is, which is also the name of their stream."""
        answer = await self.send("GET", "/api/v1/users/me/")
        assert answer.status_code == 200, answer.text
        return str(_object(answer)["id"])

    async def break_down(self, **fields: Any) -> dict[str, Any]:
        """Ask for a breakdown of a goal or a task; a deadline may be a datetime."""
        answer = await self.send("POST", BREAKDOWNS, json=_encoded(fields))
        assert answer.status_code == 202, answer.text
        return _object(answer)

    async def breakdown(self, id_: str) -> dict[str, Any]:
        """Return a breakdown as it is now."""
        answer = await self.send("GET", f"{BREAKDOWNS}{id_}/")
        assert answer.status_code == 200, answer.text
        return _object(answer)

    async def tasks(self) -> dict[str, dict[str, Any]]:
        """Walk through the whole list; return it by id."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            parameters = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            answer = await self.send("GET", TASKS, params=parameters)
            assert answer.status_code == 200, answer.text
            found += answer.json()["results"]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                break
        by_id = {task["id"]: task for task in found}
        assert len(by_id) == len(found), "a task stood in the list twice"
        return by_id

    async def log_out(self) -> None:
        """End the log-in."""
        answer = await self.send("DELETE", "/api/auth/app/v1/auth/session")
        assert answer.status_code == 401, answer.text  # "nobody is logged in": it worked

    async def listen(self, **options: Any) -> "Listener":
        """Open a socket and say hello; the options are those of `Listener`."""
        listener = self.listener(**options)
        await listener.connect()
        await listener.hello()
        await listener.until("welcome", lambda: listener.welcome)
        return listener

    def listener(self, **options: Any) -> "Listener":
        """Return a listener that is not connected yet."""
        listener = Listener(self.url, headers={"authorization": f"Bearer {self.token}"}, **options)
        self._listeners.append(listener)
        return listener

    async def snapshot(self) -> dict[str, dict[str, Any]]:
        """Return the tasks as a client sees them that has just come."""
        return (await self.newcomer()).tasks

    async def newcomer(self) -> "Listener":
        """Return a listener that came, took the snapshot, and left."""
        listener = await self.listen()
        await listener.until("snapshot", lambda: listener.has_state)
        await listener.close()
        return listener


class Page:
    """A page in a browser: a session cookie, and the CSRF token that goes with it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = _http(url)

    async def __aenter__(self) -> Self:
        await self._http.get("/api/auth/browser/v1/auth/session")  # sets the CSRF cookie
        answer = await self._http.post(
            "/api/auth/browser/v1/auth/signup",
            json={"email": f"{secrets.token_hex(8)}@example.org", "password": PASSWORD},
            headers=self._csrf,
        )
        assert answer.status_code == 200, answer.text
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def create(self, title: str) -> dict[str, Any]:
        """Make a task."""
        answer = await self._http.post(TASKS, json={"title": title}, headers=self._csrf)
        assert answer.status_code == 201, answer.text
        return _object(answer)

    def listener(self, *, origin: str | None) -> "Listener":
        """Return a socket as a page of that origin would open it: the browser adds the cookie."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._http.cookies.jar)
        return Listener(
            self.url, headers={"cookie": cookies} | ({"origin": origin} if origin is not None else {})
        )

    @property
    def _csrf(self) -> dict[str, str]:
        return {"x-csrftoken": self._http.cookies["csrftoken"], "origin": self.url}


class Listener:
    """One listener, over as many connections as it takes.

    Attributes:
        events: All events, over all connections, each once.
        frames: The frames of this connection.
        arrived: When each event came, in seconds since 1970, by seq.
        longest_chars: The length of the longest frame, over all connections.
        welcome: The answer to the hello of this connection.
        bye: The server's last frame on this connection.
        state: `(kind, id)` to object, as snapshot and events made it.
        epoch: The history that `last_seq` counts in.
        last_seq: The last event that was taken in.

    Args:
        url: The server.
        headers: Proof of who listens.
        acks: Whether it acknowledges what it gets.
        pongs: Whether it answers pings.
        subprotocols: What it offers.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        acks: bool = True,
        pongs: bool = True,
        subprotocols: Sequence[str] = (),
    ) -> None:
        self.events: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self.arrived: dict[int, float] = {}
        self.longest_chars = 0
        self.welcome: dict[str, Any] | None = None
        self.bye: dict[str, Any] | None = None
        self.state: dict[tuple[str, str], dict[str, Any]] = {}
        self.has_state = False
        self.epoch: str | None = None
        self.last_seq: int | None = None
        self.acks = acks
        self.pongs = pongs
        self._url = "ws" + url.removeprefix("http") + STREAM_PATH
        self._headers = dict(headers)
        self._subprotocols = subprotocols
        self._pages: dict[tuple[str, str], dict[str, Any]] = {}
        self._pages_seq: int | None = None
        self._ids: set[str] = set()
        self._connection: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None

    # --- The connection ---------------------------------------------------------------------------

    async def connect(self) -> None:
        """Open the socket and collect what comes."""
        self.frames, self.welcome, self.bye = [], None, None
        headers = dict(self._headers)
        self._connection = await connect(
            self._url,
            origin=headers.pop("origin", None),  # type: ignore[arg-type]  # a NewType of str
            additional_headers=headers,
            subprotocols=list(self._subprotocols) or None,  # type: ignore[arg-type]  # NewTypes of str
            proxy=None,
            compression=None,
            max_size=None,
            close_timeout=2,
        )
        self._reader = asyncio.create_task(self._read(self._connection), name="listener")

    async def hello(self, *, since: int | None = None, epoch: str | None = None) -> None:
        """Say hello: from the beginning, or from where the client left off."""
        await self.send({"type": "hello", "since": since, "epoch": epoch})

    async def send(self, frame: Mapping[str, Any] | str | bytes) -> None:
        """Send a frame, or text or bytes that are none."""
        await self._open().send(json.dumps(frame) if isinstance(frame, Mapping) else frame)

    async def cut(self) -> None:
        """Lose the connection as a phone in a tunnel does: nobody says goodbye."""
        self._open().transport.abort()
        await self._stop_reading()

    async def resume(self, *, url: str | None = None) -> None:
        """Come back, perhaps at another server, with what was seen last."""
        if url is not None:
            self._url = "ws" + url.removeprefix("http") + STREAM_PATH
        await self._stop_reading()
        await self.connect()
        await self.hello(since=self.last_seq, epoch=self.epoch)
        await self.until("welcome", lambda: self.welcome)

    async def come_back(self, *, deadline_s: float = PATIENCE_S) -> None:
        """Try to resume until a server takes the client in."""
        give_up = time.monotonic() + deadline_s
        while True:
            try:
                await self.resume()
            # No answer at all: whoever hands connections on took it for a server that is being replaced.
            except (OSError, AssertionError, ConnectionClosed, InvalidMessage):
                if time.monotonic() > give_up:
                    raise
                await asyncio.sleep(0.05)
            else:
                return

    async def close(self) -> None:
        """Leave."""
        if self._connection is not None:
            await self._connection.close()
        await self._stop_reading()

    async def closed(self, *, deadline_s: float = PATIENCE_S) -> tuple[int, dict[str, Any] | None]:
        """Wait until the server closes; return its code and its bye."""
        connection = self._open()
        async with asyncio.timeout(deadline_s):
            await connection.wait_closed()
        await self._stop_reading()
        self._check()
        assert connection.close_code is not None
        return connection.close_code, self.bye

    @property
    def subprotocol(self) -> str | None:
        """What the server echoed."""
        return self._open().subprotocol

    @property
    def is_open(self) -> bool:
        """Whether the connection stands."""
        return self._reader is not None and not self._reader.done()

    # --- What came --------------------------------------------------------------------------------

    @property
    def tasks(self) -> dict[str, dict[str, Any]]:
        """The tasks of the state, by id."""
        return {id_: item for (kind, id_), item in self.state.items() if kind == "task"}

    @property
    def breakdowns(self) -> dict[str, dict[str, Any]]:
        """The breakdowns of the state that are not closed, by id."""
        return {
            id_: item
            for (kind, id_), item in self.state.items()
            if kind == "breakdown" and item["status"] not in {"applied", "cancelled"}
        }

    async def until(self, what: str, condition: Callable[[], T], *, deadline_s: float = PATIENCE_S) -> T:
        """Wait until `condition` returns something true, and return that."""

        def checked() -> T:
            self._check()
            found = condition()
            if not found and not self.is_open:
                raise AssertionError(f"The connection ended before {what} came. bye={self.bye}")
            return found

        return await eventually(what, checked, deadline_s=deadline_s, pause_s=0.005)

    async def event(self, type_: str, object_: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """Wait for the first event of a type about a task or a breakdown."""
        what = f"{type_} of {object_.get('title') or object_['goal']}"
        return (await self.until(what, lambda: self.of(object_, type_), **options))[0]

    async def reach(self, seq: int, **options: Any) -> None:
        """Wait until the event `seq` was taken in."""
        await self.until(f"event {seq}", lambda: (self.last_seq or 0) >= seq, **options)

    def of(self, object_: Mapping[str, Any], type_: str | None = None) -> list[dict[str, Any]]:
        """Return the events about a task or a breakdown, perhaps of one type only."""
        return [
            event
            for event in self.events
            if event["data"][event["type"].partition(".")[0]]["id"] == object_["id"]
            and type_ in (None, event["type"])
        ]

    async def _read(self, connection: ClientConnection) -> None:
        try:
            async for text in connection:
                frame = json.loads(text)
                self.longest_chars = max(self.longest_chars, len(text))
                self.frames.append(frame)
                await self._take_in(frame)
        except ConnectionClosed:
            pass
        except BaseException as error:
            self._failure = error
            raise

    async def _take_in(self, frame: dict[str, Any]) -> None:
        assert self.bye is None, f"a frame came after the bye: {frame}"
        match frame["type"]:
            case "welcome":
                assert self.welcome is None, "a second welcome"
                assert len(self.frames) == 1, "something came before the welcome"
                self.welcome = frame
                if not frame["resumed"]:
                    self._pages, self._pages_seq = {}, None
                    self.has_state = False
                self.epoch = frame["epoch"]
            case "snapshot":
                self._take_page(frame)
            case "events":
                self._take_events(frame)
                if self.acks:
                    await self.send({"type": "ack", "seq": self.last_seq})
            case "ping":
                if self.pongs:
                    await self.send({"type": "pong"})
            case "bye":
                self.bye = frame
            case _:
                pass  # a newer server's: ignored

    def _take_page(self, frame: dict[str, Any]) -> None:
        assert self.welcome is not None, "a snapshot before the welcome"
        assert not self.welcome["resumed"], "a snapshot for a client that was resumed"
        assert not self.has_state, "a page after the last one"
        if frame["seq"] != self._pages_seq:  # the first, or it begins anew: what came before does not count
            self._pages, self._pages_seq = {}, frame["seq"]
        for item in frame["items"]:
            self._pages[item["kind"], item["data"]["id"]] = item["data"]
        if frame["done"]:
            self.state, self.last_seq, self.has_state = self._pages, frame["seq"], True

    def _take_events(self, frame: dict[str, Any]) -> None:
        assert self.welcome is not None, "events before the welcome"
        assert self.last_seq is not None, "events before the snapshot was done"
        items = frame["items"]
        assert frame["from"] == self.last_seq + 1, f"{frame['from']} came after {self.last_seq}"
        assert [item["seq"] for item in items] == list(range(frame["from"], frame["to"] + 1))
        for event in items:
            assert set(event) >= {"v", "stream", "seq", "id", "type", "at", "actor", "op_id", "data"}, event
            assert event["v"] == 1
            assert event["id"] not in self._ids, f"this event came twice: {event}"
            self._ids.add(event["id"])
            self.arrived[event["seq"]] = time.time()
            self.events.append(event)
            self._apply(event)
        self.last_seq = frame["to"]

    def _apply(self, event: dict[str, Any]) -> None:
        for kind, item in event["data"].items():
            if isinstance(item, dict) and "id" in item:
                if event["type"] == f"{kind}.deleted":
                    self.state.pop((kind, item["id"]), None)
                else:
                    self.state[kind, item["id"]] = item

    async def _stop_reading(self) -> None:
        if self._reader is not None:
            if self._failure is None:
                # What was on its way when the line was cut is taken in; a dead line ends the reader.
                await asyncio.wait({self._reader}, timeout=2)
                self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None

    def _check(self) -> None:
        if self._failure is not None:
            raise AssertionError(f"The server broke its word: {self._failure}") from self._failure

    def _open(self) -> ClientConnection:
        assert self._connection is not None, "connect first"
        return self._connection


def _http(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, trust_env=False)


def _encoded(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: wire(value) if isinstance(value, datetime) else value for name, value in fields.items()}


def _object(answer: httpx.Response) -> dict[str, Any]:
    read: dict[str, Any] = answer.json()
    uuid.UUID(read["id"])
    return read
