"""Fields that refuse what DRF's own would quietly bend."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from taskengine import instants


class InstantField(serializers.DateTimeField):
    """An RFC 3339 time with an offset. One without would mean another instant in every zone."""

    default_error_messages = {**instants.MESSAGES}

    def to_internal_value(self, value: Any) -> datetime:
        """Return the instant in UTC."""
        try:
            return instants.instant(value)
        except instants.NotATime as error:
            self.fail(error.code)


class DayField(serializers.DateField):
    """A day, as `2026-11-22`."""

    default_error_messages = {"out_of_range": instants.MESSAGES["out_of_range"]}

    def to_internal_value(self, value: Any) -> date:
        """Return the day."""
        day = super().to_internal_value(value)
        if not instants.MIN_YEAR <= day.year <= instants.MAX_YEAR:
            self.fail("out_of_range")
        return day


class TextField(serializers.CharField):
    """Text, and only text: a number or a boolean is a mistake, not a word."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("invalid")
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
