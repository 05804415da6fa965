"""What people do in a window before a test begins."""

from playwright.sync_api import Page, expect

from tests.support.servers import Server

PASSWORD = "correct horse battery staple"


def sign_up(page: Page, server: Server, email: str) -> None:
    """Sign up through the page, and see the board."""
    page.goto(f"{server.url}/signup")
    _enter(page, email, button="Sign up")


def sign_in(page: Page, server: Server, email: str) -> None:
    """Sign in through the page, and see the board."""
    page.goto(f"{server.url}/signin")
    _enter(page, email, button="Sign in")


def _enter(page: Page, email: str, *, button: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
