"""A reader of a stream that comes and goes: what every client does, in its fewest words."""

from datetime import datetime
from typing import Any

import orjson

from realtime import history
from realtime.history import HistoryGone
from taskengine.snapshots import Snapshots
from tests.support import state
from tests.support.world import World

_EVENTS_AT_ONCE = 3


class Reader:
    """Keeps a state by asking now and then, as the socket and `/sync/` answer.

    Attributes:
        since: The last event that it has; None where it has nothing.
        kept: Its state.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.since: int | None = None
        self.kept: state.State = {}
        self._epoch = ""
        self._walk: tuple[int, datetime, str | None] | None = None  # through a snapshot

    def ask(self) -> bool:
        """Take in what one answer brings; True if there is more to be had."""
        try:
            if self.since is None:
                self._take_page()
                return True
            return self._take_events(self.since)
        except HistoryGone:
            self.since, self._walk, self.kept = None, None, {}
            return True

    def leave(self) -> None:
        """Lose the connection: half a snapshot is none."""
        self._walk = None

    def catch_up(self) -> None:
        """Ask until there is no more."""
        while self.ask():
            pass

    def _take_page(self) -> None:
        person = self._world.person.pk
        head = history.head_of(person)
        if self._walk is None:
            self._walk, self._epoch, self.kept = (head.seq, self._world.now, None), head.epoch, {}
        seq, as_of, after = self._walk
        history.check(head, since=seq, epoch=self._epoch)
        if after is None:  # as a socket begins; `World.snapshot` and `/sync/` read each page by itself
            ((items, reached),) = Snapshots().first_pages([person], as_of=as_of)
        else:
            items, reached = Snapshots().page(person, as_of=as_of, after=after)
        self.kept |= state.from_snapshot(items)
        if reached is None:
            self._walk, self.since = None, seq
        else:
            self._walk = (seq, as_of, reached)

    def _take_events(self, since: int) -> bool:
        found = history.go_on(
            self._world.person.pk, since=since, epoch=self._epoch, limit=_EVENTS_AT_ONCE
        ).events
        for seq, text in found:
            assert seq == since + 1, f"{seq} came after {since}"
            event: dict[str, Any] = orjson.loads(text)
            state.apply(self.kept, event)
            since = seq
        self.since = since
        return bool(found)
