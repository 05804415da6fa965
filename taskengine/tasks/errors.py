"""Why a task can't be had or changed."""

from taskengine.errors import DomainError


class TaskNotFound(DomainError):
    """There is no such task."""

    code = "task_not_found"


class TaskIdTaken(DomainError):
    """This id is taken. Choose another one, or leave it out."""

    code = "id_taken"


class ParentNotFound(DomainError):
    """There is no such task to be the parent."""

    code = "parent_not_found"
    pointer = "/parent"


class ParentCircle(DomainError):
    """A task can't be a part of itself, nor of one of its own parts."""

    code = "parent_circle"
    pointer = "/parent"


class DeadlineConflict(DomainError):
    """The day and the instant are not the same deadline. Give one of them."""

    code = "deadline_conflict"
