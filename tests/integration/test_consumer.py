"""One socket's life on a real outbox: its time-outs, its pace, and the order of what it sends."""

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest

from realtime import consumers, outbox, pulse, relay
from realtime.consumers import StreamConsumer
from realtime.models import EventRow, Stream
from realtime.publisher import doorbell
from tests.support.client import eventually
from tests.support.sockets import House, Socket, house, in_thread, new_stream, record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def quick_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost rings are made up for at once."""
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 0.05)
    monkeypatch.setattr(relay, "_REPAIR_JITTER_S", 0.0)


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch, quick_repair: None) -> None:
    """The doorbell is lost altogether."""
    monkeypatch.setattr(doorbell, "publish", lambda *_: None)


# --- Time-outs ------------------------------------------------------------------------------------


async def test_without_a_hello_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "HELLO_TIMEOUT_S", 0.05)
    async with house() as home:
        socket = await home.open(await new_stream())

        code, bye = await socket.ending()

        assert code == 4501
        assert "hello" in bye["reason"]


async def test_it_pings_with_the_head_and_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    _ping_every(monkeypatch, 0.02)
    async with house() as home:
        stream = await new_stream()
        await record(stream, 3)
        socket = await home.open(stream)
        await socket.hello()

        ping = await socket.frame()

        assert set(ping) == {"type", "head", "t"}
        assert (ping["type"], ping["head"]) == ("ping", 3)
        assert ping["t"].endswith("Z")


async def test_a_client_that_answers_no_ping_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    _ping_every(monkeypatch, 0.02)
    monkeypatch.setattr(consumers, "PONG_TIMEOUT_S", 0.2)
    async with house() as home:
        stream = await new_stream()
        silent, answering = await home.open(stream), await home.open(stream)
        await silent.hello()
        await answering.hello()

        async def answer() -> None:
            while True:
                if (await answering.frame())["type"] == "ping":
                    await answering.say(type="pong")

        answers = asyncio.create_task(answer())
        code, bye = await silent.ending()

        assert code == 4012
        assert bye["retry_after_s"] is not None
        await asyncio.sleep(0.3)  # longer than a silent one may live
        assert not answers.done()
        answers.cancel()


async def test_a_client_that_acks_nothing_is_sent_away_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consumers, "STALL_TIMEOUT_S", 0.3)
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        await record(stream, 1001)

        assert await socket.seqs(1000) == list(range(1, 1001))
        code, bye = await socket.ending()

        assert code == 4008
        assert bye["retry_after_s"] is not None


async def test_news_do_not_prolong_the_stay_of_a_client_that_acks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consumers, "STALL_TIMEOUT_S", 0.4)
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        await record(stream, 1001)
        await socket.seqs(1000)

        async def go_on() -> None:
            while True:
                await record(stream)
                await asyncio.sleep(0.05)

        writing = asyncio.create_task(go_on())
        async with asyncio.timeout(5):
            code, _ = await socket.ending()
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)

        assert code == 4008


async def test_a_connection_that_takes_nothing_in_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "STALL_TIMEOUT_S", 0.1)
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        with _blocked(monkeypatch) as blocked:
            await record(stream)
            await asyncio.wait_for(blocked.wait(), 5)

            assert await socket.closing() == 4008  # there was no way to say bye


async def test_a_connection_that_takes_not_even_a_ping_in_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _ping_every(monkeypatch, 0.02)
    monkeypatch.setattr(consumers, "STALL_TIMEOUT_S", 0.1)
    async with house() as home:
        socket = await home.open(await new_stream())
        await socket.hello()
        with _blocked(monkeypatch) as blocked:
            await asyncio.wait_for(blocked.wait(), 5)

            # A ping may have gone out before.
            while (last := await socket.receive_output(timeout=10))["type"] == "websocket.send":
                pass
            assert last["code"] == 4008


async def _is_left(home: House) -> None:
    """Wait until no socket is attached."""
    await eventually("sockets left", lambda: not home.relay._audiences)


def _rests(consumer: object) -> bool:
    assert isinstance(consumer, StreamConsumer)
    return consumer._pump is None


class _blocked:  # noqa: N801 (used like a function)
    """The line takes nothing while the block runs; set when somebody tries."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __enter__(self) -> asyncio.Event:
        tried = asyncio.Event()

        async def stuck(*_: Any, **__: Any) -> None:
            tried.set()
            await asyncio.Event().wait()

        self._original = StreamConsumer.send
        self._monkeypatch.setattr(StreamConsumer, "send", stuck)
        return tried

    def __exit__(self, *_: object) -> None:
        self._monkeypatch.setattr(StreamConsumer, "send", self._original)


