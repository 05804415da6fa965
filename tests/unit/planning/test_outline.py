"""A draft's list of steps under edits: nothing is lost, and nothing stands before what it waits for."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskengine.planning import outline
from taskengine.planning.errors import (
    DependencyCycle,
    StepNotFound,
    StepOrder,
    TooManySteps,
    UnknownDependency,
)
from taskengine.planning.outline import MAX_STEPS, DraftStep, Outline


def step(key: str, *depends_on: str, **fields: Any) -> DraftStep:
    """Return a step."""
    return DraftStep(
        **{"key": key, "title": f"Do {key}", "estimate_min": 30, "depends_on": depends_on, **fields}
    )


def shape(steps: Sequence[DraftStep]) -> list[str]:
    """Return steps as `key<dependency,dependency`."""
    return [one.key + ("<" + ",".join(one.depends_on) if one.depends_on else "") for one in steps]


def test_a_new_plan_has_its_steps_in_the_order_of_their_dependencies() -> None:
    made = outline.regenerated((), [step("b", "a"), step("a"), step("c", "b")])
    assert shape(made) == ["a", "b<a", "c<b"]


def test_while_steps_still_come_what_is_not_there_yet_is_left_out() -> None:
    assert shape(outline.regenerated((), [step("b", "a")])) == ["b"]


def test_locked_steps_stay_about_where_they_stood() -> None:
    former = (step("a"), step("b", "a", locked=True), step("c", "b"), step("d", "c", locked=True))
    fresh = [step("x"), step("y", "x"), step("z", "y")]
    assert shape(outline.regenerated(former, fresh)) == ["x", "b", "y<x", "d<b", "z<y"]
    assert shape(outline.regenerated(former, [])) == ["b", "d<b"]


def test_a_new_step_may_wait_for_a_locked_one() -> None:
    former = (step("a"), step("b", "a", locked=True))
    assert shape(outline.regenerated(former, [step("x", "b")])) == ["b", "x<b"]


def test_parts_take_a_steps_place_and_its_dependencies() -> None:
    former = (step("a"), step("b", "a"), step("c", "b"), step("d", "a", "b"))
    parts = [step("p"), step("q", "p"), step("r", "p")]
    made = outline.split(former, "b", parts)
    assert shape(made) == ["a", "p<a", "q<p", "r<p", "c<q,r", "d<a,q,r"]


def test_without_a_part_the_step_stays() -> None:
    former = (step("a"), step("b", "a"))
    assert outline.split(former, "b", []) == former


def test_the_parts_of_an_optional_step_are_optional() -> None:
    made = outline.split((step("a", optional=True),), "a", [step("p"), step("q", "p")])
    assert [one.optional for one in made] == [True, True]


def test_a_part_may_have_the_key_of_the_whole() -> None:
    made = outline.split((step("a"), step("b", "a")), "a", [step("a"), step("z", "a")])
    assert shape(made) == ["a", "z<a", "b<z"]


def test_what_waited_for_a_removed_step_waits_for_what_it_waited_for() -> None:
    steps = (step("a"), step("b", "a"), step("c", "b"))
    assert shape(outline.without(steps, ["b"])) == ["a", "c<a"]
    with pytest.raises(StepNotFound):
        outline.without(steps, ["b", "x"])


def test_a_step_that_comes_to_depend_on_a_later_one_moves_behind_it() -> None:
    steps = (step("a"), step("b"), step("c"))
    assert shape(outline.changed(steps, "a", {"depends_on": ("c",)})) == ["b", "c", "a<c"]


@pytest.mark.parametrize(
    ("depends_on", "error"),
    [(("x",), UnknownDependency), (("b",), DependencyCycle), (("a",), DependencyCycle)],
)
def test_a_dependency_that_can_not_be_is_refused_by_its_field(
    depends_on: tuple[str, ...], error: type[UnknownDependency]
) -> None:
    with pytest.raises(error) as refused:
        outline.changed((step("a"), step("b", "a")), "a", {"depends_on": depends_on})
    assert refused.value.pointer == "/depends_on"


def test_a_step_is_moved_but_not_past_what_it_waits_for() -> None:
    steps = (step("a"), step("b", "a"), step("c"))
    assert shape(outline.moved(steps, "c", after=None)) == ["c", "a", "b<a"]
    assert shape(outline.moved(steps, "c", after="a")) == ["a", "c", "b<a"]
    assert outline.moved(steps, "c", after="c") == steps
    for key, after in (("b", None), ("a", "b")):
        with pytest.raises(StepOrder, match="“Do b” depends on “Do a”"):
            outline.moved(steps, key, after=after)
    with pytest.raises(StepNotFound):
        outline.moved(steps, "c", after="x")


def test_a_step_is_added_where_it_was_asked_for_and_behind_what_it_waits_for() -> None:
    steps = (step("a"), step("b", "a"))
    assert shape(outline.added(steps, step("n"), after=None)) == ["n", "a", "b<a"]
    assert shape(outline.added(steps, step("n"), after="a")) == ["a", "n", "b<a"]
    assert shape(outline.added(steps, step("n", "b"), after=None)) == ["a", "b<a", "n<b"]
    with pytest.raises(StepNotFound):
        outline.added(steps, step("n"), after="x")


def test_there_is_an_end_to_adding() -> None:
    steps = tuple(step(f"s{number}") for number in range(MAX_STEPS))
    with pytest.raises(TooManySteps):
        outline.added(steps, step("one-more"), after=None)


def test_a_free_key_is_free() -> None:
    assert outline.free_key([]) == "step-1"
    assert outline.free_key([step("step-2")]) == "step-3"


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    """Any list whose dependencies point back."""
    steps: list[DraftStep] = []
    for number in range(draw(st.integers(0, 8))):
        before = draw(st.lists(st.sampled_from(range(number)), unique=True, max_size=3)) if number else []
        steps.append(
            step(
                f"k{number}",
                *(f"k{other}" for other in before),
                locked=draw(st.booleans()),
                optional=draw(st.booleans()),
            )
        )
    return tuple(steps)


def is_in_order(steps: Sequence[DraftStep]) -> bool:
    """Whether every step stands behind all that it depends on."""
    seen: set[str] = set()
    for one in steps:
        if not seen.issuperset(one.depends_on):
            return False
        seen.add(one.key)
    return len(seen) == len(steps)


@given(former=outlines(), fresh=outlines(), data=st.data())
def test_whatever_is_done_the_order_holds_and_nothing_is_lost(
    former: Outline, fresh: Outline, data: st.DataObject
) -> None:
    parts = [
        outline.DraftStep(
            key=f"n-{one.key}",
            title=one.title,
            estimate_min=one.estimate_min,
            depends_on=tuple(f"n-{key}" for key in one.depends_on),
        )
        for one in fresh
    ]
    remade = outline.regenerated(former, parts)
    assert is_in_order(remade)
    locked = [one.key for one in former if one.locked]
    assert [one.key for one in remade if not one.key.startswith("n-")] == locked
    assert {one.key for one in remade} == {*locked, *(part.key for part in parts)}
    if former:
        key = data.draw(st.sampled_from([one.key for one in former]))
        rest = {one.key for one in former} - {key}
        assert is_in_order(split := outline.split(former, key, parts))
        assert {one.key for one in split} == rest | ({part.key for part in parts} or {key})
        assert is_in_order(left := outline.without(former, [key]))
        assert {one.key for one in left} == rest


@given(outlines())
def test_what_is_written_is_read_back(steps: Outline) -> None:
    assert outline.read(outline.written(steps)) == steps
