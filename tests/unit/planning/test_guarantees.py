"""What holds for every schedule and every misfit, whatever was asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskengine.planning.busy import Commitment
from taskengine.planning.fitting import Misfit, fit
from taskengine.planning.fixes import Change, Fix
from taskengine.planning.free_time import FreeTime, free_time
from taskengine.planning.intervals import minute_from, minute_until
from taskengine.planning.schedule import Schedule, schedule
from taskengine.planning.steps import Step
from taskengine.planning.working_hours import DAYS, WorkingHours, parse
from tests.support.calendars import is_worked, minutes_of, taken_minutes, utc

# Each begins a day or two before the clocks of its zone change.
BEGINNINGS = [
    ("UTC", "2025-11-17 08:00"),
    ("Europe/Berlin", "2025-03-28 12:00"),
    ("Europe/Berlin", "2025-10-24 12:00"),
    ("America/New_York", "2025-03-07 12:00"),
    ("America/New_York", "2025-10-31 12:00"),
    ("Australia/Lord_Howe", "2025-04-04 00:00"),
    ("Australia/Lord_Howe", "2025-10-03 00:00"),
    ("Pacific/Apia", "2011-12-29 00:00"),
    ("Africa/Casablanca", "2024-03-08 12:00"),
    ("America/St_Johns", "2010-11-05 12:00"),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Do these fit?"""

    steps: Sequence[Step]
    deadline: datetime
    now: datetime
    hours: WorkingHours
    others: tuple[Commitment, ...]

    def free(self) -> FreeTime:
        return free_time(hours=self.hours, commitments=self.others, now=self.now)

    def schedule(self) -> Schedule | None:
        return schedule(self.steps, deadline=self.deadline, free=self.free())

    def answer(self) -> Schedule | Misfit:
        return fit(self.steps, deadline=self.deadline, free=self.free())


@st.composite
def all_hours(draw: st.DrawFn, zone: str) -> WorkingHours:
    """Return a person's week: office hours, hours at odd minutes, or none."""
    edges = st.sets(st.sampled_from(range(0, 1441, 45)) | st.integers(0, 1440), max_size=4).map(sorted)
    if draw(st.booleans()):
        daily = [[9 * 60, 17 * 60]] * 5 + [[]] * 2
    else:
        daily = draw(st.lists(edges, min_size=7, max_size=7))
    times = [[f"{edge // 60:02}:{edge % 60:02}" for edge in day] for day in daily]
    week = {
        day: [[opens, closes] for opens, closes in zip(each[::2], each[1::2], strict=False)]
        for day, each in zip(DAYS, times, strict=True)
    }
    return parse(week, zone=ZoneInfo(zone))


