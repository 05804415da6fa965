"""Where each step comes to lie, at exact boundaries."""

from zoneinfo import ZoneInfo

from taskengine.planning.busy import Commitment
from taskengine.planning.free_time import free_time
from taskengine.planning.schedule import Schedule, schedule
from taskengine.planning.steps import Step
from taskengine.planning.working_hours import WorkingHours, default_hours
from tests.support.calendars import hours, texts, utc

OFFICE = default_hours(ZoneInfo("UTC"))
MONDAY = "2025-11-17 00:00"


def lay_out(
    *steps: Step,
    deadline: str,
    now: str = MONDAY,
    worked: WorkingHours = OFFICE,
    others: tuple[Commitment, ...] = (),
) -> Schedule | None:
    free = free_time(hours=worked, commitments=others, now=utc(now))
    return schedule(steps, deadline=utc(deadline), free=free)


def lines(laid_out: Schedule | None) -> list[str]:
    """Return a schedule as `key: sittings`."""
    assert laid_out is not None
    return [f"{step.key}: {', '.join(texts(step.sittings))}" for step in laid_out.steps]


def step(key: str, estimate_min: int, *depends_on: str, due: str | None = None) -> Step:
    return Step(key=key, estimate_min=estimate_min, depends_on=depends_on, due=utc(due) if due else None)


def test_the_last_step_ends_at_the_deadline() -> None:
    assert lines(lay_out(step("a", 60), step("b", 30, "a"), deadline="2025-11-17 15:00")) == [
        "a: 2025-11-17 13:30/14:30",
        "b: 2025-11-17 14:30/15:00",
    ]


def test_the_deadline_of_a_step_is_the_end_of_its_last_sitting() -> None:
    laid_out = lay_out(step("a", 600), deadline="2025-11-18 11:00")
    assert lines(laid_out) == ["a: 2025-11-17 09:00/17:00, 2025-11-18 09:00/11:00"]
    assert laid_out is not None
    assert laid_out.steps[0].start == utc("2025-11-17 09:00")
    assert laid_out.steps[0].deadline == utc("2025-11-18 11:00")


def test_after_hours_the_last_step_ends_with_the_working_day() -> None:
    assert lines(lay_out(step("a", 30), deadline="2025-11-22 12:00")) == ["a: 2025-11-21 16:30/17:00"]


def test_steps_that_wait_for_nothing_come_one_after_the_other_all_the_same() -> None:
    assert lines(lay_out(step("a", 30), step("b", 30), deadline="2025-11-17 10:00")) == [
        "a: 2025-11-17 09:00/09:30",
        "b: 2025-11-17 09:30/10:00",
    ]


def test_steps_fit_to_the_minute_and_no_further() -> None:
    assert lay_out(step("a", 480), step("b", 480), deadline="2025-11-18 17:00") is not None
    assert lay_out(step("a", 480), step("b", 481), deadline="2025-11-18 17:00") is None


def test_now_in_the_middle_of_a_minute_loses_that_minute() -> None:
    assert lay_out(step("a", 60), now="2025-11-17 09:00", deadline="2025-11-17 10:00") is not None
    assert lay_out(step("a", 60), now="2025-11-17 09:00:00.000001", deadline="2025-11-17 10:00") is None
    assert lay_out(step("a", 59), now="2025-11-17 09:00:00.000001", deadline="2025-11-17 10:00") is not None


def test_a_deadline_in_the_middle_of_a_minute_loses_that_minute() -> None:
    assert lines(lay_out(step("a", 60), deadline="2025-11-17 10:00:59.999999")) == [
        "a: 2025-11-17 09:00/10:00"
    ]


def test_time_that_others_take_is_stepped_over() -> None:
    others = (Commitment(deadline=utc("2025-11-17 16:00"), estimate_min=60),)
    assert lines(lay_out(step("a", 90), deadline="2025-11-17 17:00", others=others)) == [
        "a: 2025-11-17 14:30/15:00, 2025-11-17 16:00/17:00"
    ]


def test_the_work_of_others_that_is_due_later_reaches_back_only_when_it_must() -> None:
    later = Commitment(deadline=utc("2025-11-18 17:00"), estimate_min=480)
    assert lay_out(step("a", 480), deadline="2025-11-17 17:00", others=(later,)) is not None
    longer = Commitment(deadline=utc("2025-11-18 17:00"), estimate_min=481)
    assert lay_out(step("a", 480), deadline="2025-11-17 17:00", others=(longer,)) is None


def test_sittings_that_touch_are_one() -> None:
    night = hours("Europe/Berlin", sat=[["22:00", "24:00"]], sun=[["00:00", "05:00"]])
    # Over midnight, and over the hour that comes twice.
    laid_out = lay_out(step("a", 420), now="2025-10-25 00:00", deadline="2025-10-26 03:00", worked=night)
    assert lines(laid_out) == ["a: 2025-10-25 20:00/2025-10-26 03:00"]


def test_a_step_keeps_a_deadline_of_its_own_and_what_comes_before_makes_room() -> None:
    laid_out = lay_out(
        step("a", 60),
        step("b", 30, "a", due="2025-11-17 12:00"),
        step("c", 60, "b"),
        deadline="2025-11-17 17:00",
    )
    assert lines(laid_out) == [
        "a: 2025-11-17 10:30/11:30",
        "b: 2025-11-17 11:30/12:00",
        "c: 2025-11-17 16:00/17:00",
    ]


def test_no_steps_fit_anywhere() -> None:
    assert lay_out(deadline="2020-01-01 00:00") == Schedule(steps=())


def test_nothing_fits_before_a_deadline_that_has_passed() -> None:
    assert lay_out(step("a", 1), deadline="2025-11-16 17:00") is None
    assert lay_out(step("a", 1), now="2025-11-17 10:00", deadline="2025-11-17 10:00") is None


def test_nothing_fits_where_nobody_works() -> None:
    assert lay_out(step("a", 1), deadline="2030-01-01 00:00", worked=hours()) is None


def test_a_deadline_at_the_end_of_the_calendar_is_planned_at_the_horizon() -> None:
    laid_out = lay_out(step("a", 60), deadline="9999-12-31 23:59")
    assert laid_out is not None
    assert laid_out.steps[0].deadline == utc("2045-11-16 17:00")
