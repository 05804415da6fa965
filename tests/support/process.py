"""A child process with a log of its own, that can be killed and started again."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# Each of several workers has a folder of its own: shared servers have the same name in all of them.
OUTPUT = Path(__file__).resolve().parent.parent / "output" / os.environ.get("PYTEST_XDIST_WORKER", "")
STOP_DEADLINE_S = 15.0


class ChildProcess:
    """A program that a test runs beside itself; what it prints goes to `tests/output/NAME.log`.

    Args:
        name: The log's name.
        command: The program and its arguments.
        env: Its whole environment.
        cwd: Its working folder.
    """

    def __init__(
        self, *, name: str, command: Sequence[str | Path], env: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        OUTPUT.mkdir(parents=True, exist_ok=True)
        self.log = OUTPUT / f"{name}.log"
        self.log.unlink(missing_ok=True)
        self._command = [str(part) for part in command]
        self._env = dict(env)
        self._cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The number of the running process."""
        return self._running().pid

    @property
    def exit_code(self) -> int | None:
        """How it ended (negative: by which signal), or None while it runs."""
        return self._running().poll()

    def start(self) -> None:
        """Start the program; its log goes on where it was."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env,
                cwd=self._cwd,
                start_new_session=True,  # a Ctrl-C on the tests is theirs; they stop this one themselves
            )

    def wait_until(self, condition: Callable[[], bool], *, what: str, deadline_s: float = 30.0) -> None:
        """Wait until `condition` holds; fail with the log's end if the program dies or time runs out."""
        give_up = time.monotonic() + deadline_s
        while not condition():
            if self.exit_code is not None:
                raise AssertionError(
                    f"{self.log.name} ended with {self.exit_code} before {what}.\n{self.tail()}"
                )
            if time.monotonic() > give_up:
                raise AssertionError(f"{self.log.name}: no {what} within {deadline_s} s.\n{self.tail()}")
            time.sleep(0.02)

    def wait_for_log(self, text: str, *, deadline_s: float = 30.0) -> None:
        """Wait until the program has printed `text`."""
        self.wait_until(lambda: text in self.output(), what=f"line {text!r}", deadline_s=deadline_s)

    def terminate(
        self, *, number: signal.Signals = signal.SIGTERM, deadline_s: float = STOP_DEADLINE_S
    ) -> int:
        """Ask it to stop and return its exit code; fail if it does not stop in time."""
        process = self._running()
        if process.poll() is None:
            process.send_signal(number)
        try:
            return process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"{self.log.name} did not stop within {deadline_s} s of {number.name}.\n{self.tail()}"
            ) from None

    def wait(self, deadline_s: float = STOP_DEADLINE_S) -> int:
        """Wait until it ends by itself and return its exit code."""
        return self._running().wait(deadline_s)

    def kill(self) -> None:
        """End it at once, as a crash or the kernel would (SIGKILL)."""
        process = self._running()
        process.kill()
        process.wait()

    def pause(self) -> None:
        """Stop it in its tracks (SIGSTOP); its sockets stay open."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        os.kill(self.pid, signal.SIGCONT)

    def close(self) -> None:
        """End it in whatever state it is; for teardown."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def output(self) -> str:
        """Return all that it printed."""
        return self.log.read_text(errors="replace") if self.log.is_file() else ""

    def tail(self, lines: int = 40) -> str:
        """Return the last lines that it printed."""
        return "\n".join(self.output().splitlines()[-lines:])

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise AssertionError(f"{self.log.name} was not started.")
        return self._process
