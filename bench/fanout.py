"""How soon does what is rung for reach the sockets, what does an idle socket cost, and a thousand who come back?

The way is measured from the doorbell's ring in one process, over Redis, through the web process, to the frame
that a foreign client has parsed. `one`: an event to a thousand sockets of one stream. `each`: a thousand
events over a second, each to another stream with a socket. `burst`: the same at once. `idle`: what ten
thousand sockets add to the server's memory. `storm`: two thousand clients come back at once and lack a
hundred events each; only we have that, for nobody else here keeps what was missed.
"""

import asyncio
import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import cycle, islice
from typing import Final

import psutil

from bench import _database, _options, _people, _servers
from bench._figures import Report, prefixed, quantiles
from bench._listeners import PlainListener, SocketIoListener
from bench._messages import Plan
from bench._peers import PeerMissing, node_program
from bench._people import Person
from bench._process import PYTHON, Process, end_in_order
from bench._subscribers import Audience, Member, Subscriber
from taskengine.embedded.postgres import Postgres

PAUSE_S: Final = 0.25  # between two events to one stream
SPREAD_S: Final = 1.0
BURST_AFTER_S: Final = 2.0  # after the last single one
PATIENCE_S: Final = 15.0
SETTLE_S: Final = 3.0
AT_ONCE: Final = 2_000  # who come back at the same time: a storm has no gate
KIB: Final = 1024
WARM_UP: Final = 3  # of the events to one stream, these don't count


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the measurement is."""

    sockets: int = 1_000
    events: int = 20
    idle: int = 10_000
    storm: int = 2_000
    missed: int = 100
    runs: int = 3
    without_peers: bool = False


QUICK: Final = Sizes(sockets=100, events=6, idle=500, storm=200, missed=20, runs=1)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A contender that runs.

    Attributes:
        pid: The process that holds the sockets.
        listeners: Makes one for each of some streams.
        send: Carries out a plan in its own time; returns when each message was sent, in seconds since 1970.
    """

    pid: int
    listeners: Callable[[Sequence[str]], Sequence[Member]]
    send: Callable[[Plan], Sequence[float]]


Contender = Callable[[], AbstractContextManager[Stage]]


# --- The product --------------------------------------------------------------------------------


@contextmanager
def _product(url: str, people: Mapping[str, Person], *, kind: str) -> Iterator[Stage]:
    with _servers.redis() as redis_url, _servers.web(url, redis_url, kind=kind) as server:

        def listeners(streams: Sequence[str]) -> Sequence[Subscriber]:
            return Audience.subscribers(server.address, [people[stream] for stream in streams])

        ringer = [PYTHON, "-m", "bench._ringer"]
        send = partial(_sent_by, ringer, _servers.environment(url, redis_url))
        yield Stage(pid=server.pid, listeners=listeners, send=send)


def _sent_by(command: Sequence[str], env: Mapping[str, str], plan: Plan) -> Sequence[float]:
    with Process(command, env=env, stdout=subprocess.PIPE) as process:
        return _carried_out(process, plan)


def _carried_out(process: Process, plan: Plan) -> Sequence[float]:
    process.tell(plan.text())
    line = process.read_line(timeout_s=plan.duration_s + 60)
    if not line:
        raise RuntimeError(f"Nothing was sent.\n{process.tail()}")
    sent: list[float] = json.loads(line)
    return sent


# --- Its peers ----------------------------------------------------------------------------------


@contextmanager
def _peer(module: str, *options: str) -> Iterator[Stage]:
    port = _servers.free_port()
    program, env = [PYTHON, "-m", f"bench.peers.{module}"], _servers.inherited()
    with (
        _servers.redis() as redis_url,
        Process([*program, "serve", str(port), redis_url, *options], env=env) as server,
    ):
        server.wait_until(lambda: _servers.accepts(port))
        yield Stage(
            pid=server.pid,
            listeners=lambda streams: [
                PlainListener(f"127.0.0.1:{port}", f"/{stream}") for stream in streams
            ],
            send=partial(_sent_by, [*program, "send", redis_url, *options], env),
        )


@contextmanager
def _socketio() -> Iterator[Stage]:
    port = _servers.free_port()
    command = node_program("socketio")
    with Process([*command, str(port)], env=_servers.inherited(), stdout=subprocess.PIPE) as server:
        server.wait_until(lambda: _servers.accepts(port))
        path = "/socket.io/?EIO=4&transport=websocket&stream="
        yield Stage(
            pid=server.pid,
            listeners=lambda streams: [
                SocketIoListener(f"127.0.0.1:{port}", path + each) for each in streams
            ],
            send=partial(_carried_out, server),
        )


PEERS: Final[Mapping[str, tuple[Contender, str]]] = {
    "bare websockets": (partial(_peer, "bare_sockets"), "the floor: `websockets` and Redis"),
    "Channels, pub/sub layer": (partial(_peer, "channels_groups", "pubsub"), "groups, on uvicorn"),
    "Channels, core layer": (partial(_peer, "channels_groups", "core"), "groups, on uvicorn"),
    "Socket.IO": (_socketio, "one process that also sends, no Redis"),
}


# --- What is measured ---------------------------------------------------------------------------


