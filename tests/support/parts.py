"""The real parts that a run used, by name and version, for pytest's summary."""

_used: dict[str, str] = {}


def note(part: str, version: str) -> None:
    """Remember that the run used `part`."""
    _used[part] = version


def summary() -> str:
    """Return one line that names them all."""
    if not _used:
        return "real parts: none were needed"
    return "real parts: " + ", ".join(f"{part} {version}" for part, version in sorted(_used.items()))
