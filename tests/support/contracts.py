"""The contract fixtures: what server and page must agree on, as JSON in `tests/contracts/`.

They are made by the real services at fixed instants and ids. `make contracts` writes them anew;
without it a difference is a failed test, so the wire can't change unseen.
"""

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "contracts"


def check(name: str, made: Any) -> None:
    """Compare what was made with the file, or write the file when `UPDATE_CONTRACTS` is set."""
    path = FOLDER / name
    text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_CONTRACTS"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert path.is_file(), f"{path} is missing: run `make contracts`"
    assert path.read_text() == text, f"{path.name} is not what the server says now: run `make contracts`"
