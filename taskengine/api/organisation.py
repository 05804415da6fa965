"""What the routes of projects and labels share: a page of a list, and the answer to a write."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import status
from rest_framework.response import Response

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.api import cursors
from taskengine.operations.services import Answer
from taskengine.organisation.models import Named
from taskengine.organisation.payloads import payload

GONE: Final = Answer(status=status.HTTP_204_NO_CONTENT, body=None)


def answer(named: Named, *, code: int = status.HTTP_200_OK) -> Answer:
    """Return the answer to a write: the bare object."""
    return Answer(status=code, body=payload(named))


def list_page(rows: QuerySet[Any], asked: dict[str, Any], *, owner_id: UUID, name: str, by: str) -> Response:
    """Return one page of a list.

    Args:
        rows: What is listed.
        asked: The query: `limit`, `cursor`, and what else chose the rows.
        owner_id: Whose list.
        name: Of the list: a cursor of another one is refused.
        by: The column that it is sorted by.
    """
    chosen = {key: str(value) for key, value in asked.items() if key not in {"limit", "cursor"}}
    bound_to = {"owner": str(owner_id), "list": name, **chosen}
    position = cursors.decode(asked["cursor"], bound_to=bound_to) if asked.get("cursor") else None
    now = clock.now()
    ordering = cursors.Ordering.parse(by)
    found, more = cursors.page([rows], ordering=ordering, after=position, limit=asked["limit"])
    next_cursor = None
    if more:
        end = cursors.Position(as_of=now, value=getattr(found[-1], by), key=str(found[-1].id))
        next_cursor = cursors.encode(end, bound_to=bound_to)
    return Response(
        {
            "results": [payload(named) for named in found],
            "next_cursor": next_cursor,
            "server_time": rfc3339(now),
        }
    )
