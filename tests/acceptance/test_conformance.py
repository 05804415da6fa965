"""The running server does what the OpenAPI document says, as Schemathesis tells it: every check, every operation."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support.client import Client
from tests.support.servers import ROOT, Server

pytestmark = pytest.mark.untimed

DOCUMENT = ROOT / "docs" / "openapi.yaml"
CONFIGURATION = ROOT / "tests" / "support" / "schemathesis.toml"
CASES = 20_000

# Limits that are never reached, but are there: their headers are checked too.
UNREACHED: Mapping[str, str] = {
    "ACCESS_TOKEN_S": "86400",
    "AI_BUDGET_PER_DAY": "1000000",
    "AI_BUDGET_PER_DAY_OF_ALL": "1000000",
    **{f"RATE_LIMIT_{name}": "1000000/min" for name in ("AI", "DEMO", "READ", "WRITE")},
}


def try_out(server: Server, folder: Path, *options: str) -> int:
    """Let Schemathesis try the server out as a new person; return how many requests that took.

    Args:
        server: The server.
        folder: Where it may keep notes.
        options: What else it is told.
    """
    person, somebody_else = (asyncio.run(Client.sign_up(server.url)) for _ in range(2))
    done = subprocess.run(
        [
            *(Path(sys.executable).parent / "schemathesis", "--config-file", CONFIGURATION, "--no-color"),
            *("run", DOCUMENT, "--url", server.url, "--header", f"Authorization: Bearer {person.token}"),
            *("--continue-on-failure", *options),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SOMEBODY_ELSE": somebody_else.token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert asyncio.run(_is_signed_in(person)), (
        "somewhere on the way it lost its log-in, and saw little after that"
    )
    count = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert count, done.stdout
    return int(count[1])


async def _is_signed_in(person: Client) -> bool:
    async with person:
        return (await person.send("GET", "/api/v1/users/me/")).status_code == 200


def test_every_operation_answers_as_documented(start_server: Callable[..., Server], tmp_path: Path) -> None:
    server = start_server(**UNREACHED)
    # The same requests on every run, but that a slow machine sends fewer: a failure here is the change's. The long
    # test looks further each time.
    fixed = ("--seed", "1", "--generation-deterministic")
    assert try_out(server, tmp_path, *fixed, "--mode", "positive", "--phases", "examples,coverage") > 500
    assert try_out(server, tmp_path, *fixed, "--phases", "fuzzing,stateful", "--max-time", "8") > 20


@pytest.mark.long
def test_twenty_thousand_requests_are_answered_as_documented(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    server = start_server(**UNREACHED)
    cases = 0
    while cases < CASES:
        cases += try_out(server, tmp_path, "--generation-database", "none", "--max-examples", "100")
    assert "Traceback" not in server.output()
