"""How late is a deadline that is set when it is nearly due, by one process, for another to fire?

A task is made over the API of a web process with a deadline that is 20 ms ahead when it is committed,
more or less. The engine, a process of its own, sleeps towards a later instant and has to hear of it
through Redis.
"""

import asyncio
import random
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx

from bench import _database, _options, _servers
from bench._figures import Report, prefixed, quantiles
from bench._process import end_in_order
from bench._subscribers import Account, Audience, Subscriber

ROW: Final = "engine, woken over Redis"
PATIENCE_S: Final = 10.0
# These have a deadline far away; they tell how long it takes to make one.
TRIALS: Final = 20
FAR_S: Final = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the measurement is."""

    tasks: int = 100
    ahead_ms: int = 20
    pending: int = 1_000
    runs: int = 3


QUICK: Final = Sizes(tasks=20, runs=1)


async def measure(address: str, sizes: Sizes) -> tuple[dict[str, float], dict[str, float]]:
    """Return each task's deadline, and when it was in hand, in seconds since 1970."""
    chance = random.Random(7)  # noqa: S311 (the same pauses in each run)
    due = {}
    async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as http:
        account = await Account.sign_up(http)
        async with Audience([Subscriber(address, account.headers)]) as audience:
            takes_s = statistics.median([await _make_one(account) for _ in range(TRIALS)])
            for _ in range(sizes.tasks):
                # At any moment of the engine's own rhythm.
                await asyncio.sleep(chance.uniform(0.1, 0.7))
                deadline = round(time.time() + takes_s + sizes.ahead_ms / 1000, 3)
                due[await account.create_task(deadline=_rfc3339(deadline))] = deadline
            await audience.until_each_has(sizes.tasks, timeout_s=PATIENCE_S)
            return due, {each.task: each.arrived for each in audience.arrivals}


async def _make_one(account: Account) -> float:
    begun_at = time.time()
    await account.create_task(deadline=_rfc3339(begun_at + FAR_S))
    return time.time() - begun_at


def _rfc3339(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat()


def main(sizes: Sizes) -> None:
    """Measure as often as asked."""
    report = Report(
        name="wakeup",
        title=f"Lateness of {sizes.tasks} deadlines set {sizes.ahead_ms} ms ahead, in milliseconds",
        sizes=sizes,
    )
    with _servers.postgres() as server:
        url = server.url()
        report.versions |= {"PostgreSQL": _database.version(url), "Redis": _servers.redis_version()}
        _database.migrate(url)
        _database.add_pending(url, sizes.pending)
        for _ in range(sizes.runs):
            begun_at = time.time()
            with report.contender(ROW):
                with _servers.scaled(url) as address:
                    due, arrived = asyncio.run(measure(address, sizes))
                _report_on(report, url, begun_at, due, arrived)
    report.finish()


def _report_on(
    report: Report, url: str, begun_at: float, due: dict[str, float], arrived: dict[str, float]
) -> None:
    created = _database.created_since(url, begun_at)
    told = {each.task: each for each in _database.told_since(url, begun_at)}
    # One that was made too late for its deadline was missed by that write; the engine had no part in it.
    by_engine = [task for task in due if told[task].by_engine]
    spent = len(due) - len(by_engine)
    if not by_engine:
        report.missing(ROW, "every task was made too late to be fired")
        return
    ahead_ms = [(due[task] - created[task]) * 1000 for task in by_engine]
    committed_ms = [(told[task].committed - due[task]) * 1000 for task in by_engine]
    in_hand_ms = [(arrived[task] - due[task]) * 1000 for task in by_engine]
    report.add(
        ROW,
        {
            "set_ahead_p50_ms": statistics.median(ahead_ms),
            "set_ahead_min_ms": min(ahead_ms),
            **prefixed("committed", quantiles(committed_ms, unit="ms")),
            **quantiles(in_hand_ms, unit="ms"),
        },
        note=f"{spent} were made too late to be fired" if spent else "in hand",
    )


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
