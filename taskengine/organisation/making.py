"""Many new projects or labels at once: the bracket of `edits`, in a fixed number of statements."""

from collections.abc import Sequence

from django.db import IntegrityError
from psycopg.errors import UniqueViolation

from realtime import outbox
from taskengine.operations.services import OpenOperation
from taskengine.organisation import events
from taskengine.organisation.errors import NamedIdTaken
from taskengine.organisation.events import NamedEvent
from taskengine.organisation.models import Named
from taskengine.organisation.payloads import KINDS, payload


def create_named(*, operation: OpenOperation, named: Sequence[Named]) -> None:
    """Insert, tell and log new objects of one kind, whose names and ids are free.

    Args:
        operation: Who asks.
        named: All projects or all labels, with all that they have.

    Raises:
        NamedIdTaken: One of the ids was taken at this moment. The operation's transaction is over.
    """
    if not named:
        return
    for each in named:
        each.updated_at = operation.now
    try:
        type(named[0])._default_manager.bulk_create(named)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise NamedIdTaken from error
        raise
    outbox.record(
        [events.written(NamedEvent.CREATED, each, at=operation.now, operation=operation) for each in named]
    )
    for each in named:
        operation.changed(kind=KINDS[type(each)], object_id=each.id, before=None, after=payload(each))
