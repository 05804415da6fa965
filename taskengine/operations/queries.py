"""Reading the operation log, newest first: all that a person did, or what became of one object.

What was changed can be long (a change of zone moves every task), so PostgreSQL picks out what is asked for.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection

from taskengine.operations.models import OBJECT_IDS, Operation

MAX_OBJECTS: Final = 20  # of one operation are named up to so many
_NAMES: Final = ("title", "name", "goal")  # what objects call themselves
_TITLE: Final = ", ".join(f"c -> '{side}' -> '{name}'" for side in ("after", "before") for name in _NAMES)

# Those of one object, by its index alone: any other way would look into what each operation of the person changed.
_ABOUT: Final = f"""
    WITH about AS MATERIALIZED (
        SELECT owner_id, id, at, verb FROM operations_operation
        WHERE {OBJECT_IDS} ? %(object)s::text AND changes @> %(touched)s::jsonb
    ) SELECT * FROM about
"""  # noqa: S608 (constants only)
_ALL: Final = "SELECT owner_id, id, at, verb FROM operations_operation WHERE owner_id = %(owner)s"
_PAGE: Final = """
WITH page AS MATERIALIZED (
    SELECT p.owner_id, p.id FROM ({among}) AS p
    WHERE p.owner_id = %(owner)s AND (%(verb)s::text IS NULL OR p.verb = %(verb)s)
        AND split_part(p.verb, '.', 1) <> ALL (%(besides)s::text[])
        AND (%(hidden)s::text[] = '{{}}' OR EXISTS (
            SELECT FROM operations_operation AS o LEFT JOIN jsonb_array_elements(o.changes) AS c ON true
            WHERE o.owner_id = p.owner_id AND o.id = p.id
                AND coalesce(c ->> 'kind', split_part(o.verb, '.', 1)) <> ALL (%(hidden)s::text[])
        ))
        AND (%(id)s::uuid IS NULL OR (p.at <= %(at)s AND (p.at, p.id) < (%(at)s, %(id)s)))
    ORDER BY p.at DESC, p.id DESC LIMIT %(limit)s
)
SELECT o.id, o.actor_id, o.verb, o.at, (
    SELECT count(DISTINCT c -> 'id') FROM jsonb_array_elements(o.changes) AS c
    WHERE c ->> 'kind' <> ALL (%(hidden)s::text[])
), (
    SELECT jsonb_agg(DISTINCT jsonb_build_array(
        c -> 'kind', c -> 'before' -> 'status', c -> 'after' -> 'status',
        c -> 'before' = 'null' AND c -> 'after' = 'null'
    )) FROM jsonb_array_elements(o.changes) AS c
)::text, {picked} FROM page AS p JOIN operations_operation AS o ON o.owner_id = p.owner_id AND o.id = p.id
ORDER BY o.at DESC, o.id DESC
"""
_OBJECTS: Final = f"""(
    SELECT jsonb_agg(jsonb_build_array(c -> 'kind', c -> 'id', coalesce({_TITLE})) ORDER BY place)
    FROM jsonb_array_elements(o.changes) WITH ORDINALITY AS e (c, place)
    WHERE place <= {MAX_OBJECTS} AND c ->> 'kind' <> ALL (%(hidden)s::text[])
)::text"""  # noqa: S608
_CHANGES: Final = """(
    SELECT jsonb_agg(c ORDER BY place) FROM jsonb_array_elements(o.changes) WITH ORDINALITY AS e (c, place)
    WHERE c @> %(mine)s::jsonb
)::text"""
_TAKEN_BACK: Final = """
WITH RECURSIVE taken_back AS (
    SELECT id, undoes, 1 AS depth FROM operations_operation WHERE owner_id = %(owner)s AND undoes = ANY (%(ids)s)
    UNION ALL SELECT o.id, o.undoes, t.depth + 1
    FROM operations_operation AS o JOIN taken_back AS t ON o.undoes = t.id WHERE o.owner_id = %(owner)s
)
SELECT id, undoes FROM taken_back ORDER BY depth DESC
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """What an operation did to objects of one kind: what decides whether that can be taken back.

    Attributes:
        kind: What the objects are, such as `task`.
        before: Their `status` before, where the kind has one.
        after: And after.
        is_purged: Whether the objects are gone for good.
    """

    kind: str
    before: str | None
    after: str | None
    is_purged: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Logged:
    """An operation, as the log has it.

    Attributes:
        id: Its name.
        actor: Who did it.
        verb: What was asked for.
        at: When it was carried out.
        count: How many objects it changed.
        deeds: What it did, each kind of deed once.
    """

    id: UUID
    actor: UUID
    verb: str
    at: datetime
    count: int
    deeds: Sequence[Deed]


