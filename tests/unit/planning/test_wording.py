"""A misfit as a sentence that a person understands."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from taskengine.planning.fitting import Misfit, fit
from taskengine.planning.free_time import free_time
from taskengine.planning.steps import Step
from taskengine.planning.wording import duration, misfit_payload, moment
from tests.support.calendars import hours, utc

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NINE = utc("2026-11-23 08:00")  # in Berlin
TUESDAY_NINE = utc("2026-11-24 08:00")
TITLES = {"read": "Read the sources", "write": "Write it up", "print": "Print it"}
STEPS = [
    Step(key="read", estimate_min=300),
    Step(key="write", estimate_min=240, depends_on=("read",)),
    Step(key="print", estimate_min=60, depends_on=("write",), optional=True),
]


def payload(steps: list[Step], deadline: datetime) -> dict[str, Any]:
    """Return the misfit of steps on a Monday from nine to five."""
    free = free_time(hours=hours("Europe/Berlin", mon=[["09:00", "17:00"]]), now=MONDAY_NINE)
    found = fit(steps, deadline=deadline, free=free)
    assert isinstance(found, Misfit)
    return misfit_payload(found, titles=TITLES, deadline=deadline, now=MONDAY_NINE, zone=BERLIN)


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (150, "2 h 30 min"), (1500, "25 h")]
)
def test_minutes_are_said_as_a_person_says_them(minutes: int, text: str) -> None:
    assert duration(minutes) == text


def test_an_instant_is_said_by_the_clock_on_the_wall() -> None:
    assert moment(utc("2026-11-27 16:05"), BERLIN) == "Fri 27 Nov 2026, 17:05"


def test_a_misfit_says_by_how_much_and_what_is_late_first() -> None:
    said = payload(STEPS, TUESDAY_NINE)
    assert said["detail"] == (
        "The steps take 10 h, but before Tue 24 Nov 2026, 09:00 only 8 h of working time is free: that is 2 h too little."
        " The first step that would be late is “Write it up”."
    )
    assert (said["needed_min"], said["free_min"], said["missing_min"]) == (600, 480, 120)
    assert said["first_step"] == "write"


def test_each_fix_is_a_sentence_and_what_it_takes() -> None:
    fixes = payload(STEPS, TUESDAY_NINE)["fixes"]
    assert [(fix["changes"], fix["detail"]) for fix in fixes] == [
        (["extend_hours"], "Work from 7:00 to 22:00 on your working days."),
        (["move_deadline"], "Move the deadline to Mon 30 Nov 2026, 11:00."),
    ]
    assert fixes[0]["hours"] == {"mon": [["07:00", "22:00"]]}
    assert fixes[1]["deadline"] == "2026-11-30T10:00:00.000000Z"


def test_changes_that_go_together_are_one_sentence() -> None:
    steps = [*STEPS[:2], Step(key="print", estimate_min=480, depends_on=("write",), optional=True)]
    details = [fix["detail"] for fix in payload(steps, TUESDAY_NINE)["fixes"]]
    assert "Leave out “Print it” (8 h less) and work from 7:00 to 22:00 on your working days." in details


def test_a_deadline_that_has_passed_is_said_to_have() -> None:
    said = payload(STEPS, utc("2026-11-20 16:00"))
    assert said["detail"] == "The deadline, Fri 20 Nov 2026, 17:00, has passed, and the steps take 10 h."


def test_no_working_time_at_all_is_said_so() -> None:
    free = free_time(hours=hours("Europe/Berlin"), now=MONDAY_NINE)
    found = fit(STEPS, deadline=TUESDAY_NINE, free=free)
    assert isinstance(found, Misfit)
    said = misfit_payload(found, titles=TITLES, deadline=TUESDAY_NINE, now=MONDAY_NINE, zone=BERLIN)
    assert "before Tue 24 Nov 2026, 09:00 no working time is free: that is 10 h too little" in said["detail"]
