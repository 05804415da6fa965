"""Going as far as it goes without waiting, and on from there."""

import asyncio
from typing import Any

import pytest

from realtime.eager import begin


async def test_what_need_not_wait_is_done_at_once() -> None:
    done: list[str] = []

    async def act() -> None:
        done.append("at once")

    assert begin(act()) is None
    assert done == ["at once"]


async def test_what_waits_goes_on_where_it_was() -> None:
    done: list[str] = []
    gate, again = asyncio.Event(), asyncio.Event()

    async def act() -> None:
        done.append("begun")
        await gate.wait()
        done.append("through the gate")
        await asyncio.wait_for(again.wait(), 5)  # needs the task that it goes on in
        done.append("done")

    rest = begin(act())
    assert done == ["begun"]
    assert rest is not None

    async def go_on() -> None:
        await rest

    task = asyncio.create_task(go_on())
    gate.set()
    again.set()
    await task

    assert done == ["begun", "through the gate", "done"]


async def test_what_fails_fails_for_who_began_or_goes_on() -> None:
    gate = asyncio.Event()

    async def fail(*, wait: bool) -> None:
        if wait:
            await gate.wait()
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        begin(fail(wait=False))
    rest = begin(fail(wait=True))
    assert rest is not None
    gate.set()
    with pytest.raises(BrokenPipeError):
        await rest


async def test_a_cancellation_and_a_timeout_reach_what_waits_within() -> None:
    told: list[str] = []

    async def act() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("cancelled")
            raise

    rest = begin(act())
    assert rest is not None

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await rest

    assert told == ["cancelled"]


async def test_what_can_only_be_asked_to_go_on_is_as_good() -> None:
    class Foreign:
        """An awaitable of a server written in another language: an iterator, and no generator."""

        def __init__(self, *waits_for: asyncio.Future[None]) -> None:
            self._waits_for = iter(waits_for)

        def __await__(self) -> Any:
            return self

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> Any:
            waits_for = next(self._waits_for)
            waits_for._asyncio_future_blocking = True
            return waits_for

    assert begin(Foreign()) is None
    future = asyncio.get_running_loop().create_future()
    rest = begin(Foreign(future))
    assert rest is not None
    asyncio.get_running_loop().call_soon(future.set_result, None)
    await asyncio.wait_for(rest, 5)
