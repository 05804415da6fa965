"""What the documentation tells people to paste, pasted as it stands."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.servers import Server

_ADDRESS = "BASE=http://127.0.0.1:8000"


def block(text: str, mark: str) -> str:
    """Return the shell block that follows a mark, `<!-- MARK: … -->`."""
    found = re.search(rf"<!-- {mark}:[^\n]*-->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found, f"the document has lost its {mark}"
    return found[1]


def paste(script: str, server: Server) -> str:
    """Run a script, against this server instead of the one that it names; return what it printed."""
    moved = script.replace(_ADDRESS, f"BASE={server.url}")
    assert moved != script, "it would ask another server"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", moved],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PATH": path},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def printed(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in a text."""
    place = text.find("{")
    while place >= 0:
        try:
            found, place = json.JSONDecoder().raw_decode(text, place)
            yield found
        except json.JSONDecodeError:
            place += 1  # what Python printed of its own
        place = text.find("{", place)
