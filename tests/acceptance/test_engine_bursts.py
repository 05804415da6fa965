"""Ten thousand deadlines at one instant, and those of an hour in which no engine ran."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from tests.support.client import Client, Listener, eventually, in_seconds, utc
from tests.support.database import add_people, add_tasks, audit, told_out_of_order, unfired
from tests.support.fleet import FIRING, Fleet, running_fleet
from tests.support.postgres import DatabaseServer
from tests.support.servers import Engine, Server

COUNT = 10_000
LEAD_S = 2.0
HOUR_S = 3_600
# Loose: how quick it is, `make bench` measures. Here it has to be done at all.
PATIENCE_S = 60.0
FRAME_CHARS = 131_072 + 1_024  # what the protocol promises, and the frame's own words


@pytest.fixture(scope="module")
def fleet(postgres: DatabaseServer, migrated_template: str) -> Iterator[Fleet]:
    """A web server and two engines that hear of each other through Redis."""
    with running_fleet(postgres, migrated_template, name="bursts") as running:
        yield running


def _ids(listener: Listener) -> set[str]:
    return {event["data"]["task"]["id"] for event in listener.events}


async def test_ten_thousand_at_one_instant_in_one_stream_arrive_in_order_and_in_pages(fleet: Fleet) -> None:
    async with await Client.sign_up(fleet.server.url) as ada:
        listener = await ada.listen()
        instant = in_seconds(LEAD_S)
        # With notes: a hundred of them do not fit into one frame.
        made = add_tasks(fleet.url, await ada.id(), count=COUNT, first=instant, spread_s=0, notes_chars=1_500)

        await listener.reach(COUNT, deadline_s=PATIENCE_S)

        # The listener has checked that the numbers follow each other; acks it sent as the protocol asks.
        assert {(event["type"], event["at"]) for event in listener.events} == {
            ("task.missed", listener.events[0]["at"])
        }
        assert utc(listener.events[0]["at"]) == instant
        assert _ids(listener) == set(made)
        assert listener.longest_chars < FRAME_CHARS
        assert listener.bye is None
        assert audit(fleet.url)["task.missed"] >= COUNT


async def test_ten_thousand_at_one_instant_each_in_its_own_stream_are_all_told(fleet: Fleet) -> None:
    async with AsyncExitStack() as stack:
        people = await asyncio.gather(*(Client.sign_up(fleet.server.url) for _ in range(3)))
        listeners = [await (await stack.enter_async_context(person)).listen() for person in people]
        owners = [*add_people(fleet.url, COUNT - len(people)), *[await person.id() for person in people]]
        before = audit(fleet.url)["task.missed"]
        instant = in_seconds(LEAD_S)
        add_tasks(fleet.url, *owners, count=COUNT, first=instant, spread_s=0)

        for listener in listeners:
            await listener.reach(1, deadline_s=PATIENCE_S)
            assert utc(listener.events[0]["at"]) == instant
        await eventually("last", lambda: unfired(fleet.url) == 0, deadline_s=PATIENCE_S, pause_s=0.1)

        assert audit(fleet.url)["task.missed"] == before + COUNT


async def test_after_an_hour_without_an_engine_all_is_told_in_order_and_in_pages(
    start_server: Callable[..., Server], start_engine: Callable[..., Engine]
) -> None:
    server = start_server("uvicorn", ENGINE_IN_SERVER="0")
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        url, first = server.database_url, in_seconds(-HOUR_S)
        made = add_tasks(url, await ada.id(), count=3_000, first=first, spread_s=HOUR_S, notes_chars=1_500)
        add_tasks(url, *add_people(url, 100), count=9_000, first=first, spread_s=HOUR_S)
        back_at = in_seconds(0)

        for engine in [start_engine() for _ in range(3)]:
            await asyncio.to_thread(engine.wait_for_log, FIRING)
        await listener.reach(len(made), deadline_s=PATIENCE_S)
        await eventually("last", lambda: unfired(url) == 0, deadline_s=PATIENCE_S)

        assert [event["data"]["task"]["id"] for event in listener.events] == made
        assert listener.longest_chars < FRAME_CHARS
        for event in listener.events:
            assert utc(event["at"]) == utc(event["data"]["task"]["deadline"]) < back_at
            assert back_at < utc(event["data"]["fired_at"]) < in_seconds(0)
        assert told_out_of_order(url) == 0
        assert audit(url) == {"task.missed": 12_000}
