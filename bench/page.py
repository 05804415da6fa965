"""How soon does the page paint what happened, how smoothly does it scroll, and how fast is it there?

A real Chromium on the embedded run. `told`: from the frame that carries `task.missed`, of a task whose deadline another
client has moved into the past, to the card painted in its new place; `burst` the same of ten at once, till the last.
`clock`: from a deadline that passes by itself, which the page sees coming. `key`, `circle`, `drag`, `add`: from one's
own input to its paint. `open`: from the navigation to the first card: with nothing kept, from the browser's own store,
and that without a network. `scroll`: frames that came late while a wheel turns over ten thousand tasks. Beside it the
plainest React list of the same tasks on the same server, and, for the wheel, as many static rows without any script.
"""

import json
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page

from bench import _database, _options, _people, _servers, _window
from bench._figures import Report
from bench._people import Person
from bench._process import end_in_order
from tests.support.chromium import chromium

OURS: Final = "taskengine"
PEER: Final = "plain React list"
FLOOR: Final = "static rows"
LEAD_S: Final = 2.0  # until the first deadline: the page has to have heard of all
APART_S: Final = 0.5
FRAME_MS: Final = 1000 / 60
SPEED_PX_S: Final = 4_000
KEPT_AFTER_S: Final = 2.0  # until what was told is in the browser's store


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the measurement is."""

    tasks: int = 2_000
    misses: int = 40
    burst: int = 10
    own: int = 20
    opened: int = 5
    scrolled_tasks: int = 10_000
    scroll_s: int = 8
    runs: int = 3
    without_peers: bool = False


QUICK: Final = Sizes(tasks=200, misses=4, burst=4, own=3, opened=1, scrolled_tasks=1_000, scroll_s=1, runs=1)


def main(sizes: Sizes) -> None:
    """Measure the page, its peer and the floor one after the other, as often as asked."""
    report = Report(
        name="page",
        title=f"The page with {sizes.tasks} tasks in Chromium, milliseconds; the wheel over {sizes.scrolled_tasks}",
        sizes=sizes,
    )
    with _servers.postgres() as server, chromium() as browser:
        url = _database.create(server, "page")
        report.versions |= {"PostgreSQL": _database.version(url), "Chromium": browser.version}
        _database.migrate(url)
        *people, many = _people.make(url, 2 * sizes.runs + 1)
        _database.add_tasks(url, [person.id for person in people], each=sizes.tasks)
        _database.add_tasks(url, [many.id], each=sizes.scrolled_tasks)
        with _servers.embedded(url) as address:
            for ours, theirs in zip(people[::2], people[1::2], strict=True):
                if not sizes.without_peers:
                    with report.contender(FLOOR):
                        report.add(FLOOR, _floor(browser, sizes))
                    with report.contender(PEER):
                        report.add(PEER, _peer(browser, Scene(address, url, theirs), many, sizes))
                with report.contender(OURS):
                    report.add(OURS, _ours(browser, Scene(address, url, ours), many, sizes))
    report.finish()


# --- The contenders -----------------------------------------------------------------------------


def _ours(browser: Browser, scene: "Scene", many: Person, sizes: Sizes) -> dict[str, float]:
    with _window.signed_in(browser, scene.address, scene.person) as context:
        page = _window.opened(context, scene.url)
        figures = {"open_new": _window.first_card(page)["ms"]}
        _window.until(page, "navigator.serviceWorker.controller")
        figures |= _misses(page, scene, sizes) | _own(page, sizes)
        figures |= _opened_again(context, page, sizes.opened)
    with _window.signed_in(browser, scene.address, many) as context:
        figures |= _scroll(_window.opened(context, scene.url), sizes)
    return figures


def _peer(browser: Browser, scene: "Scene", many: Person, sizes: Sizes) -> dict[str, float]:
    with _window.signed_in(browser, scene.address, scene.person) as context:
        _window.put_peer(context)
        page = _window.opened(context, scene.url)
        figures = {"open_new": _window.first_card(page)["ms"]}
        figures |= _misses(page, scene, sizes)
        figures |= _spread("circle", [_circle(page) for _ in range(sizes.own)])
    with _window.signed_in(browser, scene.address, many) as context:
        _window.put_peer(context)
        figures |= _scroll(_window.opened(context, scene.url), sizes)
    return figures


def _floor(browser: Browser, sizes: Sizes) -> dict[str, float]:
    with _window.empty(browser) as page:
        _window.static_rows(page, sizes.scrolled_tasks)
        return _scroll(page, sizes)


# --- Misses -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """Where one person's page is, and another client of theirs that it hears of over the stream only."""

    address: str
    database_url: str
    person: Person

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{self.address}/"

    def move(self, tasks: Sequence[str], deadline: float) -> None:
        """Give tasks another deadline, in seconds since 1970, as one operation."""
        fields = {"deadline": datetime.fromtimestamp(deadline, UTC).isoformat()}
        operation = {"verb": "tasks.update", "ids": list(tasks), "fields": fields}
        request = urllib.request.Request(
            f"{self.url}api/v1/batch/",
            json.dumps({"atomic": True, "operations": [operation]}).encode(),
            {"Authorization": f"Bearer {self.person.token}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request).close()


def _misses(page: Page, scene: Scene, sizes: Sizes) -> dict[str, float]:
    waiting = iter(_database.soonest(scene.database_url, scene.person.id))

    def take(count: int) -> list[str]:
        return [next(waiting) for _ in range(count)]

    told = []
    for _ in range(sizes.misses):
        _window.settled(page)
        with _seen(page, tasks := take(1), at=0) as found:
            scene.move(tasks, time.time() - 1)
        told += found
    _window.settled(page)
    with _seen(page, tasks := take(sizes.burst), at=0) as burst:
        scene.move(tasks, time.time() - 1)
    # And those that the page sees coming.
    tasks, passed = take(sizes.misses), []
    begin = time.time() + LEAD_S
    due = [(task, round(begin + n * APART_S, 3)) for n, task in enumerate(tasks)]
    for task, at in due:
        scene.move([task], at)
    for task, at in due:
        with _seen(page, [task], at=at) as found:
            pass
        passed += found
    _window.settled(page)
    tasks, at = take(sizes.burst), round(time.time() + LEAD_S, 3)
    scene.move(tasks, at)
    with _seen(page, tasks, at=at) as burst_passed:
        pass
    return {
        **_spread("told", [each["fromFrame"] for each in told]),
        "burst_ms": max(each["fromFrame"] for each in burst),
        **_spread("clock", [each["fromDeadline"] for each in passed]),
        "clock_burst_ms": max(each["fromDeadline"] for each in burst_passed),
    }


@contextmanager
def _seen(page: Page, tasks: Sequence[str], *, at: float) -> Iterator[list[dict[str, float]]]:
    """Watch for these tasks among the missed, from `at` on; what was seen is there at the end of the `with`."""
    found: list[dict[str, float]] = []
    page.evaluate(f"void (benchWatch.found = benchWatch.misses({json.dumps(list(tasks))}, {at * 1000}))")
    yield found
    found += page.evaluate("benchWatch.found")


# --- One's own changes --------------------------------------------------------------------------


def _own(page: Page, sizes: Sizes) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, act in {"key": _key, "circle": _circle, "drag": _drag}.items():
        figures |= _spread(name, [act(page) for _ in range(sizes.own)])
    return figures | _spread("add", [_add(page, n, sizes.own - n) for n in range(sizes.own)])


def _key(page: Page) -> float:
    page.locator('[data-bucket="upcoming"] [data-control="title"]').first.focus()
    _window.settled(page)
    _window.watch_input(page, "keydown", _completed(_first(page)))
    page.keyboard.press("e")
    return _window.measured_input(page)


def _circle(page: Page) -> float:
    _window.settled(page)
    task = _first(page)
    _window.watch_input(page, "click", _completed(task))
    page.locator(f'[data-travel="{task}"] [data-control="circle"]').click()
    return _window.measured_input(page)


def _drag(page: Page) -> float:
    page.evaluate("window.scrollTo(0, 0)")  # what is carried near an edge scrolls
    _window.settled(page)
    task = _first(page)
    card = page.locator(f'[data-travel="{task}"]').bounding_box()
    column = page.locator('[data-column="completed"]').bounding_box()
    if card is None or column is None:
        raise RuntimeError("There is nothing to drag.")
    page.mouse.move(card["x"] + 120, card["y"] + 12)
    page.mouse.down()
    page.mouse.move(card["x"] + 140, card["y"] + 30, steps=4)
    page.wait_for_timeout(200)  # the empty days open
    page.mouse.move(column["x"] + 60, column["y"] + 60, steps=8)
    page.wait_for_timeout(100)
    _window.watch_input(page, "mouseup", _completed(task))
    page.mouse.up()
    return _window.measured_input(page)


def _add(page: Page, number: int, hours: int) -> float:
    # Each is due before those of before, and so stands on top: what lies below the window is not drawn.
    page.keyboard.press("q")
    page.keyboard.type(f"Made{number}here in {hours} hours")  # a number by itself is a time
    _window.settled(page)
    _window.watch_input(page, "keydown", f'[data-travel] article[aria-label="Made{number}here"]')
    page.keyboard.press("Enter")
    took = _window.measured_input(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    return took


def _first(page: Page) -> str:
    return _window.ids(page, "upcoming")[0]


def _completed(task: str) -> str:
    return f'[data-travel="{task}"][data-bucket="completed"]'


# --- Opening and scrolling ----------------------------------------------------------------------


def _opened_again(context: BrowserContext, page: Page, times: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    time.sleep(KEPT_AFTER_S)
    for name, offline in (("open_kept", False), ("open_offline", True)):
        context.set_offline(offline)
        took = []
        for _ in range(times):
            page.reload()
            first = _window.first_card(page)
            if first["frames"] > 0:
                raise RuntimeError("The first card came over the stream, not from the browser's store.")
            took.append(first["ms"])
            _window.settled(page)
        figures[name] = _percentile(took, 50)
    context.set_offline(False)
    return figures


def _scroll(page: Page, sizes: Sizes) -> dict[str, float]:
    _window.settled(page)
    frames = _window.scrolled(page, distance_px=SPEED_PX_S * sizes.scroll_s, speed_px_s=SPEED_PX_S)
    late = [each for each in frames if each > FRAME_MS * 1.1]
    very_late = [each for each in frames if each > FRAME_MS * 2.1]
    return {
        "scroll_late_%": 100 * len(late) / len(frames),
        "scroll_2_late_%": 100 * len(very_late) / len(frames),
        "scroll_fps": 1000 * len(frames) / sum(frames),
    }


def _spread(name: str, values: Sequence[Any]) -> dict[str, float]:
    return {f"{name}_p50": _percentile(values, 50), f"{name}_p95": _percentile(values, 95)}


def _percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[round(percent / 100 * (len(ordered) - 1))]


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
