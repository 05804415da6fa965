"""Why a project or a label can't be had or changed."""

from collections.abc import Sequence

from taskengine.errors import DomainError, Fault


class ProjectNotFound(DomainError):
    """There is no such project."""

    code = "project_not_found"


class LabelNotFound(DomainError):
    """There is no such label."""

    code = "label_not_found"


class NamedIdTaken(DomainError):
    """This id is taken. Choose another one, or leave it out."""

    code = "id_taken"
    pointer = "/id"


class LabelNameTaken(DomainError):
    """There is a label of this name already, upper and lower case being the same."""

    code = "label_name_taken"
    pointer = "/name"


class NeighbourNotFound(DomainError):
    """There is nothing of this id to be moved beside."""

    code = "neighbour_not_found"


class ProjectNotEmpty(DomainError):
    """The project has open tasks. Say what becomes of them: `?tasks=move` or `?tasks=delete`."""

    code = "project_not_empty"

    def __init__(self, tasks: Sequence[Fault]) -> None:
        super().__init__()
        self._tasks = tasks

    @property
    def faults(self) -> Sequence[Fault]:
        """Some of the tasks, by name."""
        return self._tasks
