"""What all serializers of the API share."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from taskengine.api.cursors import DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know, where DRF drops them silently.

    Attributes:
        hints: What to tell who sends a field that is there but not theirs to set.
    """

    hints: ClassVar[Mapping[str, str]] = {}

    def to_internal_value(self, data: Any) -> Any:
        """Check the fields' names, then the fields.

        Raises:
            serializers.ValidationError: With the code `unknown_field` or `read_only` where a
                name is wrong.
        """
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            errors = {
                name: serializers.ErrorDetail(
                    self.hints.get(name, "There is no such field."),
                    code="read_only" if name in self.hints else "unknown_field",
                )
                for name in map(str, data)
                if name not in known
            }
            if errors:
                raise serializers.ValidationError({name: [error] for name, error in errors.items()})
        return super().to_internal_value(data)


class NothingSerializer(StrictSerializer):
    """The body of a request that takes none: absent, or an object without fields."""


class PageQuerySerializer(StrictSerializer):
    """What a list may be asked for that has neither filters nor another order."""

    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_PAGE_ROWS, default=DEFAULT_PAGE_ROWS
    )
    cursor = serializers.CharField(required=False, help_text="`next_cursor` of the page before.")
