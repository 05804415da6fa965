"""What this package needs of the project around it: who may listen, and what a stream's state is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Listener:
    """Somebody who proved that they may hear one stream.

    Attributes:
        stream: The stream they may hear.
        session: The key of the log-in that the socket is bound to, and ends with.
        stamp: Changes when the person's credentials do, which ends the socket too.
    """

    stream: UUID
    session: str
    stamp: str


class Authenticator(Protocol):
    """Says who opens a socket, and whether they are still who they were. Called in threads."""

    def authenticate_all(self, scopes: Sequence[Mapping[str, Any]]) -> Sequence[Listener | None]:
        """Return who each of some ASGI WebSocket scopes belongs to, or None when it proves nothing.

        In a number of queries that does not grow with the scopes.
        """

    def ended(self, listeners: Sequence[Listener]) -> Sequence[int]:
        """Return the places of those whose log-in has ended, in a number of queries that does not grow."""


class SnapshotSource(Protocol):
    """The whole state that a stream's events keep up to date. Called in threads."""

    def page(
        self, stream: UUID, *, as_of: datetime, after: str | None
    ) -> tuple[list[Mapping[str, Any]], str | None]:
        """Read one page of the items `{"kind", "data"}` by one short statement.

        Args:
            stream: Whose state it is.
            as_of: The instant that decides what belongs in it; the same for every page.
            after: Where the page before ended; None for the first.

        Returns:
            The items, and where this page ends; None when it is the last.
        """

    def first_pages(
        self, streams: Sequence[UUID], *, as_of: datetime
    ) -> Sequence[tuple[list[Mapping[str, Any]], str | None]]:
        """Read the first page of each of several streams, in a number of statements that does not grow."""
