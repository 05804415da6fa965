"""The parts that are harmed, and the figures of the harm."""

from collections.abc import Iterator

import pytest

from taskengine.embedded.postgres import Postgres
from tests.support import figures
from tests.support.own_postgres import own_postgres


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was measured on the way."""
    for line in figures.summary():
        terminalreporter.write_line(line)


@pytest.fixture
def fragile_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that the test may crash, migrated."""
    with own_postgres() as server:
        yield server
