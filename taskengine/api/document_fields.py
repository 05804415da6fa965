"""What the OpenAPI document says of fields: all that they check, so that a client can check it beforehand."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction

from taskengine.api.fields import InstantField, TextField
from taskengine.api.serializers import StrictSerializer

# Python strips what Unicode calls white space; a regular expression of JSON Schema knows a little less of it.
_WHITE: Final = r"\s\u001c-\u001f\u0085"
ANY_TEXT: Final = r"^[^\u0000]*$"
SOME_TEXT: Final = rf"^[^\u0000]*[^\u0000{_WHITE}][^\u0000]*$"
# Years from 1970 to 9000; `format` says the rest.
INSTANT: Final = r"^(19[7-9][0-9]|[2-8][0-9]{3}|9000)-"


class TextFieldExtension(OpenApiSerializerFieldExtension):
    """Text without NUL, of which something is left when it is trimmed."""

    target_class = TextField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return its schema."""
        schema = _plain(self, auto_schema, direction)
        schema.pop("minLength", None)
        schema["pattern"] = ANY_TEXT if self.target.allow_blank else SOME_TEXT
        return schema


class InstantFieldExtension(OpenApiSerializerFieldExtension):
    """An instant in the years that are taken."""

    target_class = InstantField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return its schema."""
        return {**_plain(self, auto_schema, direction), "pattern": INSTANT}


class StrictSerializerExtension(OpenApiSerializerExtension):
    """An object that has no other fields, but for what is passed over."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return its schema."""
        serializer = self.target
        schema = auto_schema._map_serializer(serializer, direction, bypass_extensions=True)
        schema.setdefault("type", "object")
        passed_over = {name: {"description": "Passed over."} for name in sorted(serializer.passed_over)}
        if passed_over:
            schema["properties"] = {**schema.get("properties", {}), **passed_over}
        return {**schema, "additionalProperties": False, **serializer.rules}


def _plain(extension: Any, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
    return dict(auto_schema._map_serializer_field(extension.target, direction, bypass_extensions=True))
