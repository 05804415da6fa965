"""The README's pictures: taken anew by `make images`, and by nothing else."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, WebSocketRoute, expect

from tests.e2e.test_board import card
from tests.e2e.test_planner import WHOLE, planner, server  # noqa: F401 - the last one is a fixture
from tests.e2e.test_planner import ask as ask_for_plan
from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import Stream
from tests.support.servers import Server
from tests.support.windows import PHONE, add_task, ask, sign_up

pytestmark = [
    pytest.mark.untimed,
    pytest.mark.skipif(not os.environ.get("UPDATE_IMAGES"), reason="pictures are taken by `make images`"),
]

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LIMIT_BYTES = 150_000
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
# A Tuesday, 10:12 in Berlin.
MOMENT = datetime(2027, 1, 12, 9, 12, tzinfo=UTC)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")


class Moment:
    """Has a window live at `MOMENT`, whenever that really is, so that its pictures are the same each time."""

    def __init__(self) -> None:
        """Begin it."""
        self._really = datetime.now(UTC)

    def show(self, page: Page) -> None:
        """Shift all that the server says to `page` from now on."""
        page.clock.set_fixed_time(MOMENT)
        page.route("**/api/v1/**", self._answer)
        # It would count from the real day; the page's own reading counts from its own.
        page.route("**/tasks/parse/", lambda route: route.abort())
        page.route_web_socket("**/ws/**", self._socket)

    def at(self, **later: float) -> str:
        """Return the instant that is so much later than the moment in the pictures, as the server knows it."""
        return (self._really + timedelta(**later)).isoformat()

    def _shifted(self, text: str) -> str:
        text = re.sub(r'("server_time":\s*")[^"]+', lambda found: found[1] + MOMENT.isoformat(), text)
        text = re.sub(r'("t":\s*)\d{13}', lambda found: found[1] + str(int(MOMENT.timestamp() * 1000)), text)
        return INSTANT.sub(lambda found: self._shift(found[0]), text)

    def _shift(self, instant: str) -> str:
        at = datetime.fromisoformat(instant)
        return instant if at == MOMENT else (MOMENT + (at - self._really)).isoformat()

    def _answer(self, route: Route) -> None:
        try:
            answer = route.fetch()
        except Error:  # the server is gone, in the picture of a page without one
            route.abort()
            return
        route.fulfill(response=answer, body=self._shifted(answer.text()))

    def _socket(self, socket: WebSocketRoute) -> None:
        there = socket.connect_to_server()
        there.on_message(lambda message: socket.send(self._shifted(str(message))))


def fill(page: Page, moment: Moment) -> None:
    """Give a board what a board has on a Tuesday morning."""
    work = ask(page, "POST", "projects/", {"name": "work", "colour": "blue"})["id"]
    home = ask(page, "POST", "projects/", {"name": "home", "colour": "amber"})["id"]
    calls = ask(page, "POST", "labels/", {"name": "calls", "colour": "teal"})["id"]
    money = ask(page, "POST", "labels/", {"name": "money", "colour": "violet"})["id"]

    def add(title: str, **fields: Any) -> str:
        made = ask(page, "POST", "tasks/", {"title": title, **fields})
        return str(made["id"])

    add("Send the invoice", deadline=moment.at(minutes=41), project=work, labels=[money], priority=1)
    talk = add(
        "Prepare Thursday's talk",
        notes="Three ideas, **one picture each**:\n\n- what we did\n- what it cost\n- what comes next",
        deadline=moment.at(hours=6, minutes=48),
        estimate_min=90,
        project=work,
        priority=2,
    )
    for title in ("Collect the figures", "Draw the slides"):
        part = add(title, parent=talk, deadline=moment.at(hours=5))
        if title.startswith("Collect"):
            ask(page, "POST", f"tasks/{part}/complete/")
    add("Water the plants", deadline=moment.at(hours=9), project=home)
    add("Book the train", deadline=moment.at(days=1, hours=3), project=home, labels=[money])
    add("Renew the passport", deadline=moment.at(days=9), priority=3)
    add("Learn to make pasta")
    add("Call the bank", deadline=moment.at(minutes=-22), labels=[calls], priority=2)
    add("Reply to Ada", deadline=moment.at(hours=-16), project=work)
    for title, due in (("Book flights", moment.at(hours=2)), ("Tax form", moment.at(hours=-3))):
        ask(page, "POST", f"tasks/{add(title, deadline=due)}/complete/")


def take(page: Page, name: str) -> None:
    """Take a picture, once nothing moves any more."""
    page.mouse.move(0, 0)  # no card is pointed at
    page.wait_for_timeout(700)
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    assert path.stat().st_size <= LIMIT_BYTES


def test_the_board_at_one_and_the_same_moment(
    start_server: Callable[..., Server], open_window: Callable[..., Page]
) -> None:
    IMAGES.mkdir(exist_ok=True)
    there = start_server()
    page = open_window(**WIDE, reduced_motion="reduce")
    moment = Moment()
    moment.show(page)
    sign_up(page, there, "ada@example.org")
    fill(page, moment)
    page.reload()
    expect(card(page, "Send the invoice")).to_contain_text(re.compile("4[01] m"))
    dismiss(page)
    take(page, "board")
    page.get_by_role("textbox", name="New task").fill("Pay rent friday 5pm #home @money !1 ~30m")
    expect(page.get_by_role("list", name="Understood")).to_be_visible()
    take(page, "quick-add")
    page.get_by_role("textbox", name="New task").fill("")
    page.get_by_role("textbox", name="New task").blur()
    page.get_by_role("link", name="Prepare Thursday's talk", exact=True).click()
    expect(page.get_by_role("dialog", name="Task")).to_be_visible()
    take(page, "task")
    page.keyboard.press("Escape")
    page.emulate_media(color_scheme="dark")
    take(page, "board-dark")
    phone = page.context.browser.new_context(  # type: ignore[union-attr]
        **PHONE, locale="en-GB", timezone_id="Europe/Berlin", storage_state=page.context.storage_state()
    )
    small = phone.new_page()
    moment.show(small)
    small.goto(there.url)
    expect(card(small, "Send the invoice")).to_be_visible()
    dismiss(small)
    take(small, "phone")
    small.get_by_role("link", name="Prepare Thursday's talk", exact=True).click()
    expect(small.get_by_role("dialog", name="Task")).to_be_visible()
    take(small, "phone-task")
    small.get_by_role("button", name="Close").click()
    small.emulate_media(color_scheme="dark")
    phone.set_offline(True)
    there.kill()
    line = small.get_by_role("textbox", name="New task")
    line.fill("Buy milk tomorrow")
    line.press("Enter")
    line.blur()
    expect(small.get_by_text("1 change waits.")).to_be_visible()
    take(small, "phone-offline")
    phone.close()


def test_the_front_door(start_server: Callable[..., Server], open_window: Callable[..., Page]) -> None:
    page = open_window(**WIDE, reduced_motion="reduce")
    page.goto(start_server(DEMO="1", EMBEDDED="1").url)
    expect(page.get_by_role("button", name="Try the demo")).to_be_visible()
    # Its own little board runs by itself: until one task is missed and others are on their way.
    expect(page.get_by_text("just now").first).to_be_visible(timeout=20_000)
    take(page, "landing")


def dismiss(page: Page) -> None:
    """Put away what tells of tasks that were missed meanwhile."""
    button = page.get_by_role("button", name="Dismiss")
    if button.count():
        button.click()


def test_a_plan(server: Server, gemini: FakeGemini, open_window: Callable[..., Page]) -> None:  # noqa: F811
    gemini.answer(Stream(texts=[WHOLE]))
    page = open_window(**WIDE, reduced_motion="reduce")
    sign_up(page, server, "ada@example.org")
    ask_for_plan(page)
    expect(planner(page).get_by_role("button", name=re.compile("Add .* steps"))).to_be_visible()
    take(page, "plan")


def test_the_insights(start_server: Callable[..., Server], open_window: Callable[..., Page]) -> None:
    page = open_window(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    sign_up(page, start_server(), "ada@example.org")
    now = datetime.now(UTC)
    hours = (-50, -31, -26, -9, -3, -2, 1, 3, 5, 8, 20, 26, 30, 49, 54, 75, 98, 120, 170, 200)
    titles = ("Send the invoice", "Water the plants", "Call Ada", "Pack", "Book the train")
    for place, due in enumerate(hours):
        task = add_task(
            page,
            title=titles[place % len(titles)],
            deadline=(now + timedelta(hours=due)).isoformat(),
            estimate_min=30 + place * 17 % 150,
        )
        if place % 3 != 2 and place < 9:
            ask(page, "POST", f"tasks/{task}/complete/")
    page.goto(f"{page.url.rstrip('/')}/insights")
    expect(page.get_by_role("heading", name="Does the work fit into your days?")).to_be_visible()
    page.wait_for_timeout(500)
    take(page, "insights")
