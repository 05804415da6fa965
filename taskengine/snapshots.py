"""All that is a person's, as a snapshot: what a stream's events keep up to date."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from taskengine.organisation import queries as organisation
from taskengine.planning import queries as planning
from taskengine.tasks import queries as tasks

# In this order they come: what refers to others comes after them.
_KINDS: Final[Mapping[str, Any]] = {
    "project": organisation.project_snapshot_page,
    "label": organisation.label_snapshot_page,
    "task": tasks.snapshot_page,
    "breakdown": planning.snapshot_page,
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
            found, reached = _KINDS[each](
                owner_id=stream, as_of=as_of, after=UUID(last) if last and each == kind else None
            )
            items += found
            if reached is not None:
                return items, f"{each}:{reached}"
        return items, None