@dataclass(frozen=True, kw_only=True, slots=True)
class Object:
    """What an operation was about, by the name that it has there; None where it has none, or was purged."""

    kind: str
    id: UUID
    title: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a page ends: with which operation, and when that was carried out."""

    at: datetime
    id: UUID


def activity(
    *,
    owner_id: UUID,
    after: Place | None,
    limit: int,
    verb: str | None = None,
    object_id: UUID | None = None,
    besides: Collection[str] = (),
    hidden: Collection[str] = (),
) -> list[tuple[Logged, list[Object]]]:
    """Return a page of what a person did, newest first.

    Args:
        owner_id: Who.
        after: Where the page before ended; None for the first.
        limit: At most so many.
        verb: Only operations of this verb; None for all.
        object_id: Only those that changed this object; None for all.
        besides: Verbs that begin with one of these words are left out.
        hidden: Objects of these kinds are neither named nor counted; operations on nothing else are left out.
    """
    among = _ALL if object_id is None else _ABOUT
    statement = _PAGE.format(among=among, picked=_OBJECTS)
    touched = [{"id": str(object_id)}]
    asked = {"verb": verb, "object": str(object_id), "touched": touched}
    rows = _rows(statement, owner_id, after, limit, besides=besides, hidden=hidden, **asked)
    return [
        (logged, [Object(kind=kind, id=UUID(id_), title=title) for kind, id_, title in picked])
        for logged, picked in rows
    ]


def changes_of(
    *, owner_id: UUID, kind: str, object_id: UUID, after: Place | None, limit: int
) -> list[tuple[Logged, list[Mapping[str, Any]]]]:
    """Return a page of the operations that changed an object, newest first, each with its changes of it.

    Args:
        owner_id: Whose it is.
        kind: What it is.
        object_id: Which one.
        after: Where the page before ended; None for the first.
        limit: At most so many.
    """
    mine = {"kind": kind, "id": str(object_id)}
    statement = _PAGE.format(among=_ABOUT, picked=_CHANGES)
    return list(
        _rows(statement, owner_id, after, limit, verb=None, object=mine["id"], touched=[mine], mine=mine)
    )


def is_about(*, owner_id: UUID, op_id: UUID, kind: str) -> bool:
    """Whether an operation of a person changed objects of a kind."""
    operations = Operation.objects.filter(owner_id=owner_id, id=op_id)
    return operations.filter(changes__contains=[{"kind": kind}]).exists()


def undone(*, owner_id: UUID, op_ids: Collection[UUID]) -> set[UUID]:
    """Return which of a person's operations are taken back, and were not done again by undoing that."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN_BACK, {"owner": owner_id, "ids": list(op_ids)})
        pairs = cursor.fetchall()
    gone: set[UUID] = set()
    for id_, undoes in pairs:  # whatever took an undo back stands before it
        if id_ not in gone:
            gone.add(undoes)
    return gone


def _rows(
    statement: str,
    owner_id: UUID,
    after: Place | None,
    limit: int,
    *,
    besides: Collection[str] = (),
    hidden: Collection[str] = (),
    **values: Any,
) -> Iterator[tuple[Logged, list[Any]]]:
    at, id_ = (after.at, after.id) if after else (None, None)
    parameters: dict[str, Any] = {
        "owner": owner_id,
        "at": at,
        "id": id_,
        "limit": limit,
        "besides": list(besides),
        "hidden": list(hidden),
    } | {
        name: orjson.dumps(value).decode() if isinstance(value, list | dict) else value
        for name, value in values.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    for op_id, actor, verb, done_at, count, deeds, picked in rows:
        read = [
            Deed(kind=kind, before=before, after=after, is_purged=is_purged)
            for kind, before, after, is_purged in orjson.loads(deeds or "[]")
        ]
        logged = Logged(id=op_id, actor=actor or owner_id, verb=verb, at=done_at, count=count, deeds=read)
        yield logged, orjson.loads(picked or "[]")
