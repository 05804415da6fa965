"""Why a task can't be had or changed."""

from collections.abc import Sequence

from taskengine.errors import DomainError, Fault


class TaskNotFound(DomainError):
    """There is no such task."""

    code = "task_not_found"


class TaskIdTaken(DomainError):
    """This id is taken. Choose another one, or leave it out."""

    code = "id_taken"


class SomeTasksNotFound(TaskNotFound):
    """There are no such tasks: see errors."""

    def __init__(self, absent: Sequence[Fault]) -> None:
        super().__init__()
        self._absent = absent

    @property
    def faults(self) -> Sequence[Fault]:
        """Which of those that were named."""
        return self._absent


class TooManyLabels(DomainError):
    """A task can't carry so many labels."""

    code = "too_many_labels"
    pointer = "/add_labels"


class ParentNotFound(DomainError):
    """There is no such task to be the parent."""

    code = "parent_not_found"
    pointer = "/parent"


class ParentCircle(DomainError):
    """A task can't be a part of itself, nor of one of its own parts."""

    code = "parent_circle"
    pointer = "/parent"


class NoSuchProject(DomainError):
    """There is no such project for a task to be in."""

    code = "project_not_found"
    pointer = "/project"


class NoSuchLabel(DomainError):
    """There is no such label for a task to carry."""

    code = "label_not_found"
    pointer = "/labels"


class DeadlineConflict(DomainError):
    """The day and the instant are not the same deadline. Give one of them."""

    code = "deadline_conflict"


class OpenChildren(DomainError):
    """Parts of this task are open. Say what becomes of them: `children` is `complete` or `leave`."""

    code = "open_children"

    def __init__(self, children: Sequence[Fault]) -> None:
        super().__init__()
        self._children = children

    @property
    def faults(self) -> Sequence[Fault]:
        """Some of the parts, by name."""
        return self._children