def _ping_every(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(pulse, "TICK_S", seconds / 2)
    monkeypatch.setattr(consumers, "PING_INTERVAL_S", seconds)
    monkeypatch.setattr(consumers, "_PING_JITTER_S", 0.0)


# --- What it sends --------------------------------------------------------------------------------


async def test_without_any_doorbell_every_event_still_comes_in_order(deaf: None) -> None:
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        for _ in range(5):
            await record(stream, 3)

        assert await socket.seqs(15) == list(range(1, 16))


async def test_rings_that_are_lost_doubled_or_out_of_order_change_nothing(
    monkeypatch: pytest.MonkeyPatch, quick_repair: None
) -> None:
    kept: list[tuple[str, list[Any]]] = []
    ring = doorbell.publish
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        with monkeypatch.context() as patch:
            patch.setattr(doorbell, "publish", lambda topic, messages: kept.append((topic, list(messages))))
            for _ in range(6):
                await record(stream, 2)

        for index in (5, 1, 1, 3, 0, 5, 2):  # the one at 4 is lost
            ring(*kept[index])

        assert await socket.seqs(12) == list(range(1, 13))
        await record(stream)
        assert await socket.seqs(1) == [13]


async def test_what_a_line_takes_at_once_needs_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    async with house() as home:
        stream = await new_stream()
        sockets = [await home.open(stream) for _ in range(3)]
        for socket in sockets:
            await socket.hello()
        waiting = list(home.relay.sockets_of(stream))
        await eventually("rest", lambda: all(_rests(one) for one in waiting))
        monkeypatch.setattr(StreamConsumer, "_wake", None)  # who needs one fails

        await record(stream)
        await record(stream, 2)

        for socket in sockets:
            assert await socket.seqs(3) == [1, 2, 3]
        monkeypatch.undo()


async def test_a_line_that_is_full_gets_the_rest_in_order_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send, let_go = StreamConsumer.send, asyncio.Event()
    async with house() as home:
        stream = await new_stream()
        slow = await home.open(stream)
        await slow.hello()
        (stuck,) = home.relay.sockets_of(stream)
        fast = await home.open(stream)
        await fast.hello()

        async def full_for_one(self: StreamConsumer, message: Mapping[str, Any]) -> None:
            if self is stuck:
                await let_go.wait()
            await send(self, message)

        monkeypatch.setattr(StreamConsumer, "send", full_for_one)
        for _ in range(3):
            await record(stream)
        assert await fast.seqs(3) == [1, 2, 3]
        assert await slow.receive_nothing(timeout=0.1)

        let_go.set()

        assert await slow.seqs(3) == [1, 2, 3]


async def test_a_line_that_is_gone_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    send = StreamConsumer.send
    async with house() as home:
        stream = await new_stream()
        await (await home.open(stream)).hello()
        (gone,) = home.relay.sockets_of(stream)
        others = [await home.open(stream) for _ in range(2)]
        for socket in others:
            await socket.hello()

        async def gone_for_one(self: StreamConsumer, message: Mapping[str, Any]) -> None:
            if self is gone:
                raise BrokenPipeError
            await send(self, message)

        monkeypatch.setattr(StreamConsumer, "send", gone_for_one)
        await record(stream)

        for socket in others:
            assert await socket.seqs(1) == [1]
        assert gone not in home.relay.sockets_of(stream)


async def test_more_news_than_it_keeps_are_read_instead(quick_repair: None) -> None:
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        await asyncio.gather(*(record(stream) for _ in range(100)))

        assert await socket.seqs(100) == list(range(1, 101))


async def test_what_changes_while_the_snapshot_is_read_comes_after_it(quick_repair: None) -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 2)
        home.snapshots.notes = [{"kind": "note", "data": {"id": str(number)}} for number in range(5)]
        loop = asyncio.get_running_loop()
        home.snapshots.before_page = lambda: asyncio.run_coroutine_threadsafe(record(stream), loop).result(5)
        socket = await home.open(stream)

        welcome, *pages = await socket.hello()

        assert welcome["head"] == 2
        assert [page["seq"] for page in pages] == [2, 2, 2]
        assert [page["done"] for page in pages] == [False, False, True]
        assert [item for page in pages for item in page["items"]] == home.snapshots.notes
        assert await socket.seqs(3) == [3, 4, 5]


