"""Guards allauth's doors against bodies that its own parser lets through."""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final, cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import sync_and_async_middleware

_PREFIX: Final = "/api/auth/"


@sync_and_async_middleware
def auth_body_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answer 400 to JSON that parses, or nearly, and then trips whoever uses it."""
    if iscoroutinefunction(get_response):
        get_later = cast(Callable[[HttpRequest], Awaitable[HttpResponse]], get_response)

        async def refuse_or_await(request: HttpRequest) -> HttpResponse:
            return _refusal(request) or await get_later(request)

        return refuse_or_await

    def refuse_or_get(request: HttpRequest) -> HttpResponse:
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
