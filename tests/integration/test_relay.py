"""The relay: many sockets, few queries, and one that misbehaves among them."""

import asyncio
from collections.abc import Collection
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection

from realtime import outbox, relay
from realtime.publisher import doorbell
from tests.support.sockets import house, new_stream, record

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
            *(home.relay.read(stream, after=1) for stream in streams for _ in range(4))
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
    monkeypatch.setattr(relay, "_READ_AGAIN_S", 0.01)
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
    heads = outbox.heads

    def counted(streams: Collection[UUID]) -> Any:
        asked.append(len(streams))
        return heads(streams)

    async with house() as home:
        streams = [await new_stream() for _ in range(6)]
        for stream in streams:
            await (await home.open(stream)).hello()
        monkeypatch.setattr(outbox, "heads", counted)

        await home.relay._repair()

        assert asked == [6]


async def test_a_repair_that_fails_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(relay, "REPAIR_INTERVAL_S", 0.05)
    monkeypatch.setattr(relay, "_REPAIR_JITTER_S", 0.0)
    monkeypatch.setattr(doorbell, "publish", lambda *_: None)
    heads, failures = outbox.heads, [RuntimeError("once")]

    def failing(streams: Collection[UUID]) -> Any:
        if failures:
            raise failures.pop()
        return heads(streams)

    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        monkeypatch.setattr(outbox, "heads", failing)

        await record(stream)

        assert await socket.seqs(1) == [1]
        assert not failures
        assert "The repair query failed" in caplog.text


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


async def test_who_can_not_prove_who_they_are_hears_nothing() -> None:
    async with house() as home:
        assert (await (await home.open(None)).ending())[0] == 4500
