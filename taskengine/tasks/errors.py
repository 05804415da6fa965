"""Why a task can't be had or changed."""

from taskengine.errors import DomainError


class TaskNotFound(DomainError):
    """There is no such task."""

    code = "task_not_found"


class TaskIdTaken(DomainError):
    """This id is taken. Choose another one, or leave it out."""

    code = "id_taken"


class DeadlineConflict(DomainError):
    """The day and the instant are not the same deadline. Give one of them."""

    code = "deadline_conflict"
