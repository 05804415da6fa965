"""A draft's list of steps, and what edits do to it. Pure: each edit returns a new list.

In every list that comes out, a step stands after all that it depends on.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from realtime.envelope import rfc3339
from taskengine.planning import steps as calendar
from taskengine.planning.errors import (
    DependencyCycle,
    StepNotFound,
    StepOrder,
    TooManySteps,
    UnknownDependency,
)

MAX_STEPS: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftStep:
    """One step of a draft.

    Attributes:
        key: Its name within the draft: `a-z`, `0-9` and `-`, at most 40 characters.
        title: What to do.
        why: What it is good for; may be empty.
        done_when: What tells that it is done; may be empty.
        estimate_min: How many minutes of work it is.
        depends_on: The keys of the steps that come before it.
        optional: Whether the goal can be reached without it.
        locked: Whether it stays when the others are made anew.
        starts_at: When work on it begins, by the calendar; None while that is not known.
        deadline: When it ends.
    """

    key: str
    title: str
    why: str = ""
    done_when: str = ""
    estimate_min: int
    depends_on: tuple[str, ...] = ()
    optional: bool = False
    locked: bool = False
    starts_at: datetime | None = None
    deadline: datetime | None = None


Outline = tuple[DraftStep, ...]


def read(stored: Sequence[Mapping[str, Any]]) -> Outline:
    """Return the steps that `written` made JSON of."""
    return tuple(
        DraftStep(
            **{
                **step,
                "depends_on": tuple(step["depends_on"]),
                "starts_at": _instant(step["starts_at"]),
                "deadline": _instant(step["deadline"]),
            }
        )
        for step in stored
    )


def written(outline: Outline) -> list[dict[str, Any]]:
    """Return the steps as JSON: the one shape that is stored, answered and told."""
    return [
        {
            "key": step.key,
            "title": step.title,
            "why": step.why,
            "done_when": step.done_when,
            "estimate_min": step.estimate_min,
            "depends_on": list(step.depends_on),
            "optional": step.optional,
            "locked": step.locked,
            "starts_at": rfc3339(step.starts_at) if step.starts_at else None,
            "deadline": rfc3339(step.deadline) if step.deadline else None,
        }
        for step in outline
    ]


def calendar_steps(outline: Sequence[DraftStep]) -> tuple[calendar.Step, ...]:
    """Return the steps as the calendar takes them."""
    return tuple(
        calendar.Step(
            key=step.key,
            estimate_min=step.estimate_min,
            depends_on=step.depends_on,
            optional=step.optional,
        )
        for step in outline
    )


def find(outline: Outline, key: str) -> DraftStep:
    """Return a step.

    Raises:
        StepNotFound: It is not there.
    """
    for step in outline:
        if step.key == key:
            return step
    raise StepNotFound


def refuse_full(outline: Sequence[DraftStep], *, more: int) -> None:
    """Refuse to make steps for which there would be no room.

    Args:
        outline: The steps that stay.
        more: How many there will be besides, at most.

    Raises:
        TooManySteps: That would be more than `MAX_STEPS`.
    """
    if len(outline) + more > MAX_STEPS:
        raise TooManySteps


def regenerated(former: Outline, fresh: Sequence[DraftStep]) -> Outline:
    """Return a new list in which the former one's locked steps stay, about where they stood.

    Args:
        former: The list as it was.
        fresh: What was made in place of the steps that were not locked; may depend on locked ones.
    """
    kept = _without(former, {step.key for step in former if not step.locked})
    places = {step.key: place for place, step in enumerate(former)}
    made = _with_known_dependencies(fresh, [*kept, *fresh])
    for step in kept:
        made.insert(min(places[step.key], len(made)), step)
    return _ordered(made)


def split(former: Outline, key: str, parts: Sequence[DraftStep]) -> Outline:
    """Return a list in which parts stand for one step; with no part it stays.

    The first parts wait for what the step waited for, and what waited for it waits for the last ones.

    Raises:
        StepNotFound: There is no such step.
    """
    whole = find(former, key)
    if not parts:
        return former
    known = _with_known_dependencies(parts, parts)
    awaited = {key for part in known for key in part.depends_on}
    last = tuple(part.key for part in known if part.key not in awaited)
    made: list[DraftStep] = []
    for step in former:
        if step.key == key:
            made += [
                replace(
                    part,
                    depends_on=part.depends_on or whole.depends_on,
                    optional=part.optional or whole.optional,
                )
                for part in known
            ]
        elif key in step.depends_on:
            before = [name for name in step.depends_on if name != key]
            made.append(replace(step, depends_on=(*before, *last)))
        else:
            made.append(step)
    return _ordered(made)


def without(outline: Outline, keys: Collection[str]) -> Outline:
    """Return what is left without some steps; what waited for them waits for what they waited for.

    Raises:
        StepNotFound: One is not there.
    """
    for key in keys:
        find(outline, key)
    return _without(outline, keys)


def changed(outline: Outline, key: str, fields: Mapping[str, Any]) -> Outline:
    """Return the list with new values in one step.

    Args:
        outline: The list.
        key: Which step.
        fields: New values by the names of `DraftStep`.

    Raises:
        StepNotFound: There is no such step.
        UnknownDependency: It would depend on what is not there.
        DependencyCycle: It would wait for itself.
    """
    find(outline, key)
    return _edited([replace(step, **fields) if step.key == key else step for step in outline])


def added(outline: Outline, step: DraftStep, *, after: str | None) -> Outline:
    """Return the list with one step more.

    Args:
        outline: The list.
        step: Its key is not taken.
        after: The key of the step to stand behind; None to stand first. What it depends on still
            comes before it.

    Raises:
        TooManySteps: There are `MAX_STEPS` already.
        StepNotFound: There is no step to stand behind.
        UnknownDependency: It depends on what is not there.
    """
    refuse_full(outline, more=1)
    return _edited(_placed(outline, step, after))


def moved(outline: Outline, key: str, *, after: str | None) -> Outline:
    """Return the list with one step elsewhere.

    Args:
        outline: The list.
        key: Which step.
        after: The key of the step to stand behind; None to stand first.

    Raises:
        StepNotFound: One of the two is not there.
        StepOrder: It would stand before what it depends on, or behind what depends on it.
    """
    step = find(outline, key)
    if after == key:
        return outline
    made = _placed([other for other in outline if other.key != key], step, after)
    seen: set[str] = set()
    for one in made:
        early = [name for name in one.depends_on if name not in seen]
        if early:
            before = find(outline, early[0])
            raise StepOrder(f"“{one.title}” depends on “{before.title}”, so it comes after it.")
        seen.add(one.key)
    return tuple(made)


def unplaced(outline: Outline) -> Outline:
    """Return the steps without their places in the calendar."""
    return tuple(replace(step, starts_at=None, deadline=None) for step in outline)


def free_key(outline: Sequence[DraftStep]) -> str:
    """Return a key that no step has."""
    taken = {step.key for step in outline}
    number = len(outline) + 1
    while f"step-{number}" in taken:
        number += 1
    return f"step-{number}"


def _placed(outline: Sequence[DraftStep], step: DraftStep, after: str | None) -> list[DraftStep]:
    made = list(outline)
    if after is None:
        return [step, *made]
    place = next((place for place, other in enumerate(made) if other.key == after), None)
    if place is None:
        raise StepNotFound(f"There is no step {after!r} to stand behind.", pointer="/after")
    made.insert(place + 1, step)
    return made


def _without(outline: Outline, keys: Collection[str]) -> Outline:
    left = {step.key: step for step in calendar.without(calendar_steps(outline), keys)}
    return tuple(replace(step, depends_on=left[step.key].depends_on) for step in outline if step.key in left)


def _with_known_dependencies(steps: Sequence[DraftStep], others: Sequence[DraftStep]) -> list[DraftStep]:
    """Leave out what steps depend on that is not there, or not yet."""
    keys = {other.key for other in others}
    return [replace(step, depends_on=tuple(key for key in step.depends_on if key in keys)) for step in steps]


def _ordered(outline: Sequence[DraftStep]) -> Outline:
    by_key = {step.key: step for step in outline}
    in_order = calendar.in_order(calendar_steps(outline), end_min=0)
    return tuple(by_key[bound.step.key] for bound in in_order)


def _edited(outline: Sequence[DraftStep]) -> Outline:
    """Put a list in order that somebody changed; what is wrong with it is their one step's."""
    try:
        return _ordered(outline)
    except (UnknownDependency, DependencyCycle) as error:
        raise type(error)(error.detail, pointer="/depends_on") from error


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
