"""Where one socket stands in its stream: pure arithmetic on sequence numbers and sizes."""

from collections.abc import Iterable
from typing import Final

# What a client that acknowledges nothing gets, and no more. A single event larger than that still passes,
# by itself.
MAX_UNACKED_EVENTS: Final = 1000
MAX_UNACKED_BYTES: Final = 262_144
# Sizes of what was sent are kept in lumps, so that a client that never acknowledges costs a few numbers.
_LUMP_BYTES: Final = 8_192


class AckBeyondSent(ValueError):
    """The client acknowledged an event that it was never sent."""


class Cursor:
    """What a socket was sent, what it acknowledged, and how far its stream is known to reach.

    The doorbell may be lost, doubled or out of order; the cursor makes a gapless sequence of it:
    the next event is sent, an older one is skipped, a later one means that the outbox is read.

    Attributes:
        last_sent: The last event that is on its way, or was there when the client came.
        acked: The last event that the client is known to have.
        head: How far the stream is known to reach.
        unacked_bytes: The size of what is on its way, rounded up to whole lumps.
    """

    __slots__ = ("_lumps", "acked", "head", "last_sent", "unacked_bytes")

    def __init__(self, *, last_sent: int, head: int) -> None:
        self.last_sent = last_sent
        self.acked = last_sent
        self.head = max(head, last_sent)
        self.unacked_bytes = 0
        self._lumps: list[tuple[int, int]] | None = None  # (last seq, bytes); most sockets have none

    @property
    def behind(self) -> bool:
        """Whether the stream is known to hold events that were not sent."""
        return self.last_sent < self.head

    @property
    def window(self) -> int:
        """How many more events may be sent before the client acknowledges some."""
        return MAX_UNACKED_EVENTS - (self.last_sent - self.acked)

    @property
    def is_full(self) -> bool:
        """Whether nothing at all may be sent before the client acknowledges some."""
        return self.window <= 0 or self.unacked_bytes >= MAX_UNACKED_BYTES

    def note(self, head: int) -> None:
        """Learn that the stream reaches at least `head`."""
        self.head = max(self.head, head)

    def takes(self, sizes: Iterable[int]) -> int:
        """Return how many of the next events may be sent, given their sizes in bytes."""
        count, room = 0, MAX_UNACKED_BYTES - self.unacked_bytes
        for size in sizes:
            is_alone = not count and not self.unacked_bytes
            if count >= self.window or (size > room and not is_alone):
                break
            count += 1
            room -= size
        return count

    def fits(self, *, first: int, last: int, size: int) -> bool:
        """Whether the events `first` to `last`, `size` bytes, are just what is to be sent next, and may be."""
        if first != self.last_sent + 1 or last - self.last_sent > self.window:
            return False
        is_alone = first == last and not self.unacked_bytes
        return is_alone or self.unacked_bytes + size <= MAX_UNACKED_BYTES

    def sent(self, *, to: int, size: int) -> None:
        """Remember that everything up to `to` was sent, `size` bytes more, or is on its way."""
        self.last_sent = to
        self.note(to)
        self.unacked_bytes += size
        if self._lumps is None:
            self._lumps = []
        if self._lumps and self._lumps[-1][1] + size <= _LUMP_BYTES:
            size += self._lumps.pop()[1]
        self._lumps.append((to, size))

    def ack(self, seq: int) -> None:
        """Take in an acknowledgement; one that was overtaken by a later one changes nothing.

        Raises:
            AckBeyondSent: `seq` was never sent.
        """
        if seq > self.last_sent:
            raise AckBeyondSent(f"seq {seq} was acknowledged, but {self.last_sent} is the last one sent.")
        self.acked = max(self.acked, seq)
        if self._lumps is None:
            return
        left = [lump for lump in self._lumps if lump[0] > seq]
        self.unacked_bytes = sum(size for _, size in left)
        self._lumps = left or None
