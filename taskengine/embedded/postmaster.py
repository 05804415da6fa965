"""What an earlier run may have left behind: a PostgreSQL that still runs, or the file that says so.

After a kill -9 of our own process its PostgreSQL lives on; after a kill -9 of PostgreSQL its
`postmaster.pid` stays, and by now the number in it may be another program's.
"""

import signal
import time
from pathlib import Path

import psutil

from taskengine.embedded.errors import EmbeddedError

FAST_SHUTDOWN_S = 10.0


def settle(pgdata: Path, *, deadline: float) -> None:
    """Leave nothing that stands in the way of a new server on `pgdata`.

    A leftover server is stopped, not adopted: the new one is then always our own child, with our
    settings and our log. Its clients died with the run that it belonged to.

    Args:
        pgdata: The server's folder.
        deadline: Until when to wait, on the monotonic clock, in seconds.

    Raises:
        EmbeddedError: What runs there does not end.
    """
    _stop_leftovers(pgdata, deadline=deadline)
    _drop_stale_pid_file(pgdata / "postmaster.pid")
    # A socket that stands beside the data has a lock file with the same number in it.
    for path in pgdata.glob(".s.PGSQL.*"):
        path.unlink()


def _stop_leftovers(pgdata: Path, *, deadline: float) -> None:
    left = [process for process in psutil.process_iter() if _works_in(process, pgdata)]
    if not left:
        return
    pids = {process.pid for process in left}
    roots = [process for process in left if _parent_of(process) not in pids]
    # A postmaster has children; alone it is one too. Backends that outlived theirs only know SIGQUIT.
    orphans = len(roots) > 1
    for process in roots:
        _send(process, signal.SIGQUIT if orphans else signal.SIGINT)
    _, left = psutil.wait_procs(left, timeout=min(FAST_SHUTDOWN_S, max(0.0, deadline - time.monotonic())))
    for process in left:
        _send(process, signal.SIGQUIT)
    _, left = psutil.wait_procs(left, timeout=max(0.0, deadline - time.monotonic()))
    if left:
        raise EmbeddedError(
            f"A PostgreSQL that an earlier run left in {pgdata} does not stop"
            f" (process {', '.join(str(process.pid) for process in left)}). End it by hand."
        )


def _works_in(process: psutil.Process, pgdata: Path) -> bool:
    """Whether this is a PostgreSQL process of `pgdata`; each of them has it as its working folder."""
    try:
        if process.name() != "postgres":
            return False
        try:
            return Path(process.cwd()).samefile(pgdata)
        except psutil.AccessDenied:  # another user's; a container's root may not look either
            return str(pgdata) in process.cmdline()
    except (psutil.Error, OSError):
        return False


def _parent_of(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return None


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _drop_stale_pid_file(path: Path) -> None:
    """Remove the file where PostgreSQL would refuse to start over it.

    It takes over the file of a dead process by itself, and looks for survivors by the shared memory
    named there, so that such a file stays. It gives up on a file that is cut short and on a number
    that is alive; no server of this folder runs any more, so that the number is another program's.
    """
    try:
        text = path.read_text()
    except FileNotFoundError:
        return
    try:
        pid = int(text.split("\n", 1)[0])
    except ValueError:
        path.unlink()
        return
    if psutil.pid_exists(pid):
        path.unlink()