@st.composite
def all_steps(draw: st.DrawFn, now: datetime) -> list[Step]:
    """Return up to six steps in any order, without a circle."""
    steps: list[Step] = []
    for place in range(draw(st.sampled_from([0, 1, 2, 3, 4, 5, 6]))):
        before = draw(st.sets(st.sampled_from([step.key for step in steps]), max_size=3)) if steps else set()
        due = draw(st.integers(0, 6 * 1440)) if draw(st.sampled_from(range(8))) == 7 else None
        steps.append(
            Step(
                key=f"s{place}",
                estimate_min=draw(st.integers(1, 90) | st.integers(60, 300)),
                depends_on=tuple(sorted(before)),
                optional=draw(st.booleans()),
                due=None if due is None else now + timedelta(minutes=due),
            )
        )
    return draw(st.permutations(steps))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Return anything that can be asked, some days about a change of clocks."""
    zone, beginning = draw(st.sampled_from(BEGINNINGS))
    now = utc(beginning) + timedelta(seconds=draw(st.integers(0, 36 * 3600)))
    seconds = st.builds(
        lambda days, second: now + timedelta(days=days, seconds=second),
        st.sampled_from(range(7)),
        st.integers(-3600, 86_400),
    )
    others = st.builds(Commitment, deadline=seconds, estimate_min=st.integers(1, 400))
    return Question(
        steps=draw(all_steps(now)),
        deadline=draw(seconds),
        now=now,
        hours=draw(all_hours(zone)),
        others=tuple(draw(st.lists(others, max_size=4))),
    )


def check_schedule(question: Question, laid_out: Schedule) -> None:
    """Hold a schedule to every guarantee, by means that share nothing with how it was made."""
    by_key = {step.key: step for step in question.steps}
    turns = {turn.key: turn for turn in laid_out.steps}
    assert sorted(by_key) == sorted(turn.key for turn in laid_out.steps)
    minutes = minutes_of(sitting for turn in laid_out.steps for sitting in turn.sittings)
    assert all(earlier < later for earlier, later in pairwise(minutes)), "in one line, no two at once"
    for key, turn in turns.items():
        step = by_key[key]
        assert len(minutes_of(turn.sittings)) == step.estimate_min
        assert all(earlier.end < later.start for earlier, later in pairwise(turn.sittings))
        assert question.now <= turn.start < turn.deadline <= question.deadline
        assert step.due is None or turn.deadline <= step.due
        assert all(turns[before].deadline < turn.deadline for before in step.depends_on)
        assert all(turns[before].deadline <= turn.start for before in step.depends_on)
    assert all(is_worked(question.hours, minute) for minute in minutes)
    assert not set(minutes) & set(minutes_of(question.free().busy))


def check_misfit(question: Question, misfit: Misfit) -> None:
    """Hold a misfit to what it claims."""
    assert misfit.needed_min == sum(step.estimate_min for step in question.steps)
    assert misfit.missing_min > 0
    if all(step.due is None for step in question.steps):
        assert misfit.missing_min == misfit.needed_min - misfit.free_min
        assert {Change.MOVE_DEADLINE} in [set(fix.changes) for fix in misfit.fixes] or not any(
            question.hours.week
        )
    for fix in misfit.fixes:
        fixed = after(question, fix)
        check_schedule(fixed, fix.schedule)
        assert fixed.schedule() == fix.schedule, "who makes the change gets this very schedule"
        check_fix(question, fixed, fix)
        others = [set(other.changes) for other in misfit.fixes if other is not fix]
        assert not any(other <= set(fix.changes) for other in others), "no part of it is enough"


def check_fix(question: Question, fixed: Question, fix: Fix) -> None:
    """Hold a fix to being the smallest of its kind."""
    by_key = {step.key: step for step in question.steps}
    assert (Change.DROP_OPTIONAL in fix.changes) == bool(fix.dropped)
    assert (Change.RELEASE_STEPS in fix.changes) == bool(fix.released)
    assert all(by_key[key].optional for key in fix.dropped)
    assert fix.freed_min == sum(by_key[key].estimate_min for key in fix.dropped)
    assert fixed.steps, "to do nothing at all is no fix"
    if fix.deadline is not None:
        earlier = replace(fixed, deadline=fixed.deadline - timedelta(minutes=1))
        assert earlier.schedule() is None, "a minute earlier would do"
    for less in smaller(fix):
        assert after(question, less).schedule() is None, "something was given up in vain"


def smaller(fix: Fix) -> Iterator[Fix]:
    """Yield a fix less each one thing that it gives up; a moved deadline may then be as late as it likes."""
    late = None if fix.deadline is None else fix.deadline + timedelta(days=400)
    for key in fix.dropped:
        yield replace(fix, dropped=tuple(each for each in fix.dropped if each != key), deadline=late)
    for key in fix.released:
        yield replace(fix, released=tuple(each for each in fix.released if each != key), deadline=late)


def after(question: Question, fix: Fix) -> Question:
    """Return the question that would be asked once a fix is made."""
    by_key = {step.key: step for step in question.steps}

    def ahead(keys: tuple[str, ...]) -> set[str]:
        """Return what those wait for who waited for steps that are gone."""
        return {
            found
            for key in keys
            for found in (ahead(by_key[key].depends_on) if key in fix.dropped else {key})
        }

    steps = [
        replace(
            step,
            depends_on=tuple(sorted(ahead(step.depends_on))),
            due=None if step.key in fix.released else step.due,
        )
        for step in question.steps
        if step.key not in fix.dropped
    ]
    return replace(
        question,
        steps=steps,
        deadline=fix.deadline or question.deadline,
        hours=fix.hours or question.hours,
    )


def check(question: Question) -> None:
    answer = question.answer()
    if isinstance(answer, Schedule):
        check_schedule(question, answer)
    else:
        check_misfit(question, answer)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions())
def test_no_answer_breaks_a_dependency_a_deadline_working_hours_or_busy_time(question: Question) -> None:
    check(question)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions())
def test_in_ten_thousand_questions_no_answer_breaks_a_rule(question: Question) -> None:
    check(question)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions())
def test_what_is_said_to_be_missing_is_what_a_minute_by_minute_count_lacks(question: Question) -> None:
    steps = [replace(step, due=None) for step in question.steps]
    question = replace(question, steps=steps)
    free = free_by_hand(question)
    needed = sum(step.estimate_min for step in steps)
    answer = question.answer()
    assert isinstance(answer, Schedule) == (needed <= len(free))
    if isinstance(answer, Schedule):
        minutes = minutes_of(sitting for turn in answer.steps for sitting in turn.sittings)
        assert minutes == free[len(free) - needed :], "as late as possible"
        return
    assert (answer.free_min, answer.missing_min) == (len(free), needed - len(free))
    order = [turn.key for turn in next(fix for fix in answer.fixes if not fix.dropped).schedule.steps]
    by_key = {step.key: step.estimate_min for step in steps}
    done = [sum(by_key[key] for key in order[: place + 1]) for place in range(len(order))]
    assert answer.first_step == next(key for key, at in zip(order, done, strict=True) if at > len(free))


def free_by_hand(question: Question) -> list[int]:
    """Return each free minute before a question's deadline: worked, and not taken by others."""
    week = replace(question.free().window, end_min=minute_until(question.now) + 8 * 1440)
    taken = taken_minutes(question.others, hours=question.hours, window=week)
    return [
        minute
        for minute in range(minute_from(question.now), minute_until(question.deadline))
        if minute not in taken and is_worked(question.hours, minute)
    ]
