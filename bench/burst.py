"""How long do ten thousand deadlines at one instant take: to be committed, and to be in hand?

A thousand people with a socket each have ten tasks each that are due at the same instant. Each socket
has to get its own ten, each once and in order, or there is no result.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Final

from bench import _database, _floor, _options, _peers, _people, _servers
from bench._figures import Report, quantiles
from bench._people import Person
from bench._process import end_in_order
from bench._subscribers import Audience
from taskengine.embedded.postgres import Postgres

LEAD_S: Final = 3.0
# Before the burst everybody, peers too, fires these many single ones, 0.1 s apart: none has just started.
WARM_UP: Final = 10
PATIENCE_S: Final = 30.0
PEERS_PATIENCE_S: Final = 180.0


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the measurement is."""

    people: int = 1_000
    each: int = 10
    pending: int = 1_000
    replicas: tuple[int, ...] = (1, 2, 3)
    runs: int = 3
    without_peers: bool = False


QUICK: Final = Sizes(people=100, replicas=(1, 2), runs=1)


class Scene:
    """A database with people and pending tasks, copied afresh for each contender."""

    def __init__(self, server: Postgres, sizes: Sizes) -> None:
        self._url: str | None = None
        self._server = server
        self._sizes = sizes
        url = _database.create(server, "scene")
        _database.migrate(url)
        self.people = _people.make(url, sizes.people)
        (self._somebody,) = _database.add_owners(url, 1)
        _database.add_pending(url, sizes.pending)

    def fresh(self) -> str:
        """Return the address of a new copy."""
        if self._url is not None:
            _database.drop(self._server, "copy")
        self._url = _database.create(self._server, "copy", template="scene")
        return self._url

    def add_due(self, url: str) -> float:
        """Give everybody their tasks; return the instant at which all are due."""
        at = float(round(time.time() + LEAD_S))
        _database.add_due(url, [person.id for person in self.people], each=self._sizes.each, at=at)
        for n in range(WARM_UP):
            _database.add_due(url, [self._somebody], each=1, at=at - 2 + n / 10)
        _database.analyze(url)
        return at


async def measure(
    address: str, people: Sequence[Person], *, each: int, make_due: Callable[[], float]
) -> tuple[float, list[float]]:
    """Listen with everybody, then make the tasks.

    Returns:
        The instant at which all were due, and when each was in hand; in seconds since 1970.
    """
    async with Audience.of(address, people) as audience:
        at = await asyncio.to_thread(make_due)
        await audience.until_each_has(each, timeout_s=at + PATIENCE_S - time.time())
        return at, [arrival.arrived for arrival in audience.arrivals]


def _contenders(sizes: Sizes) -> dict[str, Callable[[str], AbstractContextManager[str]]]:
    scaled = {
        f"scaled, {replicas} replica{'s' * (replicas > 1)}": partial(_servers.scaled, replicas=replicas)
        for replicas in sizes.replicas
    }
    return {"embedded": _servers.embedded, **scaled}


def main(sizes: Sizes) -> None:
    """Measure the floor, the product and its peers one after the other, as often as asked."""
    count = sizes.people * sizes.each
    report = Report(
        name="burst",
        title=f"{count:,} deadlines at one instant, {sizes.people:,} streams, in milliseconds after it",
        sizes=sizes,
    )
    with _servers.postgres() as server:
        report.versions |= {
            "PostgreSQL": _database.version(server.url()),
            "Redis": _servers.redis_version(),
        }
        scene = Scene(server, sizes)
        for _ in range(sizes.runs):
            floor_ms = _floor_ms(scene, count)
            report.add("bare SQL", {"last_committed_ms": floor_ms}, note="floor, batches of 2,500")
            for name, running in _contenders(sizes).items():
                with report.contender(name):
                    report.add(name, _measure_one(scene, sizes, running, floor_ms=floor_ms))
            _peers.measure(
                () if sizes.without_peers else _peers.PEERS_IN_A_BURST,
                [*(n / 10 for n in range(WARM_UP)), *[2.0] * count],
                server=server,
                patience_s=PEERS_PATIENCE_S,
                report=report,
                warm_up=WARM_UP,
            )
    report.finish()


def _floor_ms(scene: Scene, count: int) -> float:
    url = scene.fresh()
    at = scene.add_due(url)
    _floor.burst(url, at=at, count=count)
    return _last_committed_ms(url, at, count)


def _last_committed_ms(url: str, at: float, count: int) -> float:
    told = _database.told_since(url, at)
    if len(told) != count:
        raise AssertionError(f"{len(told)} events were recorded, {count} tasks were due.")
    return (max(each.committed for each in told) - at) * 1000


def _measure_one(
    scene: Scene,
    sizes: Sizes,
    running: Callable[[str], AbstractContextManager[str]],
    *,
    floor_ms: float,
) -> dict[str, float]:
    url = scene.fresh()
    with running(url) as address:
        at, arrived = asyncio.run(
            measure(address, scene.people, each=sizes.each, make_due=lambda: scene.add_due(url))
        )
    committed_ms = _last_committed_ms(url, at, len(arrived))
    return {
        "last_committed_ms": committed_ms,
        "times_the_floor": committed_ms / floor_ms,
        **quantiles([(each - at) * 1000 for each in arrived], unit="ms"),
    }


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
