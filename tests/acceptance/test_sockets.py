"""The rules of the socket: who may listen, what may be said, and how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.support.client import Client, Listener, Page, in_seconds
from tests.support.database import add_tasks
from tests.support.servers import KINDS, Kind, Server

pytestmark = pytest.mark.untimed

NOT_AUTHENTICATED = 4500
PROTOCOL_ERROR = 4501
TOO_MANY_SOCKETS = 4504
RESTART = 4012
MAX_UNACKED_EVENTS = 1000
MAX_UNACKED_BYTES = 262_144


@pytest.fixture(params=KINDS)
def each_server(request: pytest.FixtureRequest, shared_server: Callable[..., Server]) -> Server:
    """A server of each kind."""
    return shared_server(request.param, DOORBELL="process")


@pytest.fixture
def server(shared_server: Callable[..., Server]) -> Server:
    """A server, where the rule is the consumer's and the same under each."""
    return shared_server("uvicorn", DOORBELL="process")


@pytest.fixture
async def ada(server: Server) -> AsyncIterator[Client]:
    """Somebody new."""
    async with await Client.sign_up(server.url) as client:
        yield client


@pytest.fixture(scope="module")
def token_of_bob(shared_server: Callable[..., Server]) -> str:
    """The token of somebody who was here before."""

    async def sign_up() -> str:
        async with await Client.sign_up(shared_server("uvicorn", DOORBELL="process").url) as client:
            return client.token

    return asyncio.run(sign_up())


@pytest.fixture
async def bob(server: Server, token_of_bob: str) -> AsyncIterator[Client]:
    """Somebody whose past does not matter: to hash a password takes its time."""
    async with Client(server.url, token_of_bob) as client:
        yield client


async def assert_ends(listener: Listener, code: int) -> dict[str, Any]:
    """Wait for a close with a code that a bye gave before it, with a reason; return the bye."""
    found, bye = await listener.closed()
    assert bye is not None, f"closed with {found}, without a bye"
    assert (found, bye["code"]) == (code, code), bye
    assert set(bye) == {"type", "code", "reason", "retry_after_s"}
    assert bye["reason"]
    assert (bye["retry_after_s"] is None) == (code >= 4500)
    return bye


async def assert_unharmed(listener: Listener, client: Client) -> None:
    """Show that a socket beside the one that was closed noticed nothing."""
    task = await client.create("Life goes on")
    await listener.event("task.created", task)
    assert listener.bye is None


# --- Who may listen -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer no.such.token"}, {"cookie": "sessionid=nosuchsession"}],
    ids=["nothing", "a-made-up-token", "a-made-up-cookie"],
)
async def test_a_stranger_is_let_in_only_to_be_told_why_not(
    each_server: Server, headers: dict[str, str]
) -> None:
    listener = Listener(each_server.url, headers=headers)
    await listener.connect()  # a refusal before the handshake would raise here

    await assert_ends(listener, NOT_AUTHENTICATED)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_cookie_from_a_foreign_page_opens_nothing(each_server: Server, origin: str | None) -> None:
    async with Page(each_server.url) as page:
        listener = page.listener(origin=origin)
        await listener.connect()

        await assert_ends(listener, NOT_AUTHENTICATED)


async def test_nobody_hears_what_belongs_to_somebody_else(each_server: Server) -> None:
    async with (
        await Client.sign_up(each_server.url) as ada,
        await Client.sign_up(each_server.url) as eve,
    ):
        secret = await ada.create("Ada's secret")
        listening, spying = await ada.listen(), await eve.listen()
        # What she knows of Ada's stream does not help her either.
        probing = eve.listener()
        await probing.connect()
        await probing.hello(since=0, epoch=listening.epoch)
        await ada.change(secret["id"], title="Ada's other secret")
        await listening.event("task.updated", secret)

        own = await eve.create("Eve's own")
        for listener in (spying, probing):
            await listener.event("task.created", own)
            assert "secret" not in json.dumps(listener.frames)
        assert (await eve.send("GET", f"/api/v1/tasks/{secret['id']}/")).status_code == 404
        assert (await eve.send("POST", f"/api/v1/tasks/{secret['id']}/complete/")).status_code == 404
        assert not probing.welcome or not probing.welcome["resumed"]


