"""Working hours on the wire: read by the calendar's own rules, kept and answered in its one shape."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from taskengine.planning.working_hours import DAYS, MAX_SPANS_A_DAY, default_hours, parse

# Hours are by the clock on the wall, so they read the same in every zone.
_ANY_ZONE: Final = ZoneInfo("UTC")
DEFAULT_HOURS: Final = default_hours(_ANY_ZONE).to_json()

_TIME: Final = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"}
_SPAN: Final = {"type": "array", "items": _TIME, "minItems": 2, "maxItems": 2}
_DAY: Final = {"type": "array", "items": _SPAN, "maxItems": MAX_SPANS_A_DAY}
SCHEMA: Final = {
    "type": "object",
    "properties": dict.fromkeys(DAYS, _DAY),
    "additionalProperties": False,
}


@extend_schema_field(SCHEMA)
class WorkingHoursField(serializers.Field[Any, Any, Any, Any]):
    """The spans of each weekday."""

    def to_internal_value(self, data: Any) -> dict[str, list[list[str]]]:
        """Return them in order, without empty days.

        Raises:
            InvalidWorkingHours: With what is wrong, and where.
        """
        return parse(data, zone=_ANY_ZONE, pointer=f"/{self.field_name}").to_json()
