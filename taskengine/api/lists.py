"""A page of a list whose rows are shown as they are: walked by a cursor that is bound to the person and the filters."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from rest_framework.response import Response

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.api import cursors

M = TypeVar("M", bound=Model)


def list_page(
    rows: QuerySet[M],
    asked: Mapping[str, Any],
    *,
    owner_id: UUID,
    name: str,
    by: str,
    show: Callable[[M], Mapping[str, Any]],
) -> Response:
    """Return one page of a list.

    Args:
        rows: What is listed.
        asked: The query: `limit`, `cursor`, and what else chose the rows.
        owner_id: Who asks: the cursor is good for nobody else.
        name: Of the list: a cursor of another one is refused.
        by: The column that it is sorted by, with `-` for the other way round.
        show: Returns a row as it is shown.
    """
    chosen = {key: str(value) for key, value in asked.items() if key not in {"limit", "cursor"}}
    bound_to = {"owner": str(owner_id), "list": name, **chosen}
    position = cursors.decode(asked["cursor"], bound_to=bound_to) if asked.get("cursor") else None
    now = clock.now()
    ordering = cursors.Ordering.parse(by)
    found, more = cursors.page([rows], ordering=ordering, after=position, limit=asked["limit"])
    next_cursor = None
    if more:
        end = cursors.Position(as_of=now, value=getattr(found[-1], ordering.column), key=str(found[-1].pk))
        next_cursor = cursors.encode(end, bound_to=bound_to)
    return Response(
        {"results": [show(row) for row in found], "next_cursor": next_cursor, "server_time": rfc3339(now)}
    )
