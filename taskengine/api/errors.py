"""Every error as a problem document (RFC 9457). The one place where an HTTP status is chosen.

Whatever goes wrong below `/api/v1/`, also outside of a view, is answered in one shape:
`type, title, status, code, detail, errors[{pointer, code, detail}], request_id`.
"""

import logging
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import wraps
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from realtime.history import HistoryGone
from realtime.outbox import UnknownStream
from taskengine.accounts.errors import (
    EmailTaken,
    LastStaff,
    LogInEnded,
    OwnAccount,
    PersonalTokenNotFound,
    PersonNotFound,
    SessionNotFound,
    StaffOnly,
    SuperuserNeeded,
    TooManyGuests,
    TooManyPersonalTokens,
)
from taskengine.api import etags
from taskengine.api.json import JSONRenderer
from taskengine.api.requests import request_id
from taskengine.api.serializers import MAX_FAULTS
from taskengine.errors import DomainError
from taskengine.operations.errors import (
    AnswerGone,
    OperationIdExpired,
    OperationIdReused,
    OperationInFlight,
    OperationNotFound,
    PartFailed,
    PreconditionFailed,
    UndoConflict,
    UndoImpossible,
)
from taskengine.organisation.errors import (
    LabelNameTaken,
    LabelNotFound,
    NamedIdTaken,
    ProjectNotEmpty,
    ProjectNotFound,
)
from taskengine.planning.errors import (
    BreakdownClosed,
    BreakdownEmpty,
    BreakdownNotFound,
    BreakdownNotReady,
    BudgetExhausted,
    StepNotFound,
    TooManyInTheMaking,
    TooManySteps,
)
from taskengine.portability.errors import TooManyRows
from taskengine.tasks.errors import OpenChildren, TaskIdTaken, TaskNotFound

logger = logging.getLogger(__name__)

CONTENT_TYPE: Final = "application/problem+json"
_RETRY_AFTER_S: Final = "1"
_OUR_FAULT: Final = "Something went wrong here. It was logged; quote the request_id when you ask for help."
_NOT_UNDERSTOOD: Final = "The request can't be understood."

# What is not listed is a 400: the request, not the server, is at fault.
_STATUS: Final[Mapping[type[DomainError], HTTPStatus]] = {
    AnswerGone: HTTPStatus.CONFLICT,
    BreakdownClosed: HTTPStatus.CONFLICT,
    BreakdownEmpty: HTTPStatus.CONFLICT,
    BreakdownNotFound: HTTPStatus.NOT_FOUND,
    BreakdownNotReady: HTTPStatus.CONFLICT,
    BudgetExhausted: HTTPStatus.TOO_MANY_REQUESTS,
    EmailTaken: HTTPStatus.CONFLICT,
    LabelNameTaken: HTTPStatus.CONFLICT,
    LabelNotFound: HTTPStatus.NOT_FOUND,
    LastStaff: HTTPStatus.CONFLICT,
    LogInEnded: HTTPStatus.UNAUTHORIZED,
    NamedIdTaken: HTTPStatus.CONFLICT,
    OpenChildren: HTTPStatus.CONFLICT,
    OperationIdExpired: HTTPStatus.UNPROCESSABLE_ENTITY,
    OperationIdReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    OperationInFlight: HTTPStatus.CONFLICT,
    OperationNotFound: HTTPStatus.NOT_FOUND,
    PartFailed: HTTPStatus.CONFLICT,
    OwnAccount: HTTPStatus.CONFLICT,
    PersonNotFound: HTTPStatus.NOT_FOUND,
    PersonalTokenNotFound: HTTPStatus.NOT_FOUND,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    ProjectNotEmpty: HTTPStatus.CONFLICT,
    ProjectNotFound: HTTPStatus.NOT_FOUND,
    SessionNotFound: HTTPStatus.NOT_FOUND,
    StepNotFound: HTTPStatus.NOT_FOUND,
    StaffOnly: HTTPStatus.FORBIDDEN,
    SuperuserNeeded: HTTPStatus.FORBIDDEN,
    TaskIdTaken: HTTPStatus.CONFLICT,
    TaskNotFound: HTTPStatus.NOT_FOUND,
    TooManyInTheMaking: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyRows: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManySteps: HTTPStatus.CONFLICT,
    TooManyGuests: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyPersonalTokens: HTTPStatus.CONFLICT,
    UndoConflict: HTTPStatus.CONFLICT,
    UndoImpossible: HTTPStatus.CONFLICT,
}


