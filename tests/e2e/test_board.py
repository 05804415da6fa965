"""The board under a person's hands, in a real Chromium: many at once, drags, keys, a phone, and axe."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, ViewportSize, expect

from tests.support.axe import violations
from tests.support.servers import Server
from tests.support.windows import PHONE, ask, resting_place, sign_up, too_small

pytestmark = pytest.mark.untimed

DAY = timedelta(days=1)


def fill(page: Page) -> dict[str, str]:
    """Fill a board with one of everything; return the ids of some."""
    now = datetime.now(UTC)
    work = ask(page, "POST", "projects/", {"name": "Work", "colour": "blue"})["id"]
    calls = ask(page, "POST", "labels/", {"name": "calls", "colour": "teal"})["id"]
    invoice = {"title": "Send invoice", "project": work, "labels": [calls], "priority": 1, "estimate_min": 30}
    tasks: list[dict[str, Any]] = [
        {**invoice, "notes": "Ask **Grace**", "deadline": (now + timedelta(minutes=30)).isoformat()},
        {"title": "Prepare the talk", "deadline": (now + 3 * DAY).isoformat()},
        {"title": "Call the bank", "deadline": (now - DAY).isoformat()},
        {"title": "Sort the photos"},
        {"title": "Tax form"},
    ]
    ids = {task["title"]: ask(page, "POST", "tasks/", task)["id"] for task in tasks}
    ask(page, "POST", "tasks/", {"title": "Collect the hours", "parent": ids["Send invoice"]})
    ask(page, "POST", f"tasks/{ids['Tax form']}/complete/")
    expect(card(page, "Collect the hours")).to_be_visible()
    return {**ids, "project": work, "label": calls}


def card(page: Page, title: str) -> Locator:
    """Return a task's card."""
    return page.get_by_role("article", name=title, exact=True)


def group(page: Page, day: str) -> Locator:
    """Return the cards of a day."""
    return page.get_by_role("region", name=day, exact=True).get_by_role("article")


@pytest.fixture
def window(server: Server, email: str, open_window: Callable[..., Page]) -> Page:
    """Somebody's wide window."""
    page = open_window(viewport={"width": 1440, "height": 1000})
    sign_up(page, server, email)
    return page


def test_many_are_done_at_once_and_taken_back_at_once(window: Page) -> None:
    fill(window)
    window.keyboard.press("j")
    window.keyboard.press("Control+a")
    bar = window.get_by_role("region", name="Selected tasks")
    expect(bar).to_contain_text("6 selected")
    window.keyboard.press("Escape")
    window.get_by_role("link", name="Prepare the talk").click(modifiers=["Shift"])
    window.get_by_role("link", name="Sort the photos").click(modifiers=["Shift"])
    bar.get_by_role("button", name="Move").click()
    window.get_by_role("menuitem", name="Work").click()
    expect(card(window, "Prepare the talk")).to_contain_text("Work")
    bar.get_by_role("button", name="Delete").click()
    expect(card(window, "Prepare the talk")).to_have_count(0)
    expect(card(window, "Sort the photos")).to_have_count(0)
    window.get_by_role("button", name="Undo").last.click()
    expect(card(window, "Prepare the talk")).to_be_visible()
    expect(card(window, "Sort the photos")).to_be_visible()


def test_a_card_is_dragged_to_another_day_and_within_its_own(window: Page) -> None:
    fill(window)
    drag(window, card(window, "Prepare the talk"), group(window, "No deadline").first)
    expect(group(window, "No deadline").filter(has_text="Prepare the talk")).to_be_visible()
    expect(group(window, "This week")).to_have_count(0)
    drag(window, card(window, "Collect the hours"), card(window, "Sort the photos"), edge=4)
    expect(group(window, "No deadline").nth(0)).to_contain_text("Collect the hours")
    expect(group(window, "No deadline").nth(1)).to_contain_text("Sort the photos")
    drag(window, card(window, "Sort the photos"), window.get_by_role("link", name="Work 1 open"))
    expect(card(window, "Sort the photos")).to_contain_text("Work")
    assert window.url.endswith("/")


def drag(page: Page, what: Locator, onto: Locator, edge: float | None = None) -> None:
    """Drag one thing onto another with the mouse, or to `edge` px below its top."""
    box = resting_place(what)
    page.mouse.move(box["x"] + 120, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 130, box["y"] + 24, steps=3)
    to = None
    while to is None or to != onto.bounding_box():  # until the empty days have opened
        to = onto.bounding_box()
        page.wait_for_timeout(150)
    below = to["height"] / 2 if edge is None else edge
    page.mouse.move(to["x"] + 60, to["y"] + below, steps=6)
    page.wait_for_timeout(50)  # a hand does not let go in the very frame it arrives in either
    page.mouse.up()


