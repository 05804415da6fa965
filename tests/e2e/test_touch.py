"""A finger on the board, in a real Chromium: what goes across a card, and what must not."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.e2e.test_board import card, fill, group
from tests.support.servers import Server
from tests.support.windows import PHONE, resting_place, sign_up

pytestmark = pytest.mark.untimed

STEPS = 8
FRAME_MS = 16
REST_MS = 450
# The card is with the finger that went 90 px.
FOLLOWING = re.compile(r"^(?:[6-9]\d|\d{3})(?:\.\d+)?px")


class Finger:
    """A finger on a screen; what it does is what a hand's does: the browser decides what it means."""

    def __init__(self, page: Page) -> None:
        """Lay it beside `page`."""
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._at = (0.0, 0.0)

    @contextmanager
    def on(self, what: Locator) -> Iterator["Finger"]:
        """Put it down on something, and lift it in the end."""
        box = resting_place(what)
        self._at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self._send("touchStart")
        yield self
        self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def move(self, x: float, y: float = 0) -> None:
        """Move it by so many px, in as many steps as a hand would."""
        for _ in range(STEPS):
            self._at = (self._at[0] + x / STEPS, self._at[1] + y / STEPS)
            self._send("touchMove")
            self._page.wait_for_timeout(FRAME_MS)

    def go(self, x: float, y: float) -> None:
        """Move it to a place on the page."""
        self.move(x - self._at[0], y - self._at[1])

    def _send(self, kind: str) -> None:
        x, y = self._at
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})


@pytest.fixture
def phone(server: Server, email: str, open_window: Callable[..., Page]) -> Page:
    """Open the board of somebody who has a few tasks on a phone."""
    page = open_window(**PHONE)
    sign_up(page, server, email)
    fill(page)
    return page


def test_a_swipe_completes_or_reschedules_and_a_scroll_does_neither(phone: Page) -> None:
    page, finger = phone, Finger(phone)
    talk, photos = card(page, "Prepare the talk"), card(page, "Sort the photos")

    with finger.on(talk):
        finger.move(20, 120)
        finger.move(220)
    with finger.on(talk):
        finger.move(90)
        expect(talk).to_have_css("translate", FOLLOWING)
        finger.move(-70)
    expect(talk).to_have_css("translate", "none")
    expect(talk).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)

    with finger.on(talk):
        finger.move(200)
        expect(page.locator("[data-swiped]").get_by_text("Complete", exact=True)).to_be_visible()
        page.wait_for_timeout(100)
    expect(talk).to_have_count(0)
    expect(page.get_by_role("link", name="Completed 2")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(talk).to_be_visible()

    with finger.on(photos):
        finger.move(-200)
        page.wait_for_timeout(100)
    page.get_by_role("dialog", name="Reschedule").get_by_role("button", name=re.compile("^Tomorrow")).click()
    expect(photos).to_contain_text("Tomorrow")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_finger_that_rests_on_a_card_carries_it_to_another_day(phone: Page) -> None:
    page, finger = phone, Finger(phone)
    talk, free = card(page, "Prepare the talk"), group(page, "No deadline")
    with finger.on(talk):
        page.wait_for_timeout(REST_MS)
        expect(page.locator("[data-held]")).to_be_visible()
        finger.move(0, 20)  # the empty days open
        page.wait_for_timeout(REST_MS)
        to = free.first.bounding_box()
        assert to is not None
        finger.go(to["x"] + to["width"] / 2, to["y"] + 10)
    expect(free.filter(has_text="Prepare the talk")).to_be_visible()
    expect(group(page, "This week")).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(group(page, "This week").filter(has_text="Prepare the talk")).to_be_visible()