async def test_one_more_socket_than_allowed_is_refused_and_the_others_stay(
    shared_server: Callable[..., Server],
) -> None:
    server = shared_server("uvicorn", DOORBELL="process", SOCKETS_PER_USER="2")
    async with await Client.sign_up(server.url) as ada, await Client.sign_up(server.url) as bob:
        first, second = await ada.listen(), await ada.listen()
        third = ada.listener()
        await third.connect()

        await assert_ends(third, TOO_MANY_SOCKETS)

        await bob.listen()  # the limit is each person's own
        await first.close()
        await _listens_soon(ada)  # the place is free again
        await assert_unharmed(second, ada)


async def _listens_soon(client: Client) -> None:
    """Open a socket; the server learns of a close a moment after the client."""
    async with asyncio.timeout(5):
        while True:
            listener = client.listener()
            await listener.connect()
            await listener.hello()
            try:
                await listener.until("welcome", lambda waiting=listener: waiting.welcome)  # type: ignore[misc]
            except AssertionError:
                await listener.close()
            else:
                return


# --- What may be said -----------------------------------------------------------------------------

HELLO = {"type": "hello"}

NONSENSE: dict[str, list[Any]] = {
    "not-json": ["{"],
    "no-object": ["[]"],
    "nothing-at-all": [""],
    "no-type": [{"since": 1}],
    "an-unknown-type": [{"type": "subscribe", "stream": "everything"}],
    "a-type-that-is-no-text": [{"type": 5}],
    "an-unknown-field": [{"type": "hello", "token": "x"}],
    "a-binary-frame": [b'{"type":"hello"}'],
    "a-since-that-is-no-number": [{"type": "hello", "since": "7"}],
    "a-since-that-is-a-bool": [{"type": "hello", "since": True}],
    "a-negative-since": [{"type": "hello", "since": -1}],
    "a-since-beyond-64-bits": [{"type": "hello", "since": 2**63}],
    "an-epoch-that-is-no-text": [{"type": "hello", "epoch": 5}],
    "deep-json": ["[" * 30_000 + "]" * 30_000],
    "a-lone-surrogate": ['{"type":"\\ud800"}'],
    "a-second-hello": [HELLO, HELLO],
    "an-ack-before-hello": [{"type": "ack", "seq": 0}],
    "an-ack-of-what-was-never-sent": [HELLO, "welcome", {"type": "ack", "seq": 10**9}],
    "an-ack-without-a-seq": [HELLO, "welcome", {"type": "ack"}],
    "an-ack-that-is-a-float": [HELLO, "welcome", {"type": "ack", "seq": 0.5}],
    "an-unknown-field-later": [HELLO, "welcome", {"type": "pong", "t": 1}],
}


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE.keys())
async def test_nonsense_ends_its_own_socket_with_the_reason_and_harms_no_other(
    server: Server, bob: Client, said: list[Any]
) -> None:
    beside = await bob.listen()
    listener = bob.listener(acks=False)
    await listener.connect()

    for frame in said:
        if frame == "welcome":
            await listener.until("the snapshot", lambda: listener.has_state)
        else:
            await listener.send(frame)

    await assert_ends(listener, PROTOCOL_ERROR)
    await assert_unharmed(beside, bob)


async def test_nonsense_is_refused_by_daphne_too(shared_server: Callable[..., Server]) -> None:
    server = shared_server("daphne", DOORBELL="process")
    async with await Client.sign_up(server.url) as ada:
        beside = await ada.listen()
        for said in ("{", b"\x00\xff", json.dumps({"type": "hello", "epoch": "x" * 70_000})):
            listener = ada.listener()
            await listener.connect()
            await listener.send(said)
            await assert_ends(listener, PROTOCOL_ERROR)
        await assert_unharmed(beside, ada)


async def test_a_frame_of_several_megabytes_ends_its_own_socket(server: Server, bob: Client) -> None:
    beside = await bob.listen()
    listener = bob.listener()
    await listener.connect()
    with suppress(ConnectionClosed):  # it may be refused before it has been sent
        await listener.send(json.dumps({"type": "hello", "epoch": "x" * 5_000_000}))

    code, _ = await listener.closed()

    # The server program itself may refuse it before the project sees it: 1009 is "too big".
    assert code in {1009, PROTOCOL_ERROR}
    await assert_unharmed(beside, bob)


async def test_a_path_that_is_none_is_refused_and_nothing_breaks(server: Server, bob: Client) -> None:
    beside = await bob.listen()
    listener = bob.listener()
    listener._url += "/nowhere"
    with pytest.raises(Exception, match="rejected"):
        await listener.connect()
    await assert_unharmed(beside, bob)


