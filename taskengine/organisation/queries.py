"""Reading projects and labels."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from taskengine.database.table import Table
from taskengine.organisation.errors import LabelNotFound, ProjectNotFound
from taskengine.organisation.models import Label, Named, Project
from taskengine.organisation.payloads import KINDS, payload

SNAPSHOT_PAGE_ROWS = 200

N = TypeVar("N", bound=Named)

NOT_FOUND: Final[dict[type[Named], type[ProjectNotFound | LabelNotFound]]] = {
    Project: ProjectNotFound,
    Label: LabelNotFound,
}


def named_of(model: type[N], owner_id: UUID) -> QuerySet[N]:
    """Return a person's projects or labels, without the deleted ones."""
    rows: QuerySet[N] = model._default_manager.filter(owner_id=owner_id, deleted_at=None)
    return rows


def get_named(model: type[N], *, owner_id: UUID, id_: UUID) -> N:
    """Return one project or label.

    Raises:
        ProjectNotFound, LabelNotFound: There is none, it is deleted, or it is somebody else's.
    """
    found = named_of(model, owner_id).filter(id=id_).first()
    if found is None:
        raise NOT_FOUND[model]
    return found


def _snapshot_page(
    table: Table[Any], *, owner_id: UUID, as_of: Any, after: UUID | None
) -> tuple[list[Mapping[str, Any]], UUID | None]:
    """Return one page of a person's snapshot: items, and the last id where another page follows.

    What is not deleted belongs in it, archived or not, however old.
    """
    rows = named_of(table.model, owner_id).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    return _page(table, table.rows(rows[:SNAPSHOT_PAGE_ROWS]))


def _first_snapshot_pages(
    table: Table[Any], *, owner_ids: Collection[UUID], as_of: Any
) -> dict[UUID, tuple[list[Mapping[str, Any]], UUID | None]]:
    """Return the first pages of several people's snapshots, by one statement; who has none is left out."""
    found = table.rows_of_each(
        lambda owner_id: named_of(table.model, owner_id).order_by("id")[:SNAPSHOT_PAGE_ROWS], owner_ids
    )
    return {owner_id: _page(table, sorted(rows, key=attrgetter("id"))) for owner_id, rows in found.items()}


def _page(table: Table[Any], rows: Sequence[Any]) -> tuple[list[Mapping[str, Any]], UUID | None]:
    items: list[Mapping[str, Any]] = [{"kind": KINDS[table.model], "data": payload(row)} for row in rows]
    return items, rows[-1].id if len(rows) == SNAPSHOT_PAGE_ROWS else None


_PROJECTS: Final = Table(Project)
_LABELS: Final = Table(Label)
project_snapshot_page = partial(_snapshot_page, _PROJECTS)
label_snapshot_page = partial(_snapshot_page, _LABELS)
first_project_snapshot_pages = partial(_first_snapshot_pages, _PROJECTS)
first_label_snapshot_pages = partial(_first_snapshot_pages, _LABELS)
