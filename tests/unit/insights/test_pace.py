"""What will be missed at this pace, and when nobody can say."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskengine.insights.load import DAYS_AHEAD, Work, days_ahead
from taskengine.insights.pace import MIN_DAYS, MIN_TASKS, Confidence, Forecast, Unit, forecast
from taskengine.insights.quarters import start_of
from taskengine.planning.working_hours import WorkingHours, default_hours, parse
from tests.support.calendars import hours, utc

UTC = ZoneInfo("UTC")
MONDAY_NINE = utc("2026-11-23 09:00")
TODAY = date(2026, 11, 23)
WEEKDAYS = default_hours(UTC)
LONG_AGO = date(2026, 1, 1)


def done_on(ago: int, *, tasks: int = 3, minutes: int | None = 90) -> Work:
    """Return what was completed at noon of a day so long ago; without an estimate where there are no minutes."""
    noon = start_of(TODAY - timedelta(days=ago), UTC) + timedelta(hours=12)
    return Work(quarter=noon, tasks=tasks, estimated=0 if minutes is None else tasks, minutes=minutes or 0)


def due_in(days: int, *, tasks: int = 1, minutes: int | None = 30) -> Work:
    """Return what falls due at noon of a day so far ahead."""
    return done_on(-days, tasks=tasks, minutes=minutes)


EVERY_DAY = [done_on(ago) for ago in range(1, 29)]


def asked(
    done: list[Work],
    due: list[Work],
    *,
    worked: WorkingHours = WEEKDAYS,
    first_day: date = LONG_AGO,
    now: datetime = MONDAY_NINE,
) -> Forecast | None:
    """Return the forecast."""
    ahead = days_ahead(due, hours=worked, now=now)
    return forecast(done, ahead, hours=worked, first_day=first_day, now=now)


def known(*args: list[Work], **more: WorkingHours | date | datetime) -> Forecast:
    """Return the forecast, which is there."""
    found = asked(*args, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_what_gets_done_in_time_is_not_missed() -> None:
    found = known(EVERY_DAY, [due_in(1, tasks=6, minutes=180)])
    assert (found.unit, found.pace, found.days) == (Unit.MINUTES, 90, 20)
    assert (found.due, found.missed, found.first_day, found.confidence) == (6, 0, None, Confidence.HIGH)


def test_what_is_due_beyond_the_pace_is_missed_by_so_many_tasks_of_the_usual_length() -> None:
    # By Tuesday's end 180 minutes get done, and 240 are due: two tasks of 30 minutes are too many.
    found = known(EVERY_DAY, [due_in(1, tasks=8, minutes=240), due_in(2)])
    assert (found.due, found.missed, found.first_day) == (9, 2, TODAY + timedelta(days=1))


def test_a_task_too_many_on_one_day_is_missed_however_much_time_there_is_afterwards() -> None:
    crowded = known(EVERY_DAY, [due_in(1, tasks=8, minutes=240)])
    later = known(EVERY_DAY, [due_in(1, tasks=8, minutes=240), due_in(11)])
    assert crowded.missed == later.missed == 2


def test_of_the_first_day_that_is_too_full_only_those_are_counted_that_are_missed_by_then() -> None:
    # By Tuesday's end one task is too many, by Friday's four.
    found = known(EVERY_DAY, [due_in(1, tasks=7, minutes=210), due_in(4, tasks=12, minutes=360)])
    assert (found.missed, found.first_day, found.first_day_missed) == (4, TODAY + timedelta(days=1), 1)


def test_no_more_is_missed_by_a_day_than_is_due_by_then_however_long_it_is() -> None:
    # The one long task would be five of the usual length.
    found = known(EVERY_DAY, [due_in(1, tasks=1, minutes=600), due_in(11, tasks=9, minutes=270)])
    assert (found.missed, found.first_day_missed) == (1, 1)


def test_free_days_get_nothing_done_and_are_not_counted() -> None:
    on_weekdays = [work for work in EVERY_DAY if work.quarter.weekday() < 5]
    assert known(on_weekdays, []).pace == 90
    # What is due on Sunday has to be done by Friday.
    assert known(on_weekdays, [due_in(6, tasks=15, minutes=450)]).missed == 0
    assert known(on_weekdays, [due_in(6, tasks=16, minutes=480)]).missed == 1


def test_without_any_hours_every_day_is_a_working_day() -> None:
    found = known(EVERY_DAY, [due_in(6, tasks=20, minutes=600)], worked=hours(), now=utc("2026-11-23 00:00"))
    assert (found.days, found.missed) == (28, 0)  # seven days of 90 minutes


def test_of_today_only_the_hours_that_are_left_count() -> None:
    work = [due_in(0, tasks=3, minutes=90)]
    assert known(EVERY_DAY, work).missed == 0
    # At one o'clock half of the working day is over.
    late = [Work(quarter=utc("2026-11-23 16:00"), tasks=3, estimated=3, minutes=90)]
    assert known(EVERY_DAY, late, now=utc("2026-11-23 13:00")).missed == 2
    assert known(EVERY_DAY, late, now=utc("2026-11-23 17:00")).missed == 3


def test_tasks_are_counted_where_most_have_no_estimate() -> None:
    found = known([done_on(ago, minutes=None) for ago in range(1, 29)], [due_in(0, tasks=5, minutes=None)])
    assert (found.unit, found.pace, found.missed) == (Unit.TASKS, 3, 2)


def test_a_task_without_an_estimate_is_as_long_as_the_others_are_on_average() -> None:
    done = [Work(quarter=work.quarter, tasks=4, estimated=3, minutes=90) for work in EVERY_DAY]
    assert known(done, []).pace == 120


@pytest.mark.parametrize(
    "done",
    [
        [],
        [done_on(ago, tasks=1) for ago in range(1, 12)],  # nine of them are weekdays
        [done_on(ago) for ago in range(1, 10)],  # on most working days nothing
        [done_on(ago) for ago in (1, 7, 8, 14, 15, 21, 22, 28)],
    ],
)
def test_there_is_no_answer_where_there_is_too_little_to_go_by(done: list[Work]) -> None:
    assert asked(done, [due_in(1, tasks=50)]) is None


def test_there_is_an_answer_from_ten_days_and_ten_tasks_on() -> None:
    first = TODAY - timedelta(days=14)  # ten working days
    ten = [done_on(ago, tasks=1) for ago in range(1, 15) if done_on(ago).quarter.weekday() < 5]
    assert (len(ten), MIN_DAYS, MIN_TASKS) == (10, 10, 10)
    assert known(ten, [], first_day=first).confidence == Confidence.MEDIUM
    assert asked(ten[1:], [], first_day=first) is None
    assert asked([*ten[1:], ten[1]], [], first_day=first + timedelta(days=1)) is None


def test_days_before_the_persons_first_are_no_idle_days() -> None:
    lately = [done_on(ago) for ago in range(1, 15)]
    assert known(lately, [], first_day=TODAY - timedelta(days=14)).pace == 90


def test_an_answer_on_which_slow_and_fast_days_do_not_agree_is_of_low_confidence() -> None:
    done = [done_on(ago, tasks=1 + ago % 5, minutes=30 * (1 + ago % 5)) for ago in range(1, 29)]
    found = known(done, [due_in(0, tasks=3, minutes=90)])
    assert found.least < found.most
    assert found.confidence == Confidence.LOW


amounts = st.integers(0, 40)
histories = st.lists(amounts, min_size=28, max_size=28)
futures = st.lists(amounts, min_size=DAYS_AHEAD, max_size=DAYS_AHEAD)
weeks = st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))


def work(counts: list[int], *, ahead: bool) -> list[Work]:
    """Return one day's work after another, of 30 minutes a task."""
    return [
        done_on(-day if ahead else 28 - day, tasks=count, minutes=30 * count)
        for day, count in enumerate(counts)
        if count
    ]


