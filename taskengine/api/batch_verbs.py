"""What each verb of a batch does: one service, and the answer that the verb's own route would give."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rest_framework import status

from taskengine.api.organisation import GONE
from taskengine.api.organisation import answer as named_answer
from taskengine.api.tasks import answer, payload_after_write
from taskengine.operations.services import Answer, OpenOperation
from taskengine.organisation import services as organisation
from taskengine.tasks import many, places, services
from taskengine.tasks.models import Task

# Takes the operation and what was sent, checked and without `verb` and `version`.
Act = Callable[[OpenOperation, dict[str, Any]], Answer]


def _made(create: Callable[..., Any], answered: Callable[..., Answer]) -> Act:
    def act(operation: OpenOperation, asked: dict[str, Any]) -> Answer:
        return answered(create(operation=operation, **asked["fields"]), code=status.HTTP_201_CREATED)

    return act


def _on(key: str, verb: Callable[..., Any], answered: Callable[..., Answer]) -> Act:
    """Return the act of a verb on one object, which it knows by the keyword `key`."""

    def act(operation: OpenOperation, asked: dict[str, Any]) -> Answer:
        id_ = asked.pop("id")
        return answered(verb(operation=operation, **{key: id_}, **asked))

    return act


def _on_many(verb: Callable[..., Any], answered: Callable[..., Answer]) -> Act:
    def act(operation: OpenOperation, asked: dict[str, Any]) -> Answer:
        return answered(verb(operation=operation, task_ids=asked.pop("ids"), **asked))

    return act


def _all(tasks: Sequence[Task]) -> Answer:
    return Answer(status=status.HTTP_200_OK, body={"tasks": [payload_after_write(task) for task in tasks]})


def _gone(_: None) -> Answer:
    return GONE


ACTS: Final[Mapping[str, Act]] = {
    "task.create": _made(services.create_task, answer),
    "task.update": _on("task_id", services.update_task, answer),
    "task.complete": _on("task_id", services.complete_task, answer),
    "task.reopen": _on("task_id", services.reopen_task, answer),
    "task.move": _on("task_id", places.move_task, answer),
    "task.delete": _on("task_id", services.delete_task, _gone),
    "task.restore": _on("task_id", services.restore_task, answer),
    "tasks.complete": _on_many(many.complete_tasks, _all),
    "tasks.update": _on_many(many.update_tasks, _all),
    "tasks.delete": _on_many(many.delete_tasks, _gone),
    "project.create": _made(organisation.create_project, named_answer),
    "project.update": _on("project_id", organisation.update_project, named_answer),
    "project.move": _on("project_id", organisation.move_project, named_answer),
    "project.delete": _on("project_id", places.delete_project, _gone),
    "label.create": _made(organisation.create_label, named_answer),
    "label.update": _on("label_id", organisation.update_label, named_answer),
    "label.delete": _on("label_id", places.delete_label, _gone),
}
