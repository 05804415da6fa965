"""Engine replicas that are born at once: a process that has everything imported forks them.

`manage.py runengine` needs seconds to import what it needs; a test that kills replicas all the
time would mostly test that. Run as a module it reads lines: each one asks for a replica, whose
process id it prints.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import IO

from tests.support.environment import server_environment
from tests.support.servers import ROOT


class Nursery:
    """The process that forks replicas.

    Args:
        database_url: Their migrated database.
        env: Overrides, such as `REDIS_URL=...`.
    """

    def __init__(self, *, database_url: str, env: Mapping[str, str]) -> None:
        self._env = server_environment(database_url=database_url, LOG_LEVEL="ERROR", **env)
        self._pids: set[int] = set()

    def __enter__(self) -> "Nursery":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._env,
            cwd=ROOT,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        for pid in tuple(self._pids):
            self.kill(pid)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(15)

    def spawn(self) -> int:
        """Start a replica; return its process id."""
        stdin, stdout = self._pipes()
        stdin.write("one more\n")
        stdin.flush()
        pid = int(stdout.readline())
        self._pids.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        """End a replica as a crash would."""
        os.kill(pid, signal.SIGKILL)
        self._pids.remove(pid)
        # It is reaped before the next line is answered, so that its number is nobody else's yet.

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


def _main() -> None:
    import django  # the parent imports; only here, since a test's own Django is another one

    django.setup()
    from django.core.management import call_command

    from taskengine.engine.management.commands import runengine

    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            sys.stdin.close()
            os.close(1)
            call_command(runengine.Command())
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 (the answer)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    _main()
