"""What the OpenAPI document says of errors: the shape, and which codes come with which status."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from types import ModuleType
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from taskengine.accounts import errors as accounts_errors
from taskengine.api.errors import CONTENT_TYPE, problem, status_of
from taskengine.errors import DomainError
from taskengine.operations import errors as operations_errors
from taskengine.organisation.errors import (
    LabelNameTaken,
    LabelNotFound,
    NamedIdTaken,
    NeighbourNotFound,
    ProjectNotEmpty,
    ProjectNotFound,
)
from taskengine.planning import errors as planning_errors
from taskengine.planning.errors import InvalidWorkingHours
from taskengine.portability import errors as portability_errors
from taskengine.tasks import errors as tasks_errors
from taskengine.tasks.errors import TaskNotFound

MEANING: Final[Mapping[int, str]] = {
    400: "Something that was sent is not valid; `errors` says what.",
    401: "Nobody is logged in, or the log-in has ended.",
    403: "You may not do this, a personal access token has not the scopes for it, or the CSRF check failed.",
    404: "There is no such thing, or it is not yours.",
    406: "`Accept` leaves out JSON, and all answers are JSON.",
    409: "It is taken, was changed since, or the same operation is being carried out right now.",
    410: "What follows is not kept any more: begin anew.",
    412: "It is not what `If-Match` says; `current` is how it is now, and `ETag` its tag.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The idempotency key was used for another request, or more than a day ago.",
    428: "It has to be said which version this is about.",
    429: "Too many requests; `Retry-After` says how long to wait.",
    503: "Not now; `Retry-After` says when to ask again.",
}
# What any operation may answer with a status, whatever it does.
GENERAL: Final[Mapping[int, Mapping[str, str]]] = {
    400: {
        "invalid": "Some of what was sent is not valid: see errors.",
        "bad_request": "The request can't be understood.",
        "invalid_json": "The body is not JSON: unexpected end of data: line 1 column 10 (char 9)",
    },
    401: {
        "not_authenticated": "Authentication credentials were not provided.",
        "authentication_failed": "Invalid token header. No credentials provided.",
        "invalid_token": "The access token is invalid, expired or revoked.",
        "account_gone": "This account is gone.",
    },
    403: {
        "permission_denied": "CSRF Failed: CSRF token missing.",
        "insufficient_scope": "This token does not have the scopes that are needed here.",
    },
    404: {"not_found": "There is nothing here."},
    406: {"not_acceptable": "Could not satisfy the request Accept header."},
    410: {
        "history_trimmed": "Events that you lack are kept no more. Begin anew.",
        "unknown_epoch": "This is another history than the one you have. Begin anew.",
    },
    412: {"precondition_failed": "It was changed since: `current` is how it is now."},
    413: {"body_too_large": "The body is larger than 1024 KiB."},
    415: {"unsupported_media_type": 'Unsupported media type "text/plain" in request.'},
    429: {"throttled": "Request was throttled. Expected available in 42 seconds."},
    503: {
        "busy": "Too many requests wait already. Ask again in a moment.",
        "database_unavailable": "The database can't be asked just now. Send the same again, with the same"
        " Idempotency-Key.",
    },
}
# Errors of the domain that come from how every write is carried out (`operations.carry_out`).
OF_EVERY_WRITE: Final[Mapping[int, Sequence[str]]] = {
    409: ["operation_in_flight", "answer_gone"],
    422: ["idempotency_key_reused", "idempotency_key_expired"],
}
# Whose errors an operation may meet, by its tag, where its view names none for a status.
_OF_TAG: Final[Mapping[str, Sequence[ModuleType | type[DomainError]]]] = {
    "about": [],
    "breakdowns": [planning_errors, TaskNotFound],
    "labels": [LabelNotFound, LabelNameTaken, NamedIdTaken],
    "operations": [operations_errors],
    "projects": [ProjectNotFound, ProjectNotEmpty, NamedIdTaken, NeighbourNotFound],
    "stream": [],
    "sync": [],
    "files": [portability_errors],
    "insights": [],
    "staff": [accounts_errors],
    "trash": [TaskNotFound],
    "tokens": [accounts_errors],
    "tasks": [tasks_errors, NeighbourNotFound],
    "users": [accounts_errors, InvalidWorkingHours],
}
_EXAMPLE_ID: Final = "5e0c4b7a1f0d4c6f9a3b2d1e8c7f6a50"
_FIELD: Final = {"pointer": "/title", "code": "required", "detail": "This field is required."}


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One field that is at fault."""

    pointer = serializers.CharField(
        help_text="A JSON pointer into what was sent; at an undo, `/{kind}/{id}/{field}`."
    )
    code = serializers.CharField(help_text="For programs; it never changes.")
    detail = serializers.CharField(help_text="For people.")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs; it never changes.")
    detail = serializers.CharField(help_text="For people.")
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]  # the name on the wire
    request_id = serializers.CharField(allow_null=True)


