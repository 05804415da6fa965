"""What a person does with a draft's steps. See `services`."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from taskengine.operations.services import OpenOperation
from taskengine.planning import outline
from taskengine.planning.edits import Edit
from taskengine.planning.models import Breakdown
from taskengine.planning.outline import DraftStep

_WRITABLE: Final = frozenset(
    {"title", "why", "done_when", "estimate_min", "depends_on", "optional", "locked"}
)


def add_step(*, operation: OpenOperation, breakdown_id: UUID, fields: Mapping[str, Any]) -> Breakdown:
    """Add a step of one's own. It is locked: what a person wrote stays until they say otherwise.

    Args:
        operation: Who asks.
        breakdown_id: Which breakdown.
        fields: `title` and `estimate_min`; perhaps `why`, `done_when`, `depends_on`, `optional`,
            `locked`; and `after`, the key of the step to stand behind: None is first, absent is last.

    Raises:
        BreakdownNotFound: There is no such breakdown.
        BreakdownClosed: It was applied or cancelled.
        BreakdownNotReady: Its steps are being made, or could not be.
        TooManySteps: There is no room.
        StepNotFound: There is no step to stand behind.
        UnknownDependency: It would depend on what is not there.
    """
    edit = Edit.of_ready(breakdown_id, operation=operation)
    steps = outline.read(edit.draft.steps)
    new = {"locked": True, **{name: fields[name] for name in _WRITABLE & fields.keys()}}
    step = DraftStep(key=outline.free_key(steps), **new)
    after = fields["after"] if "after" in fields else (steps[-1].key if steps else None)
    edit.set_steps(outline.added(steps, step, after=after))
    edit.lay_out()
    return edit.save_if_changed(step=step.key)


def edit_step(
    *, operation: OpenOperation, breakdown_id: UUID, key: str, fields: Mapping[str, Any]
) -> Breakdown:
    """Change a step, lock it, or put it elsewhere.

    Args:
        operation: Who asks.
        breakdown_id: Which breakdown.
        key: Which step.
        fields: New values of the fields of `add_step`; `after` moves it.

    Raises:
        BreakdownNotFound: There is no such breakdown.
        BreakdownClosed: It was applied or cancelled.
        BreakdownNotReady: Its steps are being made, or could not be.
        StepNotFound: There is no such step, or none to stand behind.
        StepOrder: It would stand before what it depends on, or behind what depends on it.
        UnknownDependency: It would depend on what is not there.
        DependencyCycle: It would wait for itself.
    """
    edit = Edit.of_ready(breakdown_id, operation=operation)
    new = {name: fields[name] for name in _WRITABLE & fields.keys()}
    steps = outline.changed(outline.read(edit.draft.steps), key, new)
    if "after" in fields:
        steps = outline.moved(steps, key, after=fields["after"])
    edit.set_steps(steps)
    edit.lay_out()
    return edit.save_if_changed(step=key)


def remove_step(*, operation: OpenOperation, breakdown_id: UUID, key: str) -> Breakdown:
    """Leave a step out; what waited for it waits for what it waited for.

    Raises:
        BreakdownNotFound: There is no such breakdown.
        BreakdownClosed: It was applied or cancelled.
        BreakdownNotReady: Its steps are being made, or could not be.
        StepNotFound: There is no such step.
    """
    edit = Edit.of_ready(breakdown_id, operation=operation)
    edit.set_steps(outline.without(outline.read(edit.draft.steps), [key]))
    edit.lay_out()
    return edit.save_if_changed()
