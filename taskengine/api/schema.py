"""`/api/v1/schema/`: the OpenAPI document for programs. It changes with the code alone, so a process makes it once."""

import threading
from functools import cache
from hashlib import sha256
from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

# To make it takes most of a second: whoever asks meanwhile waits for it, and makes no second one.
_making: Final = threading.Lock()


@cache
def document() -> dict[str, Any]:
    """Return the document. Nobody changes it."""
    generator: Any = SchemaGenerator  # it carries no types
    made: dict[str, Any] = generator().get_schema(public=True)
    return made


@cache
def _written(renderer: type[BaseRenderer]) -> tuple[bytes, str]:
    content = renderer().render(document(), renderer_context={})
    return content, f'"{sha256(content).hexdigest()[:32]}"'


class SchemaView(SpectacularAPIView):
    """The OpenAPI document, as YAML and as JSON."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Return it, or 304 where the client has it."""
        renderer: Any = request.accepted_renderer  # negotiated
        kind: Any = type(renderer)
        with _making:
            content, tag = _written(kind)
        content_type = renderer.media_type + ("; charset=utf-8" if renderer.charset else "")
        name = self._get_filename(request, None)  # type: ignore[no-untyped-call]
        whole = HttpResponse(
            content,
            content_type=content_type,
            headers={"ETag": tag, "Content-Disposition": f'inline; filename="{name}"'},
        )
        told = get_conditional_response(request._request, etag=tag, response=whole)
        assert told is not None, "it is given one"
        return told
