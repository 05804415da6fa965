"""Runs what people use for this today, each at its best, one after the other, on servers of its own."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from bench import _database, _servers
from bench._figures import Report, quantiles
from bench._process import PYTHON, Process
from taskengine.embedded.postgres import Postgres

_PEERS: Final = Path(__file__).parent / "peers"
_DATABASE: Final = "peer"
GRACE_S: Final = 30.0  # to start, and to answer


class PeerMissing(RuntimeError):
    """A peer is not installed, or did not get through its round; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One way to run one peer.

    Attributes:
        name: What the tables call it.
        note: How it runs.
        lead_s_per_job: How much time to make a job is given, many times what it takes.
        redis_hz: How often a second its Redis looks at timers.
        options: For the peer's own module.
        in_a_burst: Whether it is worth its while to run a burst this way too.
    """

    name: str
    note: str
    module: str
    lead_s_per_job: float
    redis_hz: int = 10
    options: Mapping[str, Any] = field(default_factory=dict)
    in_a_burst: bool = True


PEERS: Final[Sequence[Peer]] = (
    Peer(name="Celery", note="ETA, in the worker's memory", module="celery", lead_s_per_job=0.002),
    Peer(name="APScheduler 3", note="in memory", module="apscheduler", lead_s_per_job=0.0003),
    Peer(
        name="Procrastinate",
        note="polls each 5 s, as it comes",
        module="procrastinate",
        lead_s_per_job=0.002,
        options={"polling_s": 5.0},
        in_a_burst=False,
    ),
    Peer(
        name="Procrastinate, eager",
        note="polls each 20 ms",
        module="procrastinate",
        lead_s_per_job=0.002,
        options={"polling_s": 0.02},
    ),
    Peer(
        name="BullMQ",
        note="Redis as it comes, hz 10",
        module="bullmq",
        lead_s_per_job=0.0005,
        in_a_burst=False,
    ),
    Peer(
        name="BullMQ, eager",
        note="Redis with hz 100",
        module="bullmq",
        lead_s_per_job=0.0005,
        redis_hz=100,
    ),
)
# A burst is run by the better of two ways only.
PEERS_IN_A_BURST: Final[Sequence[Peer]] = tuple(peer for peer in PEERS if peer.in_a_burst)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a round: how late each job was that ran, in the order in which they did, in milliseconds."""

    version: str
    late_ms: list[float]


def measure(
    peers: Sequence[Peer],
    offsets_s: Sequence[float],
    *,
    server: Postgres,
    patience_s: float,
    report: Report,
    warm_up: int = 0,
) -> None:
    """Run one round of each peer, as `run` does, and report how late its jobs were, in milliseconds.

    The first `warm_up` of them don't count.
    """
    for peer in peers:
        try:
            answer = run(peer, offsets_s, server=server, patience_s=patience_s)
        except PeerMissing as missing:
            report.missing(peer.name, str(missing))
            continue
        late_ms = answer.late_ms[warm_up:]
        figures = quantiles(late_ms, unit="ms") if late_ms else {}
        figures["never_ran"] = len(offsets_s) - len(answer.late_ms)
        report.versions[peer.module] = answer.version
        report.add(peer.name, figures, note=f"at the worker, {peer.note}")


def run(peer: Peer, offsets_s: Sequence[float], *, server: Postgres, patience_s: float) -> Answer:
    """Have a peer do a job at each of some instants.

    Args:
        peer: Which one.
        offsets_s: The instants, in order, in seconds after the first may be due.
        server: Where a database for it is made.
        patience_s: How long after the last instant to wait for it.

    Raises:
        PeerMissing: There is no answer.
    """
    command = (
        node_program("bullmq") if peer.module == "bullmq" else [PYTHON, "-m", f"bench.peers.{peer.module}"]
    )
    with _servers.redis(hz=peer.redis_hz) as redis_url, _database_for_it(server) as database_url:
        asked: dict[str, Any] = {
            "lead_s": 3 + len(offsets_s) * peer.lead_s_per_job,
            "offsets_ms": [round(offset_s * 1000) for offset_s in offsets_s],
            "options": dict(peer.options),
            "patience_s": patience_s,
            "redis_url": redis_url,
            "database_url": database_url,
        }
        timeout_s = asked["lead_s"] + offsets_s[-1] + patience_s + GRACE_S
        # Not with Django's settings about: Celery would do more than it has to.
        with Process(command, env=_servers.inherited(), stdout=subprocess.PIPE) as process:
            process.tell(json.dumps(asked))
            line = process.read_line(timeout_s=timeout_s)
            if not line:
                raise PeerMissing(process.tail(1) or "it ended without a word")
            return Answer(**json.loads(line))


@contextmanager
def _database_for_it(server: Postgres) -> Iterator[str]:
    url = _database.create(server, _DATABASE)
    try:
        yield url
    finally:
        _database.drop(server, _DATABASE)


@cache
def node_program(folder: str) -> list[str]:
    """Return the command for a peer that runs on Node.js, with its packages installed.

    Args:
        folder: Where it lies under `peers`.

    Raises:
        PeerMissing: It can't be installed here.
    """
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise PeerMissing("there is no Node.js with npm")
    here = _PEERS / folder
    installed = here / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < (here / "package-lock.json").stat().st_mtime:
        done = subprocess.run(
            [npm, "ci", "--loglevel=error"], cwd=here, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise PeerMissing(f"npm could not install it: {done.stderr.strip().splitlines()[-1:]}")
    return [node, str(here / "peer.mjs")]
