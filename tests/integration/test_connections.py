"""Whose a connection to the database is."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.connection import BaseConnectionHandler

from taskengine.database.threads import keep_by_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept_by_thread() -> Iterator[Any]:
    """Give Django's connections, kept as a server keeps them, and leave them as they were."""
    handler: BaseConnectionHandler[Any] = connections
    former = handler._connections  # type: ignore[attr-defined]  # the stubs lack it
    keep_by_thread(connections)
    yield connections
    handler._connections = former  # type: ignore[attr-defined]


def test_a_thread_has_a_connection_of_its_own_and_always_the_same(kept_by_thread: Any) -> None:
    found: list[Any] = []

    def look() -> None:
        found.append((kept_by_thread[DEFAULT_DB_ALIAS], kept_by_thread[DEFAULT_DB_ALIAS]))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first, again), (other, _) = found
    assert first is again
    assert first is not other
    assert first is not kept_by_thread[DEFAULT_DB_ALIAS]


def test_what_a_thread_had_before_stays() -> None:
    before = connections[DEFAULT_DB_ALIAS]
    former = connections._connections  # type: ignore[attr-defined]
    keep_by_thread(connections)
    try:
        assert connections[DEFAULT_DB_ALIAS] is before
    finally:
        connections._connections = former  # type: ignore[attr-defined]
