"""Where a client stands in its stream: pure, so that every order of frames can be tried."""

from collections.abc import Mapping
from typing import Any

from taskengine_client.changes import Cursor, Event, Item, Snapshot
from taskengine_client.frames import Events, Page, Welcome


class OutOfOrder(Exception):
    """A frame came that can't come now: reconnect, and say where one stands."""


class Place:
    """The last place that is sound, and what has come of a snapshot that is under way.

    Args:
        cursor: Where an earlier stream ended; None begins with a snapshot.
    """

    def __init__(self, cursor: Cursor | None) -> None:
        self.cursor = cursor
        self._epoch: str | None = None
        self._joined = False
        self._collected: list[Item] = []
        self._collected_seq: int | None = None
        self._gap_at: Cursor | None = None

    def reconnect(self) -> Cursor | None:
        """Drop what is not whole; return the place to say hello with."""
        self._epoch, self._joined = None, False
        self._collected, self._collected_seq = [], None
        return self.cursor

    @property
    def joined(self) -> bool:
        """Whether events follow the cursor on this connection."""
        return self._joined

    def welcome(self, frame: Welcome) -> None:
        """Learn which history it is.

        Raises:
            OutOfOrder: It is the second one, or continues what the client does not have.
        """
        if self._epoch is not None:
            raise OutOfOrder("There is one welcome on a connection.")
        if frame.resumed and (self.cursor is None or self.cursor.epoch != frame.epoch):
            raise OutOfOrder("The server resumed what was not asked for.")
        self._epoch, self._joined = frame.epoch, frame.resumed

    def page(self, frame: Page) -> Snapshot | None:
        """Collect some of a snapshot; return it when it is whole.

        A page with another `seq` begins anew: history was trimmed while the server was reading.

        Raises:
            OutOfOrder: No snapshot was announced.
        """
        if self._epoch is None or self._joined:
            raise OutOfOrder("A snapshot came that was not announced.")
        if frame.seq != self._collected_seq:
            self._collected, self._collected_seq = [], frame.seq
        self._collected += frame.items
        if not frame.done:
            return None
        self.cursor = Cursor(epoch=self._epoch, seq=frame.seq)
        self._joined, self._gap_at = True, None
        items, self._collected = tuple(self._collected), []
        return Snapshot(cursor=self.cursor, items=items)

    def events(self, frame: Events) -> tuple[list[Event], bool]:
        """Return the events that follow without a gap, and whether a gap ended them.

        A second gap at the same place means that the place itself is bad: the next hello asks for a
        snapshot.

        Raises:
            OutOfOrder: There is no state yet that they could follow.
        """
        cursor = self.cursor
        if cursor is None or not self._joined:
            raise OutOfOrder("Events came before there was a state to follow.")
        fresh: list[Event] = []
        gap = False
        for item in frame.items:
            if item["seq"] <= cursor.seq:
                continue
            if item["seq"] != cursor.seq + 1:
                gap = True
                break
            cursor = Cursor(epoch=cursor.epoch, seq=item["seq"])
            fresh.append(_event(cursor, item))
        self.cursor = None if gap and cursor == self._gap_at else cursor
        if gap:
            self._gap_at = cursor
        return fresh, gap


def _event(cursor: Cursor, item: Mapping[str, Any]) -> Event:
    return Event(
        cursor=cursor,
        id=str(item.get("id", "")),
        type=item["type"],
        at=str(item.get("at", "")),
        actor=item.get("actor"),
        op_id=item.get("op_id"),
        data=item["data"],
    )
