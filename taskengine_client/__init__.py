"""A client of the stream of one's tasks: `docs/realtime.md`, "Write a client".

It needs Python 3.11 and `websockets`, and nothing of the server.
"""

from taskengine_client.changes import Change, Cursor, Event, Item, Snapshot
from taskengine_client.errors import (
    NotAuthenticated,
    ProtocolRefused,
    SessionEnded,
    StreamEnded,
    TooManySockets,
)
from taskengine_client.pace import Pace
from taskengine_client.stream import Stream

__all__ = [
    "Change",
    "Cursor",
    "Event",
    "Item",
    "NotAuthenticated",
    "Pace",
    "ProtocolRefused",
    "SessionEnded",
    "Snapshot",
    "Stream",
    "StreamEnded",
    "TooManySockets",
]
