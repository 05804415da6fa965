"""What an `OPTIONS` request is answered."""

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request


class NoMetadata(BaseMetadata):
    """No body: `Allow` says which methods there are, and the OpenAPI document all the rest."""

    def determine_metadata(self, request: Request, view: object) -> None:
        """Return nothing."""
