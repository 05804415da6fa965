"""Everything that can go wrong with Gemini: each has its name, and nothing is left half done."""

import time
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress

import pytest

from ai.errors import CODES, PlannerError
from ai.gemini import GeminiPlanner, Patience
from ai.gemini_call import Timeouts
from ai.plans import Plan, Step
from tests.support.briefs import brief
from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import Failure, Hang, HangUp, Reaction, Stream, plan

WHOLE = plan()
TWO_STEPS = WHOLE[: WHOLE.index("Outline")]
BLOCKING_REASONS = ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT"]
BLOCKING_ENDS = ["SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"]
QUOTA = Failure(status=429, name="RESOURCE_EXHAUSTED", retry_delay="34.5s")


async def collect(planner: GeminiPlanner, items: list[Step | Plan]) -> None:
    async with aclosing(planner.plan(brief())) as coming:
        async for item in coming:
            items.append(item)  # noqa: PERF401 (what came before a fault counts)


async def failing(planner: GeminiPlanner) -> tuple[list[Step], PlannerError]:
    """Return the steps that came before the fault, and the fault; no plan came."""
    items: list[Step | Plan] = []
    with pytest.raises(PlannerError) as failure:
        await collect(planner, items)
    steps = [item for item in items if isinstance(item, Step)]
    assert len(steps) == len(items), "a plan was handed over in spite of the fault"
    return steps, failure.value


def always(reaction: Reaction) -> list[Reaction]:
    """Return a reaction often enough for every try of both models."""
    return [reaction] * 6


