"""Figures of several runs: medians, spread, the table, the JSON line, and the file with that line."""

import dataclasses
import json
import os
import platform
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

RESULTS: Final = Path(__file__).parent / "results"


def quantiles(values: Sequence[float], *, unit: str) -> dict[str, float]:
    """Return the median, the 99th percentile and the largest, named after their unit."""
    ordered = sorted(values)
    return {
        f"p50_{unit}": statistics.median(ordered),
        f"p99_{unit}": ordered[round(0.99 * (len(ordered) - 1))],
        f"max_{unit}": ordered[-1],
    }


def prefixed(prefix: str, figures: Mapping[str, float]) -> dict[str, float]:
    """Return figures under longer names."""
    return {f"{prefix}_{name}": value for name, value in figures.items()}


@dataclasses.dataclass
class Report:
    """What one measurement found.

    Args:
        name: The measurement's.
        title: What the figures are, for the head of the table.
        sizes: How large it was; a dataclass.
    """

    name: str
    title: str
    sizes: Any
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    _begun_at: datetime = dataclasses.field(default_factory=lambda: datetime.now(UTC))
    _load: float = dataclasses.field(default_factory=lambda: os.getloadavg()[0])
    _runs: dict[str, list[dict[str, float]]] = dataclasses.field(default_factory=dict)
    _failed: bool = False
    _notes: dict[str, str] = dataclasses.field(default_factory=dict)

    def add(self, row: str, figures: Mapping[str, float], *, note: str = "") -> None:
        """Take in the figures of one run of one contender, and say so at once."""
        self._runs.setdefault(row, []).append(dict(figures))
        self._note(row, note)
        figures_text = "  ".join(f"{name} {value:.2f}" for name, value in figures.items())
        print(f"   {row}: {figures_text}  {note}", flush=True)

    def missing(self, row: str, reason: str) -> None:
        """Take in that a contender could not be measured."""
        self._runs.setdefault(row, [])
        self._note(row, f"not measured: {reason}")
        print(f"   {row}: not measured: {reason}", flush=True)

    @contextmanager
    def contender(self, row: str) -> Iterator[None]:
        """Measure one contender; should it fail, say so, go on with the others, and fail at the end."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 (whatever it was, it is told)
            self._failed = True
            self.missing(row, f"{type(error).__name__}: {error}")

    def _note(self, row: str, note: str) -> None:
        if note and note not in self._notes.get(row, ""):
            self._notes[row] = "; ".join(filter(None, (self._notes.get(row), note)))

    def finish(self) -> None:
        """Print the table and the line, and write the line to `results/NAME.json`.

        Raises:
            SystemExit: A contender of ours failed.
        """
        self._print_table()
        line = json.dumps(self._result())
        print(line, flush=True)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{self.name}.json").write_text(line + "\n")
        if self._failed:
            raise SystemExit(1)

    def _print_table(self) -> None:
        columns = list(dict.fromkeys(name for runs in self._runs.values() for run in runs for name in run))
        print(f"\n{self.title}\nMedian of the runs, and (smallest-largest) where there are several.\n")
        lines = [["", *columns, ""]]
        for row, runs in self._runs.items():
            cells = [_cell([run[name] for run in runs if name in run]) for name in columns]
            lines.append([row, *cells, self._notes.get(row, "")])
        label, *widths, _ = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        for row, *cells, note in lines:
            padded = "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
            print(f"{row:{label}}{padded}  {note}".rstrip())
        print()

    def _result(self) -> dict[str, Any]:
        return {
            "bench": self.name,
            "begun_at": self._begun_at.isoformat(timespec="seconds"),
            "machine": {
                "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
                "system": f"{platform.system()} {platform.machine()}",
                "load_at_begin": round(self._load, 2),
            },
            "versions": {"Python": platform.python_version(), **self.versions},
            "sizes": dataclasses.asdict(self.sizes),
            "rows": {
                row: {
                    "median": _median(runs),
                    "runs": [{name: round(value, 3) for name, value in run.items()} for run in runs],
                    "note": self._notes.get(row, ""),
                }
                for row, runs in self._runs.items()
            },
        }


def _median(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: round(statistics.median(run[name] for run in runs if name in run), 3) for name in names}


def _cell(values: Sequence[float]) -> str:
    if not values:
        return "-"
    median = _short(statistics.median(values))
    return median if len(values) == 1 else f"{median} ({_short(min(values))}-{_short(max(values))})"


def _short(value: float) -> str:
    """Return a figure with as many digits as mean something."""
    if abs(value) >= 100 or value == round(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
