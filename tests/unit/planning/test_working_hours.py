"""Working hours: how they are written, and what of a window is working time."""

from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from taskengine.planning.errors import InvalidWorkingHours
from taskengine.planning.intervals import Interval, between
from taskengine.planning.working_hours import MAX_SPANS_A_DAY, Span, default_hours, parse
from tests.support.calendars import ALWAYS, hours, span, texts, utc

BERLIN = ZoneInfo("Europe/Berlin")
# Monday to Monday, in a week in which no clock changes.
WEEK = span("2025-11-17 00:00", "2025-11-24 00:00")


def test_by_default_it_is_nine_to_five_monday_to_friday() -> None:
    assert default_hours(BERLIN).to_json() == {
        day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")
    }
    assert texts(default_hours(BERLIN).forward(WEEK)) == [
        f"2025-11-{day} 08:00/16:00" for day in (17, 18, 19, 20, 21)
    ]


def test_a_day_can_have_several_spans() -> None:
    lunch = hours(mon=[["09:00", "12:00"], ["13:00", "17:30"]])
    assert texts(lunch.forward(WEEK)) == ["2025-11-17 09:00/12:00", "2025-11-17 13:00/17:30"]
    assert texts(lunch.backward(WEEK)) == ["2025-11-17 13:00/17:30", "2025-11-17 09:00/12:00"]


def test_a_span_can_end_at_midnight() -> None:
    late = hours(tue=[["22:00", "24:00"]])
    assert texts(late.forward(WEEK)) == ["2025-11-18 22:00/2025-11-19 00:00"]


def test_a_window_cuts_a_span_at_the_minute() -> None:
    window = span("2025-11-17 09:59", "2025-11-17 16:01")
    assert texts(default_hours(ZoneInfo("UTC")).forward(window)) == ["2025-11-17 09:59/16:01"]
    assert texts(default_hours(ZoneInfo("UTC")).backward(window)) == ["2025-11-17 09:59/16:01"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-11-17 17:00", "2025-11-18 09:00"),  # from the end of a span to the next one's beginning
        ("2025-11-17 10:00", "2025-11-17 10:00"),
        ("2025-11-17 12:00", "2025-11-17 10:00"),
    ],
)
def test_a_window_without_working_time_has_none(start: str, end: str) -> None:
    window = Interval(start_min=span(start, start).start_min, end_min=span(end, end).start_min)
    assert list(default_hours(ZoneInfo("UTC")).forward(window)) == []
    assert list(default_hours(ZoneInfo("UTC")).backward(window)) == []


def test_a_window_is_rounded_so_that_time_is_only_lost() -> None:
    window = between(utc("2025-11-17 09:00:00.000001"), utc("2025-11-17 09:59:59.999999"))
    assert texts([window]) == ["2025-11-17 09:01/09:59"]


def test_without_spans_there_is_no_working_time() -> None:
    assert list(hours().forward(WEEK)) == []
    assert list(hours().backward(WEEK)) == []


def test_a_horizon_of_centuries_costs_only_the_days_asked_for() -> None:
    centuries = span("2025-11-17 00:00", "9999-12-01 00:00")
    default = default_hours(BERLIN)
    assert texts(islice(default.forward(centuries), 1)) == ["2025-11-17 08:00/16:00"]
    assert texts(islice(default.backward(centuries), 1)) == ["9999-11-30 08:00/16:00"]


def test_what_is_written_reads_back_as_it_was() -> None:
    week = {"mon": [["00:00", "08:15"], ["08:15", "12:00"], ["22:00", "24:00"]], "sun": [["10:00", "11:00"]]}
    assert parse(week, zone=BERLIN).to_json() == week
    assert parse(ALWAYS, zone=BERLIN).to_json() == ALWAYS
    assert parse({}, zone=BERLIN).to_json() == {}


def test_spans_may_be_given_in_any_order() -> None:
    assert hours(mon=[["13:00", "17:00"], ["09:00", "12:00"]]) == hours(
        mon=[["09:00", "12:00"], ["13:00", "17:00"]]
    )


