"""Asking one of our own statements, which are always the same."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import connection


def prepared() -> Any:
    """Return a cursor of this thread's connection for it (`DatabaseWrapper.prepared`)."""
    return cast(Any, connection).prepared()


def later(statement: str, values: Sequence[Any]) -> Any:
    """Carry it out when there is something else to ask; return its cursor (`DatabaseWrapper.later`)."""
    return cast(Any, connection).later(statement, values)