# RFC 9110's names, where those of older Pythons are other ones.
_TITLES: Final[Mapping[int, str]] = {413: "Content Too Large", 422: "Unprocessable Content"}


def status_of(error: type[DomainError]) -> int:
    """Return the HTTP status that an error of the domain is answered with."""
    return int(next((status for kind, status in _STATUS.items() if issubclass(error, kind)), 400))


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    errors: Sequence[Mapping[str, str]] = (),
    request: HttpRequest | None = None,
) -> dict[str, Any]:
    """Return the problem document.

    Args:
        status: The HTTP status it comes with.
        code: A name for programs, which never changes.
        detail: A sentence for people.
        errors: One entry for each field that is at fault.
        request: Where it happened; its id is what to quote when asking for help.
    """
    return {
        "type": "about:blank",
        "title": _TITLES.get(status) or HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        "errors": list(errors),
        "request_id": request_id(request),
    }


def problem_response(
    *, status: int, code: str, detail: str, request: HttpRequest | None = None
) -> HttpResponse:
    """Return a problem from outside of DRF: middleware, and paths that lead nowhere."""
    body = problem(status=status, code=code, detail=detail, request=request)
    return HttpResponse(orjson.dumps(body), status=status, content_type=CONTENT_TYPE)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Turn what a view raised into an answer (DRF's `EXCEPTION_HANDLER`)."""
    told = problem_of(exc, request=context["request"]._request if context.get("request") else None)
    set_rollback()
    if context.get("request"):  # a problem is JSON, whatever the view would have answered in
        context["request"].accepted_renderer = JSONRenderer()
        context["request"].accepted_media_type = JSONRenderer.media_type
    response = Response(told.body, status=told.status, headers=told.headers, content_type=CONTENT_TYPE)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would once more, without the fault
    return response


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is told of an error: its status, its document, and the headers that go with it."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def problem_of(exc: Exception, *, request: HttpRequest | None) -> Problem:
    """Return what is told of an error; one that nobody foresaw is logged."""
    headers: dict[str, str] = {}
    errors: list[Mapping[str, str]] = []
    members: Mapping[str, Any] = {}
    match exc:
        case DomainError():
            status: int = status_of(type(exc))
            code, detail, members = exc.code, exc.detail, exc.members
            errors = [asdict(fault) for fault in exc.faults]
            if exc.retry_after_s is not None:
                headers["Retry-After"] = str(math.ceil(exc.retry_after_s))
            if tag := etags.tag_of(members.get("current")):
                headers[etags.HEADER] = tag
        case UnknownStream():
            status, code, detail = HTTPStatus.UNAUTHORIZED, "account_gone", "This account is gone."
        case HistoryGone():
            status, code, detail = HTTPStatus.GONE, exc.code, exc.detail
        case exceptions.ValidationError():
            status, code = HTTPStatus.BAD_REQUEST, "invalid"
            errors = list(islice(_flattened(exc.detail), MAX_FAULTS))
            detail = "Some of what was sent is not valid: see errors."
        case exceptions.APIException():
            status, detail = exc.status_code, str(exc.detail)
            code = getattr(exc.detail, "code", None) or exc.default_code
            if challenge := getattr(exc, "auth_header", None):
                headers["WWW-Authenticate"] = challenge
            if wait := getattr(exc, "wait", None):
                headers["Retry-After"] = str(max(1, round(wait)))
        case SuspiciousOperation():  # too many parameters, for one
            status, code, detail = HTTPStatus.BAD_REQUEST, "bad_request", _NOT_UNDERSTOOD
        case Http404():
            status, code, detail = HTTPStatus.NOT_FOUND, "not_found", "There is nothing here."
        case PermissionDenied():
            status, code, detail = HTTPStatus.FORBIDDEN, "permission_denied", "You may not do this."
        case OperationalError() | InterfaceError():
            status, code, detail = _database_away(exc, request)
            headers["Retry-After"] = _RETRY_AFTER_S
        case _:
            logger.error("A request failed. request_id=%s", request_id(request), exc_info=exc)
            status, code = HTTPStatus.INTERNAL_SERVER_ERROR, "server_error"
            detail = _OUR_FAULT
    body = problem(status=status, code=code, detail=detail, errors=errors, request=request)
    return Problem(status=int(status), body={**body, **members}, headers=headers)


def _database_away(exc: BaseException, request: HttpRequest | None) -> tuple[int, str, str]:
    """Log that the database could not be asked, in one line however many requests find it, and say what to answer.

    Nothing was written, or the answer to it was lost: a retry under the same `Idempotency-Key` is safe in both cases.
    """
    reason = str(exc).strip().partition("\n")[0]
    logger.error("The database could not be asked: %s request_id=%s", reason, request_id(request))
    detail = "The database can't be asked just now. Send the same again, with the same Idempotency-Key."
    return HTTPStatus.SERVICE_UNAVAILABLE, "database_unavailable", detail


def _flattened(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Turn DRF's nested errors into a list with JSON pointers (RFC 6901)."""
    if isinstance(detail, Mapping):
        for name, nested in detail.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from _flattened(nested, pointer if name == "non_field_errors" else f"{pointer}/{step}")
    elif isinstance(detail, list):
        for number, nested in enumerate(detail):
            is_message = isinstance(nested, exceptions.ErrorDetail)
            yield from _flattened(nested, pointer if is_message else f"{pointer}/{number}")
    else:
        yield {"pointer": pointer, "code": getattr(detail, "code", None) or "invalid", "detail": str(detail)}


@csrf_exempt  # there is nothing to be forged, and a bearer of a token has no CSRF token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a path that leads nowhere (Django's `handler404`)."""
    hint = "" if request.path.endswith("/") else " Paths end with a slash."
    return problem_response(
        status=404, code="not_found", detail=f"There is nothing here.{hint}", request=request
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django itself refused (Django's `handler400`)."""
    return problem_response(status=400, code="bad_request", detail=_NOT_UNDERSTOOD, request=request)


_READ_METHODS: Final = "GET, HEAD, OPTIONS"


def read_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let a view that is none of DRF's be asked for by GET and HEAD, and answer other methods as DRF's would."""

    @csrf_exempt  # what writes is refused anyway, and not for want of a token
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request)
        if request.method == "OPTIONS":
            return HttpResponse(headers={"Allow": _READ_METHODS})
        detail = f'Method "{request.method}" not allowed.'
        refusal = problem_response(status=405, code="method_not_allowed", detail=detail, request=request)
        refusal["Allow"] = _READ_METHODS
        return refusal

    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when something broke outside of a view (Django's `handler500`)."""
    if isinstance(exc := sys.exc_info()[1], OperationalError | InterfaceError):
        status, code, detail = _database_away(exc, request)
        response = problem_response(status=status, code=code, detail=detail, request=request)
        response["Retry-After"] = _RETRY_AFTER_S
        return response
    return problem_response(
        status=500,
        code="server_error",
        detail=_OUR_FAULT,
        request=request,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a write whose CSRF token is missing or wrong (Django's `CSRF_FAILURE_VIEW`)."""
    return problem_response(
        status=403, code="csrf_failed", detail=f"The CSRF check failed: {reason}", request=request
    )
