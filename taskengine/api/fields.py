"""Fields that refuse what DRF's own would quietly bend."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

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


class IdField(serializers.UUIDField):
    """A UUID as text. A number would be taken for one too, and hardly be meant."""

    def to_internal_value(self, data: Any) -> UUID:
        """Return the id."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)
