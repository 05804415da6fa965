"""All that is a person's, as a snapshot: what a stream's events keep up to date."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from taskengine.organisation import queries as organisation
from taskengine.planning import queries as planning
from taskengine.tasks import queries as tasks

# In this order they come: what refers to others comes after them. Of each kind, how a page of one person is read,
# and how the first pages of many are.
_KINDS: Final[Mapping[str, tuple[Any, Any]]] = {
    "project": (organisation.project_snapshot_page, organisation.first_project_snapshot_pages),
    "label": (organisation.label_snapshot_page, organisation.first_label_snapshot_pages),
    "task": (tasks.snapshot_page, tasks.first_snapshot_pages),
    "breakdown": (planning.snapshot_page, planning.first_snapshot_pages),
}


class Snapshots:
    """The snapshots of all people (`realtime.ports.SnapshotSource`). A stream has its user's id.

    Where a page ended is said by its last kind, and the last id of that: `task:0f8f…`.
    """

    def page(
        self, stream: UUID, *, as_of: datetime, after: str | None
    ) -> tuple[list[Mapping[str, Any]], str | None]:
        """Read one page: what is left of a kind, and of the next ones until one has more than a page."""
        kinds = list(_KINDS)
        kind, _, last = (after or f"{kinds[0]}:").partition(":")
        items: list[Mapping[str, Any]] = []
        for each in kinds[kinds.index(kind) :]:
            page_of, _ = _KINDS[each]
            found, reached = page_of(
                owner_id=stream, as_of=as_of, after=UUID(last) if last and each == kind else None
            )
            items += found
            if reached is not None:
                return items, f"{each}:{reached}"
        return items, None

    def first_pages(
        self, streams: Sequence[UUID], *, as_of: datetime
    ) -> list[tuple[list[Mapping[str, Any]], str | None]]:
        """Read the first page of each of several, as `page` does, by one statement a kind."""
        items: dict[UUID, list[Mapping[str, Any]]] = {stream: [] for stream in streams}
        ends: dict[UUID, str] = {}
        for each, (_, first_pages_of) in _KINDS.items():
            unfinished = [stream for stream in items if stream not in ends]
            if not unfinished:
                break
            for stream, (found, reached) in first_pages_of(owner_ids=unfinished, as_of=as_of).items():
                items[stream] += found
                if reached is not None:
                    ends[stream] = f"{each}:{reached}"
        return [(items[stream], ends.get(stream)) for stream in streams]
