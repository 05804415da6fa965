"""The page in a real Chromium, against a real server: what a newcomer does in the first minute."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.servers import Server
from tests.support.windows import sign_in, sign_up

pytestmark = pytest.mark.untimed


def card(page: Page, bucket: str, title: str) -> Any:
    """Return a task's card where it stands in a bucket."""
    return page.get_by_role("region", name=bucket).get_by_role("listitem").filter(has_text=title)


def test_what_is_done_in_one_window_is_seen_in_the_other(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    first, second = open_window(), open_window(viewport={"width": 390, "height": 844}, has_touch=True)
    sign_up(first, server, email)
    sign_in(second, server, email)

    quick_add = first.get_by_role("textbox", name="New task")
    quick_add.fill("Water the plants")
    quick_add.press("Enter")
    expect(quick_add).to_be_focused()
    expect(card(second, "Upcoming", "Water the plants")).to_be_visible()

    second.get_by_role("button", name="Complete “Water the plants”").click()
    expect(card(first, "Completed", "Water the plants")).to_be_visible()

    first.get_by_role("button", name="Reopen “Water the plants”").click()
    expect(card(second, "Upcoming", "Water the plants")).to_be_visible()
    card(first, "Upcoming", "Water the plants").get_by_text("Water the plants").click()
    first.get_by_role("button", name="Delete").click()
    expect(card(second, "Upcoming", "Water the plants")).to_have_count(0)
    first.get_by_role("button", name="Undo").last.click()
    expect(card(second, "Upcoming", "Water the plants")).to_be_visible()


def test_whoever_signs_out_is_out(server: Server, email: str, open_window: Callable[..., Page]) -> None:
    window = open_window()
    sign_up(window, server, email)
    window.get_by_role("button", name="Account").click()
    window.get_by_role("menuitem", name="Sign out").click()
    expect(window.get_by_role("link", name="Sign in")).to_be_visible()
    window.goto(f"{server.url}/tasks")
    expect(window.get_by_label("Password")).to_be_visible()


def test_a_restarted_server_is_found_again_and_nothing_is_missing(
    start_server: Callable[..., Server], open_window: Callable[..., Page]
) -> None:
    server = start_server()
    window = open_window()
    sign_up(window, server, "ada@example.org")
    cookies = {cookie["name"]: cookie["value"] for cookie in window.context.cookies()}
    server.kill()
    expect(window.get_by_text("Reconnecting", exact=True)).to_be_visible()
    server.start()
    made = window.context.request.post(
        f"{server.url}/api/v1/tasks/",
        data=json.dumps({"title": "Made while away"}),
        headers={
            "Content-Type": "application/json",
            "X-CSRFToken": cookies["csrftoken"],
            "Referer": server.url,
        },
    )
    assert made.status == 201
    expect(window.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
    expect(card(window, "Upcoming", "Made while away")).to_be_visible()


def test_the_demo_shows_a_miss_within_the_minute(
    start_server: Callable[..., Server], open_window: Callable[..., Page]
) -> None:
    server = start_server(DEMO="1", EMBEDDED="1")
    window = open_window(viewport={"width": 1440, "height": 900})
    window.goto(server.url)
    window.get_by_role("button", name="Try the demo").click()
    title = "Watch this one cross the line"
    expect(card(window, "Upcoming", title)).to_be_visible()
    expect(card(window, "Missed", title)).to_be_visible(timeout=30_000)
