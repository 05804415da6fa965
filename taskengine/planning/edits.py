"""The bracket that every write to a breakdown has, whoever writes.

The stream is held already and the clock was read after it. Then: lock the row, let the verb apply its
rule, count the version, save, log what a person did, record the event.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from realtime import outbox
from taskengine.operations.services import OpenOperation
from taskengine.planning import events, outline, queries, scheduling
from taskengine.planning.errors import BreakdownClosed, BreakdownNotFound, BreakdownNotReady
from taskengine.planning.events import BreakdownEvent
from taskengine.planning.lifecycle import CLOSED, Status
from taskengine.planning.models import Breakdown
from taskengine.planning.outline import Outline
from taskengine.planning.payloads import breakdown_payload


class Edit:
    """The bracket around a change to one breakdown.

    Args:
        draft: The breakdown, locked or not yet inserted.
        now: The instant at which it is done.
        operation: Who asks; None where a worker writes.
    """

    def __init__(self, draft: Breakdown, *, now: datetime, operation: OpenOperation | None = None) -> None:
        self.draft = draft
        self.now = now
        self._operation = operation
        self._before: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, breakdown_id: UUID, *, operation: OpenOperation) -> Self:
        """Lock a breakdown for its owner.

        Raises:
            BreakdownNotFound: There is none that the person may see.
            PreconditionFailed: It is not the version that whoever asks has read.
        """
        rows = Breakdown.objects.select_for_update(no_key=True)
        draft = rows.filter(owner_id=operation.owner_id, id=breakdown_id).first()
        if draft is None:
            raise BreakdownNotFound
        operation.refuse_if_stale(draft.id, draft.version, lambda: breakdown_payload(draft))
        edit = cls(draft, now=operation.now, operation=operation)
        edit._before = breakdown_payload(draft)
        return edit

    @classmethod
    def of_ready(cls, breakdown_id: UUID, *, operation: OpenOperation) -> Self:
        """Lock a breakdown whose steps are made.

        Raises:
            BreakdownNotFound: There is none that the person may see.
            BreakdownClosed: It was applied or cancelled.
            BreakdownNotReady: Its steps are being made, or could not be.
        """
        edit = cls.of(breakdown_id, operation=operation)
        edit.refuse_unless(Status.READY)
        edit.draft.error = None  # what went wrong last is settled: somebody goes on with what there is
        return edit

    def refuse_unless(self, *allowed: Status) -> None:
        """Refuse to go on where the breakdown stands elsewhere.

        Raises:
            BreakdownClosed: It was applied or cancelled.
            BreakdownNotReady: Its steps are being made, or could not be.
        """
        if self.draft.status in CLOSED:
            raise BreakdownClosed
        if self.draft.status not in allowed:
            raise BreakdownNotReady

    def set_steps(self, steps: Outline) -> None:
        """Put other steps in place of the draft's."""
        self.draft.steps = outline.written(steps)

    def lay_out(self, *, besides: UUID | None = None) -> None:
        """Have the calendar look at the draft as it is now; the task's deadline may have moved.

        Args:
            besides: A task that takes no time, nor do its parts; None for the draft's own.
        """
        draft = self.draft
        if draft.task_id is not None and not draft.has_own_deadline:
            task = queries.task_of_goal(owner_id=draft.owner_id, task_id=draft.task_id)
            if task is not None:
                draft.deadline = task.deadline
        scheduling.lay_out(draft, now=self.now, besides=besides or draft.task_id)

    def save_if_changed(self, *, step: str | None = None) -> Breakdown:
        """Write an edit, unless it leaves everything as it was: then there is nothing to tell."""
        if breakdown_payload(self.draft) == self._before:
            return self.draft
        return self.save(BreakdownEvent.UPDATED, step=step)

    def save(self, event: BreakdownEvent, *, step: str | None = None) -> Breakdown:
        """Write the breakdown, the log and the event.

        Args:
            event: What happened.
            step: The key of the step that it is about; None for all of it.
        """
        draft, operation = self.draft, self._operation
        draft.updated_at = self.now
        if draft._state.adding:
            draft.save(force_insert=True)
        else:
            draft.version += 1
            draft.save(force_update=True)
        outbox.record([events.told(event, draft, at=self.now, step=step, operation=operation)])
        if operation is not None:
            after = breakdown_payload(draft)
            operation.changed(kind="breakdown", object_id=draft.id, before=self._before, after=after)
        return draft
