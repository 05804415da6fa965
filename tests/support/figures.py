"""What the tests measured on the way, for pytest's summary: nothing depends on these."""

from collections.abc import Mapping, Sequence

_noted: dict[str, tuple[list[float], str]] = {}


def note(name: str, value: float, unit: str) -> None:
    """Remember a figure; of several with one name the summary shows the smallest and the largest."""
    _noted.setdefault(name, ([], unit))[0].append(value)


def noted() -> dict[str, tuple[list[float], str]]:
    """Return all that was noted, for another process."""
    return _noted


def take(others: Mapping[str, tuple[Sequence[float], str]]) -> None:
    """Add what another process noted."""
    for name, (values, unit) in others.items():
        for value in values:
            note(name, value, unit)


def summary() -> list[str]:
    """Return a line for each."""
    return [
        f"{name}: {max(values):.1f} {unit}"
        + (f" (the largest of {len(values)}, from {min(values):.1f})" if len(values) > 1 else "")
        for name, (values, unit) in _noted.items()
    ]
