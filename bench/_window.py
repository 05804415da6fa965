"""A real Chromium's window onto the page, with a watch in it that times what the page paints."""

import itertools
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, Route

from bench._people import Person
from bench._process import ROOT

SIZE: Final = {"width": 1440, "height": 1000}
PATIENCE_S: Final = 60.0
_WATCH: Final = (Path(__file__).parent / "_watch.js").read_text(encoding="utf-8")
_DOCUMENT: Final = ROOT / "frontend" / "dist" / "index.html"
_PEER: Final = ROOT / "bench" / "peers" / "plain_list" / "rolldown.config.mjs"


@contextmanager
def signed_in(browser: Browser, address: str, person: Person) -> Iterator[BrowserContext]:
    """Open a browser of somebody's, in which they are signed in and nothing is kept yet."""
    context = browser.new_context(viewport=SIZE, locale="en-GB", timezone_id="UTC")  # type: ignore[arg-type]
    try:
        context.set_default_timeout(PATIENCE_S * 1000)
        context.add_cookies([{"name": "sessionid", "value": person.session, "url": f"http://{address}"}])
        context.add_init_script(_WATCH)
        yield context
    finally:
        context.close()


@contextmanager
def empty(browser: Browser) -> Iterator[Page]:
    """Open a window of nobody's."""
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
    try:
        context.add_init_script(_WATCH)
        yield context.new_page()
    finally:
        context.close()


def opened(context: BrowserContext, url: str) -> Page:
    """Open a window with a page that shows its first cards."""
    page = context.new_page()
    page.goto(url)
    first_card(page)
    return page


def first_card(page: Page) -> dict[str, float]:
    """Wait for the first card; return how long after the navigation it was painted.

    `frames` is how many frames with tasks the stream had sent: none where the browser's own store had it.
    """
    until(page, "benchWatch.firstCard !== null")
    ms, frames = page.evaluate("[benchWatch.firstCard, benchWatch.framesBefore]")
    return {"ms": ms, "frames": frames}


def until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression is true in the page.

    Raises:
        RuntimeError: It does not become so.
    """
    give_up_at = time.monotonic() + PATIENCE_S
    while not page.evaluate(f"Boolean({condition})"):
        if time.monotonic() > give_up_at:
            raise RuntimeError(f"not within {PATIENCE_S:g} s: {condition}")
        page.wait_for_timeout(20)


def settled(page: Page) -> None:
    """Wait until the page has nothing left to do: no transition runs, and the browser is idle."""
    page.evaluate(
        """async () => {
            await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => 0)));
            await new Promise((idle) => requestIdleCallback(idle, { timeout: 2000 }));
        }"""
    )
    page.wait_for_timeout(100)


def scrolled(page: Page, *, distance_px: int, speed_px_s: int) -> Sequence[float]:
    """Turn the wheel over the board; return the milliseconds between the frames meanwhile."""
    hand = page.context.new_cdp_session(page)
    page.evaluate("benchWatch.count()")
    hand.send(
        "Input.synthesizeScrollGesture",
        {
            "x": SIZE["width"] // 3,
            "y": SIZE["height"] // 2,
            "yDistance": -distance_px,
            "speed": speed_px_s,
            "gestureSourceType": "mouse",
            "preventFling": True,
        },
    )
    starts: list[float] = page.evaluate("benchWatch.stop()")
    hand.detach()
    moved = page.evaluate("window.scrollY")
    if moved < distance_px * 0.9:
        raise RuntimeError(f"The wheel moved the page by {moved} px only.")
    return [after - before for before, after in itertools.pairwise(starts)]


def put_peer(context: BrowserContext) -> None:
    """Put the plain React list into the page's document in place of our script, with the same styles."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "list.js"
        command = [
            ROOT / "frontend" / "node_modules" / ".bin" / "rolldown",
            "--config",
            _PEER,
            "--file",
            bundle,
        ]
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        script = bundle.read_text(encoding="utf-8")
    *_, entry = re.findall(r'<script type="module"[^>]* src="([^"]+)"', _DOCUMENT.read_text(encoding="utf-8"))

    def serve(route: Route) -> None:
        if route.request.url.endswith(entry):
            route.fulfill(content_type="text/javascript", body=script)
        else:
            route.abort()

    context.route("**/assets/*.js", serve)


def static_rows(page: Page, count: int) -> None:
    """Fill a window with so many rows that are as tall as a card and have no script of ours."""
    page.goto("about:blank")
    page.set_content(
        "<!doctype html><style>li { height: 77px }</style><ul>"
        + "".join(f"<li><b>Task {n}</b><p>in 12 days · 5 December, 17:00</p>" for n in range(count))
        + "</ul>"
    )


def measured_input(page: Page) -> float:
    """Return how long after the input that the watch was set on its effect was painted.

    It is the later of what the watch saw and of what the browser says of the input itself, which is exact to 8 ms.
    """
    took: dict[str, float] = page.evaluate("benchWatch.measured")
    return max(took["own"], took["event"])


def watch_input(page: Page, event: str, selector: str) -> None:
    """Set the watch on the next input of a type: until `selector` is painted."""
    page.evaluate(f"benchWatch.input({json.dumps(event)}, {json.dumps(selector)})")


def ids(page: Page, bucket: str) -> list[str]:
    """Return the ids of the cards that are drawn of a bucket, from the top."""
    found: Any = page.locator(f'[data-travel][data-bucket="{bucket}"]').evaluate_all(
        "all => all.map(({ dataset }) => dataset.travel)"
    )
    return list(found)
