"""Reading projects and labels."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import QuerySet

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
    model: type[Named], *, owner_id: UUID, as_of: Any, after: UUID | None
) -> tuple[list[Mapping[str, Any]], UUID | None]:
    """Return one page of a person's snapshot: items, and the last id where another page follows.

    What is not deleted belongs in it, archived or not, however old.
    """
    rows = named_of(model, owner_id).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    found = list(rows[:SNAPSHOT_PAGE_ROWS])
    items: list[Mapping[str, Any]] = [{"kind": KINDS[model], "data": payload(named)} for named in found]
    return items, found[-1].id if len(found) == SNAPSHOT_PAGE_ROWS else None


project_snapshot_page = partial(_snapshot_page, Project)
label_snapshot_page = partial(_snapshot_page, Label)
