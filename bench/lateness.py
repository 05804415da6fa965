"""How late is `task.missed` in the subscriber's hand, and how much later with a million tasks pending?

Deadlines at random instants; a foreign client makes the tasks over the API, listens on its socket, and
compares each deadline with the wall clock when the frame has been parsed.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx

from bench import _database, _floor, _options, _peers, _servers
from bench._figures import Report, prefixed, quantiles
from bench._process import end_in_order
from bench._subscribers import Account, Audience, Subscriber

LEAD_S: Final = 1.5  # before the first deadline, beside the time that making the tasks takes
LEAD_S_PER_TASK: Final = 0.02
PATIENCE_S: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the measurement is."""

    deadlines: int = 300
    duration_s: float = 30.0
    pending: tuple[int, ...] = (1_000, 1_000_000)
    runs: int = 3
    without_peers: bool = False


QUICK: Final = Sizes(deadlines=20, duration_s=3.0, pending=(1_000, 20_000), runs=1)
# Both ways to run the product.
RUNS: Final[dict[str, Callable[[str], AbstractContextManager[str]]]] = {
    "embedded": _servers.embedded,
    "scaled": _servers.scaled,
}


async def measure(address: str, offsets_s: Sequence[float]) -> tuple[float, list[float]]:
    """Make a task for each instant and listen.

    Returns:
        When the first was due at the earliest, in seconds since 1970, and how late each was in hand, in
        milliseconds.
    """
    async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as http:
        account = await Account.sign_up(http)
        async with Audience([Subscriber(address, account.headers)]) as audience:
            start = time.time() + LEAD_S + len(offsets_s) * LEAD_S_PER_TASK
            due = {}
            for offset_s in offsets_s:
                deadline = round(start + offset_s, 3)
                rfc3339 = datetime.fromtimestamp(deadline, UTC).isoformat()
                due[await account.create_task(deadline=rfc3339)] = deadline
            if time.time() > start:
                raise RuntimeError("The tasks were not made in time.")
            await audience.until_each_has(
                len(due), timeout_s=start + max(offsets_s) + PATIENCE_S - time.time()
            )
            return start, [(each.arrived - due[each.task]) * 1000 for each in audience.arrivals]


def main(sizes: Sizes) -> None:
    """Measure the floor, the product and its peers one after the other, as often as asked."""
    chance = random.Random(7)  # noqa: S311 (the same instants in each run)
    offsets_s = sorted(chance.uniform(0, sizes.duration_s) for _ in range(sizes.deadlines))
    report = Report(
        name="lateness",
        title=f"Lateness of {sizes.deadlines} deadlines over {sizes.duration_s:g} s, in milliseconds",
        sizes=sizes,
    )
    with _servers.postgres() as server:
        report.versions |= {
            "PostgreSQL": _database.version(server.url()),
            "Redis": _servers.redis_version(),
        }
        databases = {pending: _database.create(server, f"pending_{pending}") for pending in sizes.pending}
        for pending, url in databases.items():
            _database.migrate(url)
            _database.add_pending(url, pending)
        peers = () if sizes.without_peers else _peers.PEERS
        for _ in range(sizes.runs):
            floor_ms = asyncio.run(_floor.timers(offsets_s))
            report.add("loop.call_at", quantiles(floor_ms, unit="ms"), note="floor")
            for way, running in RUNS.items():
                for pending, url in databases.items():
                    row = f"{way}, {pending:,} pending"
                    with report.contender(row):
                        report.add(row, _measure_one(running, url, offsets_s), note="in hand")
            _peers.measure(peers, offsets_s, server=server, patience_s=PATIENCE_S, report=report)
    report.finish()


def _measure_one(
    running: Callable[[str], AbstractContextManager[str]], url: str, offsets_s: Sequence[float]
) -> dict[str, float]:
    with running(url) as address:
        start, late_ms = asyncio.run(measure(address, offsets_s))
    told = _database.told_since(url, start - 0.001)
    committed_ms = [(each.committed - each.at) * 1000 for each in told]
    return quantiles(late_ms, unit="ms") | prefixed("committed", quantiles(committed_ms, unit="ms"))


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
