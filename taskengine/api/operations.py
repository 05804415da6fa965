"""The HTTP edge of an operation: its key comes in, its name and its answer go out."""

import hashlib
from collections.abc import Callable, Set
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import transaction
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from taskengine.api import etags
from taskengine.api.fields import UUID_PATTERN
from taskengine.api.requests import header, owner_id
from taskengine.operations.models import Operation
from taskengine.operations.services import Answer, OpenOperation, perform, refuse_twin_in_flight

KEY_HEADER: Final = "Idempotency-Key"
NAME_HEADER: Final = "Operation-Id"

KEY_PARAMETER = OpenApiParameter(
    KEY_HEADER,
    # No `format`: makers of clients would make an object of it, which is no header.
    {"type": "string", "pattern": f"^{UUID_PATTERN}$"},
    OpenApiParameter.HEADER,
    description=(
        "A UUID of your own for this operation. The same request with the same key is carried out once:"
        " a retry gets the first answer again, for 24 hours; with another method, path or body the key is 422. Events"
        " carry it as `op_id`."
    ),
)


def carry_out(
    request: Request, verb: str, act: Callable[[OpenOperation], Answer], *, on: UUID | None = None
) -> Response:
    """Carry out one operation in one transaction, or answer its retry as before.

    Args:
        request: Whose user asks, and whose `Idempotency-Key` names the operation.
        verb: What is asked for, such as `task.complete`.
        act: Does it, and returns what to tell the client.
        on: The object that the path names, of which `If-Match` speaks; None where it names none that has a tag.

    Returns:
        The answer. Its tag is made from its body: a retry has the tag of what it is told again, not of what has
        become of it since.

    Raises:
        ValidationError: The key is not a UUID, or `If-Match` no list of tags, or a condition is of no use here.
        PreconditionFailed: The object is not what `If-Match` says.
        OperationInFlight: The same operation is being carried out right now.
        OperationIdReused: The key was used for another request.
        OperationIdExpired: The key was used more than a day ago.
    """
    expected, key = _expected(request, on), _key(request)
    fingerprint = _fingerprint(request) if key is not None else None  # without a key there is no retry
    with perform(owner_id=owner_id(request), verb=verb, op_id=key, fingerprint=fingerprint) as operation:
        operation.expected.update(expected)
        if operation.answer is None:
            operation.answer = act(operation)
        answer = operation.answer
    headers = {NAME_HEADER: str(operation.id)}
    if (tag := etags.tag_of(answer.body)) is not None:
        headers[etags.HEADER] = tag
    return Response(answer.body, status=answer.status, headers=headers)


def refuse_first(request: Request) -> None:
    """Refuse what `carry_out` will refuse by the headers alone, for whoever locks or writes anything before it.

    Within the caller's transaction, to whose end the key is held.

    Raises:
        ValidationError: As `carry_out` does, where the path names nothing that has a tag.
        OperationInFlight: The same operation is being carried out right now.
    """
    _expected(request, None)
    if (key := _key(request)) is not None:
        refuse_twin_in_flight(owner_id(request), key)


def refuse_what_is_not_honoured(request: Request) -> None:
    """Refuse the headers that make a write safe, where one goes without `carry_out`: it would not be as safe as asked.

    Raises:
        ValidationError: One of them was sent.
    """
    if header(request, KEY_HEADER) is not None:
        raise ValidationError(
            {KEY_HEADER: ["This is not kept for a repeat, so it takes no key."]},
            code="idempotency_key_unsupported",
        )
    _expected(request, None)


def _expected(request: Request, on: UUID | None) -> dict[UUID, Set[int]]:
    # Passed over, a condition would let through what the client asked to have refused.
    if header(request, etags.IF_NONE_MATCH) is not None:
        raise ValidationError(
            {etags.IF_NONE_MATCH: ["This is for reads. Writes take If-Match."]},
            code="if_none_match_unsupported",
        )
    if on is None:
        if header(request, etags.IF_MATCH) is not None:
            raise ValidationError(
                {etags.IF_MATCH: ["There is nothing here that has a tag."]}, code="if_match_unsupported"
            )
        return {}
    versions = etags.versions_expected(request)
    return {} if versions is None else {on: versions}


def begins(request: Request) -> bool:
    """Whether an operation is to begin: nothing stands against it, and it has no place in the log.

    Raises:
        ValidationError: As `refuse_first`.
        OperationInFlight: The same operation is being carried out right now.
    """
    with transaction.atomic():
        refuse_first(request)
    key = _key(request)
    return key is None or not Operation.objects.filter(owner_id=owner_id(request), id=key).exists()


def _key(request: Request) -> UUID | None:
    text = header(request, KEY_HEADER)
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
