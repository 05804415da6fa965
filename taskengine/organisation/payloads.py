"""The one JSON shape of a project and of a label, for the API, events and snapshots alike."""

from typing import Any, Final

from realtime.envelope import rfc3339
from taskengine.organisation.models import Label, Named, Project

# The names on the wire, of objects, events and snapshot items.
KINDS: Final[dict[type[Named], str]] = {Project: "project", Label: "label"}
_OF_PROJECTS: Final = ("position", "archived")


def payload(named: Named) -> dict[str, Any]:
    """Return a project or a label, or a row with the attributes of one, as the wire has it."""
    own = {name: getattr(named, name) for name in _OF_PROJECTS if hasattr(named, name)}
    return {
        "id": str(named.id),
        "name": named.name,
        "colour": named.colour,
        **own,
        "version": named.version,
        "created_at": rfc3339(named.created_at),
        "updated_at": rfc3339(named.updated_at),
    }
