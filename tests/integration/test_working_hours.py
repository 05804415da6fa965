"""A person's working hours: read, set, reset, refused where they make no sense."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from taskengine.accounts.models import User
from taskengine.operations.models import Operation
from taskengine.planning.working_hours import default_hours, parse
from tests.support.accounts import ME, signed_up

pytestmark = pytest.mark.django_db

LATE_SHIFT = {"mon": [["13:00", "17:00"], ["18:00", "24:00"]], "sun": [["00:00", "02:00"]]}


def test_without_any_they_are_the_calendars_default() -> None:
    ada = signed_up()
    answered = ada.send("GET", ME).json()["working_hours"]
    assert answered == default_hours(ZoneInfo("UTC")).to_json()
    assert User.objects.get().working_hours is None


def test_they_are_set_kept_and_answered() -> None:
    ada = signed_up()
    assert ada.send("PATCH", ME, {"working_hours": LATE_SHIFT}).json()["working_hours"] == LATE_SHIFT
    assert ada.send("GET", ME).json()["working_hours"] == LATE_SHIFT
    assert User.objects.get().time_zone == "UTC"
    (change,) = Operation.objects.get().changes
    assert change["after"]["working_hours"] == LATE_SHIFT


def test_they_are_kept_in_order_and_without_empty_days() -> None:
    ada = signed_up()
    sent = {"tue": [], "mon": [["18:00", "00:00"], ["09:00", "12:00"]]}
    answered = ada.send("PATCH", ME, {"working_hours": sent}).json()["working_hours"]
    assert answered == {"mon": [["09:00", "12:00"], ["18:00", "24:00"]]}
    assert parse(answered, zone=ZoneInfo("UTC")).to_json() == answered


def test_null_is_the_default_again_and_no_days_at_all_is_none() -> None:
    ada = signed_up()
    assert ada.send("PATCH", ME, {"working_hours": {}}).json()["working_hours"] == {}
    assert "mon" in ada.send("PATCH", ME, {"working_hours": None}).json()["working_hours"]
    assert User.objects.filter(working_hours__isnull=True).exists(), "null in SQL, not in JSON"


def test_the_zone_and_the_hours_change_apart_or_together() -> None:
    ada = signed_up()
    ada.send("PATCH", ME, {"working_hours": LATE_SHIFT})
    moved = ada.send("PATCH", ME, {"time_zone": "Asia/Tokyo"}).json()
    assert (moved["time_zone"], moved["working_hours"]) == ("Asia/Tokyo", LATE_SHIFT)
    both = ada.send("PATCH", ME, {"time_zone": "UTC", "working_hours": {}}).json()
    assert (both["time_zone"], both["working_hours"]) == ("UTC", {})


@pytest.mark.parametrize(
    ("hours", "pointer"),
    [
        ("9-17", ""),
        ([], ""),
        ({"monday": [["09:00", "17:00"]]}, ""),
        ({"mon": "09:00-17:00"}, "/mon"),
        ({"mon": [["09:00"]]}, "/mon/0"),
        ({"mon": [["09:00", "17:00"], ["9:00", "10:00"]]}, "/mon/1/0"),
        ({"mon": [["17:00", "09:00"]]}, "/mon/0"),
        ({"mon": [["09:00", "13:00"], ["12:00", "17:00"]]}, "/mon"),
        ({"mon": [["09:00", "10:00"]] * 13}, "/mon"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(hours: Any, pointer: str) -> None:
    ada = signed_up()
    response = ada.send("PATCH", ME, {"working_hours": hours, "time_zone": "Asia/Tokyo"})
    assert response.status_code == 400
    assert response.json()["code"] == "invalid_working_hours"
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"/working_hours{pointer}", "invalid_working_hours")
    user = User.objects.get()
    assert (user.working_hours, user.time_zone) == (None, "UTC")
