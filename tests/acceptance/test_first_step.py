"""How soon the first step of a plan is seen by a foreign client while the rest is being written."""

import statistics
import time
from collections.abc import Callable

from tests.support.client import Client
from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import Stream, plan
from tests.support.servers import Server

GOAL = "Write my thesis on urban trees"
WHOLE = plan()
FIRST_STEP = WHOLE[: WHOLE.index('{"key": "question"')]
VISIBLE_WITHIN_S = 0.15
ROUNDS = 7


async def test_the_first_step_is_seen_within_150_ms(
    gemini: FakeGemini, start_server: Callable[..., Server]
) -> None:
    server = start_server(**gemini.env)
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        late_s = []
        for number in range(ROUNDS):
            gemini.streaming.clear()
            gemini.answer(Stream(texts=[FIRST_STEP, WHOLE[len(FIRST_STEP) :]], pause_s=0.5))
            draft = await ada.break_down(goal=f"{GOAL}, part {number}")
            event = await listener.event("breakdown.step", draft)
            seen_at = listener.arrived[event["seq"]] - time.time() + time.monotonic()
            late_s.append(seen_at - gemini.sent_at[0])
            await listener.event("breakdown.ready", draft)
        assert statistics.median(late_s) < VISIBLE_WITHIN_S, late_s