FAULTS = {
    **{f"prompt blocked: {reason}": ([Stream(block=reason)], "ai_blocked", 0, 1) for reason in BLOCKING_REASONS},
    **{f"ended by {end}": ([Stream(finish=end)], "ai_blocked", 0, 1) for end in BLOCKING_ENDS},
    "blocked after two steps": ([Stream(texts=[TWO_STEPS], finish="SAFETY")], "ai_blocked", 2, 1),
    "cut before the first step": ([Stream(texts=['{"verdict":'], finish="MAX_TOKENS")], "ai_truncated", 0, 1),
    "cut twice": (always(Stream(texts=[TWO_STEPS], finish="MAX_TOKENS")), "ai_truncated", 2, 2),
    "cut, and then nobody there": (
        [Stream(texts=[TWO_STEPS], finish="MAX_TOKENS"), Failure(status=503)], "ai_truncated", 2, 2,
    ),
    "malformed twice": (always(Stream(texts=['{"verdict":"steps","steps":[{"key":}]}'])), "ai_invalid_output", 0, 2),
    "JSON that ends within a string": (always(Stream(texts=[TWO_STEPS])), "ai_invalid_output", 2, 2),
    "prose": (always(Stream(texts=["Sure, here are your steps."])), "ai_invalid_output", 0, 2),
    "nothing at all": (always(Stream(texts=[""])), "ai_invalid_output", 0, 2),
    "no step that passes": (always(Stream(texts=[plan([])])), "ai_invalid_output", 0, 2),
    "a list where the object should be": (always(Stream(texts=["[1, 2]"])), "ai_invalid_output", 0, 2),
    "malformed by its own account": (always(Stream(finish="MALFORMED_RESPONSE")), "ai_invalid_output", 0, 2),
    "quota": (always(QUOTA), "ai_quota", 0, 2),
    "quota within the stream": (
        always(Stream(error={"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Slow down."})), "ai_quota", 0, 2,
    ),
    "500": (always(Failure(status=500, name="INTERNAL")), "ai_unavailable", 0, 4),
    "503": (always(Failure(status=503)), "ai_unavailable", 0, 4),
    "503 within the stream": (
        [Stream(texts=[TWO_STEPS], error={"code": 503, "status": "UNAVAILABLE", "message": "Overloaded."})],
        "ai_unavailable", 2, 1,
    ),
    "a proxy's page": (always(Failure(status=502, body=b"<html>Bad gateway</html>")), "ai_unavailable", 0, 4),
    "a bad key": ([Failure(status=400, name="INVALID_ARGUMENT")], "ai_unavailable", 0, 1),
    "a forbidden key": ([Failure(status=403, name="PERMISSION_DENIED")], "ai_unavailable", 0, 1),
    "both models gone": (always(Failure(status=404, name="NOT_FOUND")), "ai_unavailable", 0, 2),
    "hung up before the first byte": (always(HangUp()), "ai_unavailable", 0, 4),
    "hung up in the first step": (
        always(Stream(texts=[WHOLE], stop_after_bytes=250, ending="reset")), "ai_unavailable", 0, 4,
    ),
    "hung up after two steps": (
        [Stream(texts=[TWO_STEPS, "…"], stop_after_bytes=1150, ending="reset")], "ai_unavailable", 2, 1,
    ),
    "ended politely after two steps": (
        [Stream(texts=[TWO_STEPS], finish=None, ending="closed")], "ai_unavailable", 2, 1,
    ),
    "ended within a chunk": (
        always(Stream(texts=[WHOLE], stop_after_bytes=400, ending="closed")), "ai_unavailable", 0, 4,
    ),
}  # fmt: skip
SILENCES = {
    "silent before the first byte": (always(Hang()), "ai_timeout", 0, 2),
    "silent after two steps": ([Stream(texts=[TWO_STEPS], finish=None, ending="silent")], "ai_timeout", 2, 1),
    "silent within a chunk": (
        [Stream(texts=[TWO_STEPS, "…"], stop_after_bytes=1150, ending="silent")], "ai_timeout", 2, 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("reactions", "code", "steps", "calls"), FAULTS.values(), ids=FAULTS.keys())
async def test_every_fault_has_its_code_and_leaves_no_plan(
    gemini: FakeGemini,
    planner: GeminiPlanner,
    reactions: Sequence[Reaction],
    code: str,
    steps: int,
    calls: int,
) -> None:
    gemini.answer(*reactions)
    handed_over, fault = await failing(planner)
    assert fault.code == code
    assert len(handed_over) == steps
    assert len(gemini.requests) == calls
    assert fault.sentence.endswith(".")
    assert fault.reason
    assert fault.reason not in str(fault)  # a foreign server's words are for the log
    assert fault.usage
    assert fault.usage.calls == calls


@pytest.mark.parametrize(("reactions", "code", "steps", "calls"), SILENCES.values(), ids=SILENCES.keys())
async def test_silence_is_a_timeout_wherever_it_begins(
    gemini: FakeGemini,
    planner_for: Callable[..., GeminiPlanner],
    reactions: Sequence[Reaction],
    code: str,
    steps: int,
    calls: int,
) -> None:
    timeouts = Timeouts(first_chunk_s=0.4, next_chunk_s=0.4)
    planner = planner_for(patience=Patience(timeouts=timeouts, failures=100))
    with suppress(PlannerError):
        await collect(planner, [])  # the SDK's first call takes longer than the silence
    gemini.requests.clear()
    gemini.answer(*reactions)
    handed_over, fault = await failing(planner)
    assert (fault.code, len(handed_over), len(gemini.requests)) == (code, steps, calls)


def test_the_faults_above_are_all_there_are() -> None:
    assert {code for _, code, _, _ in (*FAULTS.values(), *SILENCES.values())} == CODES


async def test_a_finish_reason_that_nobody_knows_yet_is_invalid_output(
    gemini: FakeGemini, planner: GeminiPlanner
) -> None:
    gemini.answer(*always(Stream(finish="TIRED")))
    with pytest.warns(UserWarning, match="TIRED"):  # the SDK's
        _, fault = await failing(planner)
    assert fault.code == "ai_invalid_output"


@pytest.mark.parametrize(
    ("failure", "delay_s"),
    [
        (QUOTA, 34.5),
        (Failure(status=429, retry_delay="58s"), 58.0),
        (Failure(status=429, headers={"Retry-After": "7"}), 7.0),
        (Failure(status=429, retry_delay="999999s"), 86_400.0),
        (Failure(status=429, retry_delay="soon"), None),
        (Failure(status=429), None),
        (Failure(status=429, body=b'{"error": {"details": 7}}'), None),
        (Failure(status=429, body=b'["no", "object"]'), None),
    ],
)
async def test_a_quota_says_when_to_come_back_where_it_is_known(
    gemini: FakeGemini, planner: GeminiPlanner, failure: Failure, delay_s: float | None
) -> None:
    gemini.answer(*always(failure))
    _, fault = await failing(planner)
    assert (fault.code, fault.retry_after_s) == ("ai_quota", delay_s)


async def test_nobody_there_is_unavailable(planner_for: Callable[..., GeminiPlanner]) -> None:
    with FakeGemini() as gone:
        url = gone.url
    _, fault = await failing(planner_for(base_url=url))
    assert fault.code == "ai_unavailable"


async def test_all_calls_together_have_one_time(
    gemini: FakeGemini, planner_for: Callable[..., GeminiPlanner]
) -> None:
    timeouts = Timeouts(first_chunk_s=5, next_chunk_s=5, whole_s=0.3)
    gemini.answer(*always(Stream(texts=list(WHOLE), pause_s=0.02)))
    started = time.monotonic()
    _, fault = await failing(planner_for(patience=Patience(timeouts=timeouts)))
    assert fault.code == "ai_timeout"
    assert time.monotonic() - started < 1.0
    assert len(gemini.requests) == 1


async def test_after_a_fault_the_next_plan_is_whole(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Stream(texts=[TWO_STEPS], finish="SAFETY"))
    await failing(planner)
    items: list[Step | Plan] = []
    await collect(planner, items)
    assert isinstance(items[-1], Plan)
    assert len(items[-1].steps) == 5
