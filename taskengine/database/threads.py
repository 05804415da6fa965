"""Whose a connection to the database is: a thread's."""

import threading
from typing import Any


def keep_by_thread(connections: Any) -> None:
    """Have Django keep a server's connections by the thread alone.

    It asks each time, some twenty times in a request, whether a loop runs in this thread, so that coroutines of one
    thread have connections of their own. Here no coroutine has one: the database is asked in threads (`lanes`), in
    which no loop runs. The answer is an exception, and was 3 % of a write.

    Args:
        connections: `django.db.connections`. What this thread has there already stays.
    """
    former, by_thread = connections._connections, threading.local()
    for alias in connections:
        if hasattr(former, alias):
            setattr(by_thread, alias, getattr(former, alias))
    connections._connections = by_thread
