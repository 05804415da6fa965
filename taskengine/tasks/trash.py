"""The trash: deleted tasks leave it for good, on demand or when they are old enough.

Nobody is told of it: for whoever watches, a task went when it was deleted. With the row goes what the operation log
says of it; that it was there, and was purged, stays.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from realtime.models import Stream
from taskengine.operations.retention import scrub
from taskengine.operations.services import OpenOperation, perform
from taskengine.tasks.edits import Edit
from taskengine.tasks.models import Task
from taskengine.tasks.queries import trash_of

BATCH_TASKS: Final = 200


def purge_task(*, operation: OpenOperation, task_id: UUID) -> None:
    """Purge a task of the trash.

    Raises:
        TaskNotFound: There is no such task in it.
        PreconditionFailed: It is not the version that whoever asks has read.
    """
    edit = Edit.of(task_id, operation=operation, deleted=True)
    _purge_of(operation, [edit.task.id])


def purge_batch(*, operation: OpenOperation) -> bool:
    """Purge what is longest in the trash; False if nothing is."""
    oldest = trash_of(operation.owner_id).order_by("deleted_at", "id").values_list("id", flat=True)
    return _purge_of(operation, oldest[:BATCH_TASKS])


def purge_all_but_a_batch(*, owner_id: UUID, verb: str) -> None:
    """Purge what is in a person's trash, in transactions of a batch each, until one more will empty it.

    Their deadlines are told in between, which one long transaction would hold up.

    Args:
        owner_id: Whose trash.
        verb: Under which each batch stands in the log.
    """
    while trash_of(owner_id).order_by("deleted_at")[BATCH_TASKS : BATCH_TASKS + 1].exists():
        with perform(owner_id=owner_id, verb=verb) as operation:
            purge_batch(operation=operation)


def purge_old(*, now: datetime) -> bool:
    """Purge a batch of what was deleted long ago, whoever's; False if there is nothing more to be had.

    Any number of processes may. As every writer does, it holds the streams first; those that somebody else holds are
    left for the next time.
    """
    before = now - settings.TRASH_MAX_AGE
    old = Task.objects.filter(deleted_at__lte=before).order_by("deleted_at")
    with transaction.atomic():
        found = list(old.values_list("id", "owner_id")[:BATCH_TASKS])
        if not found:
            return False
        streams = Stream.objects.filter(id__in={owner_id for _, owner_id in found}).order_by("id")
        held = set(streams.select_for_update(no_key=True, skip_locked=True).values_list("id", flat=True))
        # Whoever held one before may have restored some, or have purged them.
        mine = old.filter(id__in=[id_ for id_, owner_id in found if owner_id in held])
        return bool(_purge(list(mine.values_list("id", flat=True)), owner_ids=held))


def _purge_of(operation: OpenOperation, ids: Iterable[UUID]) -> bool:
    purged = _purge(list(ids), owner_ids=[operation.owner_id])
    for id_ in purged:
        operation.changed(kind="task", object_id=id_, before=None, after=None)
    return bool(purged)


def _purge(ids: list[UUID], *, owner_ids: Collection[UUID]) -> list[UUID]:
    """Delete rows whose owners' streams are held, so that nobody restores them meanwhile."""
    if ids:
        Task.objects.filter(id__in=ids).delete()
        scrub(owner_ids=owner_ids, kind="task", object_ids=ids)
    return ids
