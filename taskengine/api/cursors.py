"""Keyset pages: a cursor names the last row seen, so no row is skipped or doubled by a write between.

A cursor is signed, and bound to the person and the filters it was made for. It carries the
instant of the first page, so that a walk sees one set of buckets from its first row to its last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ValidationError

from realtime.envelope import rfc3339

MAX_AGE_S: Final = 15 * 60
MAX_PAGE_ROWS: Final = 200
DEFAULT_PAGE_ROWS: Final = 50
_SALT: Final = "taskengine.api.cursor"

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordering:
    """One column to sort by, with the id to decide between equals; nulls come last either way."""

    column: str
    descending: bool

    @classmethod
    def parse(cls, text: str) -> "Ordering":
        """Read `column` or `-column`."""
        return cls(column=text.removeprefix("-"), descending=text.startswith("-"))

    def apply(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Sort."""
        column, key = F(self.column), F("id")
        if self.descending:
            return rows.order_by(column.desc(nulls_last=True), key.desc())
        return rows.order_by(column.asc(nulls_last=True), key.asc())

    def after(self, value: Any, key: str) -> Q:
        """Return the condition for coming after the row that has `value` and the id `key`."""
        beyond = "lt" if self.descending else "gt"
        if value is None:
            return Q(**{f"{self.column}__isnull": True, f"id__{beyond}": key})
        return (
            Q(**{f"{self.column}__{beyond}": value})
            | Q(**{self.column: value, f"id__{beyond}": key})
            | Q(**{f"{self.column}__isnull": True})
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """Where a walk stands.

    Attributes:
        as_of: The instant of its first page.
        value: What the last row had in the column it is sorted by.
        key: The last row's id.
    """

    as_of: datetime
    value: Any
    key: str


def encode(position: Position, *, bound_to: Mapping[str, Any]) -> str:
    """Return the cursor for a position.

    Args:
        position: Where the page ends.
        bound_to: The person and the filters: the next request must have the same.
    """
    value = position.value
    if isinstance(value, datetime):
        value = {"at": rfc3339(value)}
    return signing.dumps(
        {"as_of": rfc3339(position.as_of), "value": value, "key": position.key, "for": bound_to}, salt=_SALT
    )


def decode(cursor: str, *, bound_to: Mapping[str, Any]) -> Position:
    """Read a cursor back.

    Raises:
        ValidationError: It is not ours, older than 15 minutes, or for another person or filter.
    """
    try:
        read = signing.loads(cursor, salt=_SALT, max_age=MAX_AGE_S)
    except signing.SignatureExpired:
        raise _refusal("cursor_expired", "This cursor is older than 15 minutes. Begin again.") from None
    except signing.BadSignature:
        raise _refusal("invalid_cursor", "This is not a cursor of this list.") from None
    if read["for"] != bound_to:
        raise _refusal(
            "invalid_cursor", "This cursor belongs to another list. Keep the filters as they were."
        )
    value = parse_datetime(read["value"]["at"]) if isinstance(read["value"], dict) else read["value"]
    as_of = parse_datetime(read["as_of"])
    assert as_of is not None, "it was signed, so it is what encode wrote"
    return Position(as_of=as_of, value=value, key=read["key"])


def page(
    parts: Sequence[QuerySet[M]],
    *,
    ordering: Ordering,
    after: Position | None,
    limit: int,
) -> tuple[Sequence[M], bool]:
    """Return at most `limit` rows after a position, and whether more follow.

    Args:
        parts: The list, or parts of it that make it up, each of which has an index in its order.
        ordering: Its order.
        after: Where the page before ended; None for the first.
        limit: How many the page has at most.
    """
    found = list(query(parts, ordering=ordering, after=after, limit=limit))
    return found[:limit], len(found) > limit


def query(
    parts: Sequence[QuerySet[M]], *, ordering: Ordering, after: Position | None, limit: int
) -> QuerySet[M]:
    """Return what `page` reads: one row more than it returns."""
    if after is not None:
        parts = [rows.filter(ordering.after(after.value, after.key)) for rows in parts]
    first, *others = [ordering.apply(rows)[: limit + 1] for rows in parts]
    return ordering.apply(first.union(*others, all=True))[: limit + 1] if others else first


def _refusal(code: str, detail: str) -> ValidationError:
    return ValidationError({"cursor": [detail]}, code=code)
