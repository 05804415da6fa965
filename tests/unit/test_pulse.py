"""The pulse: each beats in its own time, and what leaves costs nothing any more."""

import asyncio
from collections.abc import Callable

import pytest

from realtime import pulse
from realtime.pulse import Pulse


class One:
    """Something that beats so many times, at a distance."""

    def __init__(self, *pauses_s: float | None, act: Callable[[], None] = lambda: None) -> None:
        self.beats = 0
        self._pauses_s = list(pauses_s)
        self._act = act

    def beat(self) -> float | None:
        self.beats += 1
        self._act()
        return self._pauses_s.pop(0) if self._pauses_s else None


def tick(wheel: Pulse, seconds: float) -> None:
    for _ in range(round(seconds / pulse.TICK_S)):
        wheel._tick()


def test_each_is_called_in_its_own_time_and_until_it_wants_no_more() -> None:
    wheel, often, seldom = Pulse(), One(1.0, 1.0), One()
    wheel.add(often, in_s=1)
    wheel.add(seldom, in_s=2.1)

    beats = []
    for _ in range(4):
        tick(wheel, 1)
        beats.append((often.beats, seldom.beats))

    assert beats == [(1, 0), (2, 0), (3, 1), (3, 1)]
    assert not wheel._places
    assert not wheel._spokes


def test_what_is_added_again_is_called_at_its_new_time_only() -> None:
    wheel, one = Pulse(), One()
    wheel.add(one, in_s=1)
    wheel.add(one, in_s=2)
    tick(wheel, 1)
    assert one.beats == 0
    tick(wheel, 1)
    assert one.beats == 1


def test_what_was_removed_is_not_called_even_by_another_of_its_tick() -> None:
    wheel = Pulse()
    one, other = One(), One()
    one._act, other._act = lambda: wheel.remove(other), lambda: wheel.remove(one)
    wheel.add(one, in_s=1)
    wheel.add(other, in_s=1)
    wheel.remove(One())  # never added
    tick(wheel, 1)
    assert one.beats + other.beats == 1
    assert not wheel._places


def test_what_was_removed_is_not_kept_until_its_time() -> None:
    wheel, one = Pulse(), One()
    wheel.add(one, in_s=30)
    wheel.remove(one)
    assert not any(wheel._spokes.values())
    assert not wheel._places


def test_one_that_fails_is_called_again_and_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    failures = [RuntimeError("once")]

    def fail() -> None:
        if failures:
            raise failures.pop()

    wheel, bad, good = Pulse(), One(act=fail), One()
    wheel.add(bad, in_s=1)
    wheel.add(good, in_s=1)
    tick(wheel, 3)
    assert (bad.beats, good.beats) == (2, 1)
    assert "A beat failed" in caplog.text


async def test_it_keeps_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "TICK_S", 0.01)
    wheel, one = Pulse(), One(*[0.01] * 1000)
    wheel.add(one, in_s=0.01)
    running = asyncio.create_task(wheel.run())
    await asyncio.sleep(0.5)
    running.cancel()
    assert 40 <= one.beats <= 51
