"""The steps towards a goal, and the one order in which a person does them."""

import heapq
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from taskengine.planning.errors import DependencyCycle, DuplicateStep, InvalidEstimate, UnknownDependency
from taskengine.planning.intervals import minute_until


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A piece of work for one person.

    Attributes:
        key: Its name among the steps.
        estimate_min: How many minutes of work it is, at least one.
        depends_on: Keys of the steps that come before it.
        optional: Whether the goal is reached without it.
        due: A deadline of its own that somebody set (aware): it ends then or earlier.
    """

    key: str
    estimate_min: int
    depends_on: tuple[str, ...] = ()
    optional: bool = False
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundStep:
    """A step, and the minute by which it must end so that it and all that wait for it are in time."""

    step: Step
    end_min: int


def in_order(steps: Sequence[Step], *, end_min: int) -> list[BoundStep]:
    """Return the steps in the order in which they are done, one after the other.

    Dependencies decide, then which must end first, then the place among `steps`. If the steps fit in
    any order, they fit in this one: earliest due date first, with due dates handed on to what comes
    before, is optimal for one worker (Lawler 1973, 1 | prec | Lmax).

    Args:
        steps: In the order in which their author would have them.
        end_min: By when all must be done.

    Raises:
        DuplicateStep: Two have the same key.
        InvalidEstimate: One is less than a minute.
        UnknownDependency: One depends on what is not among them.
        DependencyCycle: Some wait for each other.
    """
    _check(steps)
    bounds: dict[str, int] = {}
    for step in reversed(_sorted(steps, first=lambda _: 0)):
        own = end_min if step.due is None else min(end_min, minute_until(step.due))
        bounds[step.key] = min(own, bounds.get(step.key, own))
        for key in step.depends_on:
            bounds[key] = min(bounds[step.key], bounds.get(key, end_min))
    ordered = _sorted(steps, first=lambda step: bounds[step.key])
    return [BoundStep(step=step, end_min=bounds[step.key]) for step in ordered]


def without(steps: Sequence[Step], keys: Collection[str]) -> tuple[Step, ...]:
    """Return the steps that stay when some are left out; they wait for what those waited for."""
    by_key = {step.key: step for step in steps}
    return tuple(
        replace(step, depends_on=_dependencies(step, by_key, keys)) for step in steps if step.key not in keys
    )


def _dependencies(step: Step, by_key: Mapping[str, Step], gone: Collection[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}  # in place of a set: the order is kept
    waiting = list(reversed(step.depends_on))
    seen: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        if key in gone:
            waiting.extend(reversed(by_key[key].depends_on))
        else:
            found[key] = None
    return tuple(found)


def _check(steps: Sequence[Step]) -> None:
    keys: set[str] = set()
    for place, step in enumerate(steps):
        if step.key in keys:
            raise DuplicateStep(f"There are two steps {step.key!r}.", pointer=f"/steps/{place}/key")
        if step.estimate_min < 1:
            raise InvalidEstimate(pointer=f"/steps/{place}/estimate_min")
        keys.add(step.key)
    for place, step in enumerate(steps):
        for key in step.depends_on:
            if key not in keys:
                raise UnknownDependency(
                    f"The step {step.key!r} depends on {key!r}, which is not there.",
                    pointer=f"/steps/{place}/depends_on",
                )


def _sorted(steps: Sequence[Step], *, first: Callable[[Step], int]) -> list[Step]:
    """Return the steps after those they depend on; of those that could be next, the least by `first`."""
    places = {step.key: place for place, step in enumerate(steps)}
    waits_for = [set(step.depends_on) for step in steps]
    followers: dict[str, list[int]] = {step.key: [] for step in steps}
    for place, keys in enumerate(waits_for):
        for key in keys:
            followers[key].append(place)
    ready = [(first(step), places[step.key]) for step in steps if not step.depends_on]
    heapq.heapify(ready)
    ordered: list[Step] = []
    while ready:
        _, place = heapq.heappop(ready)
        step = steps[place]
        ordered.append(step)
        for follower in followers[step.key]:
            waits_for[follower].discard(step.key)
            if not waits_for[follower]:
                heapq.heappush(ready, (first(steps[follower]), follower))
    if len(ordered) < len(steps):
        _refuse_cycle([step for step in steps if waits_for[places[step.key]]])
    return ordered


def _refuse_cycle(left: Sequence[Step]) -> None:
    """Raise DependencyCycle with the names of a circle among steps of which each waits for another."""
    by_key = {step.key: step for step in left}
    path = [left[0].key]
    while path[-1] not in path[:-1]:
        path.append(next(key for key in by_key[path[-1]].depends_on if key in by_key))
    circle = path[path.index(path[-1]) :]
    raise DependencyCycle(f"These steps wait for each other: {' → '.join(reversed(circle))}.")
