"""What the Python client does beyond the contract: proof, acks, a reader that takes its time."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from taskengine_client import Cursor, Event, NotAuthenticated, Snapshot, Stream
from taskengine_client.connection import stream_address
from tests.support.client import eventually
from tests.support.scripted import PATIENCE_S, QUICK, ScriptedServer

HELLO = {"type": "hello", "since": None, "epoch": None}
PING = {"type": "ping", "head": 0, "t": "2026-11-22T12:00:00.000000Z"}
PONG = {"client": {"type": "pong"}}
CUT = {"close": 1006}


def welcome(*, resumed: bool = False) -> dict[str, Any]:
    return {"server": {"type": "welcome", "epoch": "e1", "head": 0, "resumed": resumed}}


def snapshot(seq: int = 0) -> dict[str, Any]:
    return {"server": {"type": "snapshot", "seq": seq, "items": [], "done": True}}


def events(first: int, last: int, *, padding: int = 0) -> dict[str, Any]:
    data = {"note": {"id": "n", "text": "x" * padding}}
    items = [{"seq": seq, "type": "note.added", "data": data} for seq in range(first, last + 1)]
    return {"server": {"type": "events", "from": first, "to": last, "items": items}}


def hello(since: int) -> dict[str, Any]:
    return {"type": "hello", "since": since, "epoch": "e1"}


def opened(*steps: dict[str, Any]) -> dict[str, Any]:
    """Return a connection that begins with an empty snapshot."""
    return {"hello": HELLO, "steps": [welcome(), snapshot(), *steps]}


async def take(stream: Stream, seq: int) -> None:
    """Take what comes until that event is in hand."""
    async with asyncio.timeout(PATIENCE_S):
        async for change in stream:
            if change.cursor.seq == seq:
                return


# --- Proof ----------------------------------------------------------------------------------------


async def test_a_source_of_tokens_is_asked_for_each_connection() -> None:
    tokens = iter(["first", "second"])

    async def token() -> str:
        return next(tokens)

    async with (
        ScriptedServer([opened(CUT), {"hello": hello(0), "steps": [welcome(resumed=True)]}]) as server,
        Stream(server.url, token=token, pace=QUICK) as stream,
    ):
        await take(stream, 0)
        await server.finish()
        found = [request.headers["Authorization"] for request in server.requests]
        assert found == ["Bearer first", "Bearer second"]
        assert "Sec-WebSocket-Protocol" not in server.requests[0].headers


async def test_a_ticket_goes_beside_the_protocol_and_into_no_address() -> None:
    async with (
        ScriptedServer([opened()]) as server,
        Stream(server.url, ticket=lambda: "ticket.s3cret", pace=QUICK) as stream,
    ):
        await take(stream, 0)
        (request,) = server.requests
        assert request.headers["Sec-WebSocket-Protocol"] == "taskengine.v1, ticket.s3cret"
        assert "Authorization" not in request.headers
        assert request.path == "/ws/v1/stream"


async def test_a_source_that_can_not_be_reached_is_asked_again() -> None:
    asked = 0

    def token() -> str:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise ConnectionRefusedError
        return "a token"

    async with ScriptedServer([opened()]) as server, Stream(server.url, token=token, pace=QUICK) as stream:
        await take(stream, 0)
    assert asked == 3


async def test_a_refused_handshake_is_tried_again_when_its_answer_says() -> None:
    async with (
        ScriptedServer([{"refused": True, "retry_after_s": 1}, opened()]) as server,
        Stream(server.url, token="a token", pace=QUICK) as stream,
    ):
        await eventually("visit", lambda: server.visits)
        begin_s = asyncio.get_running_loop().time()
        await take(stream, 0)
        assert asyncio.get_running_loop().time() - begin_s > 0.8


async def test_a_source_that_fails_for_good_ends_the_stream() -> None:
    def token() -> str:
        raise LookupError("no such account")

    async with ScriptedServer([]) as server, Stream(server.url, token=token, pace=QUICK) as stream:
        for _ in range(2):
            with pytest.raises(LookupError, match="no such account"):
                await anext(stream)


@pytest.mark.parametrize("proof", [{}, {"token": "a token", "ticket": str}])
def test_one_proof_is_needed_and_one_is_enough(proof: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="token or a source of tickets"):
        Stream("http://127.0.0.1:8000", **proof)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000/ws/v1/stream"),
        ("https://tasks.example.org/", "wss://tasks.example.org/ws/v1/stream"),
        ("https://example.org/tasks", "wss://example.org/tasks/ws/v1/stream"),
        ("wss://example.org/elsewhere", "wss://example.org/elsewhere"),
    ],
)
def test_the_address_of_the_server_is_enough(url: str, expected: str) -> None:
    assert stream_address(url) == expected


@pytest.mark.parametrize("url", ["tasks.example.org", "ftp://example.org", "http://", ""])
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        Stream(url, token="a token")


# --- Acks, and a reader that takes its time -------------------------------------------------------


@pytest.mark.parametrize(("last", "padding"), [(200, 0), (2, 40_000)], ids=["many", "long"])
async def test_much_is_acknowledged_at_once(last: int, padding: int) -> None:
    ack = {"client": {"type": "ack", "seq": last}}
    pace = type(QUICK)(ack_after_s=PATIENCE_S * 2)
    async with (
        ScriptedServer([opened(events(1, last, padding=padding), ack)]) as server,
        Stream(server.url, token="a token", pace=pace) as stream,
    ):
        await take(stream, last)
        await server.finish()


async def test_only_what_was_taken_is_acknowledged_and_pings_are_answered_meanwhile() -> None:
    ping: list[dict[str, Any]] = [{"server": PING}, PONG]
    ack: dict[str, Any] = {"client": {"type": "ack", "seq": 2}}
    script = [events(1, 3), *ping, ack, *ping]
    async with (
        ScriptedServer([opened(*script)]) as server,
        Stream(server.url, token="a token", pace=QUICK) as stream,
    ):
        await take(stream, 2)
        await server.finish()
        await asyncio.sleep(QUICK.ack_after_s * 3)
        assert server.acks == [2]
        assert stream.cursor == Cursor(epoch="e1", seq=2)


async def test_more_is_asked_for_only_once_all_that_came_was_taken() -> None:
    script = [opened(events(1, 3), CUT), {"hello": hello(3), "steps": [welcome(resumed=True), events(4, 4)]}]
    async with (
        ScriptedServer(script) as server,
        Stream(server.url, token="a token", pace=QUICK) as stream,
    ):
        await take(stream, 2)
        await asyncio.sleep(QUICK.backoff_cap_s * 3)
        assert server.visits == 1
        await take(stream, 4)
        assert server.visits == 2


async def test_what_came_before_the_end_is_taken_before_it() -> None:
    bye = {"server": {"type": "bye", "code": 4500, "reason": "Sign in first.", "retry_after_s": None}}
    async with (
        ScriptedServer([opened(events(1, 2), bye)]) as server,
        Stream(server.url, token="a token", pace=QUICK) as stream,
    ):
        await eventually("end", server.played.is_set)
        await take(stream, 2)
        with pytest.raises(NotAuthenticated, match=r"Sign in first\. \(4500\)"):
            await anext(stream)


# --- Coming and going -----------------------------------------------------------------------------


async def test_a_stream_goes_on_where_another_one_ended() -> None:
    script = [opened(events(1, 2)), {"hello": hello(2), "steps": [welcome(resumed=True), events(3, 3)]}]
    async with ScriptedServer(script) as server:
        async with Stream(server.url, token="a token", pace=QUICK) as stream:
            await take(stream, 2)
        cursor = stream.cursor
        async with Stream(server.url, token="a token", since=cursor, pace=QUICK) as stream:
            change = await anext(stream)
    assert isinstance(change, Event)
    assert (change.seq, change.cursor) == (3, Cursor(epoch="e1", seq=3))


async def test_a_stream_that_was_left_gives_nothing_more() -> None:
    async with ScriptedServer([opened(events(1, 5))]) as server:
        async with Stream(server.url, token="a token", pace=QUICK) as stream:
            assert isinstance(await anext(stream), Snapshot)
            await server.finish()
        assert [change async for change in stream] == []


async def test_a_stream_has_to_be_opened_and_only_once() -> None:
    async with ScriptedServer([opened()]) as server:
        stream = Stream(server.url, token="a token", pace=QUICK)
        with pytest.raises(RuntimeError, match="async with"):
            await anext(stream)
        async with stream:
            await take(stream, 0)
        with pytest.raises(RuntimeError, match="once"):
            await stream.__aenter__()


async def test_an_object_as_long_as_they_get_comes_through() -> None:
    async with (
        ScriptedServer([opened(events(1, 1, padding=3_000_000))]) as server,
        Stream(server.url, token="a token", pace=QUICK) as stream,
    ):
        await take(stream, 1)


@pytest.fixture(autouse=True)
def _no_warnings_of_asyncio(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What a task leaves behind is logged and not raised."""
    yield
    assert [record for record in caplog.records if record.name == "asyncio"] == []
