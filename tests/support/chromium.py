"""A real Chromium, driven by Playwright: the system's own, since none is downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support import parts
from tests.support.missing import missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_PATHS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root, and open nothing but our own page
    # Nothing in a test needs the internet; without these it looks for Google's hosts at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--disable-dev-shm-usage",  # containers give it 64 MB there
    "--disable-gpu",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium; each test takes contexts of its own from it.

    Playwright keeps an event loop on this thread while it runs, and Django refuses its ORM there:
    tests that use the browser look at the data through the API.
    """
    program = path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            parts.note("Chromium", browser.version)
            yield browser
        finally:
            browser.close()


def path() -> Path:
    """Return the system's Chromium, or Chrome."""
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    for path in MAC_PATHS:
        if path.is_file():
            return path
    raise missing("Chromium", debian="chromium", elsewhere="install Chromium or Google Chrome")
