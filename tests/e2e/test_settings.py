"""The settings, the activity and the language of the page, in a real Chromium against a real server."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import SETTLED, violations
from tests.support.servers import Server
from tests.support.windows import PASSWORD, PHONE, add_task, sign_in, sign_up

pytestmark = pytest.mark.untimed

SCHEMES: Final[list[Literal["light", "dark"]]] = ["light", "dark"]
SECTIONS = ["account", "hours", "security", "tokens", "notifications", "data"]


def answer_of(page: Page, path: str, token: str) -> int:
    """Return what the server answers to a program with an access token."""
    status: int = page.evaluate(
        """async ([path, token]) => {
            const headers = { Authorization: `Bearer ${token}` };
            return (await fetch(path, { headers, credentials: "omit" })).status;
        }""",
        [path, token],
    )
    return status


def test_a_token_is_made_used_and_revoked(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window()
    sign_up(page, server, email)
    page.goto(f"{server.url}/settings/tokens")
    page.get_by_label("What it is for").fill("Backup script")
    page.get_by_role("button", name="Make a token").click()
    token = page.get_by_label("The token", exact=True).input_value()
    assert token.startswith("te_")
    assert answer_of(page, "/api/v1/tasks/", token) == 200

    page.reload()
    expect(page.get_by_text("Backup script")).to_be_visible()
    expect(page.get_by_label("The token", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Revoke Backup script").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("There are no tokens yet.")).to_be_visible()
    assert answer_of(page, "/api/v1/tasks/", token) == 401


def test_what_is_exported_can_be_imported_elsewhere_and_taken_back(
    server: Server, email: str, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    ada, grace = open_window(), open_window(**PHONE)
    sign_up(ada, server, email)
    quick_add = ada.get_by_role("textbox", name="New task")
    quick_add.fill("Water the plants")
    quick_add.press("Enter")
    expect(ada.get_by_text("Water the plants")).to_be_visible()
    ada.goto(f"{server.url}/settings/data")
    with ada.expect_download() as saved:
        ada.get_by_role("link", name="Download as JSON").click()
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    assert [task["title"] for task in json.loads(file.read_text())["tasks"]] == ["Water the plants"]

    sign_up(grace, server, f"grace-{email}")
    grace.goto(f"{server.url}/settings/data")
    grace.get_by_label("File", exact=True).set_input_files(file)
    grace.get_by_role("button", name="Look through it").click()
    expect(grace.get_by_text("It holds 1 task that you do not have yet.")).to_be_visible()
    grace.get_by_role("button", name="Import", exact=True).click()
    expect(grace.get_by_text("Imported 1 task.")).to_be_visible()

    # What she did stands in her activity, and is taken back there.
    grace.goto(f"{server.url}/activity")
    grace.get_by_role("button", name="Undo: Imported “Water the plants”").click()
    expect(grace.get_by_text("taken back", exact=True)).to_be_visible()
    grace.goto(f"{server.url}/tasks")
    expect(grace.get_by_text("Nothing is due")).to_be_visible()


def test_german_is_chosen_and_kept_here_and_elsewhere(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    first, second = open_window(), open_window()
    sign_up(first, server, email)
    fetched: list[str] = []
    first.on("request", lambda request: fetched.append(request.url))
    first.goto(f"{server.url}/settings")
    first.get_by_label("Language").select_option("Deutsch")
    expect(first.get_by_role("heading", name="Einstellungen")).to_be_visible()
    expect(first.get_by_label("Sprache")).to_be_focused()
    assert first.title() == "Einstellungen · taskengine"
    assert first.locator("html").get_attribute("lang") == "de"
    assert sum("/assets/de-" in url for url in fetched) == 1
    first.reload()
    expect(first.get_by_role("heading", name="Einstellungen")).to_be_visible()
    keep_picture(first, "/german/settings")

    # It belongs to the account: another device has it as soon as it knows who is there.
    second.goto(f"{server.url}/signin")
    second.get_by_label("Email").fill(email)
    second.get_by_label("Password").fill(PASSWORD)
    second.get_by_role("button", name="Sign in").click()
    expect(second.get_by_text("Nichts steht an")).to_be_visible()
    keep_picture(second, "/german/board")


def test_another_zone_and_other_hours_are_kept_and_the_board_follows_at_once(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window()
    sign_up(page, server, email)
    add_task(page, title="Call Tokyo", deadline="2040-06-01T12:30:00Z")
    expect(page.get_by_role("article", name="Call Tokyo")).to_contain_text("14:30")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Settings").click()
    page.get_by_label("Time zone").fill("Asia/Nowhere")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Time zone").fill("Asia/Tokyo")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Working hours").click()
    page.get_by_label("Monday, from").fill("10:30")
    page.get_by_role("button", name=re.compile("^Remove .* on Tuesday$")).click()
    with page.expect_response(f"{server.url}/api/v1/users/me/") as saved:
        page.get_by_role("button", name="Save").click()
    assert saved.value.ok
    page.get_by_role("link", name="To the board").click()
    expect(page.get_by_role("article", name="Call Tokyo")).to_contain_text("21:30")

    page.goto(f"{server.url}/settings/hours")
    expect(page.get_by_label("Monday, from")).to_have_value("10:30")
    expect(page.get_by_label("Tuesday, from")).to_have_count(0)


def test_another_device_is_logged_out_and_then_this_one_signs_out(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    laptop, phone = open_window(), open_window(**PHONE)
    sign_up(laptop, server, email)
    sign_in(phone, server, email)
    laptop.goto(f"{server.url}/settings/security")
    expect(laptop.get_by_text("this one")).to_be_visible()
    laptop.get_by_role("button", name="Log out Chrome on").click()
    expect(phone).to_have_url(f"{server.url}/signin?ended=true")
    laptop.get_by_role("button", name="Account: ada").click()
    laptop.get_by_role("menuitem", name="Sign out").click()
    expect(laptop).to_have_url(f"{server.url}/")


def test_nothing_bars_anyone_from_the_settings_and_the_activity(
    server: Server, email: str, open_window: Callable[..., Page]
) -> None:
    page = open_window()
    sign_up(page, server, email)
    quick_add = page.get_by_role("textbox", name="New task")
    quick_add.fill("Water the plants")
    quick_add.press("Enter")
    page.get_by_role("button", name="Complete “Water the plants”").click()
    faults: list[str] = []
    for path in [*(f"/settings/{section}" for section in SECTIONS), "/activity"]:
        page.goto(f"{server.url}{path}")
        expect(page.get_by_role("heading", level=2).first).to_be_visible()
        for scheme in SCHEMES:
            faults += violations(page, scheme=scheme)
        keep_picture(page, path)
    assert faults == []


def keep_picture(page: Page, path: str) -> None:
    """Keep what a page looks like, where somebody wants to see it (`SHOTS`: a folder)."""
    folder = os.environ.get("SHOTS")
    if folder is None:
        return
    name = path.strip("/").replace("/", "-")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for size, width in (("wide", 1280), ("phone", 390)):
            page.set_viewport_size({"width": width, "height": 844})
            page.evaluate(SETTLED)
            page.screenshot(path=f"{folder}/{name}-{size}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 720})
