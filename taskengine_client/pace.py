"""How patient a client is, and how long it waits before it comes back."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The client's times and amounts. What stands here suits a server that keeps protocol v1.

    Attributes:
        backoff_s: The upper end of the first wait before a new connection; it doubles each time.
        backoff_cap_s: Where that ends.
        stable_s: A connection that held so long starts the waits anew.
        welcome_s: So long may it take to connect, and then again until the welcome.
        silence_s: The server pings each 25 s with jitter; two missed mean that nobody is there.
        behind_s: What a ping's head is ahead of the client is on its way, but not for so long.
        ack_after_s: What was taken in is acknowledged after this, or up to as long again by chance: what all
            clients got at once, they should not answer at once.
        ack_every: Or at once when it is so many events; the server stops at 1,000.
        ack_every_chars: Or when they are so long together; the server stops at 256 KB.
    """

    backoff_s: float = 0.5
    backoff_cap_s: float = 30.0
    stable_s: float = 5.0
    welcome_s: float = 15.0
    silence_s: float = 60.0
    behind_s: float = 5.0
    ack_after_s: float = 2.0
    ack_every: int = 200
    ack_every_chars: int = 65_536


class Waits:
    """The waits before each try for a new connection.

    Full jitter: anything between nothing and the doubled wait, so that a thousand clients that lost
    the same server do not come back in step.
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Args:
        pace: Where they begin and end.
        random: Chance, from 0 to 1.
    """

    def __init__(self, pace: Pace, random: Callable[[], float]) -> None:
        self._pace = pace
        self._random = random
        self._upper_s = pace.backoff_s

    def start_over(self) -> None:
        """Begin with short waits again."""
        self._upper_s = self._pace.backoff_s

    def next_s(self, *, asked_s: float) -> float:
        """Return the next wait: what the server asked for, and chance on top of it."""
        upper_s = min(self._pace.backoff_cap_s, self._upper_s)
        self._upper_s = upper_s * 2
        return asked_s + self._random() * upper_s
