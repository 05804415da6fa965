"""Writing projects and labels: one function for each verb. To delete one concerns tasks: see `tasks.places`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

from taskengine.operations.services import OpenOperation
from taskengine.organisation import order
from taskengine.organisation.edits import Edit
from taskengine.organisation.errors import LabelNameTaken, NeighbourNotFound
from taskengine.organisation.events import NamedEvent
from taskengine.organisation.models import Label, Project
from taskengine.organisation.palette import Colour
from taskengine.organisation.queries import named_of


def create_project(
    *,
    operation: OpenOperation,
    name: str,
    id: UUID | None = None,  # noqa: A002 (the field's name)
    colour: str = Colour.GREY.value,
    archived: bool = False,
) -> Project:
    """Make a project, the last in order.

    Args:
        operation: Who asks.
        name: At most 120 characters; two may have the same.
        id: Its id; None to make one up.
        colour: One of the palette.
        archived: Whether it is put away.

    Raises:
        NamedIdTaken: The id exists already, whoever has it.
    """
    project = Project(owner_id=operation.owner_id, name=name, colour=colour, archived=archived)
    project.created_at = operation.now
    if id is not None:
        project.id = id
    project.position = _last(project, operation)
    return Edit(project, operation=operation).save(NamedEvent.CREATED)


def update_project(*, operation: OpenOperation, project_id: UUID, fields: Mapping[str, Any]) -> Project:
    """Change some fields of a project; a value that is what it was changes nothing.

    Args:
        operation: Who asks.
        project_id: Which project.
        fields: New values of `name`, `colour`, `archived`.

    Raises:
        ProjectNotFound: There is no such project.
    """
    edit = Edit.of(Project, project_id, operation=operation)
    for name in {"name", "colour", "archived"} & fields.keys():
        setattr(edit.named, name, fields[name])
    return edit.save_if_changed()


def move_project(
    *, operation: OpenOperation, project_id: UUID, before: UUID | None = None, after: UUID | None = None
) -> Project:
    """Put a project right before or right after another one.

    Args:
        operation: Who asks.
        project_id: Which project.
        before: The one that it comes before; None where `after` is given.
        after: The one that it comes after; None where `before` is given.

    Raises:
        ProjectNotFound: There is no such project.
        NeighbourNotFound: There is no such project to be put beside, or it is the project itself.
    """
    edit = Edit.of(Project, project_id, operation=operation)
    others = named_of(Project, operation.owner_id).exclude(id=project_id)
    new = _last(edit.named, operation)
    around = neighbours(others, before=before, after=after)
    if order.is_between(edit.named.position, *around):
        return edit.named
    position = order.between(*around, new=new)
    if position is None:
        _respace(others, operation)
        position = order.between(*neighbours(others, before=before, after=after), new=new)
        assert position is not None, "there is room between what was just spaced"
    edit.named.position = position
    return edit.save_if_changed()


def neighbours(
    others: QuerySet[Any], *, before: UUID | None, after: UUID | None
) -> tuple[str | None, str | None]:
    """Return the positions between which something is to be put.

    Args:
        others: What it is moved among, without itself.
        before: What it is to come right before; None where `after` is given.
        after: What it is to come right after; None where `before` is given.

    Raises:
        NeighbourNotFound: It is not among them.
    """
    beside = others.filter(id=before or after).values_list("position", flat=True).first()
    if beside is None:
        raise NeighbourNotFound(pointer="/before" if before else "/after")
    # Of equals the ids decide, here as in every list.
    key = before or after
    if before is not None:
        rows = others.filter(position=beside, id__lt=key) | others.filter(position__lt=beside)
        return rows.order_by("-position", "-id").values_list("position", flat=True).first(), beside
    rows = others.filter(position=beside, id__gt=key) | others.filter(position__gt=beside)
    return beside, rows.order_by("position", "id").values_list("position", flat=True).first()


def create_label(
    *,
    operation: OpenOperation,
    name: str,
    id: UUID | None = None,  # noqa: A002 (the field's name)
    colour: str = Colour.GREY.value,
) -> Label:
    """Make a label.

    Args:
        operation: Who asks.
        name: At most 120 characters.
        id: Its id; None to make one up.
        colour: One of the palette.

    Raises:
        NamedIdTaken: The id exists already, whoever has it.
        LabelNameTaken: The person has a label of this name.
    """
    label = Label(owner_id=operation.owner_id, name=name, colour=colour, created_at=operation.now)
    if id is not None:
        label.id = id
    refuse_taken_name(label)
    return Edit(label, operation=operation).save(NamedEvent.CREATED)


def update_label(*, operation: OpenOperation, label_id: UUID, fields: Mapping[str, Any]) -> Label:
    """Change name or colour of a label; its tasks need no change, for they carry its id.

    Raises:
        LabelNotFound: There is no such label.
        LabelNameTaken: The person has another label of this name.
    """
    edit = Edit.of(Label, label_id, operation=operation)
    for name in {"name", "colour"} & fields.keys():
        setattr(edit.named, name, fields[name])
    refuse_taken_name(edit.named)
    return edit.save_if_changed()


def refuse_taken_name(label: Label) -> None:
    """Refuse a label whose name another one has. The stream is held, so nobody takes it meanwhile.

    Raises:
        LabelNameTaken: The person has another label of this name.
    """
    others = named_of(Label, label.owner_id).exclude(id=label.id)
    if others.alias(folded=Lower("name")).filter(folded=Lower(Value(label.name))).exists():
        raise LabelNameTaken


def _last(project: Project, operation: OpenOperation) -> str:
    return order.last(now=operation.now, place=len(operation.changes), id_=project.id)


def _respace(projects: QuerySet[Project], operation: OpenOperation) -> None:
    """Give projects new positions in the order they have, each told as a change of its own."""
    for project_id in list(projects.order_by("position", "id").values_list("id", flat=True)):
        edit = Edit.of(Project, project_id, operation=operation)
        edit.named.position = _last(edit.named, operation)
        edit.save(NamedEvent.UPDATED)
