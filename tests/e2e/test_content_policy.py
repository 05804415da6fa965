"""The page and the document's viewer in a real Chromium, under the content security policy.

`open_window` fails a test whose window was refused something, so each of these only has to go there.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.postgres import DatabaseServer, create_database, drop_database
from tests.support.servers import Server
from tests.support.windows import sign_up

pytestmark = pytest.mark.untimed

# Runs in the page as if somebody had smuggled it in, and says what became of it.
SMUGGLED = """async () => {
    const refused = [];
    document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
    const put = (name, text, nonce) => {
        const made = document.createElement(name);
        if (nonce) made.setAttribute("nonce", nonce);
        made.textContent = text;
        document.head.append(made);
    };
    put("script", "window.smuggled = true");
    put("style", ":root { --smuggled: yes }");
    // The page's own libraries look for it there; a script gets nothing by it.
    put("style", ":root { --ours: yes }", window.__webpack_nonce__);
    put("script", "window.smuggled = true", window.__webpack_nonce__);
    document.body.insertAdjacentHTML("beforeend", '<img src="data:,x" onerror="window.smuggled = true">');
    await fetch("https://evil.example/").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
    return { ran: window.smuggled === true, style: style("--smuggled"), ours: style("--ours"), refused: [...new Set(refused)].sort() };
}"""


@pytest.fixture(scope="module")
def server(postgres: DatabaseServer, migrated_template: str) -> Iterator[Server]:
    """A server with the demo in it, for all of these."""
    database = create_database(postgres, prefix="taskengine_policy", template=migrated_template)
    env = {"DEMO": "1", "EMBEDDED": "1"}
    server = Server(kind="uvicorn", name="content-policy", database_url=postgres.url(database), env=env)
    try:
        server.start()
        yield server
    finally:
        server.close()
        drop_database(postgres, database)


def test_the_pages_main_states_need_nothing_that_the_policy_forbids(
    server: Server, open_window: Callable[..., Page]
) -> None:
    window = open_window()
    window.goto(server.url)
    expect(window.get_by_role("button", name="Try the demo")).to_be_visible()
    sign_up(window, server, "ada@example.org")  # the socket is up: it says Live
    window.get_by_role("textbox", name="New task").fill("Water the plants")
    window.keyboard.press("Enter")
    window.get_by_text("Water the plants").click()
    expect(window.get_by_role("button", name="Delete")).to_be_visible()
    window.keyboard.press("Escape")
    window.get_by_role("button", name="Account").click()
    window.get_by_role("menuitem").first.wait_for()
    window.keyboard.press("Escape")
    for path in ("/settings", "/forgot-password", "/nothing-here", "/tasks"):
        window.goto(server.url + path)
        expect(window.get_by_role("heading").first).to_be_visible()


def test_the_documents_viewer_needs_nothing_that_the_policy_forbids(
    server: Server, open_window: Callable[..., Page]
) -> None:
    window = open_window()
    window.goto(f"{server.url}/api/v1/docs/")
    operation = window.get_by_role("button", name="get ​/api​/v1​/about​/")
    expect(operation.or_(window.locator("#operations-about-about")).first).to_be_visible(timeout=20_000)
    window.locator("#operations-about-about").click()
    window.get_by_role("button", name="Try it out").click()
    window.get_by_role("button", name="Execute").click()
    expect(window.locator(".live-responses-table")).to_be_visible()


def test_what_is_smuggled_into_the_page_does_not_run_and_calls_nobody(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context()
    try:
        window = context.new_page()
        window.goto(server.url)
        found: dict[str, Any] = window.evaluate(SMUGGLED)
    finally:
        context.close()
    assert found == {
        "ran": False,
        "style": "",
        "ours": "yes",
        "refused": ["connect-src", "img-src", "script-src-attr", "script-src-elem", "style-src-elem"],
    }