def test_an_end_at_midnight_may_be_written_as_a_browser_does() -> None:
    assert hours(fri=[["22:00", "00:00"]]).to_json() == {"fri": [["22:00", "24:00"]]}


@pytest.mark.parametrize(
    ("value", "pointer", "detail"),
    [
        (None, "", "Working hours are an object"),
        ([], "", "Working hours are an object"),
        ({"monday": []}, "", "'monday' is not one of mon, tue, wed"),
        ({1: []}, "", "1 is not one of"),
        ({"mon": None}, "/mon", "A day is a list of spans"),
        ({"mon": "09:00-17:00"}, "/mon", "A day is a list of spans"),
        ({"mon": [["00:00", "00:01"]] * (MAX_SPANS_A_DAY + 1)}, "/mon", "A day has at most 12 spans"),
        ({"tue": [["09:00"]]}, "/tue/0", "A span is a beginning and an end"),
        ({"tue": ["09:00"]}, "/tue/0", "A span is a beginning and an end"),
        ({"tue": [["09:00", "12:00"], ["13:00", "17:00", "18:00"]]}, "/tue/1", "A span is a beginning"),
        ({"wed": [["9:00", "17:00"]]}, "/wed/0/0", "A time is HH:MM"),
        ({"wed": [["09:00", "17:60"]]}, "/wed/0/1", "A time is HH:MM"),
        ({"wed": [["09:00", "24:01"]]}, "/wed/0/1", "A time is HH:MM"),
        ({"wed": [["09:00", "17:00\n"]]}, "/wed/0/1", "A time is HH:MM"),
        ({"wed": [["\u0660\u0669:\u0660\u0660", "17:00"]]}, "/wed/0/0", "A time is HH:MM"),
        ({"wed": [["09:00", 1020]]}, "/wed/0/1", "A time is HH:MM"),
        ({"thu": [["24:00", "24:00"]]}, "/thu/0/0", "No span begins at 24:00"),
        ({"thu": [["00:00", "00:00"]]}, "/thu/0", "A span ends after it begins"),
        ({"thu": [["09:00", "09:00"]]}, "/thu/0", "A span ends after it begins"),
        ({"thu": [["22:00", "06:00"]]}, "/thu/0", "One that goes on past midnight is two"),
        (
            {"fri": [["12:59", "17:00"], ["09:00", "13:00"]]},
            "/fri",
            "The span that begins at 12:59 begins before the one until 13:00 has ended.",
        ),
    ],
)
def test_what_is_no_working_hours_is_refused_with_what_is_wrong(
    value: object, pointer: str, detail: str
) -> None:
    with pytest.raises(InvalidWorkingHours) as refused:
        parse(value, zone=BERLIN, pointer="/working_hours")
    assert refused.value.pointer == f"/working_hours{pointer}"
    assert detail in refused.value.detail
    assert refused.value.code == "invalid_working_hours"


def test_extended_hours_are_the_old_ones_and_more() -> None:
    longer = hours(mon=[["05:00", "06:00"], ["06:30", "09:00"], ["20:00", "23:00"]], sun=[["10:00", "11:00"]])
    longer = longer.extended(Span(opens_min=7 * 60, closes_min=22 * 60), ["mon", "tue"])
    assert longer.to_json() == {
        "mon": [["05:00", "06:00"], ["06:30", "23:00"]],
        "tue": [["07:00", "22:00"]],
        "sun": [["10:00", "11:00"]],
    }


def test_working_around_the_clock_leaves_no_gap() -> None:
    always = parse(ALWAYS, zone=BERLIN)
    pieces = list(always.forward(WEEK))
    assert pieces[0].start_min == WEEK.start_min
    assert pieces[-1].end_min == WEEK.end_min
    assert all(earlier.end_min == later.start_min for earlier, later in pairwise(pieces))
