"""Where one socket stands in its stream: pure arithmetic on sequence numbers."""

from typing import Final

# A client that acknowledges nothing gets this many events and no more.
MAX_UNACKED_EVENTS: Final = 1000


class AckBeyondSent(ValueError):
    """The client acknowledged an event that it was never sent."""


class Cursor:
    """What a socket was sent, what it acknowledged, and how far its stream is known to reach.

    The doorbell may be lost, doubled or out of order; the cursor makes a gapless sequence of it:
    the next event is sent, an older one is skipped, a later one means that the outbox is read.
    """

    __slots__ = ("acked", "head", "last_sent")

    def __init__(self, *, last_sent: int, head: int) -> None:
        self.last_sent = last_sent
        self.acked = last_sent
        self.head = max(head, last_sent)

    @property
    def behind(self) -> bool:
        """Whether the stream is known to hold events that were not sent."""
        return self.last_sent < self.head

    @property
    def window(self) -> int:
        """How many more events may be sent before the client acknowledges some."""
        return MAX_UNACKED_EVENTS - (self.last_sent - self.acked)

    def note(self, head: int) -> None:
        """Learn that the stream reaches at least `head`."""
        self.head = max(self.head, head)

    def fits(self, *, first: int, last: int) -> bool:
        """Whether the events `first` to `last` are just what is to be sent next, and may be."""
        return first == self.last_sent + 1 and last - self.last_sent <= self.window

    def sent(self, *, to: int) -> None:
        """Remember that everything up to `to` was sent, or is on its way."""
        self.last_sent = to
        self.note(to)

    def ack(self, seq: int) -> None:
        """Take in an acknowledgement; one that was overtaken by a later one changes nothing.

        Raises:
            AckBeyondSent: `seq` was never sent.
        """
        if seq > self.last_sent:
            raise AckBeyondSent(f"seq {seq} was acknowledged, but {self.last_sent} is the last one sent.")
        self.acked = max(self.acked, seq)