# --- Where a client left off ----------------------------------------------------------------------


async def test_a_client_without_a_past_gets_a_snapshot_even_when_it_is_empty(
    server: Server, ada: Client
) -> None:
    listener = await ada.listen()
    await listener.until("snapshot", lambda: listener.has_state)

    assert [frame["type"] for frame in listener.frames] == ["welcome", "snapshot"]
    assert listener.frames[0]["head"] == 0
    assert listener.frames[1] == {"type": "snapshot", "seq": 0, "items": [], "done": True}


@pytest.mark.parametrize("wrong", ["epoch", "no-epoch", "since"])
async def test_a_past_that_is_not_ours_is_answered_by_a_snapshot(
    server: Server, ada: Client, wrong: str
) -> None:
    task = await ada.create("There before")
    first = await ada.listen()
    await first.until("snapshot", lambda: first.has_state)
    assert first.last_seq == 1
    listener = ada.listener()
    await listener.connect()

    await listener.hello(
        since=2 if wrong == "since" else 1,
        epoch={"epoch": "another history", "no-epoch": None, "since": first.epoch}[wrong],
    )
    await listener.until("snapshot", lambda: listener.has_state)

    assert listener.welcome is not None
    assert not listener.welcome["resumed"]
    assert listener.tasks == {task["id"]: task}
    await assert_unharmed(listener, ada)


async def test_a_client_that_lacks_nothing_is_resumed_with_nothing(server: Server, ada: Client) -> None:
    await ada.create("There before")
    listener = await ada.listen()
    await listener.until("snapshot", lambda: listener.has_state)

    await listener.cut()
    await listener.resume()
    assert listener.welcome is not None
    assert listener.welcome["resumed"]
    task = await ada.create("After")
    await listener.event("task.created", task)

    assert [frame["type"] for frame in listener.frames] == ["welcome", "events"]


async def test_a_resume_from_the_very_beginning_brings_the_whole_history(server: Server, ada: Client) -> None:
    first = await ada.listen()
    await first.until("snapshot", lambda: first.has_state)
    for number in range(5):
        await ada.create(f"Task {number}")
    await first.reach(5)
    listener = ada.listener()
    listener.last_seq = 0
    await listener.connect()

    await listener.hello(since=0, epoch=first.epoch)
    await listener.reach(5)

    assert listener.events == first.events


# --- A client that takes its time -----------------------------------------------------------------


async def test_without_acks_a_client_gets_a_quarter_of_a_megabyte_and_the_rest_once_it_acks(
    server: Server, ada: Client
) -> None:
    acking, silent = await ada.listen(), ada.listener(acks=False)
    await silent.connect()
    await silent.hello()
    await silent.until("snapshot", lambda: silent.has_state)

    # They are all missed at once, so that one batch of the engine has more than may be in flight.
    add_tasks(server.database_url, await ada.id(), count=1100, first=in_seconds(0.3), spread_s=0)
    await acking.reach(1100)
    marker = await ada.create("Marker")
    await acking.event("task.created", marker)
    await asyncio.sleep(0.1)  # would more come, it would have come with the marker
    unacked = len(silent.events)
    bytes_at_least = sum(len(json.dumps(event, separators=(",", ":"))) for event in acking.events[:unacked])
    assert unacked <= MAX_UNACKED_EVENTS
    assert 0.8 * MAX_UNACKED_BYTES < bytes_at_least <= MAX_UNACKED_BYTES

    await silent.send({"type": "ack", "seq": 100})
    await silent.until("more", lambda: len(silent.events) > unacked)
    while (silent.last_seq or 0) < 1101:
        await silent.send({"type": "ack", "seq": silent.last_seq})
        await asyncio.sleep(0.02)
        silent._check()
    assert silent.events == acking.events


# --- The server's own end -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_stops_says_so_and_its_clients_resume_at_the_next(
    kind: Kind, start_server: Callable[..., Server]
) -> None:
    server = start_server(kind)
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        task = await ada.create("Before the restart")
        await listener.event("task.created", task)

        ending = asyncio.create_task(asyncio.to_thread(server.terminate))
        await assert_ends(listener, RESTART)
        await ending
        assert server.output().count("The server stops: its door is shut") == 1

        await asyncio.to_thread(server.start)
        await listener.resume()
        assert listener.welcome is not None
        assert listener.welcome["resumed"]
        await assert_unharmed(listener, ada)
