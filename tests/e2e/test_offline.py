"""The page without its server: what is done meanwhile is there after a reload, and arrives once."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.servers import ROOT, Server
from tests.support.windows import ask, resting_place, sign_in, sign_up, wait_until

pytestmark = pytest.mark.untimed

# The page is too busy to hear the browser say that it has kept something.
ADD_AND_GO = """(line) => {
    line.form.requestSubmit();
    location.reload();
    const until = performance.now() + 300;
    while (performance.now() < until);
}"""


# Whether the browser has kept a state of the page in which a text stands.
# Opening the database would make it: whoever asks too early leaves the page without its stores.
HAS_KEPT = """async (text) => {
    const known = await indexedDB.databases();
    const named = known.find(({ name }) => name.startsWith("taskengine."));
    if (!named) return false;
    const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const database = await done(indexedDB.open(named.name));
    const reading = database.transaction(["state", "objects"]);
    const states = await done(reading.objectStore("state").count());
    const objects = await done(reading.objectStore("objects").getAll());
    database.close();
    return states > 0 && JSON.stringify(objects).includes(text);
}"""


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    return start_server()


@pytest.fixture
def window(server: Server, open_window: Callable[..., Page]) -> Page:
    """Somebody's window."""
    return signed_in(server, open_window)


def signed_in(server: Server, open_window: Callable[..., Page]) -> Page:
    """Open a window that is signed in and of which the browser has kept all."""
    window = open_window()
    sign_up(window, server, "ada@example.org")
    window.evaluate("navigator.serviceWorker.ready")
    wait_until(window, "navigator.serviceWorker.controller !== null")
    until_kept(window)
    return window


def until_kept(window: Page, text: str = "") -> None:
    """Wait until the browser has kept what was told, with this text in it: that is written a while later."""
    wait_until(window, f"({HAS_KEPT})({json.dumps(text)})")


def add(window: Page, title: str) -> None:
    """Add a task, and see it."""
    window.get_by_role("textbox", name="New task").fill(title)
    window.get_by_role("textbox", name="New task").press("Enter")
    expect(window.get_by_text(title)).to_be_visible()


def tasks_on(server: Server, window: Page) -> list[Any]:
    """Return title and bucket of what the server has."""
    answer = window.context.request.get(f"{server.url}/api/v1/tasks/").json()
    return sorted((task["title"], task["bucket"]) for task in answer["results"])


def arrives(kept: list[Any], server: Server, window: Page) -> None:
    """Wait until the server has just that."""
    for _ in range(50):
        if tasks_on(server, window) == kept:
            break
        window.wait_for_timeout(100)
    assert tasks_on(server, window) == kept


