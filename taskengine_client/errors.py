"""Why a stream is over for good. Everything else that happens to a connection is mended."""

from collections.abc import Mapping
from typing import Final

FIRST_TERMINAL_CODE: Final = 4500


class StreamEnded(Exception):
    """The server says that coming back is no use.

    Attributes:
        code: The close code of protocol v1.
        reason: The server's words.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{reason or 'The server ended the stream.'} ({code})")
        self.code = code
        self.reason = reason


class NotAuthenticated(StreamEnded):
    """The token or ticket proves nothing: sign in, then open another stream."""


class ProtocolRefused(StreamEnded):
    """The server did not understand this client: one of the two has a bug or is too old."""


class SessionEnded(StreamEnded):
    """The log-in behind the stream was ended: sign in, then open another stream."""


class TooManySockets(StreamEnded):
    """This person has as many connections open as they may."""


_BY_CODE: Final[Mapping[int, type[StreamEnded]]] = {
    4500: NotAuthenticated,
    4501: ProtocolRefused,
    4503: SessionEnded,
    4504: TooManySockets,
}


def ended(code: int, reason: str) -> StreamEnded:
    """Return the error for a terminal code, also for one that a newer server has."""
    return _BY_CODE.get(code, StreamEnded)(code, reason)
