"""Guards allauth's doors against bodies that its own parser lets through."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse

_PREFIX: Final = "/api/auth/"


class AuthBodyMiddleware:
    """Answers 400 to JSON that parses, or nearly, and then trips whoever uses it.

    Brackets nested deeper than the interpreter's stack, and escapes of lone surrogates, which
    no hash of a password and no column of text can take. What is merely no JSON is left to allauth.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the check runs once it is known that there is a view for it."""
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Return the refusal, or None to go on."""
        if not request.path_info.startswith(_PREFIX) or request.method == "GET":
            return None
        try:
            json.dumps(json.loads(request.body), ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError):
            error = {"message": "This JSON nests too deeply or is no valid Unicode.", "code": "invalid"}
            return JsonResponse(
                {"status": HTTPStatus.BAD_REQUEST, "errors": [error]}, status=HTTPStatus.BAD_REQUEST
            )
        except ValueError:
            pass
        return None