class StaleProblemSerializer(ProblemSerializer):
    """An error that shows what is there now."""

    current = serializers.DictField(help_text="The object as it is, as a read of it would answer.")


# What a problem says besides, by its status; and examples of that, by the code.
_SHAPES: Final = {412: StaleProblemSerializer}
_BESIDES: Final[Mapping[str, Mapping[str, Any]]] = {
    "precondition_failed": {"current": {"id": "0f8fad5b-d9cb-469f-a165-70867728950e", "version": 4}},
    "batch_failed": {
        "failed": {
            "index": 1,
            "problem": {
                **problem(status=404, code=TaskNotFound.code, detail=TaskNotFound().detail, errors=[]),
                "request_id": _EXAMPLE_ID,
            },
        }
    },
}


def problems(
    *what: int | type[DomainError], shape: type[ProblemSerializer] | None = None
) -> dict[Any, OpenApiResponse]:
    """Return the problems of an operation, as responses of its description.

    What any operation may answer is added to all of them when the document is made (`document.py`).

    Args:
        what: The domain's errors, whose status and code are known; and statuses. One of which no error is given
            stands for what the operation's tag has with it (`errors_of`).
        shape: What they look like; None for what their status looks like everywhere.
    """
    errors = [each for each in what if not isinstance(each, int)]
    statuses = {each for each in what if isinstance(each, int)} | {status_of(error) for error in errors}
    answers: dict[Any, OpenApiResponse] = {}
    for status in sorted(statuses):
        named = [error for error in errors if status_of(error) == status]
        answers[status, CONTENT_TYPE] = OpenApiResponse(
            shape or _SHAPES.get(status, ProblemSerializer),
            description=MEANING[status],
            examples=[_example(status, error.code) for error in named],
        )
    return answers


def errors_of(tags: Iterable[str], *, status: int, writes: bool) -> list[str]:
    """Return the codes of the errors that an operation may meet in its part of the domain.

    Args:
        tags: The operation's.
        status: What they are answered with.
        writes: Whether it changes anything: what only reads meets nothing but what is not there.
    """
    if status == HTTPStatus.SERVICE_UNAVAILABLE or not (writes or status == HTTPStatus.NOT_FOUND):
        return []
    return sorted(
        {
            error.code
            for tag in tags
            for error in _all_errors()
            if status_of(error) == status
            and any(error is each or error.__module__ == getattr(each, "__name__", "") for each in _of(tag))
        }
    )


def _of(tag: str) -> Iterable[ModuleType | type[DomainError]]:
    """Return what a tag stands for: the whole domain where nobody said."""
    if tag in _OF_TAG:
        return _OF_TAG[tag]
    return [error for error in _all_errors() if error.__module__.startswith("taskengine.")]


def example_of(status: int, code: str) -> dict[str, Any]:
    """Return a problem of this code."""
    detail = GENERAL.get(status, {}).get(code) or _detail(status, code)
    errors = [_FIELD] if code == "invalid" else []
    return {
        **problem(status=status, code=code, detail=detail, errors=errors),
        **_BESIDES.get(code, {}),
        "request_id": _EXAMPLE_ID,
    }


def _example(status: int, code: str) -> OpenApiExample:
    return OpenApiExample(code, value=example_of(status, code), response_only=True)


def _detail(status: int, code: str) -> str:
    """Return what the error of the domain with this status and code says."""
    said = (
        error.__doc__ or "" for error in _all_errors() if (status_of(error), error.code) == (status, code)
    )
    return min(text.strip().partition("\n")[0] for text in said)


def _all_errors(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _all_errors(each)
