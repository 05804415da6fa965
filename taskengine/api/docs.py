"""`/api/v1/docs/`: the OpenAPI document for people, under the same content policy as everything else."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from taskengine.api.security_headers import policy


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, whose script comes by an address of its own and not within the document."""

    template_name = "taskengine/docs.html"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the document, or with `?script` the script."""
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        if isinstance(response.data, dict) and "script_url" in response.data:
            # Which the library forgets here.
            response.data["favicon_href"] = self._swagger_ui_favicon()  # type: ignore[no-untyped-call]
        # Its style sheet has its icons within itself.
        response["Content-Security-Policy"] = policy(img_src="data:")
        return response
