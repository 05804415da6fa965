"""What people do in a window before a test begins."""

from typing import Any

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.support.servers import Server

PASSWORD = "correct horse battery staple"

ARRIVED = """(one) => {
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
    """Wait until a JavaScript expression is true in the page.

    Playwright's own `wait_for_function` has the page evaluate a string, which our content security policy forbids.
    """
    met = page.evaluate(
        f"""(timeout) => new Promise((resolve) => {{
            const giveUpAt = Date.now() + timeout;
            const look = () => {{
                if ({condition}) resolve(true);
                else if (Date.now() > giveUpAt) resolve(false);
                else setTimeout(look, 20);
            }};
            look();
        }})""",
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


def add_task(page: Page, **fields: Any) -> str:
    """Add a task as the page does, with what the line for new tasks has no room for; return its id."""
    task_id = page.evaluate(
        """async (fields) => {
            const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
            const answer = await fetch("/api/v1/tasks/", {
                method: "POST",
                headers: { "Content-Type": "application/json", "X-CSRFToken": token },
                body: JSON.stringify(fields),
            });
            return (await answer.json()).id;
        }""",
        fields,
    )
    assert isinstance(task_id, str)
    return task_id
