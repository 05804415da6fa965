"""The relay: many sockets, few queries, and one that misbehaves among them."""

import asyncio
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any
from uuid import UUID

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection

from realtime import outbox, pace, questions, relay, revocation
from realtime.models import Stream
from realtime.ports import Listener
from realtime.publisher import doorbell
from tests.support.client import eventually
from tests.support.sockets import House, Socket, house, in_thread, new_stream, record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[list[tuple[UUID, int]]]:
    """What is asked of the outbox, by query."""
    asked: list[list[tuple[UUID, int]]] = []
    read = outbox.read

    def counted(wanted: Collection[tuple[UUID, int]]) -> Any:
        asked.append(list(wanted))
        return read(wanted)

    monkeypatch.setattr(outbox, "read", counted)
    return asked


async def test_who_waits_for_the_same_events_is_served_by_one_query(
    reads: list[list[tuple[UUID, int]]],
) -> None:
    async with house() as home:
        streams = [await new_stream() for _ in range(5)]
        for stream in streams:
            await record(stream, 3)

        found = await asyncio.gather(
            *(home.relay.questions.read(stream, after=1) for stream in streams for _ in range(4))
        )

        assert [[seq for seq, _ in events] for events in found] == [[2, 3]] * 20
        assert len(reads) <= 2  # the first to ask may be on its way alone
        assert sum(len(pairs) for pairs in reads) == 5


async def test_a_burst_to_many_streams_is_a_few_queries(reads: list[list[tuple[UUID, int]]]) -> None:
    async with house() as home:
        streams = [await new_stream() for _ in range(10)]
        sockets = [await home.open(stream) for stream in streams for _ in range(2)]
        for socket in sockets:
            await socket.hello()

        # More than a ring carries, so that every socket has to read.
        await asyncio.gather(*(record(stream, 60) for stream in streams))

        for socket in sockets:
            assert await socket.seqs(60) == list(range(1, 61))
        assert len(reads) <= len(streams)


