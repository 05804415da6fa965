"""How ids stand in the paths of the API."""

from typing import Final

from django.urls import register_converter
from django.urls.converters import UUIDConverter

NAME: Final = "id"


class IdConverter(UUIDConverter):
    """A UUID in letters of either case: they mean the same, and some languages write them large (RFC 9562, 4)."""

    regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


register_converter(IdConverter, NAME)
