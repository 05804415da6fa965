"""What became of a task, made of what the operation log has of it.

A deadline that was missed stands in no operation: the clock did it. But each operation has the task as it was before,
and who finds a task missed whose deadline came after the write before, finds one that the clock told of in between.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from realtime.envelope import rfc3339
from taskengine.operations import queries as log
from taskengine.operations.queries import Logged, Place
from taskengine.tasks.deadlines import Bucket
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import Task
from taskengine.tasks.payloads import task_payload

KIND: Final = "task"
DELETED: Final = "deleted"  # the field that is no field: whether the task is in the trash
# What every write changes, or none.
_LEFT_OUT: Final = frozenset({"id", "version", "created_at", "updated_at"})


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """A field's value before and after, as the wire has them; None where there was none, or it is not known."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that became of a task.

    Attributes:
        verb: What was asked for, or `task.missed`.
        at: When, as the wire has it.
        changes: What that changed.
        operation: Which operation did it; None where the clock did.
    """

    verb: str
    at: str
    changes: Sequence[FieldChange]
    operation: Logged | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Entries, newest first; and the last operation among them where others follow."""

    entries: Sequence[Entry]
    last: Logged | None


def page(*, task: Task, now: datetime, after: Place | None, limit: int) -> Page:
    """Return a page of a task's history.

    Args:
        task: Whose.
        now: The instant that decides whether it is missed by now.
        after: Where the page before ended; None for the first.
        limit: At most so many operations. The deadlines that were missed between them come beside.
    """
    found = log.changes_of(owner_id=task.owner_id, kind=KIND, object_id=task.id, after=after, limit=limit + 1)
    entries: list[Entry] = []
    if after is None and task.deleted_at is None:
        entries += _missed(task_payload(task, now=max(now, task.updated_at)))
    for logged, changes in found[:limit]:
        entries += _entries(logged, changes)
    return Page(entries=entries, last=found[limit - 1][0] if len(found) > limit else None)


def _entries(logged: Logged, changes: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
    before, after = changes[0]["before"], changes[-1]["after"]
    if before is None and after is None:
        return  # of a task that was purged, whose id this one has taken
    yield Entry(
        verb=logged.verb, at=rfc3339(logged.at), changes=tuple(differences(before, after)), operation=logged
    )
    if before is not None:
        yield from _missed(before)


def _missed(found: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield that the clock told of a deadline, where a task was found missed since it was written last.

    Instants of the wire are compared as text: they are all written alike.
    """
    if found["bucket"] == Bucket.MISSED and found["deadline"] > found["updated_at"]:
        change = FieldChange(field="bucket", before=Bucket.UPCOMING.value, after=Bucket.MISSED.value)
        yield Entry(verb=TaskEvent.MISSED.value, at=found["deadline"], changes=(change,), operation=None)


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[FieldChange]:
    """Yield what is different between two payloads of a task, of which one may be missing.

    Of a new task: what was said of it. Of one that was deleted or restored: just that.
    """
    if before is None and after is not None and after["version"] == 1:
        for name, value in after.items():
            if name not in _LEFT_OUT and value not in (None, "", []):
                yield FieldChange(field=name, before=None, after=value)
    elif before is None or after is None:
        yield FieldChange(field=DELETED, before=before is None, after=after is None)
    else:
        # What an older server logged may lack a field: it did not change it.
        for name in [name for name in after if name in before and name not in _LEFT_OUT]:
            if before[name] != after[name]:
                yield FieldChange(field=name, before=before[name], after=after[name])
