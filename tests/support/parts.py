"""The real parts that a run used, by name and version, for pytest's summary."""

from collections.abc import Mapping

_used: dict[str, str] = {}


def note(part: str, version: str) -> None:
    """Remember that the run used `part`."""
    _used[part] = version


def noted() -> dict[str, str]:
    """Return all that was noted, for another process."""
    return _used


def take(others: Mapping[str, str]) -> None:
    """Add what another process used."""
    _used.update(others)


def summary() -> str:
    """Return one line that names them all."""
    if not _used:
        return "real parts: none were needed"
    return "real parts: " + ", ".join(f"{part} {version}" for part, version in sorted(_used.items()))
