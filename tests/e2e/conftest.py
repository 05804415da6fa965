"""Windows onto a server, as people open them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open windows that share nothing, as two people's computers do; each must log no error."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_one(**options: Any) -> Page:
        context = browser.new_context(locale="en-GB", timezone_id="Europe/Berlin", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert errors == []
