"""What every request passes through before a view sees it. All of it runs in the request's thread."""

import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

from taskengine import logs
from taskengine.accounts import limits
from taskengine.api import errors, refusals, throttles
from taskengine.api.requests import HEADER, header, new_request_id

_RETRY_AFTER_S: Final = 60

_API: Final = "/api/v1/"

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# The front end's build puts a hash of the content into each asset's name.
_HASHED_NAME = re.compile(r"/assets/[^/]+-[\w-]{8}\.\w+$")


def request_id_middleware(get_response: GetResponse) -> GetResponse:
    """Give each request a name, tell it, and have each line of the log say it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        name = cast(Any, request).request_id = new_request_id(header(request, HEADER))
        began = time.perf_counter()
        with logs.of_request(name):
            response = get_response(request)
            refusals.note(request, response, took_s=time.perf_counter() - began)
        response[HEADER] = name
        return response

    return answer


def query_middleware(get_response: GetResponse) -> GetResponse:
    """Refuse a query that is not UTF-8: Django would put another character in place of what it can't read."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if "%" in query and request.path_info.startswith(_API):
            try:
                unquote_to_bytes(query).decode()
            except UnicodeDecodeError:
                return errors.bad_request(request)
        return get_response(request)

    return answer


def rate_limit_middleware(get_response: GetResponse) -> GetResponse:
    """Tell with each answer how the person stands with the limits that its request counted for.

    allauth counts by itself, and says nothing of it: of what it refuses we do.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and not response.has_header("Retry-After"):
            refusal = limits.refusal_of(request)
            response["Retry-After"] = str(refusal.left_s if refusal else _RETRY_AFTER_S)
            if refusal:
                throttles.standings(request).append(throttles.standing_of(refusal))
        if found := throttles.standings(request):
            for name, value in throttles.headers(found).items():
                response[name] = value
        return response

    return answer


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise has no types
    """Serves the page's files by WhiteNoise."""

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Whether a file's name changes with its content, so that it may be cached for ever."""
        return bool(_HASHED_NAME.search(url)) or super().immutable_file_test(path, url)
