"""What is said when steps do not fit, and what would make them."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from taskengine.planning.busy import Commitment
from taskengine.planning.errors import DependencyCycle
from taskengine.planning.fitting import Misfit, fit
from taskengine.planning.fixes import Change, Extension, Fix
from taskengine.planning.free_time import free_time
from taskengine.planning.schedule import Schedule
from taskengine.planning.steps import Step
from taskengine.planning.working_hours import DAYS, WorkingHours, default_hours, parse
from tests.support.calendars import hours, utc

OFFICE = default_hours(ZoneInfo("UTC"))
MONDAY = utc("2025-11-17 09:00")
TICK = timedelta(minutes=1)


def ask(
    *steps: Step,
    deadline: datetime,
    now: datetime = MONDAY,
    worked: WorkingHours = OFFICE,
    others: tuple[Commitment, ...] = (),
) -> Schedule | Misfit:
    return fit(steps, deadline=deadline, free=free_time(hours=worked, commitments=others, now=now))


def misfit(answer: Schedule | Misfit) -> Misfit:
    assert isinstance(answer, Misfit)
    return answer


def fixes(answer: Schedule | Misfit) -> dict[tuple[str, ...], Fix]:
    """Return the fixes of a misfit by what gives way."""
    return {fix.changes: fix for fix in misfit(answer).fixes}


def step(
    key: str, estimate_min: int, *depends_on: str, optional: bool = False, due: datetime | None = None
) -> Step:
    return Step(key=key, estimate_min=estimate_min, depends_on=depends_on, optional=optional, due=due)


def test_what_fits_is_a_schedule() -> None:
    assert isinstance(ask(step("a", 480), deadline=utc("2025-11-17 17:00")), Schedule)


def test_a_misfit_says_how_many_minutes_are_missing() -> None:
    answer = misfit(ask(step("a", 300), step("b", 200), deadline=utc("2025-11-17 17:00")))
    assert (answer.needed_min, answer.free_min, answer.missing_min) == (500, 480, 20)


def test_the_first_step_that_fails_is_the_first_that_is_not_done_in_time() -> None:
    answer = ask(step("c", 300, "b"), step("a", 300), step("b", 300, "a"), deadline=utc("2025-11-17 17:00"))
    assert misfit(answer).first_step == "b"


def test_a_step_that_is_longer_than_all_free_time_fails_itself() -> None:
    answer = misfit(ask(step("a", 100), step("b", 1_000), deadline=utc("2025-11-17 17:00")))
    assert (answer.first_step, answer.missing_min) == ("b", 620)


def test_after_the_deadline_everything_is_missing_and_only_moving_it_helps() -> None:
    answer = misfit(ask(step("a", 60), step("b", 30, optional=True), deadline=MONDAY - TICK))
    assert (answer.free_min, answer.missing_min, answer.first_step) == (0, 90, "a")
    (fix,) = answer.fixes
    assert (fix.changes, fix.deadline) == ((Change.MOVE_DEADLINE,), utc("2025-11-17 10:30"))


def test_the_deadline_moves_to_the_very_minute() -> None:
    late = ask(step("a", 481), deadline=utc("2025-11-17 17:00"))
    assert fixes(late)[Change.MOVE_DEADLINE,].deadline == utc("2025-11-18 09:01")
    busy = (Commitment(deadline=utc("2025-11-18 10:00"), estimate_min=60),)
    late = ask(step("a", 481), deadline=utc("2025-11-17 17:00"), others=busy)
    assert fixes(late)[Change.MOVE_DEADLINE,].deadline == utc("2025-11-18 10:01")


def test_the_schedule_of_a_fix_is_the_one_after_the_fix() -> None:
    fix = fixes(ask(step("a", 481), deadline=utc("2025-11-17 17:00")))[Change.MOVE_DEADLINE,]
    assert fix.schedule == ask(step("a", 481), deadline=utc("2025-11-18 09:01"))


def test_the_fewest_optional_steps_are_dropped() -> None:
    steps = [step("a", 450), *(step(f"o{each}", each, optional=True) for each in (30, 60, 20, 50))]
    fix = fixes(ask(*steps, deadline=utc("2025-11-17 17:00")))[Change.DROP_OPTIONAL,]
    assert (fix.dropped, fix.freed_min) == (("o30", "o60", "o50"), 140)
    fix = fixes(ask(*steps, deadline=utc("2025-11-18 09:30")))[Change.DROP_OPTIONAL,]
    assert (fix.dropped, fix.freed_min) == (("o60", "o50"), 110)
    assert [each.key for each in fix.schedule.steps] == ["a", "o30", "o20"]


def test_of_optional_steps_that_are_as_long_the_later_one_is_dropped() -> None:
    steps = [step("a", 460), step("o1", 20, optional=True), step("o2", 20, optional=True)]
    fix = fixes(ask(*steps, deadline=utc("2025-11-17 17:00")))[Change.DROP_OPTIONAL,]
    assert fix.dropped == ("o2",)


def test_what_waited_for_a_dropped_step_keeps_its_place() -> None:
    steps = [step("c", 200, "b"), step("b", 100, "a", optional=True), step("a", 280)]
    fix = fixes(ask(*steps, deadline=utc("2025-11-17 17:00")))[Change.DROP_OPTIONAL,]
    assert [each.key for each in fix.schedule.steps] == ["a", "c"]


def test_to_drop_everything_is_no_fix() -> None:
    answer = ask(step("a", 481, optional=True), deadline=utc("2025-11-17 17:00"))
    assert Change.DROP_OPTIONAL not in {change for changes in fixes(answer) for change in changes}


def test_longer_working_days_are_offered_before_weekends() -> None:
    friday = utc("2025-11-21 09:00")
    answer = ask(step("a", 481), now=friday, deadline=utc("2025-11-21 20:00"))
    fix = fixes(answer)[Change.EXTEND_HOURS,]
    assert fix.extension is Extension.WORKING_DAYS
    assert fix.hours is not None
    assert fix.hours.to_json() == {day: [["07:00", "22:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    answer = ask(step("a", 780 + 61), now=friday, deadline=utc("2025-11-22 08:01"))
    fix = fixes(answer)[Change.EXTEND_HOURS,]
    assert fix.extension is Extension.EVERY_DAY
    assert fix.hours is not None
    assert fix.hours.to_json()["sun"] == [["07:00", "22:00"]]


def test_a_persons_own_late_hours_stay_in_the_extended_ones() -> None:
    night = hours(mon=[["20:00", "24:00"]])
    fix = fixes(ask(step("a", 300), deadline=utc("2025-11-18 00:00"), worked=night))[Change.EXTEND_HOURS,]
    assert fix.hours is not None
    assert fix.hours.to_json() == {"mon": [["07:00", "24:00"]]}


def test_a_combination_is_offered_where_no_part_of_it_is_enough() -> None:
    steps = [step("a", 780), step("b", 60, optional=True)]
    answer = ask(*steps, deadline=utc("2025-11-17 22:00"))
    assert set(fixes(answer)) == {
        (Change.MOVE_DEADLINE,),
        (Change.DROP_OPTIONAL, Change.EXTEND_HOURS),
    }
    both = fixes(answer)[Change.DROP_OPTIONAL, Change.EXTEND_HOURS]
    assert (both.dropped, both.freed_min, both.extension) == (("b",), 60, Extension.WORKING_DAYS)


def test_a_combination_is_not_offered_where_a_part_of_it_is_enough() -> None:
    steps = [step("a", 480), step("b", 60, optional=True)]
    answer = ask(*steps, deadline=utc("2025-11-17 22:00"))
    assert set(fixes(answer)) == {
        (Change.DROP_OPTIONAL,),
        (Change.EXTEND_HOURS,),
        (Change.MOVE_DEADLINE,),
    }


def test_who_never_works_has_to_begin_to() -> None:
    answer = ask(step("a", 60), deadline=utc("2025-11-17 17:00"), worked=hours())
    assert (misfit(answer).free_min, misfit(answer).missing_min) == (0, 60)
    assert set(fixes(answer)) == {(Change.EXTEND_HOURS,)}
    assert fixes(answer)[Change.EXTEND_HOURS,].extension is Extension.EVERY_DAY


def test_who_never_works_and_is_late_has_to_work_and_move_the_deadline() -> None:
    answer = ask(step("a", 60), deadline=MONDAY, worked=hours())
    both = fixes(answer)[Change.EXTEND_HOURS, Change.MOVE_DEADLINE]
    assert set(fixes(answer)) == {both.changes}
    assert both.deadline == utc("2025-11-17 10:00")


def test_a_step_that_can_not_keep_its_own_deadline_is_released() -> None:
    steps = [step("a", 120), step("b", 60, "a", due=utc("2025-11-17 11:30")), step("c", 60)]
    answer = ask(*steps, deadline=utc("2025-11-18 17:00"))
    assert (misfit(answer).missing_min, misfit(answer).first_step) == (30, "b")
    fix = fixes(answer)[Change.RELEASE_STEPS,]
    assert (fix.released, fix.deadline) == (("b",), None)


def test_deadlines_of_steps_that_can_be_kept_are_kept() -> None:
    steps = [
        step("a", 120, due=utc("2025-11-17 11:00")),
        step("b", 60, "a", due=utc("2025-11-17 11:30")),
        step("c", 60, due=utc("2025-11-17 14:00")),
    ]
    fix = fixes(ask(*steps, deadline=utc("2025-11-18 17:00")))[Change.RELEASE_STEPS,]
    assert fix.released == ("b",)
    assert fix.schedule.steps[0].deadline == utc("2025-11-17 11:00")


def test_moving_the_deadline_does_not_help_a_step_with_a_deadline_of_its_own() -> None:
    steps = [step("a", 120, due=utc("2025-11-17 10:00")), step("b", 480)]
    answer = ask(*steps, deadline=utc("2025-11-17 17:00"))
    assert (Change.MOVE_DEADLINE,) not in fixes(answer)
    both = fixes(answer)[Change.RELEASE_STEPS, Change.MOVE_DEADLINE]
    assert (both.released, both.deadline) == (("a",), utc("2025-11-18 11:00"))


def test_what_nothing_can_help_has_no_fixes() -> None:
    answer = misfit(ask(step("a", 10**9), deadline=utc("2025-11-17 17:00")))
    assert answer.fixes == ()
    assert answer.missing_min == 10**9 - 480


def test_no_steps_fit() -> None:
    assert ask(deadline=MONDAY - TICK) == Schedule(steps=())


def test_steps_in_a_circle_are_refused() -> None:
    with pytest.raises(DependencyCycle):
        ask(step("a", 1, "b"), step("b", 1, "a"), deadline=MONDAY)


def test_the_same_question_has_the_same_answer_whatever_the_order_of_other_tasks() -> None:
    others = tuple(
        Commitment(deadline=MONDAY + timedelta(hours=at), estimate_min=90) for at in (3, 30, 6, 26)
    )
    steps = [step("a", 480), step("b", 60, optional=True)]
    answer = ask(*steps, deadline=utc("2025-11-17 17:00"), others=others)
    assert ask(*steps, deadline=utc("2025-11-17 17:00"), others=others[::-1]) == answer
    renamed = [replace(each, key=each.key.upper()) for each in steps]
    again = misfit(ask(*renamed, deadline=utc("2025-11-17 17:00"), others=others))
    assert again.first_step == misfit(answer).first_step.upper()


def test_no_answer_takes_long_however_odd_the_hours_and_many_the_steps() -> None:
    week = {day: [[f"{hour:02}:00", f"{hour:02}:01"] for hour in range(0, 24, 2)] for day in DAYS}
    longest = [step(f"s{place}", 7 * 24 * 60, optional=True) for place in range(60)]
    began = time.process_time()
    answer = ask(
        *longest, deadline=MONDAY + timedelta(days=7_300), worked=parse(week, zone=ZoneInfo("Europe/Berlin"))
    )
    assert time.process_time() - began < 6, "it was 18 s when each optional step was tried on a calendar"
    fix = fixes(answer)[Change.DROP_OPTIONAL,]
    assert 0 < len(fix.dropped) < 60
    assert misfit(answer).fixes[1].changes == (Change.EXTEND_HOURS,)


def test_where_all_is_optional_and_nobody_ever_works_there_is_no_fix_but_to_work() -> None:
    never = parse({}, zone=ZoneInfo("UTC"))
    answer = ask(step("a", 60, optional=True), deadline=utc("2025-11-19 17:00"), worked=never)
    assert list(fixes(answer)) == [(Change.EXTEND_HOURS,)]
