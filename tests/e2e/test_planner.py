"""A goal becomes steps, in a real Chromium, with a fake Gemini behind a real server."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import STEPS, Failure, Stream, plan, step
from tests.support.servers import Server
from tests.support.windows import PHONE, add_task, sign_in, sign_up, too_small

pytestmark = pytest.mark.untimed

GOAL = "Write my thesis on urban trees"
FREE_STEPS = [{**one, "depends_on": []} for one in STEPS]  # may stand in any order
WHOLE = plan(FREE_STEPS)
TWO_STEPS = WHOLE[: WHOLE.index('{"key": "outline"')]


@pytest.fixture
def server(gemini: FakeGemini, start_server: Callable[..., Server]) -> Server:
    """A server that has a key, to the fake Gemini."""
    return start_server(**gemini.env)


def in_two_parts(text: str) -> Stream:
    """Return an answer whose end waits for `release`."""
    return Stream(texts=[text, WHOLE[len(text) :]], hold_before=1)


def planner(page: Page) -> Locator:
    """Return the planner's dialog."""
    return page.get_by_role("dialog", name="Break down")


def steps(page: Page) -> Locator:
    """Return the steps that are shown."""
    return planner(page).get_by_role("list", name="Steps").get_by_role("listitem")


def titles(page: Page) -> list[str]:
    """Return the steps of a plan that is ready, in order."""
    return [
        field.input_value() for field in planner(page).get_by_role("textbox", name=re.compile("^Step")).all()
    ]


def ask(page: Page, goal: str = GOAL, *, by: str | None = "In a month") -> None:
    """Ask for a plan in the line for new tasks."""
    page.get_by_role("textbox", name="New task").fill(goal)
    page.get_by_role("button", name="Break down").click()
    if by is not None:
        planner(page).get_by_role("button", name="Deadline: No deadline").click()
        page.get_by_role("button", name=by).click()
    planner(page).get_by_role("button", name="Start").click()


def choose(page: Page, title: str, item: str) -> None:
    """Choose from a step's menu."""
    planner(page).get_by_role("button", name=f"More for “{title}”").click()
    page.get_by_role("menuitem", name=item).click()


def test_a_goal_becomes_steps_that_are_edited_applied_and_taken_back_before_two_windows(
    server: Server, gemini: FakeGemini, open_window: Callable[..., Page]
) -> None:
    first, second = open_window(), open_window(**PHONE)
    sign_up(first, server, "ada@example.org")
    sign_in(second, server, "ada@example.org")
    gemini.answer(in_two_parts(TWO_STEPS))
    ask(first)
    expect(steps(first)).to_have_count(2)
    expect(planner(first).get_by_text("Making the steps")).to_be_visible()
    second.get_by_role("button", name="Open").click()
    expect(steps(second)).to_have_count(2)
    gemini.release()
    for window in (first, second):
        expect(planner(window).get_by_role("button", name="Add 5 steps")).to_be_visible()
        expect(planner(window).get_by_text("It fits:")).to_be_visible()

    third = planner(first).get_by_role("textbox", name="Step 3")
    titled = third.bounding_box()
    timed = planner(first).get_by_role("textbox", name=f"Time for “{STEPS[2]['title']}”").bounding_box()
    assert titled is not None
    assert timed is not None
    assert (titled["x"] < timed["x"], titled["y"]) == (True, timed["y"]), "they stand in one line"
    third.fill("Outline all chapters")
    third.press("Enter")
    expect(planner(second).get_by_role("textbox", name="Step 3")).to_have_value("Outline all chapters")
    estimate = planner(first).get_by_role("textbox", name=re.compile("^Time for “Collect"))
    estimate.fill("3h")
    estimate.press("Enter")
    expect(planner(second).get_by_role("textbox", name=re.compile("^Time for “Collect"))).to_have_value("3 h")
    planner(first).get_by_role("button", name="Lock “Outline all chapters”").click()
    expect(planner(second).get_by_role("button", name="Lock “Outline all chapters”")).to_have_attribute(
        "aria-pressed", "true"
    )

    handle = planner(first).get_by_role("button", name=re.compile(r"^\d\. Move “Check every"))
    handle.press("ArrowUp")
    expect(handle).to_be_focused()
    expect(planner(second).get_by_role("textbox", name="Step 4")).to_have_value(STEPS[4]["title"])
    box, above = handle.bounding_box(), steps(first).nth(2).bounding_box()
    assert box is not None
    assert above is not None
    first.mouse.move(box["x"] + 20, box["y"] + 20)
    first.mouse.down()
    first.mouse.move(box["x"] + 20, above["y"] + 10, steps=5)
    first.mouse.up()
    expect(planner(second).get_by_role("textbox", name="Step 3")).to_have_value(STEPS[4]["title"])

    halves = [
        step("read", "Read four chapters on urban trees", estimate_min=120),
        step("note", "Note what each chapter says about methods", estimate_min=60, depends_on=["read"]),
    ]
    gemini.answer(Stream(texts=[plan(halves)]))
    choose(first, STEPS[3]["title"], "Split into smaller steps")
    for window in (first, second):
        expect(planner(window).get_by_role("button", name="Add 6 steps")).to_be_visible()
    choose(first, STEPS[1]["title"], "Remove")
    expect(planner(first).get_by_text(f"Removed “{STEPS[1]['title']}”.")).to_be_visible()
    for window in (first, second):
        expect(planner(window).get_by_role("button", name="Add 5 steps")).to_be_visible()
    left = [STEPS[0]["title"], STEPS[4]["title"], "Outline all chapters", *(half["title"] for half in halves)]
    assert titles(first) == titles(second) == left

    planner(first).get_by_role("button", name="Add 5 steps").click()
    expect(planner(first)).to_have_count(0)
    expect(planner(second).get_by_text("This plan was applied")).to_be_visible()
    second.keyboard.press("Escape")
    for window in (first, second):
        card = window.get_by_role("article", name=GOAL)
        expect(card).to_contain_text("0 of 5 steps done")
        expect(window.get_by_role("article", name=halves[0]["title"])).to_be_visible()
    first.get_by_role("button", name="Undo").click()
    for window in (first, second):
        expect(window.get_by_role("article")).to_have_count(0)
    first.get_by_role("button", name="Open").first.click()
    expect(planner(first).get_by_role("button", name="Add 5 steps")).to_be_visible()


