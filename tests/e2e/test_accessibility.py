"""Axe on the pages and states that no other test looks at, light and dark; those have their own with what they test.

In English and on a wide screen the board, its dialogs and menus are in `test_board.py`, Insights in `test_insights.py`,
Settings and Activity in `test_settings.py`.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_board import fill
from tests.support.axe import violations
from tests.support.servers import Server
from tests.support.windows import PHONE, add_task, ask, sign_in, sign_up

pytestmark = pytest.mark.untimed

# Those who are not signed in: the path, and what stands there once it is drawn.
DOORS = {
    "": "button:has-text('Try the demo')",
    "signin": "h1",
    "signin?ended=true": "h1",
    "signup": "h1",
    "forgot-password": "h1",
    "account/password/reset/no-such-key": "text=This link has been used or is too old.",
    "account/verify-email/no-such-key": "text=This link has been used or is too old.",
    "nothing-here": "text=There is nothing at this address.",
}

# Pages whose words and widths are another matter on a phone and in German: the path, and what stands there once it is drawn.
IN_GERMAN = {
    "?bucket=missed": "article",
    "insights": "canvas",
    "activity": "h2",
    "settings/account": "h2",
    "settings/hours": "h2",
    "settings/security": "text=seit",
    "settings/tokens": "h2",
    "settings/notifications": "h2",
    "settings/data": "h2",
}


class Looker:
    """Collects what axe finds in each state of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def look(self, state: str) -> None:
        """Look at what the page shows, in both schemes; in the second only at what colours can change."""
        self.faults += violations(self.page, scheme="light", state=state)
        self.faults += violations(self.page, scheme="dark", state=state, colours_only=True)


def test_axe_finds_nothing_at_the_doors_and_in_the_boards_rarer_states(
    start_server: Callable[..., Server], open_window: Callable[..., Page]
) -> None:
    server, page = start_server(DEMO="1", EMBEDDED="1"), open_window()
    looker = Looker(page)
    for path, shown in DOORS.items():
        page.goto(f"{server.url}/{path}")
        page.locator(shown).first.wait_for()
        looker.look(f"/{path}")
    page.goto(f"{server.url}/signin")
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("none of the passwords")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Email and password do not match.")).to_be_visible()
    looker.look("a sign-in that is refused")

    sign_up(page, server, "ada@example.org")
    label = ask(page, "POST", "labels/", {"name": "calls", "colour": "teal"})["id"]
    task = add_task(page, title="Send invoice", labels=[label])
    expect(page.get_by_text("Send invoice")).to_be_visible()
    page.goto(f"{server.url}/labels/{label}")
    expect(page.get_by_text("Send invoice")).to_be_visible()
    looker.look("a label")
    line = page.get_by_role("textbox", name="New task")
    line.fill("Call Grace tomorrow 5pm #calls !1 ~30m")
    expect(page.get_by_role("list", name="Understood")).to_be_visible()
    looker.look("quick add with what it has understood")
    line.fill("Write my thesis")
    page.get_by_role("button", name="Break down").click()
    planner = page.get_by_role("dialog", name="Break down")
    expect(planner).to_be_visible()
    looker.look("the planner asks")
    planner.get_by_role("button", name="Start").click()
    expect(planner.get_by_role("button", name=re.compile("^Add \\d"))).to_be_visible(timeout=20_000)
    looker.look("the planner has a plan")
    page.keyboard.press("Escape")
    expect(planner).to_have_count(0)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem").first.wait_for()
    looker.look("the account's menu")
    page.keyboard.press("Escape")

    page.goto(f"{server.url}/tasks/{task}")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    looker.look("a task that can be brought back")
    page.goto(f"{server.url}/tasks/{task}")
    expect(
        page.get_by_text("This task does not exist any more.").or_(page.get_by_text("no such task"))
    ).to_be_visible()
    looker.look("a task that is not there")
    page.goto(f"{server.url}/nothing-here")
    expect(page.get_by_text("There is nothing at this address.")).to_be_visible()
    looker.look("nothing there, signed in")
    page.goto(server.url)
    page.context.set_offline(offline=True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.get_by_text("Offline", exact=False).first).to_be_visible(timeout=20_000)
    looker.look("offline")
    # Where nothing keeps the page's files, one that can't be fetched breaks what needs it.
    broken = open_window(service_workers="block")
    sign_in(broken, server, "ada@example.org")
    broken.route("**/assets/Insights-*", lambda route: route.abort())
    broken.goto(f"{server.url}/insights")
    expect(broken.get_by_text("Something broke on this page.")).to_be_visible()
    looker.page = broken
    looker.look("a page that broke")
    assert looker.faults == []


def test_axe_finds_nothing_in_german_on_a_phone(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window(**PHONE)
    sign_up(page, server, email)
    fill(page)
    ask(page, "PATCH", "users/me/", {"language": "de"})
    looker = Looker(page)
    for path, shown in IN_GERMAN.items():
        page.goto(f"{server.url}/{path}")
        page.locator(shown).first.wait_for()
        expect(page.locator("html")).to_have_attribute("lang", "de")
        looker.look(f"/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"], path
    assert looker.faults == []
