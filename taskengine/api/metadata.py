"""What an `OPTIONS` request is answered."""

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request

from taskengine.api.json import JSONRenderer


class NoMetadata(BaseMetadata):
    """No body: `Allow` says which methods there are, and the OpenAPI document all the rest."""

    def determine_metadata(self, request: Request, view: object) -> None:
        """Return nothing, by a renderer that can: that of a page has no template for it."""
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
