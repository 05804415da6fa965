"""Fields that refuse what DRF's own would quietly bend."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

_MIN_YEAR, _MAX_YEAR = 1970, 9000


class InstantField(serializers.DateTimeField):
    """An RFC 3339 time with an offset. One without would mean another instant in every zone."""

    default_error_messages = {
        "not_text": "Write the time as text, such as 2026-11-22T17:00:00Z.",
        "not_a_time": "This is not an RFC 3339 time, such as 2026-11-22T17:00:00Z.",
        "naive": "The time has no offset. Add one, such as Z or +01:00.",
        "out_of_range": f"The year must be from {_MIN_YEAR} to {_MAX_YEAR}.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        """Return the instant in UTC."""
        if not isinstance(value, str):
            self.fail("not_text")
        try:
            instant = parse_datetime(value)
        except ValueError:
            instant = None
        if instant is None:
            self.fail("not_a_time")
        if instant.tzinfo is None:
            self.fail("naive")
        if not _MIN_YEAR <= instant.year <= _MAX_YEAR:
            self.fail("out_of_range")
        return instant.astimezone(UTC)


class DayField(serializers.DateField):
    """A day, as `2026-11-22`."""

    default_error_messages = {"out_of_range": f"The year must be from {_MIN_YEAR} to {_MAX_YEAR}."}

    def to_internal_value(self, value: Any) -> date:
        """Return the day."""
        day = super().to_internal_value(value)
        if not _MIN_YEAR <= day.year <= _MAX_YEAR:
            self.fail("out_of_range")
        return day


class TextField(serializers.CharField):
    """Text, and only text: a number or a boolean is a mistake, not a word."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)
