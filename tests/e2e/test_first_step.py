"""How soon the first step of a plan stands on the page while the rest is being written."""

import statistics
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_planner import GOAL, WHOLE, ask, planner
from tests.support import figures
from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import Stream
from tests.support.servers import Server
from tests.support.windows import sign_up, wait_until

FIRST_STEP = WHOLE[: WHOLE.index('{"key": "question"')]
VISIBLE_WITHIN_S = 0.15
ROUNDS = 5


def test_the_first_step_is_visible_within_150_ms(
    gemini: FakeGemini, start_server: Callable[..., Server], open_window: Callable[..., Page]
) -> None:
    server = start_server(**gemini.env)
    window = open_window()
    sign_up(window, server, "ada@example.org")
    late_s = []
    for number in range(ROUNDS):
        gemini.released.clear()
        gemini.streaming.clear()
        gemini.answer(Stream(texts=["", FIRST_STEP, WHOLE[len(FIRST_STEP) :]], hold_before=1, pause_s=0.5))
        ask(window, f"{GOAL}, part {number}", by=None)
        assert gemini.streaming.wait(10)
        window.evaluate(
            """() => {
                window.seenAt = null;
                const look = () => {
                    const here = document.querySelector("dialog ol li") !== null;
                    // With the frame that follows it has been painted.
                    requestAnimationFrame(here ? () => (window.seenAt = Date.now()) : look);
                };
                look();
            }"""
        )
        gemini.release()
        wait_until(window, "window.seenAt !== null")
        sent_at = gemini.sent_at[1] - time.monotonic() + time.time()
        late_s.append(window.evaluate("window.seenAt") / 1_000 - sent_at)
        expect(planner(window).get_by_role("button", name="Add 5 steps")).to_be_visible()
        window.keyboard.press("Escape")
    figures.note("first step visible after it was sent, median", statistics.median(late_s) * 1_000, "ms")
    figures.note("first step visible after it was sent, at worst", max(late_s) * 1_000, "ms")
    assert statistics.median(late_s) < VISIBLE_WITHIN_S, late_s
