"""A program that runs beside a measurement and is ended with it, by its own number."""

import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn, Self

STOP_DEADLINE_S: Final = 15.0
ROOT: Final = Path(__file__).resolve().parent.parent
PYTHON: Final = sys.executable


class ProcessFailed(RuntimeError):
    """A program ended, or did not become ready; the message ends with what it printed last."""


class Process:
    """A child process for the length of a `with`. What it prints is kept to be shown if it fails.

    Args:
        command: The program and its arguments.
        env: Its whole environment.
        stdout: Where its output goes, if not to the log.
    """

    def __init__(
        self, command: Sequence[str | Path], *, env: Mapping[str, str], stdout: int | None = None
    ) -> None:
        self._command = [str(part) for part in command]
        self._env = dict(env)
        self._stdout = stdout

    def __enter__(self) -> Self:
        self._log = tempfile.TemporaryFile()  # closed in __exit__
        self._popen = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=self._log if self._stdout is None else self._stdout,
            stderr=self._log,
            env=self._env,
            cwd=ROOT,
            start_new_session=True,  # a Ctrl-C is ours; we end this one ourselves
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._popen.poll() is None:
            self._popen.terminate()
        try:
            self._popen.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()
        self._log.close()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._popen.pid

    def tell(self, text: str) -> None:
        """Write to its standard input, and close that."""
        assert self._popen.stdin is not None
        self._popen.stdin.write(text.encode())
        self._popen.stdin.close()

    def read_line(self, *, timeout_s: float) -> bytes:
        """Return the next line that it prints, where `stdout` is a pipe; nothing if none comes."""
        assert self._popen.stdout is not None
        ready, _, _ = select.select([self._popen.stdout], [], [], timeout_s)
        return self._popen.stdout.readline() if ready else b""

    def wait_until(self, ready: Callable[[], bool], *, timeout_s: float = 60) -> None:
        """Wait until `ready` holds.

        Raises:
            ProcessFailed: The program ended before, or time ran out.
        """
        give_up = time.monotonic() + timeout_s
        while not ready():
            if self._popen.poll() is not None or time.monotonic() > give_up:
                raise ProcessFailed(f"{' '.join(self._command)}: not ready.\n{self.tail()}")
            time.sleep(0.05)

    def tail(self, lines: int = 20) -> str:
        """Return the last lines that it printed."""
        self._log.seek(0)
        return "\n".join(self._log.read().decode(errors="replace").splitlines()[-lines:])


def end_in_order() -> None:
    """Let SIGTERM, SIGHUP and Ctrl-C unwind, once, so that every `with` ends what it started."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _unwind)


def _unwind(number: int, frame: FrameType | None) -> NoReturn:
    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(each, lambda *_: None)  # what comes after the first must not break that off
    raise SystemExit(128 + number)
