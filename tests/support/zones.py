"""Zones whose clocks do all that clocks do, and instants at which to ask them."""

from datetime import UTC, datetime
from typing import Final

from hypothesis import strategies as st

ZONES: Final = [
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo",
    "Pacific/Chatham", "Africa/Casablanca", "America/St_Johns", "Asia/Beirut",
]  # fmt: skip
zone_names = st.sampled_from(ZONES)
instants = st.datetimes(datetime(2014, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 (made aware)
    lambda at: at.replace(tzinfo=UTC)
)
