"""The line for a new task in a real Chromium: what is typed is understood, shown, corrected, and made."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.servers import Server
from tests.support.windows import sign_up

pytestmark = pytest.mark.untimed

# How far a mark is from where the input draws the letters under it, in pixels.
AWAY = """() => {
    const input = document.querySelector('form input');
    const mark = [...document.querySelectorAll('mark')].at(-1);
    const style = getComputedStyle(input);
    const canvas = document.createElement('canvas').getContext('2d');
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const before = input.value.slice(0, input.value.lastIndexOf(mark.textContent));
    const from = input.getBoundingClientRect().left + parseFloat(style.paddingLeft);
    return Math.abs(mark.getBoundingClientRect().left - from - canvas.measureText(before).width + input.scrollLeft);
}"""


def tasks_of(page: Page, many: int) -> Any:
    """Return the tasks as the API lists them, once there are so many."""
    return page.evaluate(
        """async (many) => {
            for (;;) {
                const { results } = await (await fetch("/api/v1/tasks/")).json();
                if (results.length >= many) return results;
                await new Promise((later) => setTimeout(later, 50));
            }
        }""",
        many,
    )


def test_what_is_typed_is_understood_and_made(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window()
    sign_up(page, server, email)
    page.keyboard.press("q")
    line = page.get_by_role("textbox", name="New task")
    expect(line).to_be_focused()

    page.keyboard.type("Send invoice tomorrow 5pm #work @finance !1 ~30m")
    chips = page.get_by_role("list", name="Understood").get_by_role("button")
    expect(chips).to_have_count(5)
    expect(chips.nth(0)).to_contain_text("Tomorrow")
    expect(chips.nth(1)).to_contain_text("new")
    assert page.evaluate(AWAY) < 1
    page.keyboard.press("Enter")
    expect(line).to_have_value("")
    expect(line).to_be_focused()
    expect(page.get_by_role("link", name="Send invoice", exact=True)).to_be_visible()

    # The project is there now, and offered.
    page.keyboard.type("Rest on the 5th #wo")
    expect(page.get_by_role("option", name="work")).to_be_visible()
    page.keyboard.press("Enter")
    # "On the 5th" only the server knows; nothing is taken back but by hand.
    expect(page.locator("mark").first).to_have_text("on the 5th")
    expect(page.get_by_role("status").filter(has_text="by the end of")).to_have_count(1)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(page.get_by_text("project work")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Rest #work", exact=True)).to_be_visible()

    by_title = {task["title"]: task for task in tasks_of(page, 2)}
    assert set(by_title) == {"Send invoice", "Rest #work"}
    sent, rested = by_title["Send invoice"], by_title["Rest #work"]
    assert sent["project"] is not None
    assert (len(sent["labels"]), sent["priority"], sent["estimate_min"]) == (1, 1, 30)
    assert sent["deadline"].endswith((":00:00Z", ":00:00.000000Z"))
    assert rested["due_date"].endswith("-05")
    assert rested["project"] is None
