"""What the relay and its sockets say to one another: news, and what a socket has to understand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from realtime import envelope
from realtime.envelope import CloseCode, Events
from realtime.ports import Listener


@dataclass(frozen=True)
class Ring:
    """News of one stream: the events `first` to `last`, encoded, or None when they are to be read."""

    first: int
    last: int
    encoded: Sequence[str] | None

    @cached_property
    def message(self) -> Mapping[str, Any]:
        """The events as one frame, in ASGI's words, made once for all the sockets that get it."""
        frame = Events(first=self.first, last=self.last, items=self.encoded or ()).encode()
        return {"type": "websocket.send", "text": frame}

    @cached_property
    def size(self) -> int:
        """How many bytes the events are."""
        return sum(map(envelope.size, self.encoded or ()))


class Socket(Protocol):
    """What the relay needs of a consumer. Called on the server's event loop."""

    listener: Listener
    epoch: str | None

    def offer(self, ring: Ring) -> None:
        """Take in news; never blocks."""

    def note(self, head: int) -> None:
        """Learn how far the stream reaches."""

    def beat(self) -> float | None:
        """Do what is due now and then; return in how many seconds to be called again, None for never."""

    def dismiss(self, code: CloseCode, reason: str) -> None:
        """Say goodbye and close; never blocks."""
