"""The composition, up once for all tests here: starting it takes longer than any of them."""

from collections.abc import Iterator

import pytest

from tests.support.process import OUTPUT
from tests.support.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole product in containers; what it printed is left in `tests/output/compose.log`."""
    stack = Stack()
    try:
        stack.up()
        yield stack
    finally:
        try:
            OUTPUT.mkdir(parents=True, exist_ok=True)
            (OUTPUT / "compose.log").write_text(stack.logs())
        finally:
            stack.down()
