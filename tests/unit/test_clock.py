"""The clock of the database as this process reckons it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from taskengine.clock import OffsetClock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
T = NOON.timestamp()


@pytest.fixture
def wall() -> Iterator[time_machine.Traveller]:
    """This machine's clock: noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def sample(clock: OffsetClock, *, ahead_s: float, took_s: float = 0.001, at: float = T) -> None:
    """Ask a clock that is ahead, at our time `at`, and wait for the answer."""
    reading = datetime.fromtimestamp(at + took_s / 2 + ahead_s, UTC)
    clock.observe(sent=at, received=at + took_s, reading=reading)


def test_before_the_first_sample_it_is_the_wall_clock(wall: time_machine.Traveller) -> None:
    clock = OffsetClock()
    assert clock.now() == NOON
    assert clock.offset_s == 0


def test_a_sample_sets_it_to_the_other_clock(wall: time_machine.Traveller) -> None:
    clock = OffsetClock()
    sample(clock, ahead_s=2.5)
    assert clock.now() == NOON + timedelta(seconds=2.5)
    wall.shift(10)
    assert clock.now() == NOON + timedelta(seconds=12.5)


@pytest.mark.parametrize("ahead_s", [-90.0, -0.25, 0.25, 3600.0])
def test_it_may_be_ahead_or_behind(ahead_s: float) -> None:
    clock = OffsetClock()
    sample(clock, ahead_s=ahead_s)
    assert clock.offset_s == pytest.approx(ahead_s, abs=1e-5)


def test_a_sharper_sample_is_believed_and_a_blurred_one_is_not() -> None:
    clock = OffsetClock()
    sample(clock, ahead_s=0.5, took_s=0.1)
    sample(clock, ahead_s=0.52, took_s=0.01)
    assert clock.offset_s == pytest.approx(0.52, abs=1e-5)
    sample(clock, ahead_s=0.55, took_s=0.2)  # may be the same, as far as it can tell
    assert clock.offset_s == pytest.approx(0.52, abs=1e-5)


def test_a_blurred_sample_is_believed_when_the_other_clock_was_stepped() -> None:
    clock = OffsetClock()
    sample(clock, ahead_s=0, took_s=0.001)
    sample(clock, ahead_s=5, took_s=0.2)
    assert clock.offset_s == pytest.approx(5, abs=1e-5)


def test_our_own_step_is_found_out_by_the_next_sample(wall: time_machine.Traveller) -> None:
    clock = OffsetClock()
    sample(clock, ahead_s=0)
    wall.shift(-3600)  # somebody sets this machine's clock back; the database goes on
    sample(clock, ahead_s=3600, at=T - 3600, took_s=0.05)
    assert clock.now() == pytest.approx(NOON, abs=timedelta(milliseconds=1))


def test_a_step_back_while_we_asked_says_nothing() -> None:
    clock = OffsetClock()
    sample(clock, ahead_s=1)
    clock.observe(sent=T, received=T - 5, reading=NOON)
    assert clock.offset_s == pytest.approx(1, abs=1e-5)


@given(
    true_s=st.floats(-100, 100),
    delays_s=st.lists(st.tuples(st.floats(1e-4, 0.5), st.floats(1e-4, 0.5)), min_size=1, max_size=20),
)
def test_it_is_never_further_off_than_half_the_fastest_answer(
    true_s: float, delays_s: list[tuple[float, float]]
) -> None:
    clock = OffsetClock()
    for there_s, back_s in delays_s:
        # However the way is split, the reading was taken between the two of ours.
        reading = datetime.fromtimestamp(T + there_s + true_s, UTC)
        clock.observe(sent=T, received=T + there_s + back_s, reading=reading)
    fastest_s = min(there_s + back_s for there_s, back_s in delays_s)
    assert abs(clock.offset_s - true_s) <= fastest_s / 2 + 1e-5


def test_its_silence_lasts_until_the_next_answer_and_any_answer_ends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = OffsetClock()
    monkeypatch.setattr(clock, "_answered_at", time.monotonic() - 30)
    assert clock.silence_s() >= 30
    clock.observe(sent=T, received=T - 5, reading=NOON)  # which says nothing of the time
    assert clock.silence_s() < 1
