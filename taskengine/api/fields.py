"""Fields that refuse what DRF's own would quietly bend."""

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from taskengine import instants

# A UUID as it is mostly written, as a part of a regular expression.
UUID_PATTERN = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

_DIGITS = re.compile("-?(0|[1-9][0-9]*)")


class InstantField(serializers.DateTimeField):
    """An RFC 3339 time with an offset. One without would mean another instant in every zone."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return the instant in UTC."""
        try:
            return instants.instant(value)
        except instants.NotATime as error:
            raise serializers.ValidationError(str(error), code=error.code) from None


class DayField(serializers.DateField):
    """A day, as `2026-11-22`. DRF takes a week for its Monday, and digits of any script."""

    def to_internal_value(self, value: Any) -> date:
        """Return the day."""
        try:
            return instants.day(value)
        except instants.NotATime as error:
            raise serializers.ValidationError(str(error), code=error.code) from None


class TextField(serializers.CharField):
    """Text, and only text: a number or a boolean is a mistake, not a word. Its length is that of what was sent."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("invalid")
        if (
            self.max_length is not None and len(data) > self.max_length
        ):  # the validators see what is left of it
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class ShortListField(serializers.ListField):
    """A list that is counted before it is looked into.

    DRF looks into each element first and counts last: a megabyte of wrong ids, of which 200 may come, took ten
    seconds to refuse.
    """

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the elements."""
        if isinstance(data, list):
            self.run_validators(data)
        return super().to_internal_value(data)


# As `NewIdField` takes them: the version stands in the third group, the variant in the fourth.
_NEW_ID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[47][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$"


class IdField(serializers.UUIDField):
    """A UUID as text. A number would be taken for one too, and hardly be meant."""

    def to_internal_value(self, data: Any) -> UUID:
        """Return the id."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "format": "uuid", "pattern": _NEW_ID})
class NewIdField(IdField):
    """The id of something new: a UUID of a version that two clients don't make twice."""

    default_error_messages = {"uuid_version": "Make a UUID of version 4 or 7."}

    def to_internal_value(self, data: Any) -> UUID:
        """Return the id."""
        id_ = super().to_internal_value(data)
        if id_.version not in {4, 7}:  # None where it is of no RFC's variant
            self.fail("uuid_version")
        return id_


class WholeNumberField(serializers.IntegerField):
    """A number in JSON, not its digits as text."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class DigitsField(serializers.IntegerField):
    """A number in an address, written in one way: Python takes `1_0`, `+10` and digits of any script for it, too."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if not isinstance(data, str) or not _DIGITS.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """True or false, and none of the words for them."""

    def to_internal_value(self, data: Any) -> bool:
        """Return it."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class ListOfField(serializers.ListField):
    """Several values in one parameter, with commas between them.

    Args:
        most: How many at most.
    """

    def __init__(self, *, most: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.most = most  # and not `max_length`, which the document would take for that of the text

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return them."""
        if not isinstance(data, str):
            self.fail("not_a_list", input_type=type(data).__name__)
        parts = data.split(",")
        if self.most is not None and len(parts) > self.most:
            self.fail("max_length", max_length=self.most)
        values: list[Any] = super().to_internal_value(parts)
        return values
