"""What the OpenAPI document says of errors."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from taskengine.api.errors import CONTENT_TYPE

_MEANING = {
    400: "Something that was sent is not valid; `errors` says what.",
    401: "Nobody is logged in, or the log-in has ended.",
    403: "The CSRF check failed, a personal access token has not the scopes for it, or this is for others to do.",
    404: "There is no such thing, or it is not yours.",
    409: "It is taken, was changed since, or the same operation is being carried out right now.",
    410: "What follows is not kept any more: begin anew.",
    412: "It is not what `If-Match` says; `current` is how it is now, and `ETag` its tag.",
    413: "The body is too large.",
    422: "The idempotency key was used for another request, or more than a day ago.",
    429: "Too many requests; `Retry-After` says how long to wait.",
    503: "Not now.",
}


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One field that is at fault."""

    pointer = serializers.CharField(
        help_text="A JSON pointer into what was sent; at an undo, `/{kind}/{id}/{field}`."
    )
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs; it never changes.")
    detail = serializers.CharField(help_text="For people.")
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]  # the name on the wire
    request_id = serializers.CharField(allow_null=True)


def refuse_tokens(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add 403 to every operation that asks who is there: a personal access token may lack the scope for any.

    drf-spectacular calls it when the document is made.
    """
    for operations in result["paths"].values():
        for operation in operations.values():
            asks_who = any(operation.get("security", ()))
            if asks_who and "401" in (answers := operation["responses"]):
                answers.setdefault("403", {**answers["401"], "description": _MEANING[403]})
                operation["responses"] = dict(sorted(answers.items()))
    return result


class StaleProblemSerializer(ProblemSerializer):
    """An error that shows what is there now."""

    current = serializers.DictField(help_text="The object as it is, as a read of it would answer.")


# What a problem says besides, by its status.
_SHAPES = {412: StaleProblemSerializer}


def problems(*statuses: int) -> dict[Any, OpenApiResponse]:
    """Return the responses of an operation for these statuses."""
    return {
        (status, CONTENT_TYPE): OpenApiResponse(
            _SHAPES.get(status, ProblemSerializer), description=_MEANING[status]
        )
        for status in statuses
    }
