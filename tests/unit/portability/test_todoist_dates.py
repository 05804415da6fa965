"""Only what can mean one day is taken for a date; the rest stays text."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from taskengine.portability.todoist_dates import Due, read

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    "text",
    ["2026-11-27", "27 Nov 2026", "Nov 27 2026", "november 27, 2026", "27 November 2026", " 2026-11-27 "],
)
def test_a_day_with_its_year_is_a_day(text: str) -> None:
    assert read(text, zone=LONDON) == Due(day=date(2026, 11, 27))


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-07-01 17:30", 16),
        ("2026-07-01T17:30:00", 16),
        ("2026-07-01T17:30:00.000000Z", 17),
        ("2026-07-01T17:30:00-05:00", 22),
        ("1 Jul 2026 17:30", 16),
        ("Jul 1 2026 at 5:30pm", 16),
        ("Jul 1, 2026 @ 5:30 PM", 16),
    ],
)
def test_a_time_is_by_the_clock_of_its_zone_unless_it_says_more(text: str, hour: int) -> None:
    assert read(text, zone=LONDON) == Due(instant=datetime(2026, 7, 1, hour, 30, tzinfo=UTC))


def test_a_time_that_the_clocks_strike_twice_is_the_first_and_one_they_skip_is_later() -> None:
    assert read("2026-10-25 01:30", zone=LONDON) == Due(instant=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert read("2026-03-29 01:30", zone=LONDON) == Due(instant=datetime(2026, 3, 29, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "27 Nov", "tomorrow", "today at 5pm", "every day", "every monday at 9am", "every 27 Nov 2026", "11/12/2026",
        "2026-02-30", "0026-11-27", "2026-11-27 at noon", "27 nov. 2026 starting", "2026-11-27 17",
        "2026-11-27 25:00", "2026-11-27 13:00pm", "31 Brumaire 2026", "9999-12-31", "9000-12-31",
        "1970-01-01 00:30", "1970-01-01T00:30:00+14:00", "",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_nothing(text: str) -> None:
    assert read(text, zone=LONDON) is None