def test_a_reload_in_the_middle_comes_back_to_the_plan_and_has_every_step(
    server: Server, gemini: FakeGemini, open_window: Callable[..., Page]
) -> None:
    window = open_window()
    sign_up(window, server, "ada@example.org")
    gemini.answer(in_two_parts(TWO_STEPS))
    ask(window)
    expect(steps(window)).to_have_count(2)
    window.reload()
    expect(steps(window)).to_have_count(2)
    gemini.release()
    expect(planner(window).get_by_role("button", name="Add 5 steps")).to_be_visible()
    assert titles(window) == [one["title"] for one in FREE_STEPS]
    window.reload()
    expect(planner(window).get_by_role("button", name="Add 5 steps")).to_be_visible()
    window.go_back()
    expect(planner(window)).to_have_count(0)
    expect(window.get_by_role("textbox", name="New task")).to_be_visible()


def test_what_does_not_fit_is_said_in_words_and_a_fix_is_taken_up(
    server: Server, open_window: Callable[..., Page]
) -> None:
    window = open_window()
    sign_up(window, server, "ada@example.org")
    tomorrow, next_month = (datetime.now(UTC) + timedelta(days=days) for days in (1, 30))
    add_task(window, title="Tax form", deadline=next_month.isoformat(), estimate_min=60)
    task_id = add_task(window, title=GOAL, deadline=tomorrow.isoformat())
    window.goto(f"{server.url}/tasks/{task_id}")
    window.get_by_role("button", name="Break down").click()
    planner(window).get_by_role("button", name="Start").click()
    misfit = planner(window).get_by_role("region", name="It does not fit")
    expect(misfit).to_contain_text(re.compile(r"The steps take 9 h 15 min, but before .* too little"))
    expect(planner(window).get_by_text("beyond the deadline", exact=False).first).to_be_visible()
    misfit.get_by_role("button", name="Move the deadline").click()
    expect(misfit).to_have_count(0)
    expect(planner(window).get_by_text("It fits:")).to_be_visible()
    planner(window).get_by_role("button", name=re.compile("^Deadline: ")).click()
    window.get_by_role("button", name="In a month").click()
    expect(planner(window).get_by_text("1 h taken by other tasks")).to_be_visible()


def test_a_fault_is_told_as_it_is_and_the_goal_is_not_lost(
    server: Server, gemini: FakeGemini, open_window: Callable[..., Page]
) -> None:
    window = open_window()
    sign_up(window, server, "ada@example.org")
    quota = Failure(status=429, name="RESOURCE_EXHAUSTED", retry_delay="340s")
    gemini.answer(Stream(block="SAFETY"), quota, quota)
    ask(window)
    failed = planner(window).get_by_role("heading", name="The plan could not be made")
    expect(planner(window).get_by_text("Gemini declined to plan this.")).to_be_visible()
    expect(failed).to_be_visible()
    expect(planner(window).get_by_text("Made by")).to_have_count(0)  # nothing was made

    planner(window).get_by_role("button", name="Change the request").click()
    expect(planner(window).get_by_role("textbox", name="Goal")).to_have_value(GOAL)
    planner(window).get_by_role("button", name="Start").click()
    expect(planner(window).get_by_text("limit is reached for now. It can be tried again at")).to_be_visible()
    expect(failed).to_be_visible()


def test_on_a_phone_all_is_in_reach_of_a_thumb(server: Server, open_window: Callable[..., Page]) -> None:
    window = open_window(**PHONE)
    sign_up(window, server, "ada@example.org")
    ask(window, "Write my thesis on urban trees and on all that grows between the stones")
    expect(planner(window).get_by_role("button", name="Add 5 steps")).to_be_visible()
    assert too_small(planner(window).locator("button, input, textarea, summary")) == []
    window.keyboard.press("Escape")
    expect(window.get_by_role("button", name="Open")).to_be_visible()
    assert window.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
