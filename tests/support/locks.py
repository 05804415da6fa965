"""Locks that somebody else holds, as a slow edit does."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from realtime import outbox
from taskengine.operations.services import refuse_twin_in_flight


@contextmanager
def held_by_somebody_else(rows: Any) -> Iterator[None]:
    """Hold the locks of a queryset's rows in another connection, until the block ends."""

    def lock() -> None:
        assert list(rows.select_for_update())

    with _elsewhere(lock):
        yield


@contextmanager
def in_flight(owner_id: UUID, key: UUID, *, locked: Sequence[UUID] = ()) -> Iterator[None]:
    """Hold an operation's name, and streams, in another connection, as its twin does until the block ends."""

    def lock() -> None:
        refuse_twin_in_flight(owner_id, key)
        outbox.lock_streams(locked)

    with _elsewhere(lock):
        yield


def until_somebody_waits(*, timeout_s: float = 10) -> None:
    """Return when another connection to the test's database waits for a lock."""
    deadline = time.monotonic() + timeout_s
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction sees what it saw before
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.01)
    raise AssertionError("Nobody waits for a lock.")


@contextmanager
def _elsewhere(lock: Callable[[], None]) -> Iterator[None]:
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                lock()
                locked.set()
                done.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)
    try:
        yield
    finally:
        done.set()
        holder.join()
