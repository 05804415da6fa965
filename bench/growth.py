"""Does a deadline cost more when there are more of them? A thousand pending, and up to ten million.

For each size: the claim of one due task and the look that finds none, beside the same claim as bare
SQL; how late a running replica commits single deadlines; and the memory of that replica.

Then the same with an old snapshot held open by somebody else, while a hundred thousand deadlines fire:
what they leave behind in the index can't be cleared away before that snapshot ends.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psutil
import psycopg

from bench import _claim, _database, _floor, _options, _servers
from bench._figures import Report, prefixed, quantiles
from bench._process import end_in_order

SETTLE_S: Final = 5.0  # what a replica is given before its memory is read, and its looks are timed
LEAD_S: Final = 1.5
APART_S: Final = 0.15  # single deadlines; none waits for the one before
PATIENCE_S: Final = 120.0
LARGE: Final = 10_000_000  # takes many minutes to be put there
MIB: Final = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the measurement is."""

    pending: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    large: bool = False
    times: int = 30
    snapshot_pending: int = 100_000
    snapshot_fired: int = 100_000
    runs: int = 3


QUICK: Final = Sizes(pending=(1_000, 10_000), times=10, snapshot_pending=1_000, snapshot_fired=5_000, runs=1)


class Subject:
    """A database whose claims are timed, now with a replica of the engine and now without."""

    def __init__(self, url: str, *, times: int) -> None:
        self.url = url
        self._times = times
        _database.migrate(url)
        (self._owner,) = _database.add_owners(url, 1)

    def claims(self) -> dict[str, float]:
        """Time the engine's claim and the bare one; no engine runs."""
        figures = _claim.timed(self.url, self._owner, times=self._times)
        bare_ms = []
        with psycopg.connect(self.url, autocommit=True, prepare_threshold=0) as connection:
            for _ in range(self._times):
                _database.add_due(self.url, [self._owner], each=1, at=time.time() - 0.001)
                begun_at = time.perf_counter()
                _floor.claim(connection)
                bare_ms.append((time.perf_counter() - begun_at) * 1000)
        return figures | {"bare_sql_of_one_ms": statistics.median(bare_ms)}

    def singles(self) -> dict[str, float]:
        """Return how late a running replica commits single deadlines."""
        begin = time.time() + LEAD_S
        for n in range(self._times):
            _database.add_due(self.url, [self._owner], each=1, at=begin + n * APART_S)
        end = begin + self._times * APART_S
        self.wait_until_fired(before=end)
        told = [each for each in _database.told_since(self.url, begin - 0.001) if each.at < end]
        late_ms = [(each.committed - each.at) * 1000 for each in told]
        return prefixed("committed", quantiles(late_ms, unit="ms"))

    def fire(self, count: int) -> float:
        """Have a running replica fire so many at one instant; return the seconds that it took."""
        owners = _database.add_owners(self.url, count // 100)
        at = time.time() + 2 + count / 20_000  # to put them there takes time
        _database.add_due(self.url, owners, each=100, at=at)
        self.wait_until_fired(before=at)
        return max(each.committed for each in _database.told_since(self.url, at - 0.001)) - at

    def wait_until_fired(self, *, before: float) -> None:
        """Wait until nothing is due any more with a deadline before an instant."""
        time.sleep(max(0.0, before - time.time()))
        give_up = time.monotonic() + PATIENCE_S
        while _database.unfired(self.url, before=before):
            if time.monotonic() > give_up:
                raise TimeoutError("The engine does not get done.")
            time.sleep(0.2)


def main(sizes: Sizes) -> None:
    """Measure each size, then the old snapshot, as often as asked."""
    report = Report(
        name="growth",
        title=f"What {sizes.times} single deadlines cost, median, by how many are pending",
        sizes=sizes,
    )
    with _servers.postgres() as server:
        report.versions |= {"PostgreSQL": _database.version(server.url())}
        growing = Subject(_database.create(server, "growing"), times=sizes.times)
        before = 0
        for pending in (*sizes.pending, *[LARGE] * sizes.large):
            _database.add_pending(growing.url, pending - before)
            before = pending
            for _ in range(sizes.runs):
                _measure(growing, f"{pending:,} pending", report)
        for run in range(sizes.runs):
            held = Subject(_database.create(server, f"held_{run}"), times=sizes.times)
            _database.add_pending(held.url, sizes.snapshot_pending)
            _hold_a_snapshot(held, sizes, report)
    report.finish()


def _measure(subject: Subject, row: str, report: Report) -> None:
    with report.contender(row):
        report.add(row, subject.claims() | _of_a_replica(subject))


def _of_a_replica(subject: Subject) -> dict[str, float]:
    with _servers.engines(subject.url, None) as (pid,):
        time.sleep(SETTLE_S)
        memory_mib = psutil.Process(pid).memory_info().rss / MIB
        return subject.singles() | {"replica_mib": memory_mib}


def _hold_a_snapshot(subject: Subject, sizes: Sizes, report: Report) -> None:
    _measure(subject, "before the snapshot", report)
    with _old_snapshot(subject.url):
        with _servers.engines(subject.url, None):
            took_s = subject.fire(sizes.snapshot_fired)
        time.sleep(SETTLE_S)  # until they count as settled
        report.add("firing while it stands", {"firing_s": took_s})
        _measure(subject, f"while it stands, {sizes.snapshot_fired:,} fired", report)
    _measure(subject, "after it has ended", report)


@contextmanager
def _old_snapshot(url: str) -> Iterator[None]:
    """Be somebody who reads for a long time: what is changed meanwhile must stay as it was for them."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT 1 FROM tasks_task LIMIT 1")
        yield
        connection.rollback()


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
