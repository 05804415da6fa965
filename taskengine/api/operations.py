"""The HTTP edge of an operation: its key comes in, its name and its answer go out."""

import hashlib
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import orjson
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from taskengine.api.fields import UUID_PATTERN
from taskengine.api.requests import owner_id
from taskengine.operations.services import Answer, OpenOperation, perform

KEY_HEADER: Final = "Idempotency-Key"
NAME_HEADER: Final = "Operation-Id"

KEY_PARAMETER = OpenApiParameter(
    KEY_HEADER,
    # No `format`: makers of clients would make an object of it, which is no header.
    {"type": "string", "pattern": f"^{UUID_PATTERN}$"},
    OpenApiParameter.HEADER,
    description=(
        "A UUID of your own for this operation. The same request with the same key is carried out once:"
        " a retry gets the first answer again. Events carry it as `op_id`."
    ),
)


def carry_out(request: Request, verb: str, act: Callable[[OpenOperation], Answer]) -> Response:
    """Carry out one operation in one transaction, or answer its retry as before.

    Args:
        request: Whose user asks, and whose `Idempotency-Key` names the operation.
        verb: What is asked for, such as `task.complete`.
        act: Does it, and returns what to tell the client.

    Raises:
        ValidationError: The key is not a UUID.
        OperationInFlight: The same operation is being carried out right now.
        OperationIdReused: The key was used for another request.
    """
    with perform(
        owner_id=owner_id(request), verb=verb, op_id=_key(request), fingerprint=_fingerprint(request)
    ) as operation:
        if operation.answer is None:
            operation.answer = act(operation)
        answer = operation.answer
    return Response(answer.body, status=answer.status, headers={NAME_HEADER: str(operation.id)})


def _key(request: Request) -> UUID | None:
    text = request.headers.get(KEY_HEADER)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise ValidationError({KEY_HEADER: ["This is not a UUID."]}, code="invalid_idempotency_key") from None


def _fingerprint(request: Request) -> str:
    """Return a digest of what makes two requests the same: method, path and body."""
    body: Any = request.data
    asked = [request.method, request.get_full_path(), body]
    try:
        canonical = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # orjson reads deeper than it writes
        raise ParseError("The body nests too deeply.", code="invalid_json") from error
    return hashlib.sha256(canonical).hexdigest()
