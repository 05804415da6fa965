"""One round of a peer: what it is asked by a line of JSON, and the line that it answers.

A peer makes one job for each instant, well before the first, then works, and notes for each job how
late its function was called. Nothing is pushed to anybody: this is where a peer's part ends.
"""

import json
import math
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final, Self

_MARGIN_S: Final = 1.0  # every job is made so long before the first is due, or the round does not count


@dataclass(kw_only=True)
class Round:
    """What is asked, and what has come of it so far.

    Attributes:
        instants: When the jobs are due, in seconds since 1970, whole milliseconds, in order.
        redis_url: A private Redis.
        database_url: A private, empty database.
        options: What differs between two ways to run the same peer.
        patience_s: How long after the last instant to wait for what has not run.
        answer_fd: Where the answer is written.
    """

    instants: list[float]
    redis_url: str
    database_url: str
    options: dict[str, Any]
    patience_s: float
    answer_fd: int
    _dropped: int = 0
    _late_ms: list[float] = field(default_factory=list)
    _finished: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def read(cls) -> Self:
        """Read what is asked from standard input; the clock starts here."""
        # Standard output is for the answer alone; what else the peer prints goes to the log.
        answer_fd = os.dup(1)
        os.dup2(2, 1)
        asked = json.load(sys.stdin)
        start_ms = math.ceil((time.time() + asked["lead_s"]) * 1000)
        return cls(
            instants=[(start_ms + offset_ms) / 1000 for offset_ms in asked["offsets_ms"]],
            redis_url=asked["redis_url"],
            database_url=asked["database_url"],
            options=asked["options"],
            patience_s=asked["patience_s"],
            answer_fd=answer_fd,
        )

    def all_made(self, *, version: str) -> None:
        """Say that every job stands; from now on the answer is given as soon as all have run.

        Raises:
            RuntimeError: It took too long: the first job is due already, or nearly.
        """
        if time.time() > self.instants[0] - _MARGIN_S:
            raise RuntimeError("The jobs were not made in time; give it a longer lead.")
        threading.Thread(target=self._answer, args=(version,), daemon=True).start()

    def arrived(self, due: float) -> None:
        """Note that the job for an instant runs now. Any thread."""
        self._late_ms.append(round((time.time() - due) * 1000, 3))
        self._look()

    def drop(self) -> None:
        """Note that a job was given up: it is not waited for. Any thread."""
        self._dropped += 1
        self._look()

    def _look(self) -> None:
        if len(self._late_ms) + self._dropped >= len(self.instants):
            self._finished.set()

    def _answer(self, version: str) -> None:
        self._finished.wait(self.instants[-1] - time.time() + self.patience_s)
        time.sleep(0.2)  # what runs twice does so now
        answer = {"version": version, "late_ms": self._late_ms}
        with open(self.answer_fd, "w") as output:  # noqa: PTH123 (a number, no path)
            output.write(json.dumps(answer) + "\n")
        os._exit(0)
