"""Taking back what an operation did to a project or a label: a write like any other."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from taskengine.errors import Fault
from taskengine.operations.services import OpenOperation
from taskengine.operations.undo import Change
from taskengine.organisation.edits import Edit
from taskengine.organisation.errors import LabelNameTaken
from taskengine.organisation.events import NamedEvent
from taskengine.organisation.models import Label, Named, Project
from taskengine.organisation.payloads import payload
from taskengine.organisation.services import refuse_taken_name
from taskengine.tasks.queries import labelled, tasks_of

# What an undo compares and sets back.
_FIELDS: Final = ("name", "colour", "archived", "position")


def _undo(model: type[Named], *, operation: OpenOperation, change: Change) -> Sequence[Fault]:
    """Take the change of one project or label back (`operations.undo.UndoOne`).

    Where an operation brought it in, it is deleted, unless tasks are in it or carry it: that would be a
    change of theirs. Where one deleted it, it is there again; its tasks are changes of their own.

    Raises:
        ProjectNotFound, LabelNotFound: There never was such a thing.
    """
    edit = Edit.of(model, change.id, operation=operation, deleted=None)
    named, before, after = edit.named, change.before, change.after
    if (named.deleted_at is None) == (after is None):
        what = "is there again" if after is None else "was deleted since"
        return [change.refused(f"“{named.name}” {what}.")]
    if after is not None:
        current = payload(named)
        names = [
            name for name in _FIELDS if name in after and (before is None or before[name] != after[name])
        ]
        changed = [name for name in names if current[name] != after[name]]
        if changed:
            return [change.refused(f"“{named.name}” was changed since.", field=changed[0])]
        if before is None and _is_used(named):
            return [change.refused(f"“{named.name}” has tasks.")]
    for name in _FIELDS:
        if before is not None and after is not None and name in before and before[name] != after[name]:
            setattr(named, name, before[name])
    named.deleted_at = operation.now if before is None else None
    if isinstance(named, Label) and before is not None:
        try:
            refuse_taken_name(named)
        except LabelNameTaken as error:
            return [change.refused(error.detail, field="name")]
    if before is None:
        edit.save(NamedEvent.DELETED)
    else:
        edit.save(NamedEvent.RESTORED if after is None else NamedEvent.UPDATED)
    return ()


def _is_used(named: Named) -> bool:
    tasks = tasks_of(named.owner_id)
    if isinstance(named, Project):
        return tasks.filter(project_id=named.id).exists()
    return tasks.filter(labelled([named.id])).exists()


undo_project = partial(_undo, Project)
undo_label = partial(_undo, Label)
