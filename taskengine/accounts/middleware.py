"""Guards allauth's doors against bodies that its own parser lets through."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

_PREFIX: Final = "/api/auth/"


def auth_body_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer 400 to JSON that parses, or nearly, and then trips whoever uses it."""

    def refuse_or_get(request: HttpRequest) -> HttpResponseBase:
        return _refusal(request) or get_response(request)

    return refuse_or_get


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Return the refusal of JSON that Python can't take in or give out again.

    It nests deeper than the interpreter's stack, has a number with thousands of digits, or an escape
    of a lone surrogate, which no hash of a password and no column can take. What is merely no JSON is
    left to allauth.
    """
    if not request.path_info.startswith(_PREFIX) or request.method == "GET":
        return None
    try:
        json.dumps(json.loads(request.body), ensure_ascii=False).encode()
    except json.JSONDecodeError:
        return None
    except (RecursionError, ValueError):
        error = {
            "message": "This JSON nests too deeply, has too long a number, or is no valid Unicode.",
            "code": "invalid",
        }
        return JsonResponse(
            {"status": HTTPStatus.BAD_REQUEST, "errors": [error]}, status=HTTPStatus.BAD_REQUEST
        )
    return None
