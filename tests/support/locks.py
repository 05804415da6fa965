"""Locks that somebody else holds, as a slow edit does."""

import threading
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
