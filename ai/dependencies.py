"""What comes before what, while the steps of a plan arrive one by one.

Names are as a planner wrote them; keys are those of the steps that were kept. A step that was
dropped hands its own dependencies on to those that waited for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A step's dependencies, and the names that could not be kept.

    Attributes:
        keys: What comes before it, in the order it was written.
        unknown: Names of no step.
        circular: Keys that would have closed a circle.
    """

    keys: tuple[str, ...]
    unknown: tuple[str, ...]
    circular: tuple[str, ...]


class Dependencies:
    """The growing graph of one plan.

    Args:
        given: Keys of steps that are there already; they depend on nothing new.
    """

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._given = frozenset(given)
        self._keys: dict[str, str] = {}  # by name, of steps that were kept
        self._stands_for: dict[str, str] = {}  # by name of a duplicate: the key of the step it repeats
        self._names: dict[str, tuple[str, ...]] = {}  # by name: the names it depends on
        self._order: list[str] = []  # names of kept steps

    def keep(self, name: str, key: str, names: Iterable[str]) -> None:
        """Add a step that was kept. The first step of a name is the one others mean by it."""
        if name in self._names:
            name = key
        self._keys[name] = key
        self._names[name] = tuple(names)
        self._order.append(name)

    def drop(self, name: str, names: Iterable[str], *, same_as: str | None = None) -> None:
        """Add a step that was not kept, or that repeats the step with the key `same_as`."""
        if name in self._names or name in self._stands_for:
            return
        if same_as is None:
            self._names[name] = tuple(names)
        else:
            self._stands_for[name] = same_as

    def so_far(self, key: str) -> tuple[str, ...]:
        """Return what comes before the step just kept, of what is known up to now."""
        return self.resolve()[key].keys

    def resolve(self) -> dict[str, Resolved]:
        """Return everyone's dependencies by key, without circles: the edge that closes one is left out."""
        before: dict[str, list[str]] = {self._keys[name]: [] for name in self._order}
        found = {}
        for name in self._order:
            key = self._keys[name]
            unknown: list[str] = []
            circular: list[str] = []
            for target in self._targets(name, unknown):
                if target == key or target in before[key]:
                    continue
                if self._reaches(target, key, before):
                    circular.append(target)
                else:
                    before[key].append(target)
            found[key] = Resolved(keys=(), unknown=tuple(unknown), circular=tuple(circular))
        return {
            key: Resolved(keys=tuple(before[key]), unknown=resolved.unknown, circular=resolved.circular)
            for key, resolved in found.items()
        }

    def _targets(self, name: str, unknown: list[str]) -> list[str]:
        """Return the keys a name's dependencies lead to, through the steps that were dropped."""
        targets: list[str] = []
        seen = {name}
        waiting = list(reversed(self._names[name]))
        while waiting:
            other = waiting.pop()
            if other in seen:
                continue
            seen.add(other)
            if other in self._keys:
                targets.append(self._keys[other])
            elif other in self._stands_for:
                targets.append(self._stands_for[other])
            elif other in self._names:
                waiting.extend(reversed(self._names[other]))
            elif other in self._given:
                targets.append(other)
            else:
                unknown.append(other)
        return targets

    def _reaches(self, start: str, goal: str, before: dict[str, list[str]]) -> bool:
        waiting, seen = [start], set[str]()
        while waiting:
            key = waiting.pop()
            if key == goal:
                return True
            if key not in seen:
                seen.add(key)
                waiting.extend(before.get(key, ()))
        return False
