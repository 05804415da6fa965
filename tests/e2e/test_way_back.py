"""Whoever closes a task is back where they opened it, in a real Chromium: with the focus, and in sight of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_insights import fill, open_insights, panel, soon
from tests.support.servers import Server
from tests.support.windows import PHONE, sign_up

pytestmark = pytest.mark.untimed

# Where an open task lies over the board, and where it lies beside it.
OVER: dict[str, Any] = {"viewport": {"width": 1440, "height": 700}}
BESIDE: dict[str, Any] = {"viewport": {"width": 1680, "height": 700}}


def expect_back(page: Page, link: Locator) -> None:
    """Expect the insights, with the focus on a link of theirs that is in sight."""
    expect(page).to_have_url(re.compile(r"/insights$"))
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()


@pytest.mark.parametrize("size", [OVER, BESIDE], ids=["over the board", "beside it"])
def test_a_task_leads_back_to_the_panel_of_the_insights_that_it_was_opened_from(
    server: Server, email: str, open_window: Callable[..., Page], size: dict[str, Any]
) -> None:
    page = open_window(**size)
    sign_up(page, server, email)
    fill(page)
    open_insights(page, server)
    # Far down, in a panel that only the server can fill.
    load = panel(page, "Does the work fit into your days?").get_by_role("link", name="Collect the figures")
    load.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title")).to_have_value("Collect the figures")
    page.keyboard.press("Escape")
    expect_back(page, load)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title")).to_have_value("Draw the slides")
    page.go_back()
    expect_back(
        page, panel(page, "Does the work fit into your days?").get_by_role("link", name="Draw the slides")
    )

    # What is done with it there is gone from its panel; the next one has its place.
    soon(page).get_by_role("link", name="Send invoice").click()
    page.get_by_label("Task", exact=True).get_by_role("button", name="Complete").click()
    page.get_by_label("Task", exact=True).get_by_role("button", name="Close").click()
    expect_back(page, soon(page).get_by_role("link", name="Water the plants"))


def test_on_the_board_escape_closes_the_task_beside_it_and_stays_there(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window(**BESIDE)
    sign_up(page, server, email)
    fill(page)
    open_insights(page, server)
    soon(page).get_by_role("link", name="Send invoice").click()
    expect(page.get_by_label("Title")).to_have_value("Send invoice")
    page.keyboard.press("j")
    water = page.get_by_role("article", name="Water the plants").get_by_role("link")
    expect(water).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Selected tasks")).to_have_count(0)
    expect(page.get_by_label("Title")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Title")).to_have_count(0)
    expect(water).to_be_focused()
    assert page.url == f"{server.url}/"


def test_on_a_phone_a_sheet_closes_over_the_page_that_it_was_opened_from(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window(**PHONE)
    sign_up(page, server, email)
    fill(page)
    open_insights(page, server)
    soon(page).get_by_role("link", name="Water the plants").tap()
    page.get_by_role("dialog", name="Task").get_by_role("button", name="Close").tap()
    expect_back(page, soon(page).get_by_role("link", name="Water the plants"))
    page.goto(f"{server.url}/activity")
    line = page.get_by_role("button", name="Added “Draw the slides”", exact=True)
    line.tap()
    expect(page.get_by_label("Title")).to_have_value("Draw the slides")
    page.get_by_role("dialog", name="Task").get_by_role("button", name="Close").tap()
    expect(page).to_have_url(re.compile(r"/activity$"))
    expect(line).to_be_focused()
    # The next deadline is in sight on every page, and leads back to it.
    following = page.get_by_role("banner").get_by_role("link", name="Send invoice")
    following.tap()
    page.get_by_role("dialog", name="Task").get_by_role("button", name="Close").tap()
    expect(page).to_have_url(re.compile(r"/activity$"))
    expect(following).to_be_focused()
