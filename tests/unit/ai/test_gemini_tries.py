"""How the Gemini planner tries again, asks another model, gives one a rest, and stops."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import pytest

from ai.errors import PlannerError
from ai.gemini import FALLBACK_MODEL, MODEL, GeminiPlanner, Patience
from ai.gemini_call import Timeouts
from ai.plans import Step
from tests.support.briefs import brief, planned
from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import STEPS, Failure, Stream, plan

WHOLE = plan()
FIRST_STEP_ENDS = WHOLE.index("}") + 1


async def test_before_the_first_step_a_call_is_repeated(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Failure(status=503))
    _, made = await planned(planner, brief())
    assert gemini.models == [MODEL, MODEL]
    assert made.model == MODEL
    assert made.notes == ()


async def test_after_the_first_step_nothing_is_repeated(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Stream(texts=[WHOLE[:FIRST_STEP_ENDS], "…"], stop_after_bytes=900, ending="reset"))
    with pytest.raises(PlannerError) as failure:
        await planned(planner, brief())
    assert failure.value.code == "ai_unavailable"
    assert len(gemini.requests) == 1


async def test_a_repeated_call_waits_a_jittered_while(
    gemini: FakeGemini, planner_for: Callable[..., GeminiPlanner]
) -> None:
    gemini.answer(Failure(status=503), Failure(status=500))
    planner = planner_for(patience=Patience(tries=3, backoff_s=0.1))
    await planned(planner, brief())
    first, second, third = (request.at for request in gemini.requests)
    assert 0.05 <= second - first < 0.2
    assert 0.10 <= third - second < 0.3


async def test_when_one_model_fails_the_other_is_asked(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Failure(status=503), Failure(status=502))
    _, made = await planned(planner, brief())
    assert gemini.models == [MODEL, MODEL, FALLBACK_MODEL]
    assert made.model == FALLBACK_MODEL
    assert [note.code for note in made.notes] == ["fallback_model"]


async def test_a_used_up_quota_is_not_waited_for_when_there_is_another_model(
    gemini: FakeGemini, planner: GeminiPlanner
) -> None:
    gemini.answer(Failure(status=429, name="RESOURCE_EXHAUSTED", retry_delay="34s"))
    _, made = await planned(planner, brief())
    assert gemini.models == [MODEL, FALLBACK_MODEL]
    assert made.model == FALLBACK_MODEL


async def test_a_model_whose_quota_is_used_up_is_left_alone_until_the_time_it_named(
    gemini: FakeGemini, planner_for: Callable[..., GeminiPlanner]
) -> None:
    now_s = 1000.0
    planner = planner_for(clock=lambda: now_s, fallback_model=None)
    gemini.answer(Failure(status=429, name="RESOURCE_EXHAUSTED", retry_delay="34s"))
    for expected_s in (34.0, 24.0):
        with pytest.raises(PlannerError) as failure:
            await planned(planner, brief())
        assert (failure.value.code, failure.value.retry_after_s) == ("ai_quota", expected_s)
        now_s += 10.0
    assert len(gemini.requests) == 1
    now_s += 14.0
    await planned(planner, brief())
    assert len(gemini.requests) == 2


async def test_a_model_that_fails_again_and_again_rests(
    gemini: FakeGemini, planner_for: Callable[..., GeminiPlanner]
) -> None:
    now_s = 0.0
    planner = planner_for(
        clock=lambda: now_s,
        patience=Patience(tries=2, backoff_s=0.001, failures=2, rest_s=30),
        fallback_model=None,
    )
    gemini.answer(Failure(status=503), Failure(status=503))
    for delay_s in (None, 30.0):
        with pytest.raises(PlannerError) as failure:
            await planned(planner, brief())
        assert (failure.value.code, failure.value.retry_after_s) == ("ai_unavailable", delay_s)
        assert len(gemini.requests) == 2
    now_s = 30.0
    await planned(planner, brief())


async def test_a_blocked_goal_does_not_count_against_the_model(
    gemini: FakeGemini, planner_for: Callable[..., GeminiPlanner]
) -> None:
    planner = planner_for(patience=Patience(failures=1))
    gemini.answer(Stream(block="SAFETY"))
    with pytest.raises(PlannerError):
        await planned(planner, brief())
    await planned(planner, brief())
    assert gemini.models == [MODEL, MODEL]


async def test_who_stops_listening_hangs_up(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Stream(texts=[WHOLE[:FIRST_STEP_ENDS]], finish=None, ending="silent"))
    async with aclosing(planner.plan(brief())) as coming:
        assert isinstance(await anext(coming), Step)
    assert await asyncio.to_thread(gemini.hung_up.wait, 2)


async def test_a_cancelled_plan_hangs_up(
    gemini: FakeGemini, planner_for: Callable[..., GeminiPlanner]
) -> None:
    planner = planner_for(patience=Patience(timeouts=Timeouts(first_chunk_s=20, next_chunk_s=20)))
    gemini.answer(Stream(texts=["{"], finish=None, ending="silent"))
    task = asyncio.create_task(planned(planner, brief()))
    assert await asyncio.to_thread(gemini.streaming.wait, 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(gemini.hung_up.wait, 2)


def test_one_planner_serves_one_event_loop_after_another(gemini: FakeGemini) -> None:
    planner = GeminiPlanner(api_key="test-key", base_url=gemini.url)

    async def plan_and_close() -> int:
        steps, _ = await planned(planner, brief())
        await planner.aclose()
        return len(steps)

    assert [asyncio.run(plan_and_close()) for _ in range(2)] == [len(STEPS)] * 2
