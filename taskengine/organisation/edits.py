"""The bracket that every write to a project or a label has.

The stream is held already and the clock was read after it. Then: lock the row, let the verb apply its
rule, count the version, save, log, record the event.
"""

from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from realtime import outbox
from taskengine.operations.services import OpenOperation
from taskengine.organisation import events
from taskengine.organisation.errors import NamedIdTaken
from taskengine.organisation.events import NamedEvent
from taskengine.organisation.models import Named
from taskengine.organisation.payloads import KINDS, payload
from taskengine.organisation.queries import NOT_FOUND

N = TypeVar("N", bound=Named)


class Edit(Generic[N]):
    """The bracket around a change to one project or label.

    Args:
        named: It, locked or not yet inserted.
        operation: Who asks.
    """

    def __init__(self, named: N, *, operation: OpenOperation) -> None:
        self.named = named
        self._operation = operation
        self._before: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, model: type[N], id_: UUID, *, operation: OpenOperation, deleted: bool | None = False) -> Self:
        """Lock a project or a label.

        Args:
            model: Which of the two.
            id_: Which one.
            operation: Who asks.
            deleted: Whether it must be deleted, must not, or may be either (None).

        Raises:
            ProjectNotFound, LabelNotFound: There is none that the person may see.
            PreconditionFailed: It is not the version that whoever asks has read.
        """
        rows = model._default_manager.select_for_update(no_key=True).filter(
            owner_id=operation.owner_id, id=id_
        )
        if deleted is not None:
            rows = rows.filter(deleted_at__isnull=not deleted)
        named = rows.first()
        if named is None:
            raise NOT_FOUND[model]
        operation.refuse_if_stale(named.id, named.version, lambda: payload(named))
        edit = cls(named, operation=operation)
        edit._before = _logged(named)
        return edit

    def save_if_changed(self) -> N:
        """Write an update, unless it leaves everything as it was: then there is nothing to tell."""
        return self.named if _logged(self.named) == self._before else self.save(NamedEvent.UPDATED)

    def save(self, event: NamedEvent) -> N:
        """Write it, the log and the event."""
        named, now = self.named, self._operation.now
        named.updated_at = now
        if event is NamedEvent.CREATED:
            _insert(named)
        else:
            named.version += 1
            named.save(force_update=True)
        outbox.record([events.written(event, named, at=now, operation=self._operation)])
        self._operation.changed(
            kind=KINDS[type(named)], object_id=named.id, before=self._before, after=_logged(named)
        )
        return named


def _insert(named: Named) -> None:
    try:
        with transaction.atomic():
            named.save(force_insert=True)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise NamedIdTaken from error
        raise


def _logged(named: Named) -> dict[str, Any] | None:
    return payload(named) if named.deleted_at is None else None
