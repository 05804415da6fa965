"""The parts that are harmed."""

from collections.abc import Iterator

import pytest

from taskengine.embedded.postgres import Postgres
from tests.support.own_postgres import own_postgres


@pytest.fixture
def fragile_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that the test may crash, migrated."""
    with own_postgres() as server:
        yield server
