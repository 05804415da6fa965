"""Entity tags (RFC 9110, sections 8.8.3 and 13): what a client has read, in the headers of HTTP.

A task's tag is `"<version>.<bucket>"`, for its bucket changes without a write; of what has no bucket it is
`"<version>"`. `If-None-Match` compares all of it, `If-Match` only the version: firing a deadline is no change that
a writer could overwrite.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import orjson
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from taskengine.api.requests import header

HEADER: Final = "ETag"
IF_MATCH: Final = "If-Match"
IF_NONE_MATCH: Final = "If-None-Match"

IF_MATCH_PARAMETER = OpenApiParameter(
    IF_MATCH,
    {"type": "string", "pattern": r'^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$'},
    OpenApiParameter.HEADER,
    description=(
        "The `ETag` of what was read, or several with commas between them, or `*`. Where none of them has the version"
        " that is there now, nothing is written: 412 `precondition_failed`, with `current`. Only the version counts,"
        ' so `"3"` will do; a weak tag (`W/`) never matches.'
    ),
)
IF_NONE_MATCH_PARAMETER = OpenApiParameter(
    IF_NONE_MATCH,
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The `ETag` of what was read, or several: where one is still right, the answer is 304, without a body.",
)
ETAG_PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string"},
    OpenApiParameter.HEADER,
    response=[200, 201, 202, 304],
    description='Of what the answer holds: `"<version>.<bucket>"` of a task, `"<version>"` of anything else.',
)
NOT_MODIFIED: Final[Mapping[Any, Any]] = {
    304: OpenApiResponse(description="It is what `If-None-Match` says it is.")
}

_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
# A list may have empty elements (section 5.6.1.2).
_LIST: Final = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_OURS: Final = re.compile(r'"(\d{1,10})(?:\.[a-z]+)?"', re.ASCII)


def tag_of(payload: Any) -> str | None:
    """Return the tag of an object as the wire has it; None where it is nothing that counts its versions."""
    if not isinstance(payload, Mapping) or "version" not in payload:
        return None
    bucket = f".{payload['bucket']}" if "bucket" in payload else ""
    return f'"{payload["version"]}{bucket}"'


def versions_expected(request: Request) -> frozenset[int] | None:
    """Return the versions that `If-Match` lets a write go on from; None for any.

    The comparison is strong, so that a weak tag stands for no version, nor does one that is not ours.

    Raises:
        ValidationError: The header is no list of tags.
    """
    text = header(request, IF_MATCH)
    if text is None or text.strip(" \t") == "*":
        return None
    if not _LIST.fullmatch(text):
        raise ValidationError(
            {IF_MATCH: ['This is neither * nor a list of tags, such as "3.upcoming".']},
            code="invalid_if_match",
        )
    ours = (_OURS.fullmatch(tag) for tag in re.findall(_TAG, text))
    return frozenset(int(tag[1]) for tag in ours if tag is not None)


def digest_tag(payload: Mapping[str, Any]) -> str:
    """Return a tag that says what is in a payload; a weak one, for whoever leaves something out of the payload."""
    return f'W/"{hashlib.sha256(orjson.dumps(payload)).hexdigest()[:32]}"'


def answer_read(request: Request, payload: Mapping[str, Any], *, tag: str | None = None) -> Response:
    """Answer with an object, or with 304 where the client has just that.

    A header that is no list of tags is passed over: the whole answer is never wrong.

    Args:
        request: What was asked.
        payload: The object.
        tag: Its tag, where it is nothing that counts its versions.
    """
    tag = tag or tag_of(payload)
    assert tag is not None, "only what counts its versions is read without a tag of its own"
    # Caches ask each time: the bucket changes by itself, and who may read it too.
    headers = {HEADER: tag, "Cache-Control": "private, no-cache"}
    text = header(request, IF_NONE_MATCH) or ""
    is_known = text.strip(" \t") == "*" or (
        _LIST.fullmatch(text)
        and tag.removeprefix("W/") in {known.removeprefix("W/") for known in re.findall(_TAG, text)}
    )
    if is_known:
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(payload, headers=headers)
