"""Asking one of our own statements, which are always the same."""

from typing import Any, cast

from django.db import connection


def prepared() -> Any:
    """Return a cursor of this thread's connection for it (`DatabaseWrapper.prepared`)."""
    return cast(Any, connection).prepared()
