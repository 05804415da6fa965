"""The figures of several processes that count together, in files of one folder: `PROMETHEUS_MULTIPROC_DIR`.

A process that dies leaves its files. What it counted stays true, and is kept; what it said of the moment (how many
sockets are open, whether its doorbell is heard) is so no longer.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


def are_shared() -> bool:
    """Whether this process counts together with others."""
    return bool(os.environ.get(FOLDER))  # which prometheus_client reads by itself


class OfAllProcesses:
    """Collects the figures of all processes of this container or machine that count in the folder."""

    def __init__(self) -> None:
        self._folder = Path(os.environ[FOLDER])
        self._files = MultiProcessCollector(None, path=str(self._folder))  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        """Return them; what the dead said of the moment is thrown away first."""
        for pid in {int(file.stem.rpartition("_")[2]) for file in self._folder.glob("gauge_live*_*.db")}:
            if not _lives(pid):
                mark_process_dead(pid, path=str(self._folder))  # type: ignore[no-untyped-call]
        found: Iterable[Metric] = self._files.collect()  # type: ignore[no-untyped-call]
        return found


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, and alive
        return True
    return True
