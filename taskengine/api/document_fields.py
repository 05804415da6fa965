"""What the OpenAPI document says of fields: all that they check, so that a client can check it beforehand."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from taskengine.api.fields import UUID_PATTERN, DayField, IdField, InstantField, ListOfField, TextField
from taskengine.api.serializers import StrictSerializer

# Python strips what Unicode calls white space; a regular expression of JSON Schema knows a little less of it.
_WHITE: Final = r"\s\u001c-\u001f\u0085"
ANY_TEXT: Final = r"^[^\u0000]*$"
SOME_TEXT: Final = rf"^[^\u0000]*[^\u0000{_WHITE}][^\u0000]*$"
# Years from 1970 to 9000; `format` says the rest, but that the year in UTC is one of these, too.
YEAR: Final = r"^(19[7-9][0-9]|[2-8][0-9]{3}|9000)-"
# Up to `instants.LAST_DAY`.
DAY: Final = r"^((19[7-9][0-9]|[2-8][0-9]{3})-|9000-(0[1-9]|1[01])-|9000-12-([0-2][0-9]|30))"


class TextFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Text without NUL, of which something is left when it is trimmed."""

    target_class = TextField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return its schema."""
        schema = _plain(self, auto_schema, direction)
        schema.pop("minLength", None)
        if (
            not self.target.allow_blank
        ):  # else drf-spectacular would make two ways of it, both of them right for ""
            schema["pattern"] = SOME_TEXT
        return schema


class DayFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A day that is taken."""

    target_class = DayField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return its schema."""
        return {**_plain(self, auto_schema, direction), "pattern": DAY}


class InstantFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """An instant in the years that are taken."""

    target_class = InstantField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return its schema."""
        return {**_plain(self, auto_schema, direction), "pattern": YEAR}


class ListOfFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Several values in one parameter, with commas between them."""

    target_class = ListOfField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return its schema."""
        one, most = _pattern_of(self.target.child), self.target.most
        repeated = "*" if most is None else f"{{0,{most - 1}}}"
        return {"type": "string", "pattern": f"^({one})(,({one})){repeated}$"}


class StrictSerializerExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """An object that has no other fields, but for what is passed over."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return its schema."""
        serializer = self.target
        schema: dict[str, Any] = auto_schema._map_serializer(serializer, direction, bypass_extensions=True)  # type: ignore[no-untyped-call]
        schema.setdefault("type", "object")
        if serializer.partial:  # what is absent stays: a client that fills in a default would write over it
            schema["properties"] = {
                name: {key: value for key, value in each.items() if key != "default"}
                for name, each in schema.get("properties", {}).items()
            }
        for name, field in serializer.fields.items():
            if isinstance(field, TextField) and field.allow_blank:
                schema["properties"][name]["pattern"] = ANY_TEXT
            if not getattr(field, "allow_empty", True):  # drf-spectacular says nothing of it
                schema["properties"][name]["minItems"] = 1
        passed_over = {name: {"description": "Passed over."} for name in sorted(serializer.passed_over)}
        if passed_over:
            schema["properties"] = {**schema.get("properties", {}), **passed_over}
        return {**schema, "additionalProperties": False, **serializer.rules}


def _pattern_of(child: serializers.Field[Any, Any, Any, Any]) -> str:
    """Return the pattern of one value among several."""
    match child:
        case IdField():
            return UUID_PATTERN
        case serializers.ChoiceField():
            return "|".join(map(str, child.choices))
        case serializers.IntegerField(min_value=least, max_value=most):
            return f"[{least}-{most}]"
    raise TypeError(f"Nobody said what a list of {type(child).__name__} looks like.")


def _plain(extension: Any, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
    schema = dict(
        auto_schema._map_serializer_field(extension.target, direction, bypass_extensions=True)  # type: ignore[no-untyped-call]
    )
    if isinstance(schema.get("type"), list):  # whether it may be null is added to what an extension returns
        (schema["type"],) = set(schema["type"]) - {"null"}
    return schema
