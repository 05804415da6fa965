"""Where a task stands: in which project, under which labels, and in which place of its person's order.

And so what becomes of tasks when a project or a label goes.
"""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Q

from taskengine.errors import Fault
from taskengine.operations.services import OpenOperation
from taskengine.organisation import order
from taskengine.organisation.edits import Edit as NamedEdit
from taskengine.organisation.errors import ProjectNotEmpty
from taskengine.organisation.events import NamedEvent
from taskengine.organisation.models import Label, Project
from taskengine.organisation.queries import named_of
from taskengine.organisation.services import neighbours
from taskengine.tasks import bulk
from taskengine.tasks.edits import Edit
from taskengine.tasks.errors import NoSuchLabel, NoSuchProject
from taskengine.tasks.events import TaskEvent
from taskengine.tasks.models import Task
from taskengine.tasks.queries import labelled, tasks_of

_MAX_NAMED: Final = 20  # open tasks that stand in the way are named up to so many


class Tasks(StrEnum):
    """What becomes of the tasks of a project that is deleted."""

    MOVE = "move"
    DELETE = "delete"


def new_position(task: Task, *, operation: OpenOperation) -> str:
    """Return the place of a task that is made now: the last."""
    return order.last(now=operation.now, place=len(operation.changes), id_=task.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What was looked for, and is there: projects, labels, and tasks to be a part of, in the trash too."""

    projects: Set[UUID]
    labels: Set[UUID]
    parents: Set[UUID]


def look_up(
    owner_id: UUID,
    *,
    projects: Collection[UUID],
    labels: Collection[UUID],
    parents: Collection[UUID] = (),
) -> Known:
    """Return which of these the owner has, for verbs on many tasks: they ask but once."""
    whole = Task.objects.filter(owner_id=owner_id, id__in=parents)
    return Known(
        parents=set(whole.values_list("id", flat=True)),
        projects=set(named_of(Project, owner_id).filter(id__in=projects).values_list("id", flat=True)),
        labels=set(named_of(Label, owner_id).filter(id__in=labels).values_list("id", flat=True)),
    )


def put_in_project(task: Task, project_id: UUID | None, *, known: Known | None = None) -> None:
    """Put a task into a project, or into none. The task is not saved here.

    Args:
        task: Which.
        project_id: Which; None for none.
        known: What is there of projects, this one among them; None to look.

    Raises:
        NoSuchProject: The owner has no such project.
    """
    if project_id == task.project_id:
        return
    if known is None:
        known = look_up(task.owner_id, projects=[project_id] if project_id else [], labels=[])
    if project_id is not None and project_id not in known.projects:
        raise NoSuchProject
    task.project_id = project_id


def put_labels(
    task: Task,
    label_ids: Sequence[UUID],
    *,
    besides: bool = False,
    known: Known | None = None,
    pointer: str = "/labels",
) -> None:
    """Give a task these labels, each once and in this order. The task is not saved here.

    Args:
        task: Which.
        label_ids: Which.
        besides: Whether it keeps those that it carries.
        known: What is there of labels, these among them; None to look for those that are new to the task.
        pointer: Where they stand in what was sent.

    Raises:
        NoSuchLabel: The owner has no such label.
    """
    wanted = dict.fromkeys([*task.labels, *label_ids] if besides else label_ids)
    if new := set(label_ids) - set(task.labels):
        known = known or look_up(task.owner_id, projects=[], labels=new)
        for number, label_id in enumerate(label_ids):
            if label_id in new - known.labels:
                raise NoSuchLabel(pointer=f"{pointer}/{number}")
    task.labels = list(wanted)


def leave_what_is_gone(task: Task, *, known: Known | None = None) -> None:
    """Take a task that comes back out of a project, and off labels, that were deleted meanwhile.

    And from below a task that was purged: one that is deleted may still come back itself.

    Args:
        task: Which; not saved here.
        known: What is there, its own among them; None to look.
    """
    if known is None:
        projects, parents = ([id_] if id_ else [] for id_ in (task.project_id, task.parent_id))
        known = look_up(task.owner_id, projects=projects, labels=task.labels, parents=parents)
    if task.parent_id not in known.parents:
        task.parent_id = None
    if task.project_id not in known.projects:
        task.project_id = None
    task.labels = [label for label in task.labels if label in known.labels]


def move_task(
    *, operation: OpenOperation, task_id: UUID, before: UUID | None = None, after: UUID | None = None
) -> Task:
    """Put a task right before or right after another open one. Its project stays what it is.

    All of a person's tasks have one order, of which every list shows a part; the place is looked for among
    the open tasks of the project that the other one is in.

    Args:
        operation: Who asks.
        task_id: Which task.
        before: The one that it comes before; None where `after` is given.
        after: The one that it comes after; None where `before` is given.

    Raises:
        TaskNotFound: There is no such task.
        NeighbourNotFound: There is no such task to be put beside, or it is the task itself.
    """
    edit = Edit.of(task_id, operation=operation)
    task = edit.task
    mine = tasks_of(operation.owner_id)
    beside = mine.filter(id__in=[before, after]).first()
    # Completed ones are no neighbours, but one may be named.
    others = mine.filter(Q(completed_at=None) | Q(id__in=[before, after]))
    others = others.filter(Q(project_id=beside.project_id if beside else None)).exclude(id=task_id)
    new = new_position(task, operation=operation)
    around = neighbours(others, before=before, after=after)
    if order.is_between(task.position, *around):
        return edit.leave()
    position = order.between(*around, new=new)
    if position is None:
        _respace(list(others.values_list("id", flat=True)), operation=operation)
        position = order.between(*neighbours(others, before=before, after=after), new=new)
        assert position is not None, "there is room between what was just spaced"
    task.position = position
    return edit.save(TaskEvent.UPDATED)


def _respace(task_ids: Sequence[UUID], *, operation: OpenOperation) -> None:
    """Give tasks new places in the order they have: now and then, between two there is no room left."""
    edits = bulk.locked(operation=operation, which=Q(id__in=task_ids))
    for place, edit in enumerate(edits):
        edit.task.position = order.last(
            now=operation.now, place=len(operation.changes) + place, id_=edit.task.id
        )
    bulk.save(edits, TaskEvent.UPDATED)


def delete_project(*, operation: OpenOperation, project_id: UUID, tasks: Tasks | None = None) -> None:
    """Delete a project. Its tasks are moved to no project, or deleted with it, completed ones too.

    Args:
        operation: Who asks.
        project_id: Which project.
        tasks: What becomes of its tasks; None where it has no open ones.

    Raises:
        ProjectNotFound: There is no such project.
        ProjectNotEmpty: It has open tasks, and nobody said what becomes of them.
    """
    edit = NamedEdit.of(Project, project_id, operation=operation)
    if tasks is None:
        _refuse_open_tasks(edit.named)
    inside = bulk.locked(operation=operation, which=Q(project_id=project_id))
    for each in inside:
        if tasks is Tasks.DELETE:
            each.task.deleted_at = each.now
        else:
            each.task.project_id = None
    bulk.save(inside, TaskEvent.DELETED if tasks is Tasks.DELETE else TaskEvent.UPDATED)
    # Last, so that an undo, which goes backwards, has the project there again before its tasks.
    edit.named.deleted_at = operation.now
    edit.save(NamedEvent.DELETED)


def _refuse_open_tasks(project: Project) -> None:
    inside = Task.objects.filter(project_id=project.id, completed_at=None, deleted_at=None)
    some = list(inside.order_by("position", "id")[:_MAX_NAMED])
    if some:
        raise ProjectNotEmpty(
            [
                Fault(
                    pointer=f"/tasks/{task.id}", code=ProjectNotEmpty.code, detail=f"“{task.title}” is open."
                )
                for task in some
            ]
        )


def delete_label(*, operation: OpenOperation, label_id: UUID) -> None:
    """Delete a label, and take it off its tasks.

    Raises:
        LabelNotFound: There is no such label.
    """
    edit = NamedEdit.of(Label, label_id, operation=operation)
    carrying = bulk.locked(operation=operation, which=labelled([label_id]))
    for each in carrying:
        each.task.labels = [label for label in each.task.labels if label != label_id]
    bulk.save(carrying, TaskEvent.UPDATED)
    edit.named.deleted_at = operation.now
    edit.save(NamedEvent.DELETED)
