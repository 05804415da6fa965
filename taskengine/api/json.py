"""JSON in and out by orjson: strict on what comes in, fast on what goes out."""

from collections.abc import Iterable, Mapping
from typing import IO, Any, Final

import orjson
from django.conf import settings
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from taskengine.api.requests import header

_ANYTHING: Final = "*/*"


class BodyTooLarge(APIException):
    """The body is longer than the server reads."""

    status_code = 413
    default_detail = f"The body is larger than {settings.MAX_BODY_BYTES // 1024} KiB."
    default_code = "body_too_large"


class JSONParser(BaseParser):
    """Reads a body that is one JSON text in UTF-8.

    DRF reads the stream itself and so goes round Django's limit on a body's size; this one keeps it.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the body's value.

        Raises:
            BodyTooLarge: It is over `MAX_BODY_BYTES`.
            UnsupportedMediaType: It is compressed.
            ParseError: It is not JSON (NaN, lone surrogates and the like are not).
        """
        request: Request | None = (parser_context or {}).get("request")
        coding = header(request, "Content-Encoding") if request is not None else None
        if coding is not None and coding != "identity":
            raise UnsupportedMediaType(coding, detail=f"A body that is compressed ({coding}) is not read.")
        body = stream.read(settings.MAX_BODY_BYTES + 1)
        if len(body) > settings.MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}", code="invalid_json") from error


class JSONNegotiation(DefaultContentNegotiation):
    """DRF's, which takes apart what a client accepts (40 µs), only where that may leave a choice."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer, and the media type to name.

        Raises:
            NotAcceptable: The client takes nothing that there is.
        """
        accepted = request.META.get("HTTP_ACCEPT", _ANYTHING)
        only, *others = renderers
        if not others and accepted in (_ANYTHING, only.media_type) and not format_suffix:
            return only, str(only.media_type)
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, [only, *others], format_suffix)
        return chosen


class JSONRenderer(BaseRenderer):
    """Writes JSON. Datetimes that are not text yet are written in UTC with a Z."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the body; empty for an answer that has none."""
        if data is None:
            return b""
        return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
