"""The insights in a real Chromium: they move when a task does, put tasks off, and everybody can read them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.servers import Server
from tests.support.windows import PHONE, add_task, sign_in, sign_up, too_small

pytestmark = pytest.mark.untimed

DAY = timedelta(days=1)
WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 1000}}

# Whether the first chart has a pixel of a colour: here of what is more than fits.
HAS_COLOUR = """async (colour) => {
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 150)));
    const canvas = document.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] === 255 && colour.every((part, index) => data[at + index] === part)) return true;
    }
    return false;
}"""


def figure(page: Page, name: str) -> Locator:
    """Return one of the large numbers."""
    return page.locator("dl > div").filter(has_text=name).locator("dd")


def test_what_is_made_in_another_window_moves_the_insights_without_a_reload(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    first, second = open_window(), open_window()
    sign_up(first, server, email)
    sign_in(second, server, email)
    asked: list[int] = []
    first.goto(f"{server.url}/insights")
    first.on("response", lambda one: asked.append(one.status) if "/insights/" in one.url else None)
    expect(first.get_by_text("What your tasks say together will stand here")).to_be_visible()
    assert violations(first) == []

    due = datetime.now(UTC) + timedelta(hours=2)
    add_task(second, title="Send invoice", deadline=due.isoformat(), estimate_min=600)
    expect(figure(first, "Due in 24 hours")).to_have_text("1")
    expect(soon(first).get_by_role("link", name="Send invoice")).to_be_visible()
    expect(first.get_by_text("10 h of work is due")).to_be_visible()
    expect(first.locator("canvas").first).to_be_visible()
    add_task(second, title="Call the bank", deadline=(due - DAY).isoformat())
    expect(figure(first, "Missed")).to_have_text("1")
    # Of the week only the server knows; it is asked, and once, after what has changed.
    expect(first.get_by_text("You finish 0% on time.")).to_be_visible()
    assert asked.count(200) <= 3

    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for scheme in schemes:
        assert violations(first, scheme=scheme) == []
    # Whoever wants nothing to move sees the same colours.
    first.emulate_media(color_scheme="light", reduced_motion="reduce")
    first.reload()
    expect(first.locator("canvas").first).to_be_visible()
    assert first.evaluate(HAS_COLOUR, [173, 55, 40])
    for button in first.get_by_role("button", name="Show as a table").all():
        button.click()
    expect(first.get_by_role("cell", name="10 h").first).to_be_visible()
    assert violations(first) == []


def panel(page: Page, question: str) -> Locator:
    """Return what answers a question."""
    return page.get_by_role("main").get_by_role("region", name=question)


def soon(page: Page) -> Locator:
    """Return the next 24 hours."""
    return panel(page, "What is due in the next 24 hours?")


def missed(page: Page) -> Locator:
    """Return what is missed and open."""
    return panel(page, "What is missed and still open?")


def expect_tasks(of: Locator, *titles: str) -> None:
    """Expect a panel to list these tasks, and no other; the server may have to count first."""
    expect(of.locator("[data-task] a > span:last-child")).to_have_text(titles)


def open_insights(page: Page, server: Server) -> None:
    """Go there, and see all that will be there."""
    page.goto(f"{server.url}/insights")
    expect(panel(page, "What will be missed at this pace?")).to_be_visible()


def have_worked(page: Page) -> None:
    """Have four weeks behind oneself in which an hour of work was done on each day."""
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    lines = [f"Done,60,{(noon - ago * DAY).isoformat()}" for ago in range(1, 29)]
    made = page.evaluate(
        """async (body) => {
            const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
            const headers = { "Content-Type": "text/csv", "X-CSRFToken": token };
            return (await fetch("/api/v1/import/", { method: "POST", headers, body })).status;
        }""",
        "\n".join(["title,estimate_min,completed_at", *lines]),
    )
    assert made < 300


def fill(page: Page) -> datetime:
    """Have something soon, something missed, and a day in three days that is far too full; return that day's noon."""
    now = datetime.now(UTC)
    full = (now + 3 * DAY).replace(hour=11, minute=0, second=0, microsecond=0)
    tasks: dict[str, tuple[datetime, int | None]] = {
        "Send invoice": (now + timedelta(hours=2), None),
        "Water the plants": (now + timedelta(hours=3), None),
        "Call the bank": (now - timedelta(hours=2, minutes=5), None),
        "Reply to Grace": (now - 2 * DAY, None),
        "Draw the slides": (full, 900),
        "Collect the figures": (full + timedelta(hours=1), 600),
    }
    for title, (deadline, estimate_min) in tasks.items():
        add_task(page, title=title, deadline=deadline.isoformat(), estimate_min=estimate_min)
    return full


