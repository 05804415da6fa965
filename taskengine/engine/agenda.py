"""What is due within the next second, with the events that will tell of it.

A copy of a small part of the table, made anew at each look. It may be stale, which does no harm:
the claim checks everything again. Its size follows from how much is due within a second, not from
how many tasks there are.
"""

import math
import random
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from taskengine.tasks.claims import Coming, Miss

BATCH_TASKS: Final = 2_500
# Drafting takes time: what comes undrafted is told in smaller batches, so that the first is told sooner.
UNDRAFTED_TASKS: Final = 500
# What is not drafted ahead is drafted when it is due: notes may be long, and memory is not.
MAX_DRAFTED_CHARS: Final = 16_000_000


class Agenda:
    """The next second, as one replica sees it.

    A burst is taken stream by stream, since a stream's row is what replicas would get in each
    other's way at; and each replica begins with another stream, so that several share the burst.
    """

    def __init__(self) -> None:
        self._first_owner = random.getrandbits(128)
        self._coming: deque[Coming] = deque()
        self._due: deque[list[Coming]] = deque()
        self._undrafted: deque[Coming] = deque()
        self._drafts: dict[UUID, Miss] = {}
        self._drafted_chars = 0
        # Streams that are left alone until an instant of the monotonic clock, with what is due of them.
        # In the order of those instants, since each is left alone for the same time.
        self._held: dict[UUID, tuple[float, list[Coming]]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to be taken, but for what is held."""
        return not self._coming and not self._due

    @property
    def held(self) -> list[UUID]:
        """The streams that are left alone."""
        return list(self._held)

    @property
    def release_at(self) -> float:
        """When the next stream is let go, by `time.monotonic()`; infinite if none is held."""
        return next(iter(self._held.values()))[0] if self._held else math.inf

    @property
    def next_at(self) -> datetime | None:
        """The next instant at which something is due; None if nothing is within the horizon."""
        if self._due:
            return self._due[0][0].deadline
        return self._coming[0].deadline if self._coming else None

    @property
    def has_due(self) -> bool:
        """Whether more is due of what was begun to be taken."""
        return bool(self._due)

    def replace(self, coming: Sequence[Coming]) -> None:
        """Take in what was seen, earliest deadline first. Drafts that still hold are kept."""
        kept = self._drafts
        self._drafts, self._drafted_chars = {}, 0
        self.add(kept[one.id] for one in coming if one.id in kept and kept[one.id].version == one.version)
        self._coming, self._due = deque(coming), deque()
        # What is due of a held stream is seen again, and joins it as it is taken.
        self._held = {stream: (until, []) for stream, (until, _) in self._held.items()}
        undrafted = (one for one in coming if one.id not in self._drafts)
        self._undrafted = deque(
            sorted(undrafted, key=lambda one: (one.deadline, self._turn(one.owner_id.int)))
        )

    def undrafted(self, count: int) -> list[UUID]:
        """Return the tasks to be drafted next, in the order in which they will be taken, each only once."""
        if self._drafted_chars >= MAX_DRAFTED_CHARS:
            return []
        return [self._undrafted.popleft().id for _ in range(min(count, len(self._undrafted)))]

    def add(self, drafts: Iterable[Miss]) -> None:
        """Keep drafts until they are taken."""
        for draft in drafts:
            self._drafts[draft.task_id] = draft
            self._drafted_chars += len(draft.data)

    def take_due(self, *, now: datetime) -> list[Coming]:
        """Take the next batch of what is due, whole streams if they fit, each in its order."""
        if not self._due:
            self._due = self._by_stream(now)
        batch: list[Coming] = []
        undrafted = 0
        while self._due and len(batch) + len(self._due[0]) <= BATCH_TASKS and undrafted < UNDRAFTED_TASKS:
            stream = self._due.popleft()
            batch += stream
            undrafted += len(self.lacks(stream))
        if not batch and self._due:  # one stream with more than a batch
            stream = self._due[0]
            batch, self._due[0] = stream[:BATCH_TASKS], stream[BATCH_TASKS:]
        return batch

    def _by_stream(self, now: datetime) -> deque[list[Coming]]:
        streams: dict[int, list[Coming]] = {}
        while self._coming and self._coming[0].deadline <= now:
            one = self._coming.popleft()
            if one.owner_id in self._held:
                self._held[one.owner_id][1].append(one)
            else:
                streams.setdefault(one.owner_id.int, []).append(one)
        while self._undrafted and self._undrafted[0].deadline <= now:
            self._undrafted.popleft()
        return deque(streams[owner] for owner in sorted(streams, key=self._turn))

    def _turn(self, owner: int) -> tuple[bool, int]:
        return owner < self._first_owner, owner

    def lacks(self, batch: Iterable[Coming]) -> list[UUID]:
        """Return those of a batch that have no draft yet."""
        return [one.id for one in batch if one.id not in self._drafts]

    def take_drafts(self, batch: Iterable[Coming]) -> list[Miss]:
        """Take the drafts of a batch; what has none is left out."""
        drafts = [self._drafts.pop(one.id) for one in batch if one.id in self._drafts]
        self._drafted_chars -= sum(len(draft.data) for draft in drafts)
        return drafts

    def hold(self, waiting: Iterable[Coming], *, until: float) -> None:
        """Leave streams alone for a while, so that nothing of theirs overtakes what waits.

        Args:
            waiting: What could not be fired.
            until: By `time.monotonic()`; not before that of a former call.
        """
        for one in waiting:
            self._held.setdefault(one.owner_id, (until, []))[1].append(one)
        kept: deque[list[Coming]] = deque()
        for stream in self._due:  # a stream with more than a batch goes on here
            if stream[0].owner_id in self._held:
                self._held[stream[0].owner_id][1].extend(stream)
            else:
                kept.append(stream)
        self._due = kept

    def release(self, *, now: float) -> bool:
        """Let go of the streams whose time has come; what was due of them is due first of all.

        Returns:
            Whether there were some.
        """
        released = [stream for stream, (until, _) in self._held.items() if until <= now]
        for stream in released:
            _, due = self._held.pop(stream)
            if due:
                self._due.appendleft(due)
        return bool(released)