@given(histories, futures, weeks)
def test_no_more_is_missed_than_is_due_and_a_faster_pace_misses_no_more(
    history: list[int], future: list[int], days: set[str]
) -> None:
    worked = parse({day: [["09:00", "17:00"]] for day in days}, zone=UTC)
    found = asked(work(history, ahead=False), work(future, ahead=True), worked=worked)
    if found is not None:
        assert 0 <= found.least <= found.missed <= found.most <= found.due == sum(future)
        assert found.slow <= found.pace <= found.fast
        assert (found.first_day is None) == (found.missed == 0) == (found.first_day_missed == 0)
        assert found.first_day_missed <= found.missed


@given(futures, st.integers(0, DAYS_AHEAD - 1))
def test_more_work_misses_no_less_and_a_later_deadline_no_more(future: list[int], day: int) -> None:
    base = known(EVERY_DAY, work(future, ahead=True)).missed
    more = [*future[:day], future[day] + 1, *future[day + 1 :]]
    assert known(EVERY_DAY, work(more, ahead=True)).missed in {base, base + 1}
    later = [*future[:day], 0, *future[day + 1 :]]
    if day + 1 < DAYS_AHEAD:
        later[day + 1] += future[day]
        assert known(EVERY_DAY, work(later, ahead=True)).missed <= base


@given(futures)
def test_no_order_of_work_misses_less(future: list[int]) -> None:
    """Doing one task after another, the nearest deadline first, and dropping what can't be done in time."""
    worked = parse(
        {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}, zone=UTC
    )
    three_a_day = [done_on(ago) for ago in range(1, 29)]
    found = known(three_a_day, work(future, ahead=True), worked=worked, now=utc("2026-11-23 00:00"))
    done = 0
    for day, count in enumerate(future):
        done = min(done + count, 3 * (day + 1))
    assert found.missed == sum(future) - done
