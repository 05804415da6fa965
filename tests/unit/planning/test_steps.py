"""The order of steps, and what is no order."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskengine.errors import DomainError
from taskengine.planning.errors import DependencyCycle, DuplicateStep, InvalidEstimate, UnknownDependency
from taskengine.planning.intervals import instant
from taskengine.planning.steps import Step, in_order, without

END_MIN = 1_000


def step(key: str, *depends_on: str, due: int | None = None, estimate_min: int = 30) -> Step:
    """Return a step that is due at a minute."""
    return Step(
        key=key,
        estimate_min=estimate_min,
        depends_on=depends_on,
        due=None if due is None else instant(due),
    )


def order(*steps: Step) -> str:
    return "".join(bound.step.key for bound in in_order(steps, end_min=END_MIN))


def test_without_dependencies_the_steps_stay_as_they_are() -> None:
    assert order(step("c"), step("a"), step("b")) == "cab"


def test_a_step_comes_after_what_it_depends_on_and_no_later_than_it_must() -> None:
    assert order(step("a", "c"), step("b"), step("c"), step("d")) == "bcad"


def test_a_diamond() -> None:
    assert order(step("d", "b", "c"), step("c", "a"), step("b", "a"), step("a")) == "acbd"


def test_a_dependency_that_is_named_twice_counts_once() -> None:
    assert order(step("b", "a", "a"), step("a")) == "ab"


def test_no_steps_have_an_order() -> None:
    assert order() == ""


def test_a_step_with_an_early_deadline_of_its_own_goes_first_with_all_it_waits_for() -> None:
    assert order(step("a"), step("b"), step("c"), step("d", "c", due=100)) == "cdab"


def test_a_deadline_of_its_own_beyond_the_goals_changes_nothing() -> None:
    assert order(step("a", due=2_000), step("b")) == "ab"
    assert [bound.end_min for bound in in_order([step("a", due=2_000)], end_min=END_MIN)] == [END_MIN]


def test_what_others_wait_for_must_end_as_early_as_they() -> None:
    bounds = in_order([step("a"), step("b", "a", due=500), step("c", "b", due=300)], end_min=END_MIN)
    assert [bound.end_min for bound in bounds] == [300, 300, 300]


@pytest.mark.parametrize(
    ("steps", "error", "pointer", "detail"),
    [
        ([step("a"), step("a")], DuplicateStep, "/steps/1/key", "There are two steps 'a'."),
        ([step("a", estimate_min=0)], InvalidEstimate, "/steps/0/estimate_min", "at least one"),
        (
            [step("a"), step("b", "a", "x")],
            UnknownDependency,
            "/steps/1/depends_on",
            "The step 'b' depends on 'x', which is not there.",
        ),
        ([step("a", "a")], DependencyCycle, "", "wait for each other: a → a."),
        (
            [step("z"), step("q", "z", "a"), step("a", "b"), step("b", "c"), step("c", "z", "a")],
            DependencyCycle,
            "",
            "wait for each other: a → c → b → a.",
        ),
    ],
)
def test_steps_without_an_order_are_refused_by_name(
    steps: list[Step], error: type[DomainError], pointer: str, detail: str
) -> None:
    with pytest.raises(error) as refused:
        in_order(steps, end_min=END_MIN)
    assert refused.value.pointer == pointer
    assert detail in refused.value.detail


def test_who_waits_for_a_step_that_is_left_out_waits_for_what_that_waited_for() -> None:
    steps = [step("a"), step("b", "a"), step("x"), step("c", "b", "x"), step("d", "c", "a")]
    left = without(steps, {"b", "c"})
    assert [(each.key, each.depends_on) for each in left] == [("a", ()), ("x", ()), ("d", ("a", "x"))]


def test_without_nothing_all_stay() -> None:
    steps = (step("a"), step("b", "a"))
    assert without(steps, set()) == steps


@st.composite
def some_steps(draw: st.DrawFn) -> list[Step]:
    """Return up to five steps in any order, some with deadlines of their own."""
    count = draw(st.integers(1, 5))
    steps = []
    for place in range(count):
        before = draw(st.sets(st.integers(0, place - 1))) if place else set()
        due = draw(st.none() | st.integers(0, 120))
        estimate_min = draw(st.integers(1, 40))
        steps.append(step(str(place), *map(str, sorted(before)), due=due, estimate_min=estimate_min))
    return draw(st.permutations(steps))


def in_time(steps: list[Step], end_min: int) -> bool:
    """Whether steps that are done without a break from minute 0 keep dependencies and deadlines."""
    at = 0
    done: set[str] = set()
    for each in steps:
        at += each.estimate_min
        due = end_min if each.due is None else min(end_min, int(each.due.timestamp()) // 60)
        if at > due or not done.issuperset(each.depends_on):
            return False
        done.add(each.key)
    return True


@given(some_steps())
def test_if_any_order_is_in_time_this_one_is(steps: list[Step]) -> None:
    chosen = [bound.step for bound in in_order(steps, end_min=150)]
    assert sorted(each.key for each in chosen) == sorted(each.key for each in steps)
    possible = any(in_time(list(other), 150) for other in permutations(steps))
    assert in_time(chosen, 150) == possible