def pick(page: Page, day: datetime) -> None:
    """Pick a day in the choice that is open."""
    page.get_by_role("dialog", name="Reschedule").get_by_role("button", name="Pick a time").click()
    chosen = page.get_by_role("dialog", name="Deadline")
    chosen.get_by_label("Date").fill(day.date().isoformat())
    chosen.get_by_role("button", name="Set").click()


def test_what_is_due_soon_is_put_off_where_it_is_seen(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window(**WIDE)
    sign_up(page, server, email)
    later = fill(page) + 7 * DAY
    open_insights(page, server)
    expect_tasks(soon(page), "Send invoice", "Water the plants")
    button = soon(page).get_by_role("button", name="Reschedule “Send invoice”")
    button.click()
    ways = page.get_by_role("dialog", name="Reschedule")
    expect(ways.get_by_role("button", name=re.compile("^Today"))).to_be_focused()
    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for scheme in schemes:
        assert violations(page, scheme=scheme, state="a choice of deadlines") == []
    button.click()
    expect(ways).to_have_count(0)
    button.click()
    pick(page, later)
    expect(soon(page).locator("[data-task]")).to_have_count(1)
    # The next one has taken its place, under the hand too.
    expect(soon(page).get_by_role("button", name="Reschedule “Water the plants”")).to_be_focused()
    expect(page.get_by_text("Rescheduled “Send invoice”.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(soon(page).locator("[data-task]")).to_have_count(2)

    soon(page).get_by_role("button", name="Reschedule all 2").click()
    pick(page, later)
    expect(soon(page)).to_contain_text("Nothing is due in the next 24 hours.")
    expect(soon(page)).to_be_focused()
    with page.expect_response(f"{server.url}/api/v1/undo/"):
        page.keyboard.press("Control+z")
    expect(soon(page).locator("[data-task]")).to_have_count(2)
    # The server knows, too.
    page.reload()
    expect(soon(page).locator("[data-task]")).to_have_count(2)


def test_what_is_missed_is_put_off_by_key_and_the_panel_is_calm_without_it(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page, other = open_window(**WIDE), open_window()
    sign_up(page, server, email)
    sign_in(other, server, email)
    fill(page)
    open_insights(page, server)
    expect(missed(page)).to_contain_text("2 tasks. The last was “Call the bank”, due 2 h ago.")
    expect_tasks(missed(page), "Call the bank", "Reply to Grace")
    # What is missed elsewhere, or by the clock, is here at once.
    add_task(other, title="Pay the rent", deadline=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    expect(missed(page).locator("[data-task]")).to_have_count(3)

    missed(page).get_by_role("link", name="Call the bank").focus()
    page.keyboard.press("t")
    expect(page.get_by_role("dialog", name="Reschedule")).to_be_visible()
    page.keyboard.press("Escape")
    expect(missed(page).get_by_role("link", name="Call the bank")).to_be_focused()
    for left in (["Pay the rent", "Reply to Grace"], ["Pay the rent"], []):
        page.keyboard.press("t")
        expect(
            page.get_by_role("dialog", name="Reschedule").get_by_role("button", name=re.compile("^Today"))
        ).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Reschedule")).to_have_count(0)
        expect_tasks(missed(page), *left)
        if left:
            expect(missed(page).get_by_role("link", name=left[-1])).to_be_focused()
    expect(missed(page)).to_contain_text("Nothing missed. Good.")
    expect(missed(page)).to_be_focused()
    for back in (1, 2, 3):
        page.keyboard.press("Control+z")
        expect(missed(page).locator("[data-task]")).to_have_count(back)
    missed(page).get_by_role("button", name="Reschedule all 3").click()
    page.get_by_role("dialog", name="Reschedule").get_by_role("button", name="Next free slot").click()
    expect(missed(page)).to_contain_text("Nothing missed. Good.")
    page.get_by_role("button", name="Undo").last.click()
    expect(missed(page).locator("[data-task]")).to_have_count(3)
    # And done, after all: as on the board.
    missed(page).get_by_role("link", name="Pay the rent").focus()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect_tasks(missed(page), "Pay the rent", "Reply to Grace")
    expect(missed(page).get_by_role("link", name="Reply to Grace")).to_be_focused()
    page.keyboard.press("k")
    expect(missed(page).get_by_role("link", name="Pay the rent")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(missed(page).locator("[data-task]")).to_have_count(3)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("Reschedule")


def test_a_day_that_is_too_full_and_what_the_pace_leaves_over_are_put_off(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window(**WIDE)
    sign_up(page, server, email)
    have_worked(page)
    full = fill(page)
    open_insights(page, server)
    load, pace = (
        panel(page, "Does the work fit into your days?"),
        panel(page, "What will be missed at this pace?"),
    )
    expect_tasks(load, "Draw the slides", "Collect the figures")
    load.get_by_role("button", name="Show as a table").click()
    expect(load.get_by_role("table")).to_be_visible()
    load.get_by_role("button", name="Reschedule “Collect the figures”").click()
    pick(page, full + 20 * DAY)
    expect(load.locator("[data-task]")).to_have_count(1)
    expect(load.get_by_role("button", name="Reschedule “Draw the slides”")).to_be_focused()
    page.keyboard.press("t")
    expect(page.get_by_role("dialog", name="Reschedule")).to_be_visible()
    pick(page, full + 20 * DAY)
    expect(load).not_to_contain_text("Not on")
    expect(load).to_be_focused()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(load.locator("[data-task]")).to_have_count(2)

    # What is due first is left over first; with that out of the way the full day is. The server is asked every five
    # seconds at most.
    expect(pace.locator("[data-task]").first).to_contain_text("Send invoice", timeout=15_000)
    pace.get_by_role("button", name="Reschedule “Send invoice”").click()
    pick(page, full + 20 * DAY)
    expect(pace.get_by_role("link", name="Send invoice")).to_have_count(0)
    soon(page).get_by_role("button", name="Reschedule “Water the plants”").click()
    pick(page, full + 20 * DAY)
    expect_tasks(pace, "Draw the slides", "Collect the figures")
    pace.get_by_role("button", name="Reschedule all 2").click()
    pick(page, full + 20 * DAY)
    expect_tasks(pace)
    expect(pace).to_contain_text("Nothing")


def test_the_panels_leave_no_hole_and_have_room_for_fingers(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page, small = open_window(**WIDE), open_window(**PHONE)
    sign_up(page, server, email)
    sign_in(small, server, email)
    fill(page)
    open_insights(page, server)
    expect(page.get_by_text("It is too early to say")).to_be_visible()
    assert_no_holes(page)
    have_worked(page)
    page.reload()
    expect(page.get_by_text("in the next 14 days, the first by")).to_be_visible()
    assert_no_holes(page)

    open_insights(small, server)
    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for window in (page, small):
        for scheme in schemes:
            assert violations(window, scheme=scheme, state=f"{window.viewport_size} with rows") == []
    assert small.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    targets = small.get_by_role("main").locator("[data-task] > *, section button, section a")
    assert targets.count() > 12
    assert too_small(targets) == []
    missed(small).get_by_role("button", name="Reschedule “Call the bank”").tap()
    small.get_by_role("dialog", name="Reschedule").get_by_role("button", name=re.compile("^Tomorrow")).tap()
    expect(missed(small)).to_contain_text("One task")
    undo = small.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    # No notice lies over the way about.
    notice, tabs = undo.bounding_box(), small.get_by_role("navigation", name="Tasks").bounding_box()
    assert notice
    assert tabs
    assert notice["y"] + notice["height"] <= tabs["y"]
    undo.tap()
    expect(missed(small).locator("[data-task]")).to_have_count(2)


def assert_no_holes(page: Page) -> None:
    """Assert that each row of panels is as wide as the page's, and that its panels are equally high."""
    boxes = [one.bounding_box() for one in page.locator("main section").all()]
    whole = page.locator("main dl").bounding_box()
    assert whole
    placed = sorted((box["y"], box["x"], box["width"], box["height"]) for box in boxes if box)
    assert len(placed) >= 7
    for _, row in groupby(placed, key=lambda box: box[0]):
        cells = list(row)
        assert cells[0][1] == pytest.approx(whole["x"], abs=1)
        assert cells[-1][1] + cells[-1][2] == pytest.approx(whole["x"] + whole["width"], abs=1)
        assert len({round(cell[3]) for cell in cells}) == 1
