"""What every request passes through before a view sees it."""

import re
from collections.abc import Awaitable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

from taskengine.api.requests import HEADER, new_request_id

# The front end's build puts a hash of the content into each asset's name.
_HASHED_NAME = re.compile(r"/assets/[^/]+-[\w-]{8}\.\w+$")


class _Middleware:
    """Runs in the event loop under ASGI and in the thread under WSGI, without a hop between them."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        early = self.before(request)
        if early is not None:
            return self._done(early) if self._is_async else early
        if self._is_async:
            return self._awaited(request)
        response: HttpResponseBase = self.get_response(request)
        return self.after(request, response)

    async def _done(self, response: HttpResponseBase) -> HttpResponseBase:
        return response

    async def _awaited(self, request: HttpRequest) -> HttpResponseBase:
        return self.after(request, await self.get_response(request))

    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        """Look at the request; an answer here ends it."""
        return None

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Look at the answer."""
        return response


class RequestIdMiddleware(_Middleware):
    """Gives each request a name, and tells it."""

    def before(self, request: HttpRequest) -> None:
        """Take the offered name or make one."""
        cast(Any, request).request_id = new_request_id(request.headers.get(HEADER))

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Send it back."""
        response[HEADER] = cast(Any, request).request_id
        return response


class StaticFilesMiddleware(_Middleware):
    """Serves the page's files by WhiteNoise."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._files = _StaticFiles(get_response)

    def before(self, request: HttpRequest) -> HttpResponse | None:
        """Answer when the path is a file's."""
        return self._files.answer(request)


class _StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise, with answers that suit ASGI: its own are streams that would block the loop."""

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """Return the file at the request's path, if there is one."""
        path = request.path_info
        static_file = self.find_file(path) if self.autorefresh else self.files.get(path)
        return None if static_file is None else self.serve(static_file, request)

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Whether a file's name changes with its content, so that it may be cached for ever."""
        return bool(_HASHED_NAME.search(url)) or super().immutable_file_test(path, url)

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """Answer with the file's bytes; the page's files are small."""
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as file:
                body = file.read()
        response = HttpResponse(body, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response
