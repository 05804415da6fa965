"""Windows onto a server, as people open them."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.support.servers import Server

# Nothing is judged by it: the machine may have much else to do, and what is there is found at once.
expect.set_options(timeout=15_000)


@pytest.fixture
def server(shared_server: Callable[..., Server]) -> Server:
    """A server that others use as well; whoever harms one, or needs another kind, starts their own."""
    return shared_server("uvicorn", DOORBELL="process")


@pytest.fixture
def email() -> str:
    """The address of somebody new."""
    return f"ada-{secrets.token_hex(4)}@example.org"


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open windows that share nothing, as two people's computers do.

    Each must log no error, and do nothing that the content security policy forbids: what a window is refused
    stands in its console, whichever test opened it.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            errors.append(message.text)

    def open_one(**options: Any) -> Page:
        context = browser.new_context(locale="en-GB", timezone_id="Europe/Berlin", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", heard)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert errors == []
