"""`/api/v1/batch/`: many operations in one request, one transaction and one entry of the log."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine.api.batch_schema import (
    BATCH_ANSWER_EXAMPLE,
    BATCH_EXAMPLE,
    MAX_TASKS,
    BatchAnswerSerializer,
    BatchProblemSerializer,
    BatchSerializer,
)
from taskengine.api.batch_shapes import SHAPES
from taskengine.api.batch_verbs import ACTS
from taskengine.api.errors import problem_of
from taskengine.api.operations import KEY_PARAMETER, carry_out
from taskengine.api.problems_schema import problems
from taskengine.errors import DomainError, Fault
from taskengine.operations.errors import PartFailed
from taskengine.operations.models import BATCH
from taskengine.operations.services import Answer, OpenOperation


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """One operation of a batch: what was sent, checked by the shape of its verb."""

    asked: Mapping[str, Any]

    @classmethod
    def of(cls, sent: Mapping[str, Any]) -> Self:
        """Check an operation.

        Raises:
            ValidationError: It has no verb that there is, or not that verb's shape.
        """
        verb = sent.get("verb")
        shape = SHAPES.get(verb) if isinstance(verb, str) else None
        if shape is None:
            raise ValidationError({"verb": ["There is no such verb."]}, code="unknown_verb")
        checked = shape(data=sent)
        checked.is_valid(raise_exception=True)
        return cls(asked=checked.validated_data)

    @property
    def expected(self) -> dict[UUID, Set[int]]:
        """The version that its object has to have, where it says so."""
        return {self.asked["id"]: {self.asked["version"]}} if "version" in self.asked else {}

    def act(self, operation: OpenOperation) -> Answer:
        """Do it.

        Raises:
            DomainError: It can't be done.
        """
        arguments = {name: value for name, value in self.asked.items() if name not in {"verb", "version"}}
        return ACTS[self.asked["verb"]](operation, arguments)

    def problem(self, error: DomainError, request: Request) -> dict[str, Any]:
        """Return the problem document of why it was not done; its pointers lead into the operation."""
        body = problem_of(error, request=request._request).body
        for fault in body["errors"]:
            # What services name stands in `fields`, where there are some.
            _, name, *_ = fault["pointer"].split("/")
            if name in self.asked.get("fields", ()):
                fault["pointer"] = f"/fields{fault['pointer']}"
        return body


@extend_schema(tags=["operations"])
class BatchView(APIView):
    """Batches."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="batch",
        summary="Carry out many operations at once",
        description=(
            "Up to 100 operations in their order, in one transaction: all events carry its name, and one `undo` takes"
            " all of it back. Each has a result with the status that its own route would have answered. One that"
            " can't be done leaves nothing behind and the others are done all the same; with `atomic` nothing is done"
            " then: 409 `batch_failed`, and `failed` says which and why. Where one is not valid in itself the whole"
            " batch is 400. The verbs on many tasks (`tasks.complete`, `tasks.update`, `tasks.delete`) take up to 200"
            " `ids`, 1,000 in a batch, and do it to all of these or to none. `version` is to one operation what"
            " `If-Match` is to a request."
        ),
        parameters=[KEY_PARAMETER],
        request=BatchSerializer,
        responses={
            200: BatchAnswerSerializer,
            **problems(400, 401, 403, 413, 422, 429),
            **problems(PartFailed, shape=BatchProblemSerializer),
        },
        examples=[BATCH_EXAMPLE, BATCH_ANSWER_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Carry them out."""
        asked = BatchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        atomic: bool = asked.validated_data["atomic"]
        parts = _understood(asked.validated_data["operations"])

        def act(operation: OpenOperation) -> Answer:
            results = [
                _result(operation, part, index, atomic=atomic, request=request)
                for index, part in enumerate(parts)
            ]
            failed = sum(result["problem"] is not None for result in results)
            body = {"op_id": str(operation.id), "failed": failed, "results": results}
            return Answer(status=status.HTTP_200_OK, body=body)

        return carry_out(request, BATCH, act)


def _result(
    operation: OpenOperation, part: _Part, index: int, *, atomic: bool, request: Request
) -> dict[str, Any]:
    """Do one operation, and return what became of it.

    Raises:
        PartFailed: It can't be done, and the batch is atomic.
    """
    try:
        with operation.part(expected=part.expected, revocable=not atomic):
            answer = part.act(operation)
    except DomainError as error:
        problem = part.problem(error, request)
        if atomic:
            raise PartFailed(index=index, problem=problem, faults=_of_the_batch(problem, index)) from error
        return {"status": problem["status"], "body": None, "problem": problem}
    return {"status": answer.status, "body": answer.body, "problem": None}


def _of_the_batch(problem: Mapping[str, Any], index: int) -> list[Fault]:
    """Return the faults of one operation with pointers into the whole batch."""
    base = f"/operations/{index}"
    if not problem["errors"]:
        return [Fault(pointer=base, code=problem["code"], detail=problem["detail"])]
    return [Fault(**{**fault, "pointer": base + fault["pointer"]}) for fault in problem["errors"]]


def _understood(operations: Sequence[Mapping[str, Any]]) -> list[_Part]:
    """Check all operations.

    Raises:
        ValidationError: Some have no shape that there is: all of these are named. Or there are too many tasks.
    """
    parts: list[_Part] = []
    wrong: dict[str, Any] = {}
    for index, sent in enumerate(operations):
        try:
            parts.append(_Part.of(sent))
        except ValidationError as error:
            wrong[str(index)] = error.detail
    if wrong:
        raise ValidationError({"operations": wrong})
    if sum(len(part.asked.get("ids", ())) for part in parts) > MAX_TASKS:
        raise ValidationError(
            {"operations": [f"All of them together may name {MAX_TASKS} tasks."]}, code="too_many_tasks"
        )
    return parts
