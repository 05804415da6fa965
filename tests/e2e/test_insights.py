"""The insights in a real Chromium: they move when a task does, and everybody can read them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.servers import Server
from tests.support.windows import add_task, sign_in, sign_up

pytestmark = pytest.mark.untimed

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

    soon = datetime.now(UTC) + timedelta(hours=2)
    add_task(second, title="Send invoice", deadline=soon.isoformat(), estimate_min=600)
    expect(figure(first, "Due in 24 hours")).to_have_text("1")
    expect(first.get_by_role("main").get_by_role("link", name="Send invoice")).to_be_visible()
    expect(first.get_by_text("10 h of work is due")).to_be_visible()
    expect(first.locator("canvas").first).to_be_visible()
    add_task(second, title="Call the bank", deadline=(soon - timedelta(days=1)).isoformat())
    expect(figure(first, "Missed")).to_have_text("1")
    # Of the week only the server knows; it is asked, and once, after what has changed.
    expect(first.get_by_text("You finish 0% on time.")).to_be_visible(timeout=15_000)
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
