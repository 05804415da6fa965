"""What people do in a window before a test begins."""

import json
from typing import Any, Final

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.support.servers import Server

PASSWORD: Final = "correct horse battery staple"
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
TARGET_PX: Final = 44  # a thumb

ARRIVED: Final = """(one) => {
    const card = one.closest("[data-travel]") ?? one;
    return Promise.allSettled(card.getAnimations().map(({ finished }) => finished)).then(() => undefined);
}"""


def sign_up(page: Page, server: Server, email: str) -> None:
    """Sign up through the page, and see the board."""
    page.goto(f"{server.url}/signup")
    _enter(page, email, button="Sign up")


def sign_in(page: Page, server: Server, email: str) -> None:
    """Sign in through the page, and see the board."""
    page.goto(f"{server.url}/signin")
    _enter(page, email, button="Sign in")


def wait_until(page: Page, condition: str, *, timeout_s: float = 10) -> None:
    """Wait until a JavaScript expression is true in the page, or a promise of something true.

    Playwright's own `wait_for_function` takes any promise for a yes, and has the page evaluate a string, which our
    content security policy forbids.
    """
    met = page.evaluate(
        f"""async (timeout) => {{
            const giveUpAt = Date.now() + timeout;
            while (!(await ({condition}))) {{
                if (Date.now() > giveUpAt) return false;
                await new Promise((later) => setTimeout(later, 20));
            }}
            return true;
        }}""",
        timeout_s * 1000,
    )
    assert met, f"not within {timeout_s} s: {condition}"


def resting_place(what: Locator) -> FloatRect:
    """Return where something stands once it rests there.

    Cards travel to their places for a moment. A hand goes for what it sees there; a test that asks on the way gets a
    place where, by the time it presses, another card is.
    """
    box = None
    while box is None or box != what.bounding_box():
        what.evaluate(ARRIVED)
        box = what.bounding_box()
    return box


def _enter(page: Page, email: str, *, button: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="New task")).to_be_visible()  # and the board, which hears keys


def ask(page: Page, method: str, path: str, body: Any = None) -> Any:
    """Ask the API as the page does; return what it answers."""
    status, text = page.evaluate(
        """async ([method, path, body]) => {
            const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
            const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
            const answer = await fetch(`/api/v1/${path}`, { method, headers, body });
            return [answer.status, await answer.text()];
        }""",
        [method, path, None if body is None else json.dumps(body)],
    )
    assert status < 300, text
    return json.loads(text) if text else None


def add_task(page: Page, **fields: Any) -> str:
    """Add a task, with what the line for new tasks has no room for; return its id."""
    return str(ask(page, "POST", "tasks/", fields)["id"])


def too_small(what: Locator) -> Any:
    """Return those of what can be pressed that are smaller than a thumb."""
    return what.evaluate_all(
        # What has a label around it is pressed by that.
        """(all, px) => all
        .filter((one) => one.checkVisibility())
        .map((one) => one.closest('label') ?? one)
        .map((one) => [one, one.getBoundingClientRect()])
        .filter(([, { width, height }]) => Math.round(width) < px || Math.round(height) < px)
        .map(([one]) => one.ariaLabel ?? (one.textContent || one.outerHTML))""",
        TARGET_PX,
    )