async def test_a_storm_of_joins_is_a_few_queries(
    reads: list[list[tuple[UUID, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[int] = []
    asked: list[int] = []
    heads = outbox.heads

    def counted(streams: Collection[UUID]) -> Any:
        asked.append(len(streams))
        return heads(streams)

    async with house() as home:
        streams = [await new_stream() for _ in range(30)]
        for stream in streams:
            await record(stream, 3)
        epoch = (await in_thread(heads, [streams[0]]))[streams[0]].epoch
        await in_thread(lambda: Stream.objects.update(epoch=epoch))
        authenticate_all = home.authenticator.authenticate_all

        def knocked(scopes: Sequence[Mapping[str, Any]]) -> Any:
            known.append(len(scopes))
            return authenticate_all(scopes)

        monkeypatch.setattr(home.authenticator, "authenticate_all", knocked)
        monkeypatch.setattr(outbox, "heads", counted)

        async def come_back(stream: UUID) -> list[int]:
            socket = await home.open(stream)
            await socket.hello(since=1, epoch=epoch)
            return await socket.seqs(2)

        assert await asyncio.gather(*map(come_back, streams)) == [[2, 3]] * len(streams)

        # The first may be on its way alone; a repair may ask for heads too.
        for batches in (known, asked, [len(batch) for batch in reads]):
            assert len(batches) <= 10
            assert max(batches) >= 10


async def test_a_few_events_reach_all_sockets_without_any_query(reads: list[list[tuple[UUID, int]]]) -> None:
    async with house() as home:
        stream = await new_stream()
        sockets = [await home.open(stream) for _ in range(5)]
        for socket in sockets:
            await socket.hello()

        await record(stream, 2)

        for socket in sockets:
            assert await socket.seqs(2) == [1, 2]
        assert reads == []


async def test_sockets_outlive_an_outage_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[Exception] = []
    read = outbox.read

    def read_on_a_line_that_breaks_twice(wanted: Collection[tuple[UUID, int]]) -> Any:
        if len(failures) < 2:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            except OperationalError as error:
                failures.append(error)
                raise
        return read(wanted)

    monkeypatch.setattr(outbox, "read", read_on_a_line_that_breaks_twice)
    monkeypatch.setattr(questions, "_READ_AGAIN_S", 0.01)
    async with house() as home:
        stream = await new_stream()
        sockets = [await home.open(stream) for _ in range(3)]
        for socket in sockets:
            await socket.hello()

        await record(stream, 60)  # more than a ring carries

        for socket in sockets:
            assert await socket.seqs(60) == list(range(1, 61))
        assert len(failures) == 2


async def test_the_repair_takes_two_queries_for_all_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    found: list[int] = []
    moved = outbox.moved

    def counted(known: Sequence[tuple[UUID, int, str]]) -> Any:
        answer = moved(known)
        asked.append(len(known))
        found.append(len(answer))
        return answer

    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 3600.0)
    async with house() as home:
        streams = [await new_stream() for _ in range(6)]
        for stream in streams:
            await record(stream)
            for _ in range(2):
                await (await home.open(stream)).hello()
        monkeypatch.setattr(outbox, "moved", counted)
        log_ins = _asks_of(home, monkeypatch)

        for _ in range(2):
            await home.relay._repair(6)

        assert asked == [6, 6]
        assert log_ins == [set(streams)] * 2
        assert found == [0, 0]  # where nothing is wrong nothing comes back: that is what makes it cheap


async def test_a_round_of_repairs_asks_about_each_stream_once_in_portions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A thousand at once would hold up every event; who came last must not wait for longer than who came first."""
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 3600.0)
    failures: list[Exception] = []
    moved = outbox.moved

    def failing(known: Sequence[tuple[UUID, int, str]]) -> Any:
        if failures:
            raise failures.pop()
        return moved(known)

    async with house() as home:
        first, second, third = [await new_stream() for _ in range(3)]
        for stream in (first, second):
            await (await home.open(stream)).hello()
        asked = _asks_of(home, monkeypatch)
        monkeypatch.setattr(outbox, "moved", failing)

        await home.relay._repair(1)
        await (await home.open(third)).hello()
        failures.append(RuntimeError("once"))
        with pytest.raises(RuntimeError):
            await home.relay._repair(1)
        for _ in range(3):
            await home.relay._repair(1)

        assert asked == [{first}, {second}, {first}, {third}]


@pytest.mark.parametrize("slow_s", [0.0, 0.3])
async def test_a_round_of_repairs_takes_its_time_however_slow_the_answers_are(
    monkeypatch: pytest.MonkeyPatch, slow_s: float
) -> None:
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 0.4)
    monkeypatch.setattr(relay, "_REPAIR_JITTER_S", 0.0)
    monkeypatch.setattr(pace, "PORTION_STREAMS", 1)
    moved = outbox.moved

    def slow(known: Sequence[tuple[UUID, int, str]]) -> Any:
        time.sleep(slow_s)
        return moved(known)

    async with house() as home:
        for _ in range(8):
            await home.open(await new_stream())
        asked = _asks_of(home, monkeypatch)
        await eventually("a first round", lambda: asked)
        monkeypatch.setattr(outbox, "moved", slow)
        asked.clear()
        begun_at = time.monotonic()
        await eventually("another round", lambda: set().union(*asked) == set(home.relay._audiences))

        assert time.monotonic() - begun_at < 2.0  # eight slow answers one after the other would take longer
        assert len(asked) > 1


async def test_the_repair_tells_each_socket_what_it_lacks_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 3600.0)
    monkeypatch.setattr(doorbell, "publish", lambda *_: None)
    async with house() as home:
        stream, other = await new_stream(), await new_stream()
        early = await home.open(stream)
        await early.hello()
        await (await home.open(other)).hello()
        await record(stream)  # nobody is rung for it
        late = await home.open(stream)
        await late.hello()  # it knows of the event; the one before it does not

        await home.relay._repair(6)

        assert await early.seqs(1) == [1]
        assert await late.receive_nothing(timeout=0.1)
        known = [(each, audience.seq, audience.epoch) for each, audience in home.relay._audiences.items()]
        assert await in_thread(outbox.moved, known) == []


async def test_a_repair_that_fails_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 0.05)
    monkeypatch.setattr(relay, "_REPAIR_JITTER_S", 0.0)
    monkeypatch.setattr(doorbell, "publish", lambda *_: None)
    moved, failures = outbox.moved, [RuntimeError("once")]

    def failing(known: Sequence[tuple[UUID, int, str]]) -> Any:
        if failures:
            raise failures.pop()
        return moved(known)

    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        monkeypatch.setattr(outbox, "moved", failing)

        await record(stream)

        assert await socket.seqs(1) == [1]
        assert not failures
        assert "The repair query failed" in caplog.text


async def test_repairs_that_fail_are_asked_again_at_a_walk_however_many_portions_a_round_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 0.4)
    monkeypatch.setattr(relay, "_REPAIR_JITTER_S", 0.0)
    monkeypatch.setattr(pace, "PORTION_STREAMS", 1)
    failures: list[float] = []

    def failing(_: Sequence[tuple[UUID, int, str]]) -> Any:
        failures.append(time.monotonic())
        raise OperationalError("away")

    async with house() as home:
        for _ in range(40):
            await (await home.open(await new_stream())).hello()
        monkeypatch.setattr(outbox, "moved", failing)
        await eventually("three failures", lambda: len(failures) >= 3)

        assert min(after - before for before, after in pairwise(failures)) >= 0.4


async def test_after_a_failure_everybody_is_asked_about_in_portions_that_grow_and_stay_small(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 0.4)
    monkeypatch.setattr(relay, "_REPAIR_JITTER_S", 0.0)
    monkeypatch.setattr(pace, "PORTION_STREAMS", 1)
    moved, is_away = outbox.moved, True
    portions: list[int] = []

    def asked(known: Sequence[tuple[UUID, int, str]]) -> Any:
        if is_away:
            portions.clear()
            raise OperationalError("away")
        portions.append(len(known))
        return moved(known)

    async with house() as home:
        for _ in range(20):
            await home.open(await new_stream())
        monkeypatch.setattr(outbox, "moved", asked)
        await asyncio.sleep(1.0)  # it was away for longer than a round takes

        is_away = False
        await eventually("a whole round", lambda: sum(portions) >= 20)

        assert portions[:4] == [1, 2, 4, 4]
        assert max(portions) == 4


async def test_a_read_that_fails_sends_its_readers_to_come_back_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with house() as home:
        stream, other = await new_stream(), await new_stream()
        socket, beside = await home.open(stream), await home.open(other)
        await socket.hello()
        await beside.hello()

        def fail(wanted: Any) -> Any:
            raise RuntimeError("the database is away")

        with monkeypatch.context() as patch:
            patch.setattr(outbox, "read", fail)
            await record(stream, 60)
            assert (await socket.ending())[0] == 4012
        await record(other, 60)

        assert await beside.seqs(60) == list(range(1, 61))


async def test_there_is_a_limit_to_the_sockets_of_one_stream_and_leaving_makes_room() -> None:
    async with house(sockets_per_stream=2) as home:
        stream, other = await new_stream(), await new_stream()
        first, second = await home.open(stream), await home.open(stream)
        await first.hello()
        await second.hello()
        assert (await (await home.open(stream)).ending())[0] == 4504
        await (await home.open(other)).hello()

        await first.disconnect()

        third = await home.open(stream)
        await third.hello()
        await record(stream)
        assert await third.seqs(1) == [1]
        assert await second.seqs(1) == [1]


async def test_that_a_stream_takes_no_more_sockets_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    async with house(sockets_per_stream=1) as home:
        full, other = await new_stream(), await new_stream()
        await (await home.open(full)).hello()
        await (await home.open(other)).hello()

        for _ in range(3):
            assert (await (await home.open(full)).ending())[0] == 4504

        assert [line for line in caplog.messages if "no more are let in" in line] == [
            f"Too many sockets of one stream: no more are let in. stream={full} sockets=1"
        ]


async def test_who_can_not_prove_who_they_are_hears_nothing() -> None:
    async with house() as home:
        assert (await (await home.open(None)).ending())[0] == 4500


async def test_the_one_thread_that_requests_may_share_holds_up_no_socket() -> None:
    """Channels awaits it before each message and at each end of a socket, so a slow request would."""
    taken, free = threading.Event(), threading.Event()

    def hog() -> None:
        taken.set()
        free.wait(30)

    hogging = asyncio.create_task(sync_to_async(hog, thread_sensitive=True)())
    await asyncio.to_thread(taken.wait, 5)
    try:
        async with asyncio.timeout(5), house() as home:
            stream = await new_stream()
            socket = await home.open(stream)
            await socket.hello()
            await record(stream)
            assert await socket.seqs(1) == [1]
            await socket.say(type="ack", seq=1)
            await record(stream)
            assert await socket.seqs(1) == [2]
            await socket.disconnect()
            assert not home.relay._audiences
    finally:
        free.set()
        await hogging


# --- Who may still listen -------------------------------------------------------------------------


def _asks_of(home: House, monkeypatch: pytest.MonkeyPatch) -> list[set[UUID]]:
    """Whose log-ins are asked after, by query."""
    asked: list[set[UUID]] = []
    ended = home.authenticator.ended

    def counted(listeners: Sequence[Listener]) -> list[int]:
        asked.append({listener.stream for listener in listeners})
        return ended(listeners)

    monkeypatch.setattr(home.authenticator, "ended", counted)
    return asked


@pytest.fixture
def no_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the doorbell tells anything."""
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 3600.0)


async def test_a_ring_ends_the_sockets_whose_log_in_has_ended_and_no_other(
    no_repair: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house() as home:
        stream, other = await new_stream(), await new_stream()
        phone, laptop = await home.open(stream), await home.open(stream, session="another session")
        beside = await home.open(other)
        for socket in (phone, laptop, beside):
            await socket.hello()
        asked = _asks_of(home, monkeypatch)

        home.authenticator.ended_sessions.add("a session")
        await in_thread(revocation.ring, [stream])

        assert (await phone.ending())[0] == 4503
        for socket, name in ((laptop, stream), (beside, other)):
            await record(name)
            assert await socket.seqs(1) == [1]
        assert asked == [{stream}]


async def test_a_ring_about_somebody_whose_log_in_stands_closes_nothing(no_repair: None) -> None:
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()

        await in_thread(revocation.ring, [stream, await new_stream()])
        await record(stream)

        assert await socket.seqs(1) == [1]


async def test_many_rings_are_a_few_queries(no_repair: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house() as home:
        streams = [await new_stream() for _ in range(20)]
        sockets = [await home.open(stream) for stream in streams]
        for socket in sockets:
            await socket.hello()
        asked = _asks_of(home, monkeypatch)
        home.authenticator.ended_sessions.add("a session")

        def ring_for_each() -> None:
            for stream in streams:
                revocation.ring([stream])

        await in_thread(ring_for_each)

        assert {(await socket.ending())[0] for socket in sockets} == {4503}
        assert len(asked) < 5


async def test_a_ring_about_nobody_here_asks_nothing(
    no_repair: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house() as home:
        socket = await home.open(await new_stream())
        await socket.hello()
        asked = _asks_of(home, monkeypatch)

        await in_thread(revocation.ring, [await new_stream()])
        await asyncio.sleep(0.1)

        assert asked == []


async def test_a_question_that_fails_is_left_to_the_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 0.3)
    failures = [OperationalError("the database is away")]

    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        ended = home.authenticator.ended

        def failing(listeners: Sequence[Listener]) -> list[int]:
            if failures:
                raise failures.pop()
            return ended(listeners)

        monkeypatch.setattr(home.authenticator, "ended", failing)
        home.authenticator.ended_sessions.add("a session")
        await in_thread(revocation.ring, [stream])

        assert (await socket.ending())[0] == 4503
        assert not failures


async def test_requests_that_hold_every_connection_do_not_delay_the_repair(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pool may be empty for as long as it likes: the repair keeps a connection to itself."""
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 0.05)
    monkeypatch.setattr(relay, "_REPAIR_JITTER_S", 0.0)
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        await asyncio.sleep(0.2)  # it has repaired once, and so has its connection

        pool = connection.pool  # type: ignore[attr-defined]  # PostgreSQL's own
        async with AsyncExitStack() as held:

            async def hold_all() -> None:
                while True:
                    held.callback(pool.putconn, await asyncio.to_thread(pool.getconn, 2))

            with pytest.raises(psycopg.OperationalError):
                await hold_all()  # but those that threads keep, as the repair's does
            home.authenticator.ended_sessions.add("a session")
            asked_at = time.monotonic()

            assert (await socket.ending())[0] == 4503
            assert time.monotonic() - asked_at < 2


async def test_a_repair_whose_connection_breaks_gets_another(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 0.05)
    monkeypatch.setattr(relay, "_REPAIR_JITTER_S", 0.0)
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()

        def break_it() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        with pytest.raises(OperationalError):
            await home.relay._ask(break_it)
        home.authenticator.ended_sessions.add("a session")

        assert (await socket.ending())[0] == 4503


# --- The end --------------------------------------------------------------------------------------


async def _listening(home: House, count: int) -> list[Socket]:
    streams = [await new_stream() for _ in range(count)]
    sockets = [await home.open(stream) for stream in streams]
    for socket in sockets:
        await socket.hello()
    return sockets


async def test_many_sockets_are_dismissed_in_steps_and_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "_DISMISSALS_PER_S", 10)
    monkeypatch.setattr(relay, "_DISMISSAL_STEP_S", 0.1)
    async with house() as home:
        sockets = await _listening(home, 30)
        left: list[float] = []

        async def leave(socket: Socket) -> float:
            _, bye = await socket.ending()
            left.append(time.monotonic() - began)
            return float(bye["retry_after_s"])

        began = time.monotonic()
        leaving = [asyncio.create_task(leave(socket)) for socket in sockets]
        await home.relay.dismiss_all(within_s=1)
        took_s = time.monotonic() - began
        retries_s = [await each for each in leaving]

        # Ten steps of three each; by the pace alone it would be three seconds.
        assert 0.8 < took_s < 2.5
        assert sum(at_s < took_s / 2 for at_s in left) in range(9, 22)
        assert len({round(each, 3) for each in retries_s}) > 20, "all would come back at once"
        assert all(0 <= each <= 5 for each in retries_s)


async def test_a_few_sockets_are_dismissed_at_once() -> None:
    async with house() as home:
        sockets = await _listening(home, 20)

        began = time.monotonic()
        await home.relay.dismiss_all(within_s=25)

        assert time.monotonic() - began < 1
        assert {(await socket.ending())[0] for socket in sockets} == {4012}


async def test_until_its_turn_comes_a_socket_gets_events_and_newcomers_are_sent_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay, "_DISMISSALS_PER_S", 1)
    monkeypatch.setattr(relay, "_DISMISSAL_STEP_S", 0.5)
    async with house() as home:
        first, last = await new_stream(), await new_stream()
        leaving, staying = await home.open(first), await home.open(last)
        await leaving.hello()
        await staying.hello()

        dismissing = asyncio.create_task(home.relay.dismiss_all(within_s=1))
        assert (await leaving.ending())[0] == 4012
        await record(last, 60)
        assert await staying.seqs(60) == list(range(1, 61))
        assert (await (await home.open(first)).ending())[0] == 4012

        assert (await staying.ending())[0] == 4012
        await dismissing
        await eventually("empty house", lambda: not home.relay._goodbyes)
