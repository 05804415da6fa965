"""An engine replica whose wall clock is wrong, by as much as the test says, and is stepped while it runs.

Debian's libfaketime stands between the process and its C library. The database keeps the right time.
"""

import select
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.support.environment import server_environment
from tests.support.missing import missing
from tests.support.process import ChildProcess
from tests.support.servers import ROOT


class SteppedEngine(ChildProcess):
    """`manage.py runengine` on a clock of its own.

    Args:
        name: The name of its log.
        database_url: Its migrated database.
        offset_s: How many seconds its clock is ahead, from its first moment on.
    """

    def __init__(self, *, name: str, database_url: str, offset_s: float) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="taskengine-clock-")
        self._file = Path(self._folder.name) / "offset"
        self.step(offset_s)
        super().__init__(
            name=name,
            command=[sys.executable, "-m", "tests.support.stepped"],
            env=server_environment(
                database_url=database_url,
                LD_PRELOAD=str(_library()),
                FAKETIME_TIMESTAMP_FILE=str(self._file),
                FAKETIME_NO_CACHE="1",  # a step counts from the next look at the clock on
                FAKETIME_DONT_FAKE_MONOTONIC="1",
                LC_ALL="C",  # a fraction has a point
            ),
            cwd=ROOT,
        )

    def step(self, offset_s: float) -> None:
        """Set its clock so many seconds ahead of the right time, at once."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{offset_s:+.6f}\n")
        fresh.replace(self._file)

    def close(self) -> None:
        super().close()
        self._folder.cleanup()


def _library() -> Path:
    if sys.platform != "linux":
        pytest.skip("There is no libfaketime for this system's own Python.")
    for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"):
        return path
    raise missing(
        "libfaketime", debian="libfaketime", elsewhere="install libfaketime under /usr/lib/*/faketime"
    )


def _sleep(duration_s: float) -> None:
    select.select([], [], [], duration_s)


def _main() -> None:
    # Python sleeps until an instant of the monotonic clock, which libfaketime takes for one of its own.
    time.sleep = _sleep
    from django.core.management import execute_from_command_line  # not the tests' own Django

    execute_from_command_line(["manage.py", "runengine"])


if __name__ == "__main__":
    _main()