def test_all_is_done_by_keys_alone(window: Page) -> None:
    fill(window)
    keys = window.keyboard
    keys.press("j")
    expect(window.get_by_role("link", name="Send invoice", exact=True)).to_be_focused()
    keys.press("Alt+Shift+ArrowDown")
    keys.press("t")
    expect(window.get_by_role("dialog", name="Reschedule")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(window.get_by_role("dialog", name="Reschedule")).to_have_count(0)
    expect(window.get_by_role("link", name="Send invoice", exact=True)).to_be_focused()
    expect(card(window, "Send invoice")).to_contain_text("9:00")
    keys.press("/")
    keys.type("photos")
    expect(card(window, "Send invoice")).to_have_count(0)
    keys.press("Escape")
    keys.press("Escape")
    expect(card(window, "Send invoice")).to_be_visible()
    keys.press("2")
    expect(window.get_by_role("link", name="Call the bank")).to_be_focused()
    keys.press("e")
    expect(window.get_by_role("region", name="Missed, 0 tasks")).to_be_visible()
    keys.press("Control+k")
    keys.type("talk")
    keys.press("Enter")
    title = window.get_by_role("dialog", name="Task").get_by_label("Title")
    expect(title).to_have_value("Prepare the talk")
    for key, opened in (("k", "Send invoice"), ("j", "Prepare the talk")):
        keys.press(key)
        expect(title).to_have_value(opened)
    keys.press("?")
    expect(window.get_by_role("dialog", name="Keyboard")).to_be_visible()
    keys.press("Escape")
    keys.press("Escape")
    expect(window.get_by_role("link", name="Prepare the talk", exact=True)).to_be_focused()
    keys.press("q")
    keys.type("Water the plants")
    keys.press("Enter")
    expect(card(window, "Water the plants")).to_be_visible()
    keys.press("Escape")
    keys.press("?")
    expect(window.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_what_is_typed_before_the_palette_stands_is_for_it_and_not_for_the_card_at_hand(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window(service_workers="block")
    late: list[Route] = []
    page.route("**/assets/Palette-*", lambda route: late.append(route))
    sign_up(page, server, email)
    fill(page)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Send invoice", exact=True)).to_be_focused()
    page.keyboard.press("Control+k")
    # On the card `t` asks for another deadline, and `e` completes it.
    page.keyboard.type("the talk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for route in late:
        route.continue_()
    title = page.get_by_role("dialog", name="Task").get_by_label("Title")
    expect(title).to_have_value("Prepare the talk")
    expect(page.get_by_role("button", name="Complete “Send invoice”")).to_be_visible()


def test_a_phone_has_one_bucket_at_a_time_and_room_for_thumbs(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window(**PHONE)
    sign_up(page, server, email)
    fill(page)
    page.get_by_role("link", name="Missed 1").click()
    expect(card(page, "Call the bank")).to_be_visible()
    expect(card(page, "Send invoice")).to_have_count(0)
    assert small_targets(page) == []
    page.get_by_role("link", name="Upcoming").click()
    page.get_by_role("link", name="Send invoice", exact=True).click()
    expect(page.get_by_role("dialog", name="Task")).to_be_visible()
    expect(page.get_by_text("Grace")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    assert small_targets(page) == []
    page.get_by_role("dialog", name="Task").get_by_role("link", name="Collect the hours").click()
    expect(page.get_by_role("link", name="Part of “Send invoice”")).to_be_visible()
    assert small_targets(page) == []
    page.goto(f"{server.url}/activity")
    expect(page.get_by_role("button", name=re.compile("^Undo: ")).first).to_be_visible()
    assert small_targets(page) == []


def test_a_phone_comes_back_from_a_task_to_the_bucket_that_it_was_opened_from(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window(**PHONE)
    sign_up(page, server, email)
    fill(page)
    for bucket, title in (("Missed", "Call the bank"), ("Completed", "Tax form")):
        page.get_by_role("link", name=f"{bucket} 1").click()
        page.get_by_role("link", name=title, exact=True).click()
        sheet = page.get_by_role("dialog", name="Task")
        expect(sheet).to_be_visible()
        expect(page.locator(f"[data-column={bucket.lower()}]")).to_have_count(1)
        sheet.get_by_role("button", name="Close", exact=True).click()
        expect(sheet).to_have_count(0)
        expect(page.get_by_role("link", name=title, exact=True)).to_be_focused()
        assert page.url.endswith(f"/?bucket={bucket.lower()}")


def small_targets(page: Page) -> Any:
    """Return what can be pressed and is smaller than a thumb."""
    # A title covers its card, and is as large as that is.
    pressed = ":is(button, a, summary, input, textarea, select):not([data-control=title])"
    return too_small(page.locator(f":is(main, [role=dialog]) {pressed}, nav a, header button"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_or_state(window: Page, scheme: Any) -> None:
    window.emulate_media(color_scheme=scheme)
    faults = violations(window, state="empty")
    ids = fill(window)
    faults += violations(window, state="board")
    keys = window.keyboard
    keys.press("j")
    keys.press("x")
    faults += violations(window, state="marked")
    window.get_by_role("button", name="Move", exact=True).click()
    expect(window.get_by_role("menuitem", name="Work")).to_be_visible()
    faults += violations(window, state="menu")
    for _ in range(2):
        keys.press("Escape")
    for key, name in (("t", "Reschedule"), ("Control+k", "Anything"), ("?", "Keyboard")):
        window.get_by_role("link", name="Prepare the talk").focus()
        keys.press(key)
        expect(window.get_by_role("dialog", name=name)).to_be_visible()
        faults += violations(window, state=name)
        keys.press("Escape")
    window.get_by_role("button", name="Filter", exact=True).click()
    expect(window.get_by_role("dialog", name="Filters")).to_be_visible()
    faults += violations(window, state="filter")
    keys.press("Escape")
    window.get_by_role("button", name="Add a project").click()
    expect(window.get_by_role("dialog", name="New project")).to_be_visible()
    faults += violations(window, state="project dialog")
    keys.press("Escape")
    places = {
        "today": "Today",
        f"projects/{ids['project']}": "Work",
        f"tasks/{ids['Send invoice']}": "Send invoice",
    }
    for size in (ViewportSize(width=1600, height=900), PHONE["viewport"]):
        window.set_viewport_size(size)
        for path, called in places.items():
            window.evaluate("to => { history.pushState(null, '', to); }", f"/{path}")
            expect(window).to_have_title(re.compile(rf"\b{called} · taskengine$"))
            faults += violations(window, state=f"{path} at {size['width']}")
    assert faults == []


def test_a_task_is_added_by_q_on_every_page(window: Page) -> None:
    ids = fill(window)
    keys, line = window.keyboard, window.get_by_role("dialog", name="New task")
    for path in ("insights", "activity", "settings", f"tasks/{ids['Send invoice']}"):
        window.evaluate("to => { history.pushState(null, '', to); }", f"/{path}")
        opened = window.get_by_role("dialog", name="Task", exact=True)
        expect(opened.or_(window.get_by_role("heading", name=path.title(), exact=True))).to_be_visible()
        keys.press("q")
        expect(line.get_by_role("textbox", name="New task")).to_be_focused()
        keys.press("Escape")
        expect(line).to_have_count(0)
    keys.press("Control+k")
    expect(window.get_by_role("dialog", name="Anything").get_by_role("combobox")).to_be_focused()
    keys.type("Add a task")
    keys.press("Enter")
    expect(line.get_by_role("textbox", name="New task")).to_be_focused()
    keys.type("Water the plants")
    keys.press("Enter")
    expect(line).to_have_count(0)
    expect(card(window, "Water the plants")).to_be_attached()


def test_a_card_keeps_the_focus_however_far_the_page_is_scrolled(window: Page) -> None:
    due = datetime.now(UTC) + DAY
    tasks = [
        {"title": f"Task {number:03}", "deadline": (due + timedelta(minutes=number)).isoformat()}
        for number in range(100)
    ]
    changes = [{"verb": "task.create", "fields": fields} for fields in tasks]
    ask(window, "POST", "batch/", {"operations": changes})
    expect(card(window, "Task 000")).to_be_visible()
    window.keyboard.press("j")
    first = window.get_by_role("link", name="Task 000", exact=True)
    expect(first).to_be_focused()
    window.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(card(window, "Task 099")).to_be_in_viewport()
    expect(card(window, "Task 030")).to_have_count(0)
    expect(first).to_be_focused()
    window.keyboard.press("j")
    expect(window.get_by_role("link", name="Task 001", exact=True)).to_be_focused()