def main(sizes: Sizes) -> None:
    """Measure the product on each server and its peers one after the other, as often as asked."""
    report = Report(
        name="fanout",
        title=f"From the ring to the parsed frame, in milliseconds; {sizes.sockets:,} sockets",
        sizes=sizes,
    )
    with _servers.postgres() as postgres:
        report.versions |= {
            "PostgreSQL": _database.version(postgres.url()),
            "Redis": _servers.redis_version(),
        }
        scene = Scene(postgres, max(sizes.sockets, sizes.storm))
        streams = list(scene.people)
        for _ in range(sizes.runs):
            if not sizes.without_peers:
                for name, (running, note) in PEERS.items():
                    try:
                        report.add(name, _figures(running, streams, sizes), note=note)
                    except PeerMissing as missing:
                        report.missing(name, str(missing))
            for kind in _servers.KINDS:
                if find_spec(kind) is None:
                    report.missing(f"taskengine, {kind}", "it is not installed")
                    continue
                with report.contender(f"taskengine, {kind}"):
                    running = partial(_product, scene.fresh(), scene.people, kind=kind)
                    figures = _figures(running, streams, sizes)
                    figures |= {"storm_s": asyncio.run(_storm(running, scene, sizes))}
                    report.add(f"taskengine, {kind}", figures)
    report.finish()


class Scene:
    """A database with people, copied afresh for each contender.

    Attributes:
        people: By the name of their stream.
        url: The last copy.
    """

    def __init__(self, postgres: Postgres, count: int) -> None:
        self.url: str | None = None
        self._postgres = postgres
        url = _database.create(postgres, "scene")
        _database.migrate(url)
        self.people = {person.id: person for person in _people.make(url, count)}
        _database.settle(url)

    def fresh(self) -> str:
        """Return the address of a new copy."""
        if self.url is not None:
            _database.drop(self._postgres, "copy")
        self.url = _database.create(self._postgres, "copy", template="scene")
        return self.url


def _figures(running: Contender, streams: Sequence[str], sizes: Sizes) -> dict[str, float]:
    with running() as stage:
        one = asyncio.run(_to_one_stream(stage, streams[0], sizes))
    with running() as stage:
        many = asyncio.run(_to_many_streams(stage, streams[: sizes.sockets], sizes))
    with running() as stage:
        idle_kib = asyncio.run(_idle_kib(stage, streams, sizes))
    return one | many | {"idle_kib": idle_kib}


async def _to_one_stream(stage: Stage, stream: str, sizes: Sizes) -> dict[str, float]:
    events = WARM_UP + sizes.events
    plan = Plan(rounds=[(n * PAUSE_S, [stream]) for n in range(events)])
    late_ms = await _late_ms(stage, [stream] * sizes.sockets, plan, each=events)
    counted = [late for number, late in late_ms if number >= WARM_UP]
    return {**prefixed("one", _two_of(counted)), "one_lost": events * sizes.sockets - len(late_ms)}


async def _to_many_streams(stage: Stage, streams: Sequence[str], sizes: Sizes) -> dict[str, float]:
    singles = [(n / len(streams) * SPREAD_S, [stream]) for n, stream in enumerate(streams)]
    plan = Plan(rounds=[*singles, (SPREAD_S + BURST_AFTER_S, streams)])
    late_ms = await _late_ms(stage, streams, plan, each=2)
    each = [late for number, late in late_ms if number < len(streams)]
    burst = [late for number, late in late_ms if number >= len(streams)]
    return {
        **prefixed("each", _two_of(each)),
        "burst_last_ms": max(burst),
        "many_lost": 2 * len(streams) - len(late_ms),
    }


async def _late_ms(stage: Stage, streams: Sequence[str], plan: Plan, *, each: int) -> list[tuple[int, float]]:
    """Return `(number of the message, milliseconds from its ring)` of all that came."""
    async with Audience(stage.listeners(streams)) as audience:
        sent = await asyncio.to_thread(stage.send, plan)
        await audience.until_each_has(each, timeout_s=PATIENCE_S)
        return [
            (int(arrival.task), (arrival.arrived - sent[int(arrival.task)]) * 1000)
            for arrival in audience.arrivals
        ]


async def _idle_kib(stage: Stage, streams: Sequence[str], sizes: Sizes) -> float:
    """Return what an idle socket adds to the server's memory."""
    async with Audience(stage.listeners(streams[:1])):
        await asyncio.sleep(SETTLE_S)
        before = _memory(stage.pid)
    async with Audience(stage.listeners(list(islice(cycle(streams), sizes.idle)))):
        await asyncio.sleep(SETTLE_S)
        return (_memory(stage.pid) - before) / sizes.idle / KIB


def _memory(pid: int) -> int:
    """Return the bytes that a server and its workers have in memory."""
    server = psutil.Process(pid)
    return sum(process.memory_info().rss for process in (server, *server.children(recursive=True)))


async def _storm(running: Contender, scene: Scene, sizes: Sizes) -> float:
    """Return how long after the storm's first knock the last client had its last missed event."""
    streams = list(scene.people)[: sizes.storm]
    assert scene.url is not None
    with running() as stage:
        before = stage.listeners(streams)
        async with Audience(before):
            pass
        await asyncio.to_thread(_database.add_events, scene.url, streams, each=sizes.missed)
        back = [member.again() for member in before if isinstance(member, Subscriber)]
        begun = time.time()
        async with Audience(back, at_once=AT_ONCE) as audience:
            await audience.until_each_has(sizes.missed, timeout_s=PATIENCE_S * 4)
            return max(arrival.arrived for arrival in audience.arrivals) - begun


def _two_of(values: Sequence[float]) -> dict[str, float]:
    return {name: value for name, value in quantiles(values, unit="ms").items() if not name.startswith("max")}


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
