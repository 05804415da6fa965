"""What does Lighthouse say of the page on a phone: the front door, and, signed in, the board, Insights, the settings?

Its own settings for a phone: a slow network and a processor slowed down to a quarter, both reckoned. Whoever is signed in
has been here before; the files are fetched anew, for Lighthouse clears what is cached. Lighthouse itself is no part of the
project: npx fetches it, or the environment names a program (LIGHTHOUSE=node_modules/.bin/lighthouse).
"""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, sync_playwright

from bench import _database, _options, _people, _servers
from bench._figures import Report
from bench._people import Person
from bench._process import Process, end_in_order
from tests.support.chromium import ARGUMENTS, path

PACKAGE: Final = "lighthouse@12"
CATEGORIES: Final = ("performance", "accessibility", "best-practices")
TIMES: Final = {
    "largest-contentful-paint": "largest_paint_ms",
    "total-blocking-time": "blocked_ms",
    "cumulative-layout-shift": "shift",
}
PAGES: Final = {"landing": "", "board": "", "insights": "insights", "settings": "settings"}
LANDING: Final = "landing"
PATIENCE_S: Final = 240.0
# How much of its complaint is told.
WORDS: Final = 400


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the measurement is."""

    tasks: int = 200
    runs: int = 3
    pages: tuple[str, ...] = tuple(PAGES)
    # A folder that keeps what Lighthouse answered, whole, to be looked into; none unless it is named.
    answers: str = ""


QUICK: Final = Sizes(tasks=20, runs=1)


def main(sizes: Sizes) -> None:
    """Ask Lighthouse of each page, as often as asked."""
    report = Report(name="lighthouse", title="Lighthouse, phone: scores of 100, and times", sizes=sizes)
    program = _program()
    if program is None:
        report.missing("all", "there is no npx, and LIGHTHOUSE names no program")
        report.finish()
        return
    with _servers.postgres() as server:
        url = _database.create(server, "page")
        _database.migrate(url)
        (person,) = _people.make(url, 1)
        _database.add_tasks(url, [person.id], each=sizes.tasks)
        with _servers.embedded(url) as address:
            for _ in range(sizes.runs):
                for name in sizes.pages:
                    with (
                        report.contender(name),
                        _chromium(address, None if name == LANDING else person) as port,
                    ):
                        found = _asked([*program, f"http://{address}/{PAGES[name]}", f"--port={port}"])
                        _keep(found, sizes.answers, name)
                        report.versions["Lighthouse"] = found["lighthouseVersion"]
                        report.add(name, _figures(found), note=_lacking(found))
    report.finish()


def _program() -> Sequence[str] | None:
    named, npx = os.environ.get("LIGHTHOUSE"), shutil.which("npx")
    if named:
        return shlex.split(named)
    return [npx, "--yes", PACKAGE] if npx else None


@contextmanager
def _chromium(address: str, person: Person | None) -> Iterator[int]:
    """Run a Chromium of its own, in which somebody has been before, or nobody; yield its debugger's port."""
    port = _servers.free_port()
    with tempfile.TemporaryDirectory(prefix="taskengine-bench-", ignore_cleanup_errors=True) as folder:
        options = ["--headless=new", f"--remote-debugging-port={port}", f"--user-data-dir={folder}"]
        with Process([path(), *ARGUMENTS, *options, "about:blank"], env=_servers.inherited()) as process:
            process.wait_until(lambda: _servers.accepts(port))
            with sync_playwright() as playwright:
                browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
                # What nobody keeps, a context that is closed again, warms up the browser and the server: the trace of a
                # Chromium's very first page lacks its beginning now and then (NO_NAVSTART), and is of the start of both.
                with browser.new_context() as stranger:
                    _seen(stranger, address, "h1")
                if person is not None:
                    cookie = {"name": "sessionid", "value": person.session, "url": f"http://{address}"}
                    browser.contexts[0].add_cookies([cookie])  # type: ignore[list-item]
                    _seen(browser.contexts[0], address, "text='Live'")
                browser.close()
            yield port


def _seen(context: BrowserContext, address: str, wanted: str) -> None:
    page = context.new_page()
    page.goto(f"http://{address}/")
    page.locator(wanted).first.wait_for()
    page.close()


def _asked(command: Sequence[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        options = ["--quiet", "--output=json", f"--output-path={answer}"]
        asked = subprocess.run(
            [*command, *options, f"--only-categories={','.join(CATEGORIES)}"],
            env=_servers.inherited(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        if asked.returncode != 0:
            raise RuntimeError(f"Lighthouse ended with {asked.returncode}: {asked.stderr.strip()[-WORDS:]}")
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "runtimeError" in found:
        raise RuntimeError(found["runtimeError"]["message"])
    return found


def _keep(found: dict[str, Any], folder: str, name: str) -> None:
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    Path(folder, f"{name}.json").write_text(json.dumps(found), encoding="utf-8")


def _figures(found: dict[str, Any]) -> dict[str, float]:
    scores = {name: 100 * (found["categories"][name]["score"] or 0) for name in CATEGORIES}
    return scores | {name: found["audits"][audit]["numericValue"] for audit, name in TIMES.items()}


def _lacking(found: dict[str, Any]) -> str:
    """Return what cost points outside of performance, whose points are times."""
    references = [
        each["id"]
        for name in CATEGORIES[1:]
        for each in found["categories"][name]["auditRefs"]
        if each["weight"] > 0
    ]
    lacking = [one for one in references if found["audits"][one]["score"] not in {None, 1}]
    shown = found["finalDisplayedUrl"].split("/", 3)[-1]
    return " ".join([f"at /{shown}", *(f"lacks {one}" for one in lacking)])


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
