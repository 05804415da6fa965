"""The circuit breaker, at its exact boundaries."""

from ai.breaker import Breaker


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock=clock, failures=3, rest_s=30)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    breaker = Breaker(clock=Clock(), failures=3, rest_s=30)
    for outcome in (breaker.failed, breaker.failed, breaker.succeeded, breaker.failed, breaker.failed):
        assert breaker.allows()
        outcome()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    assert breaker.wait_s() == 30


def test_after_its_rest_it_lets_one_call_try() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now_s += 29.999
    assert not breaker.allows()
    clock.now_s += 0.001
    assert breaker.allows()
    assert not breaker.allows()


def test_a_try_that_succeeds_closes_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now_s += 30
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()
    assert breaker.wait_s() == 0


def test_a_try_that_fails_opens_it_for_another_rest() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now_s += 30
    assert breaker.allows()
    breaker.failed()
    assert breaker.wait_s() == 30


def test_a_try_that_never_tells_how_it_went_holds_the_place_for_one_rest_only() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now_s += 30
    assert breaker.allows()
    clock.now_s += 30
    assert breaker.allows()


def test_a_time_that_was_named_is_waited_for_at_the_first_failure() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock, failures=3, rest_s=30)
    breaker.failed(wait_s=34.5)
    assert not breaker.allows()
    clock.now_s += 34.5
    assert breaker.allows()
    assert breaker.allows()  # one failure alone does not make it try one by one