async def test_a_history_that_was_trimmed_beyond_the_client_is_answered_by_a_snapshot() -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 5)
        await in_thread(_trim, stream, 4)
        epoch = (await (await home.open(stream)).hello())[0]["epoch"]

        resumed = await (await home.open(stream)).hello(since=3, epoch=epoch)
        assert resumed[0]["resumed"]
        too_old = await (await home.open(stream)).hello(since=2, epoch=epoch)
        assert not too_old[0]["resumed"]


async def test_a_history_that_is_trimmed_under_a_slow_client_sends_it_for_a_snapshot() -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 1)
        epoch = (await (await home.open(stream)).hello())[0]["epoch"]
        socket = await home.open(stream)
        await socket.hello(since=1, epoch=epoch)
        await record(stream, 1000)
        await socket.seqs(1000)
        await record(stream, 60)  # too many for the ring to carry
        await in_thread(_trim, stream, 1005)

        await socket.say(type="ack", seq=1001)

        assert (await socket.ending())[0] == 4010


def _trim(stream: Any, first: int) -> None:
    EventRow.objects.filter(stream_id=stream, seq__lt=first).delete()
    Stream.objects.filter(id=stream).update(min_seq=first)


async def test_a_history_that_was_rebuilt_sends_everybody_for_a_snapshot(quick_repair: None) -> None:
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()

        await in_thread(lambda: Stream.objects.filter(id=stream).update(epoch="another", seq=0))

        assert (await socket.ending())[0] == 4010


async def test_an_account_that_is_deleted_ends_its_sockets(quick_repair: None) -> None:
    async with house() as home:
        stream, other = await new_stream(), await new_stream()
        socket, beside = await home.open(stream), await home.open(other)
        await socket.hello()
        await beside.hello()

        await in_thread(lambda: Stream.objects.filter(id=stream).delete())

        assert (await socket.ending())[0] == 4503
        await record(other)
        assert await beside.seqs(1) == [1]


async def test_a_log_in_that_ends_ends_its_sockets_even_before_hello(quick_repair: None) -> None:
    async with house() as home:
        stream = await new_stream()
        waiting, listening = await home.open(stream), await home.open(stream)
        await listening.hello()

        home.authenticator.ended_sessions.add("a session")

        assert [(await socket.ending())[0] for socket in (waiting, listening)] == [4503, 4503]