def test_what_is_done_offline_outlives_a_reload_and_arrives_once(server: Server, window: Page) -> None:
    add(window, "Send invoice")
    until_kept(window, "Send invoice")
    window.context.set_offline(True)
    add(window, "Book flights")
    window.get_by_role("button", name="Complete “Send invoice”").click()
    expect(window.get_by_text("Offline: 2 changes wait")).to_be_visible()
    window.reload()
    expect(window.get_by_text("Book flights")).to_be_visible()
    expect(window.get_by_role("button", name="Reopen “Send invoice”")).to_be_visible()
    expect(window.get_by_text("Offline: 2 changes wait")).to_be_visible(timeout=20_000)
    window.context.set_offline(False)
    expect(window.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
    wait_until(window, "navigator.onLine")
    expect(window.get_by_role("button", name="Reopen “Send invoice”")).to_be_visible()
    kept = [("Book flights", "upcoming"), ("Send invoice", "completed")]
    arrives(kept, server, window)


@pytest.mark.parametrize("width", [320, 390])
def test_what_is_said_offline_on_a_phone_lies_on_no_card_at_the_end(window: Page, width: int) -> None:
    window.set_viewport_size({"width": width, "height": 844})
    for number in range(12):
        ask(window, "POST", "tasks/", {"title": f"Task {number}"})
    expect(window.get_by_role("link", name="Upcoming 12")).to_be_visible()
    window.context.set_offline(True)
    note = window.get_by_text("You can read, add and change tasks.")
    expect(note).to_be_visible()
    window.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = window.get_by_role("article").last
    expect(last).to_be_in_viewport()
    card, said = resting_place(last), resting_place(note)
    assert card["y"] + card["height"] <= said["y"]
    # Nor on the one that the keys reach last.
    window.evaluate("scrollTo(0, 0)")
    for _ in range(12):
        window.keyboard.press("j")
    expect(last.get_by_role("link")).to_be_focused()
    assert resting_place(last)["y"] + resting_place(last)["height"] <= said["y"]


def test_a_server_that_dies_in_mid_edit_loses_nothing(
    server: Server, window: Page, open_window: Callable[..., Page]
) -> None:
    add(window, "Send invoice")
    server.kill()
    # The window goes too, in the very moment: the one that comes after it goes on.
    window.get_by_role("textbox", name="New task").fill("Call the bank")
    with window.expect_navigation():
        window.get_by_role("textbox", name="New task").evaluate(ADD_AND_GO)
    expect(window.get_by_text("Call the bank")).to_be_visible()
    server.start()
    expect(window.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
    other = open_window()
    sign_in(other, server, "ada@example.org")
    expect(other.get_by_text("Call the bank")).to_have_count(1)
    expect(other.get_by_text("Send invoice")).to_have_count(1)


def test_what_the_server_refuses_goes_back_and_says_why(
    server: Server, window: Page, open_window: Callable[..., Page]
) -> None:
    project = ask(window, "POST", "projects/", {"name": "Flat"})["id"]
    expect(window.get_by_role("link", name="Flat")).to_be_visible()
    window.context.set_offline(True)
    line = window.get_by_role("textbox", name="New task")
    line.fill("Buy paint #Flat")
    line.press("Enter")
    expect(window.get_by_text("Buy paint")).to_be_visible()
    # Meanwhile the project goes, from another device.
    other = open_window()
    sign_in(other, server, "ada@example.org")
    ask(other, "DELETE", f"projects/{project}/?tasks=move")
    window.context.set_offline(False)
    expect(window.get_by_text(re.compile("^“Buy paint” was not added\\. .+"))).to_be_visible(timeout=20_000)
    expect(window.get_by_role("article", name="Buy paint")).to_have_count(0)
    assert tasks_on(server, window) == []


def test_a_new_version_waits_until_it_is_wanted_and_loses_nothing(
    start_server: Callable[..., Server], open_window: Callable[..., Page], tmp_path: Path
) -> None:
    page = tmp_path / "dist"
    shutil.copytree(ROOT / "frontend" / "dist", page)
    server = start_server(DJANGO_SETTINGS_MODULE="tests.support.own_page", OWN_PAGE=str(page))
    window = signed_in(server, open_window)
    with (page / "sw.js").open("a") as worker:
        worker.write("// newer")
    add(window, "Send invoice")
    until_kept(window, "Send invoice")
    window.evaluate("navigator.serviceWorker.ready.then((one) => one.update()).then(() => undefined)")
    expect(window.get_by_text("A new version is ready.")).to_be_visible()
    server.kill()
    add(window, "Call the bank")
    window.get_by_role("button", name="Complete “Send invoice”").click()
    with window.expect_navigation():
        window.get_by_role("button", name="Reload").click()
    assert window.evaluate("navigator.serviceWorker.ready.then((one) => one.waiting === null)")
    expect(window.get_by_text("Call the bank")).to_be_visible()
    expect(window.get_by_role("button", name="Reopen “Send invoice”")).to_be_visible()
    server.start()
    expect(window.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
    kept = [("Call the bank", "upcoming"), ("Send invoice", "completed")]
    arrives(kept, server, window)


def test_a_log_out_leaves_nothing_in_the_browser(window: Page) -> None:
    databases = "async () => (await indexedDB.databases()).map(({ name }) => name)"
    assert len(window.evaluate(databases)) == 1
    window.get_by_role("button", name="Account").click()
    window.get_by_role("menuitem", name="Sign out").click()
    expect(window.get_by_role("link", name="Sign in")).to_be_visible()
    # The browser deletes when its disk lets it.
    wait_until(window, "indexedDB.databases().then((left) => left.length === 0)", timeout_s=30)
    assert window.evaluate("localStorage.getItem('taskengine.user')") in {None, ""}


def test_the_page_can_be_installed(server: Server, window: Page) -> None:
    browser = window.context.new_cdp_session(window)
    assert browser.send("Page.getAppManifest")["errors"] == []
    errors = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A window of a test shares nothing with others, as private ones do: nothing can be installed from those.
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
    # What its worker imports has another address once it says something else: else caches would go on with the old.
    worker = window.context.request.get(f"{server.url}/sw.js").text()
    imported = re.findall(r"importScripts\(([^)]*)\)", worker)
    (address, version) = re.findall(r"\"(/static/notices\.js\?v=(\w+))\"", "".join(imported))[0]
    script = window.context.request.get(server.url + address)
    assert hashlib.sha256(script.body()).hexdigest().startswith(version)
