"""Whole files over HTTP: a body that is a file, and answers in a format that `?format=` names."""

from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from taskengine.api.json import BodyTooLarge


class _TextParser(BaseParser):
    """Reads a body as text: a file that is too large for the other routes, and read by its format later."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the file, as text.

        Raises:
            BodyTooLarge: It is over `MAX_IMPORT_BYTES`.
            ParseError: It is not UTF-8.
        """
        body = stream.read(settings.MAX_IMPORT_BYTES + 1)
        if len(body) > settings.MAX_IMPORT_BYTES:
            raise BodyTooLarge(f"The body is larger than {settings.MAX_IMPORT_BYTES // 1024} KiB.")
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ParseError(f"The file is not UTF-8: {error.reason}.", code="not_utf8") from None


class JSONFileParser(_TextParser):
    """A file that is JSON."""

    media_type = "application/json"


class CSVFileParser(_TextParser):
    """A file that is CSV."""

    media_type = "text/csv"


class OwnFormats(DefaultContentNegotiation):
    """Leaves `?format=` and `Accept` to the view: answers are files, and everything else is JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Take the first."""
        (first, *_) = renderers
        return first, first.media_type or ""
