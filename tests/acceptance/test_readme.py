"""The README's walk-through, pasted as it stands."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.servers import ROOT, Server

README = (ROOT / "README.md").read_text()


def walk_through() -> str:
    """Return the shell block that follows the mark."""
    found = re.search(r"<!-- walk-through:.*?-->\n```sh\n(.*?)```", README, re.DOTALL)
    assert found, "the README has lost its walk-through"
    return found[1]


def test_the_walk_through_works_when_it_is_pasted(start_server: Callable[..., Server]) -> None:
    server = start_server()
    script = walk_through().replace("BASE=http://127.0.0.1:8000", f"BASE={server.url}")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PATH": path},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(found) for found in re.findall(r"\{.*?\}(?=\{|\n|$)", done.stdout)]
    by_type = {answer.get("type"): answer for answer in answers if isinstance(answer.get("type"), str)}
    assert {"welcome", "snapshot", "events"} <= by_type.keys(), done.stdout
    (event,) = by_type["events"]["items"]
    assert (event["type"], event["data"]["task"]["title"]) == ("task.missed", "Send the invoice")
    summary = answers[-1]
    assert (summary["upcoming"], summary["missed"], summary["completed"]) == (0, 1, 0)


def test_the_page_is_pictured() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).stat().st_size > 10_000, picture