async def test_a_failure_of_ours_is_told_as_a_restart(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("a page that can't be read")

    async with house() as home:
        home.snapshots.before_page = fail
        socket = await home.open(await new_stream())
        await socket.say(type="hello")

        code, bye = await socket.ending()

        assert code == 4012
        assert "page" not in bye["reason"]
        assert "a page that can't be read" in caplog.text


async def test_a_socket_that_leaves_leaves_nothing_behind() -> None:
    async with house() as home:
        stream = await new_stream()
        before_hello, after_hello = await home.open(stream), await home.open(stream)
        await after_hello.hello()

        await before_hello.disconnect()
        await after_hello.disconnect()

        await _is_left(home)
        assert {task.get_name() for task in asyncio.all_tasks()}.isdisjoint({"pump", "goodbye"})


async def test_a_socket_that_waits_holds_nothing_that_could_be_let_go() -> None:
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        await record(stream, 3)
        await socket.seqs(3)
        await socket.say(type="ack", seq=3)
        (consumer,) = home.relay.sockets_of(stream)
        assert isinstance(consumer, StreamConsumer)

        await eventually("rest", lambda: consumer._pump is None)

        assert "pump" not in {task.get_name() for task in asyncio.all_tasks()}
        assert consumer._rings is None
        assert consumer._acked is None
        assert consumer._cursor is not None
        await eventually("the ack", lambda: consumer._cursor is not None and consumer._cursor._lumps is None)
        assert not hasattr(consumer, "__dict__")
        assert socket.scope == {}


async def test_a_relay_that_stops_tells_its_sockets_to_come_back() -> None:
    async with house() as home:
        sockets = [await home.open(await new_stream()) for _ in range(3)]
        for socket in sockets:
            await socket.hello()

        await home.stop()

        endings = [await socket.ending() for socket in sockets]
        assert [code for code, _ in endings] == [4012] * 3
        assert all(0 <= bye["retry_after_s"] <= 5 for _, bye in endings)


async def test_the_subprotocol_is_echoed_when_it_is_offered() -> None:
    async with house() as home:
        stream = await new_stream()
        socket = Socket(
            home._application,
            "/ws/v1/stream",
            headers=[(b"x-stream", str(stream).encode())],
            subprotocols=["something.else", "taskengine.v1"],
        )
        home._sockets.append(socket)

        assert await socket.connect() == (True, "taskengine.v1")


@pytest.fixture(autouse=True)
def _no_lost_exceptions(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A task that fails unseen is a bug of its own."""
    yield
    assert "never retrieved" not in caplog.text


# --- What the client may say when ------------------------------------------------------------------


async def test_the_frames_of_a_snapshot_may_be_acknowledged_while_it_comes() -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 3)
        acknowledged = threading.Event()
        home.snapshots.notes = [{"kind": "note", "data": {"id": str(number)}} for number in range(4)]
        socket = await home.open(stream)
        await socket.say(type="hello")
        assert (await socket.frame())["type"] == "welcome"
        assert not (await socket.frame())["done"]

        home.snapshots.before_page = lambda: _wait_for(acknowledged)
        await socket.say(type="ack", seq=3)
        acknowledged.set()
        while not (await socket.frame())["done"]:
            pass
        await record(stream)

        assert await socket.seqs(1) == [4]


@pytest.mark.parametrize("early", [{"type": "pong"}, {"type": "ack", "seq": 0}])
async def test_the_first_frame_is_a_hello(early: dict[str, Any]) -> None:
    async with house() as home:
        socket = await home.open(await new_stream())
        await socket.say(**early)
        code, _ = await socket.ending()
        assert code == 4501


async def test_an_ack_beyond_the_head_ends_it_even_while_a_snapshot_comes() -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 3)
        blocked = threading.Event()
        home.snapshots.before_page = lambda: _wait_for(blocked)
        socket = await home.open(stream)
        await socket.say(type="hello")
        await socket.frame()
        await socket.say(type="ack", seq=4)
        code, _ = await socket.ending()
        blocked.set()
        assert code == 4501


@pytest.mark.parametrize(("since", "is_known"), [(3, True), (9, True), (3, False), (9, False)])
async def test_what_a_client_came_with_may_be_acknowledged_at_any_time(since: int, *, is_known: bool) -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 3)
        epoch = await in_thread(_epoch, stream) if is_known else "of another history"
        socket = await home.open(stream)
        await socket.say(type="hello", since=since, epoch=epoch)
        await socket.say(type="ack", seq=since)  # at once: nobody has read yet how far the stream reaches
        welcome = await socket.frame()
        assert welcome["resumed"] == (since == 3 and is_known)
        if not welcome["resumed"]:
            assert (await socket.frame())["done"]
        await socket.say(type="ack", seq=since)
        await record(stream)
        assert await socket.seqs(1) == [4]


async def test_an_ack_of_more_than_a_client_came_with_ends_it_before_the_welcome_too() -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 3)
        socket = await home.open(stream)
        await socket.say(type="hello", since=3)
        await socket.say(type="ack", seq=4)
        code, _ = await socket.ending()
        assert code == 4501


def _wait_for(event: threading.Event) -> None:
    event.wait(5)


# --- How much is on its way -----------------------------------------------------------------------

ITEM = "x" * 30_000  # eight of them are nearly what may be in flight


async def test_without_acks_a_client_gets_a_quarter_of_a_megabyte_and_the_rest_once_it_acks() -> None:
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        await record(stream, 20, text=ITEM)

        assert await socket.seqs(8) == list(range(1, 9))
        assert await socket.receive_nothing(timeout=0.2)
        await socket.say(type="ack", seq=3)
        assert await socket.seqs(3) == [9, 10, 11]
        assert await socket.receive_nothing(timeout=0.2)
        await socket.say(type="ack", seq=11)
        assert await socket.seqs(8) == list(range(12, 20))
        await socket.say(type="ack", seq=19)
        assert await socket.seqs(1) == [20]


async def test_one_event_larger_than_all_that_may_be_on_its_way_passes_by_itself() -> None:
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        await record(stream)
        await record(stream, text="x" * 400_000)
        await record(stream)

        assert await socket.seqs(1) == [1]
        assert await socket.receive_nothing(timeout=0.2)
        await socket.say(type="ack", seq=1)
        assert await socket.seqs(1) == [2]
        assert await socket.receive_nothing(timeout=0.2)
        await socket.say(type="ack", seq=2)
        assert await socket.seqs(1) == [3]


async def test_a_client_that_stalls_is_still_pinged_and_the_fast_one_beside_it_gets_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with house() as home:
        stream = await new_stream()
        stalled, fast = await home.open(stream), await home.open(stream)
        await stalled.hello()
        await fast.hello()

        seqs: list[int] = []
        for _ in range(40):
            await record(stream, text=ITEM)
            seqs += await fast.seqs(1)
            await fast.say(type="ack", seq=seqs[-1])
        assert seqs == list(range(1, 41))
        assert await stalled.seqs(8) == list(range(1, 9))

        for consumer in home.relay.sockets_of(stream):
            assert isinstance(consumer, StreamConsumer)
            kept = sum(ring.size for ring in consumer._rings or ())
            assert kept == consumer._kept_bytes <= 65_536
            consumer.beat()
        assert (await stalled.frame())["type"] == "ping"


async def test_a_ping_that_is_due_while_a_stalled_client_s_events_are_read_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        (consumer,) = home.relay.sockets_of(stream)
        read = home.relay.questions.read

        async def read_slowly(stream: UUID, *, after: int) -> Any:
            found = await read(stream, after=after)
            if after == 8:  # nothing of it may be sent
                consumer.beat()
            return found

        monkeypatch.setattr(home.relay.questions, "read", read_slowly)
        await record(stream, 20, text=ITEM)

        assert await socket.seqs(8) == list(range(1, 9))
        assert (await socket.frame())["type"] == "ping"


# --- A history that is trimmed while its snapshot is read ------------------------------------------


async def test_a_snapshot_whose_history_is_trimmed_meanwhile_begins_again_with_another_seq() -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 2)
        home.snapshots.notes = [{"kind": "note", "data": {"id": str(number)}} for number in range(5)]
        pages: list[None] = []
        loop = asyncio.get_running_loop()

        def trim_once() -> None:
            pages.append(None)
            if len(pages) == 2:
                asyncio.run_coroutine_threadsafe(record(stream, 8), loop).result(5)
                _trim(stream, 6)

        home.snapshots.before_page = trim_once
        socket = await home.open(stream)

        welcome, *frames = await socket.hello()

        assert welcome["head"] == 2
        assert [(frame["seq"], frame["done"]) for frame in frames] == [
            (2, False),
            (2, False),
            (10, False),
            (10, False),
            (10, True),
        ]
        assert [item for frame in frames[2:] for item in frame["items"]] == home.snapshots.notes
        await record(stream)
        assert await socket.seqs(1) == [11]


async def test_a_history_that_is_rebuilt_while_its_snapshot_is_read_sends_the_client_round_again() -> None:
    async with house() as home:
        stream = await new_stream()
        home.snapshots.notes = [{"kind": "note", "data": {"id": str(number)}} for number in range(5)]

        def rebuild() -> None:
            Stream.objects.filter(id=stream).update(epoch="another")

        home.snapshots.before_page = rebuild
        socket = await home.open(stream)
        await socket.say(type="hello")

        assert (await socket.ending())[0] == 4010


async def test_a_snapshot_that_never_keeps_up_with_the_trimming_is_given_up() -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 2)
        home.snapshots.notes = [{"kind": "note", "data": {"id": str(number)}} for number in range(3)]
        loop = asyncio.get_running_loop()

        def trim() -> None:
            asyncio.run_coroutine_threadsafe(record(stream, 2), loop).result(5)
            _trim(stream, outbox.heads([stream])[stream].seq + 1)

        home.snapshots.before_page = trim
        socket = await home.open(stream)
        await socket.say(type="hello")

        assert (await socket.ending())[0] == 4008


# --- How large a frame is --------------------------------------------------------------------------

LONG = "x" * 50_000
A_LIMIT_OF_MANY_CLIENTS = 1_048_576


async def test_a_snapshot_of_long_notes_comes_in_frames_that_every_client_takes() -> None:
    async with house() as home:
        home.snapshots.page_rows = 100
        home.snapshots.notes = [
            {"kind": "note", "data": {"id": str(number), "text": LONG}} for number in range(60)
        ]
        socket = await home.open(await new_stream())
        await socket.say(type="hello")
        await socket.frame()
        ids: list[str] = []
        while True:
            text = await socket.receive_from(timeout=10)
            assert len(text) < A_LIMIT_OF_MANY_CLIENTS
            frame = json.loads(text)
            ids += [item["data"]["id"] for item in frame["items"]]
            if frame["done"]:
                break
        assert ids == [str(number) for number in range(60)]


async def test_a_history_of_long_notes_comes_in_frames_that_every_client_takes() -> None:
    async with house() as home:
        stream = await new_stream()
        await record(stream, 60, text=LONG)
        socket = await home.open(stream)
        epoch = await in_thread(_epoch, stream)
        await socket.say(type="hello", since=0, epoch=epoch)
        assert (await socket.frame())["resumed"]
        seqs: list[int] = []
        while len(seqs) < 60:
            text = await socket.receive_from(timeout=10)
            assert len(text) < A_LIMIT_OF_MANY_CLIENTS
            frame = json.loads(text)
            assert frame["from"] == len(seqs) + 1
            assert frame["to"] == frame["from"] + len(frame["items"]) - 1
            seqs += [item["seq"] for item in frame["items"]]
            await socket.say(type="ack", seq=seqs[-1])
        assert seqs == list(range(1, 61))


def _epoch(stream: UUID) -> str:
    return Stream.objects.get(id=stream).epoch


async def test_a_close_says_no_more_than_a_close_may() -> None:
    async with house() as home:
        socket = await home.open(await new_stream())
        await socket.say(type="hello", **{"\U0001f600" * 40: 1})
        while (await socket.frame())["type"] != "bye":
            pass
        closed = await socket.receive_output(timeout=10)
        assert closed["code"] == 4501
        assert len(closed["reason"].encode()) <= 123


async def test_an_ack_that_overtakes_the_end_of_the_sending_is_taken_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send, let_go = StreamConsumer.send, asyncio.Event()

    async def slow_to_return(self: StreamConsumer, message: Mapping[str, Any]) -> None:
        await send(self, message)
        if '"events"' in message["text"]:
            await let_go.wait()

    monkeypatch.setattr(StreamConsumer, "send", slow_to_return)
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        await record(stream)
        assert await socket.seqs(1) == [1]
        await socket.say(type="ack", seq=1)
        assert await socket.receive_nothing(timeout=0.2), "it must not be taken for a mistake"
        let_go.set()
        await record(stream)
        assert await socket.seqs(1) == [2]
