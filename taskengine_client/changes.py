"""What a stream gives: a snapshot in place of all that was known, and events after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """A place in a stream's history. `seq` means nothing without its `epoch`.

    Whoever wants to go on in another process keeps it together with what was made of the change.
    """

    epoch: str
    seq: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One object of a snapshot.

    Attributes:
        kind: What it is, such as `task`; there may be kinds that are not known yet.
        data: The whole object.
    """

    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The whole state: what was known before is void.

    Attributes:
        cursor: The place that the events after it follow.
        items: All objects there are.
    """

    cursor: Cursor
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One fact.

    Attributes:
        cursor: Its own place.
        id: Its own name.
        type: What happened, such as `task.completed`; there may be types that are not known yet.
        at: When it happened, RFC 3339 in UTC.
        actor: Who did it; None for what the clock did.
        op_id: The operation it belongs to; None for what the clock did.
        data: The whole object after it, under its kind.
    """

    cursor: Cursor
    id: str
    type: str
    at: str
    actor: str | None
    op_id: str | None
    data: Mapping[str, Any]

    @property
    def seq(self) -> int:
        """Its number in the stream, one more than that of the event before it."""
        return self.cursor.seq


Change = Snapshot | Event
