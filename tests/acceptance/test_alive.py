"""The sign of life that a container's health check looks at."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.servers import Engine

pytestmark = pytest.mark.untimed


def test_an_engine_gives_it_again_and_again(start_engine: Callable[..., Engine], tmp_path: Path) -> None:
    sign = tmp_path / "alive"
    engine = start_engine(ALIVE_FILE=str(sign))
    for _ in range(2):
        engine.wait_until(sign.exists, what="a sign of life")
        sign.unlink()
