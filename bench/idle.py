"""What does a replica of the engine cost while it has nothing to do? One deadline pends, a day away."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import psutil
import psycopg

from bench import _database, _options, _servers
from bench._figures import Report
from bench._process import end_in_order

SETTLE_S: Final = 5.0  # after the start: its imports, its first looks
DAY_S: Final = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the measurement is."""

    duration_s: float = 20.0
    runs: int = 3


QUICK: Final = Sizes(duration_s=5.0, runs=1)


def main(sizes: Sizes) -> None:
    """Measure as often as asked."""
    report = Report(
        name="idle",
        title=f"Processor time over {sizes.duration_s:g} s with one deadline a day away, percent of a core",
        sizes=sizes,
    )
    with _servers.postgres() as server:
        url = server.url()
        report.versions |= {"PostgreSQL": _database.version(url), "Redis": _servers.redis_version()}
        _database.migrate(url)
        _database.add_due(url, _database.add_owners(url, 1), each=1, at=time.time() + DAY_S)
        _database.settle(url)
        for _ in range(sizes.runs):
            with ExitStack() as stack:
                redis_url = stack.enter_context(_servers.redis())
                (pid,) = stack.enter_context(_servers.engines(url, redis_url))
                time.sleep(SETTLE_S)
                report.add("one replica", _percent(url, pid, server.pid, duration_s=sizes.duration_s))
    report.finish()


def _percent(url: str, engine: int, postmaster: int, *, duration_s: float) -> dict[str, float]:
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
        watched = {
            "engine": [engine],
            "its_connections": [pid for (pid,) in rows],
            "all_of_postgresql": _with_children(postmaster),
        }
        before = {name: _cpu_s(pids) for name, pids in watched.items()}
        begun_at = time.monotonic()
        time.sleep(duration_s)
        took_s = time.monotonic() - begun_at
    return {f"{name}_%": (_cpu_s(pids) - before[name]) / took_s * 100 for name, pids in watched.items()}


def _with_children(pid: int) -> list[int]:
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def _cpu_s(pids: list[int]) -> float:
    """Return the processor time that processes have used so far, in seconds."""
    used = 0.0
    for pid in pids:
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.NoSuchProcess:
            continue  # a worker of PostgreSQL's that came and went
        used += times.user + times.system
    return used


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
