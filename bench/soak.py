"""Does the whole product, as `compose.yaml` has it, hold for a while: no event lost, no error, no growth?

Two web processes behind one port, two engines, a worker of Celery, Redis between them. People read, write, complete,
ask for breakdowns, lose their sockets and come back; most tasks are due within seconds. It fails when an event is
lost, doubled or out of order, when a request is answered with an error, or, over five minutes and more, when a
process grows by more than a megabyte a minute after the warm-up.
"""

import asyncio
import contextlib
import random
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import psutil
import psycopg

from bench import _database, _options, _people, _servers
from bench._figures import Report, quantiles
from bench._line import Line
from bench._people import Person
from bench._process import end_in_order
from bench._subscribers import BrokenPromise, Subscriber

ENGINES: Final = 2
MAX_GROWTH_MB_PER_MIN: Final = 1.0
MAX_WRITE_P99_MS: Final = 100.0
TELLS_GROWTH_S: Final = 300.0  # a shorter run is over before memory and paces have settled
SETTLE_S: Final = 15.0  # after the last request: what is due still, what is being made
SOON_S: Final = (1.0, 8.0)
FAR_S: Final = 86_400.0
MB: Final = 1024 * 1024
# What somebody does next, and how often out of a hundred times.
MIX: Final[Mapping[str, int]] = {
    "list": 25,
    "summary": 15,
    "retrieve": 8,
    "create due soon": 22,
    "create": 8,
    "complete": 10,
    "change": 8,
    "reconnect": 3,
    "break down": 1,
}
READS: Final = frozenset({"list", "summary", "retrieve"})
_BAD: Final = """
WITH missed AS (
    SELECT data->'task'->>'id' AS task, count(*) AS times FROM realtime_event
    WHERE type = 'task.missed' GROUP BY 1
)
SELECT
    (SELECT count(*) FROM tasks_task AS t WHERE t.deadline <= now() AND deleted_at IS NULL
        AND (t.completed_at IS NULL OR t.completed_at >= t.deadline)
        AND NOT EXISTS (SELECT FROM missed AS m WHERE m.task = t.id::text)),
    (SELECT count(*) FROM missed WHERE times > 1),
    (SELECT count(*) FROM realtime_stream AS s
        WHERE s.seq <> (SELECT count(*) FROM realtime_event AS e WHERE e.stream_id = s.id)),
    (SELECT count(*) FROM planning_breakdown WHERE status <> 'ready')
"""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How long and how large it is."""

    duration_s: float = 600.0
    warm_up_s: float = 120.0
    people: int = 40
    pause_s: float = 0.8
    sample_s: float = 2.0


QUICK: Final = Sizes(duration_s=20.0, warm_up_s=5.0, people=8, pause_s=0.4, sample_s=0.5)


@dataclass
class Seen:
    """What came of it: times in milliseconds, after the warm-up; what went wrong, from the beginning."""

    reads_ms: list[float] = field(default_factory=list)
    writes_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    reconnects: int = 0
    requests: int = 0


class Somebody:
    """One person, with a connection for requests and a socket.

    Args:
        address: The server's `host:port`.
        person: Who it is.
        seen: Where to note what happens.
    """

    def __init__(self, address: str, person: Person, seen: Seen) -> None:
        self._seen = seen
        self._line = Line(address, token=person.token)
        self._subscriber = Subscriber(address, {"Authorization": f"Bearer {person.token}"})
        self._tasks: list[str] = []
        self._due: dict[str, float] = {}
        self._arrivals = self._subscriber.arrivals
        self.id = person.id

    async def live(self, *, until: float, pause_s: float, warm_at: float) -> None:
        """Do one thing after the other until an instant of the monotonic clock."""
        await self._subscriber.connect()
        names, weights = list(MIX), list(MIX.values())
        while time.monotonic() < until:
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause_s)  # noqa: S311 (no secret)
            (name,) = random.choices(names, weights)  # noqa: S311
            if name == "reconnect":
                await self._reconnect()
                continue
            took_ms = await self._ask(name)
            if took_ms is not None and time.monotonic() >= warm_at:
                (self._seen.reads_ms if name in READS else self._seen.writes_ms).append(took_ms)

    def end(self, head: int) -> None:
        """Leave, and check that everything came.

        Raises:
            BrokenPromise: Something did not, or came twice, or in another order.
        """
        self._subscriber.close()
        self._line.close()
        self._subscriber.check_head(head)
        arrived = [each.task for each in self._arrivals]
        if len(arrived) != len(set(arrived)):
            raise BrokenPromise(f"{len(arrived) - len(set(arrived))} misses came twice.")
        for each in self._arrivals:
            if each.task in self._due:
                self._seen.late_ms.append((each.arrived - self._due[each.task]) * 1000)

    async def _reconnect(self) -> None:
        self._subscriber.close()
        await asyncio.sleep(random.uniform(0.1, 2.0))  # noqa: S311
        following = self._subscriber.again()
        following.arrivals = self._arrivals  # what comes is one history, over all connections
        self._subscriber = following
        await following.connect()
        self._seen.reconnects += 1

    async def _ask(self, name: str) -> float | None:
        method, path, body, expected = self._request(name)
        self._seen.requests += 1
        begun_at = time.perf_counter()
        try:
            status, content = await self._line.ask(method, path, body)
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError) as error:
            self._seen.errors.append(f"{name}: {error!r}")
            return None
        took_ms = (time.perf_counter() - begun_at) * 1000
        if status != expected:
            self._seen.errors.append(f"{name}: {status} {content[:200]!r}")
        elif expected == 201:
            made = orjson.loads(content)
            self._tasks.append(made["id"])
            del self._tasks[:-50]
            if name == "create due soon":
                self._due[made["id"]] = datetime.fromisoformat(made["deadline"]).timestamp()
        return took_ms

    def _request(self, name: str) -> tuple[str, str, Mapping[str, Any] | None, int]:
        task = random.choice(self._tasks) if self._tasks else None  # noqa: S311
        match name:
            case "retrieve" if task is not None:
                return "GET", f"tasks/{task}/", None, 200
            case "complete" if task is not None:
                return "POST", f"tasks/{task}/complete/", None, 200
            case "change" if task is not None:
                return "PATCH", f"tasks/{task}/", {"notes": f"Seen at {time.time()}"}, 200
            case "create due soon":
                return "POST", "tasks/", _task(random.uniform(*SOON_S)), 201  # noqa: S311
            case "create":
                return "POST", "tasks/", _task(FAR_S), 201
            case "break down":
                body = {"goal": "Write my thesis on urban trees", "deadline": _instant(20 * FAR_S)}
                return "POST", "breakdowns/", body, 202
            case "list":
                return "GET", "tasks/?bucket=upcoming", None, 200
            case _:
                return "GET", "tasks/summary/", None, 200


def _instant(in_s: float) -> str:
    return datetime.fromtimestamp(time.time() + in_s, UTC).isoformat()


def _task(in_s: float) -> dict[str, Any]:
    return {"title": "Soak", "notes": "As long as a note is. " * 5, "deadline": _instant(in_s)}


class Memory:
    """How large each process is, again and again.

    Args:
        processes: Their names and numbers.
    """

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in processes.items()}
        self.samples: dict[str, list[tuple[float, float]]] = {name: [] for name in processes}

    async def watch(self, *, every_s: float) -> None:
        """Take samples `(seconds, MB)` until cancelled."""
        while True:
            for name, process in self._processes.items():
                # One that is gone stops growing, which `figures` tells by its number of samples.
                with contextlib.suppress(psutil.NoSuchProcess):
                    self.samples[name].append((time.monotonic(), process.memory_info().rss / MB))
            await asyncio.sleep(every_s)

    def figures(self, *, warm_at: float) -> Iterator[tuple[str, dict[str, float]]]:
        """Yield each process' size and growth after the warm-up.

        Raises:
            BrokenPromise: A process is gone.
        """
        longest = max(map(len, self.samples.values()))
        for name, samples in self.samples.items():
            if len(samples) < longest:
                raise BrokenPromise(f"{name} is gone.")
            warm = [sample for sample in samples if sample[0] >= warm_at]
            times, sizes = zip(*warm, strict=True)
            slope = statistics.linear_regression(times, sizes).slope if len(warm) > 1 else 0.0
            yield name, {"first_mb": sizes[0], "last_mb": sizes[-1], "mb_per_min": slope * 60}


@contextmanager
def running(url: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Run what compose runs; yield the web's address, and the processes by name."""
    with ExitStack() as stack:
        redis_url = stack.enter_context(_servers.redis())
        engines = stack.enter_context(_servers.engines(url, redis_url, count=ENGINES))
        worker = stack.enter_context(_servers.worker(url, redis_url))
        web = stack.enter_context(_servers.web(url, redis_url, WEB_CONCURRENCY="2", RATE_LIMIT_AI=""))
        named = {
            **_family("web", web.pid),
            **{f"engine {n}": pid for n, pid in enumerate(engines, 1)},
            **_family("worker", worker),
        }
        yield web.address, named


def _family(name: str, pid: int) -> dict[str, int]:
    """Return a first process and those that do its work (not Python's own helper of `multiprocessing`)."""
    children = [
        child
        for child in psutil.Process(pid).children()
        if "resource_tracker" not in " ".join(child.cmdline())
    ]
    return {name: pid, **{f"{name} {n}": child.pid for n, child in enumerate(children, 1)}}


async def soak(
    url: str, address: str, people: Sequence[Person], sizes: Sizes, memory: Memory
) -> tuple[Seen, float]:
    """Let everybody live, and check what they got; return it, and when it was warm."""
    seen = Seen()
    begun_at = time.monotonic()
    warm_at = begun_at + sizes.warm_up_s
    everybody = [Somebody(address, person, seen) for person in people]
    watching = asyncio.create_task(memory.watch(every_s=sizes.sample_s))
    try:
        until = begun_at + sizes.duration_s
        await asyncio.gather(
            *(each.live(until=until, pause_s=sizes.pause_s, warm_at=warm_at) for each in everybody)
        )
    finally:
        watching.cancel()
    await asyncio.sleep(SETTLE_S)
    with psycopg.connect(url) as connection:
        heads: dict[str, int] = dict(
            connection.execute("SELECT id::text, seq FROM realtime_stream").fetchall()
        )
    for each in everybody:
        each.end(heads[each.id])
    return seen, warm_at


def main(sizes: Sizes) -> None:
    """Measure once: it takes long."""
    report = Report(
        name="soak",
        title=f"{sizes.people} people for {sizes.duration_s:g} s on two web processes, two engines and a worker",
        sizes=sizes,
    )
    with _servers.postgres() as server:
        url = server.url()
        report.versions |= {"PostgreSQL": _database.version(url), "Redis": _servers.redis_version()}
        _database.migrate(url)
        people = _people.make(url, sizes.people)
        with report.contender("everything"), running(url) as (address, processes):
            memory = Memory(processes)
            seen, warm_at = asyncio.run(soak(url, address, people, sizes, memory))
            report.add("reads", quantiles(seen.reads_ms, unit="ms"))
            report.add("writes", quantiles(seen.writes_ms, unit="ms"))
            report.add("deadlines, in hand", quantiles(seen.late_ms, unit="ms"))
            faults = []
            slowest_ms = quantiles(seen.writes_ms, unit="ms")["p99_ms"]
            if slowest_ms > MAX_WRITE_P99_MS:
                faults.append(f"a write in a hundred took over {slowest_ms:.0f} ms")
            for name, figures in memory.figures(warm_at=warm_at):
                report.add(name, figures)
                if figures["mb_per_min"] > MAX_GROWTH_MB_PER_MIN:
                    faults.append(f"{name} grew by {figures['mb_per_min']:.2f} MB a minute")
            _judge(report, url, seen, faults if sizes.duration_s >= TELLS_GROWTH_S else [])
    report.finish()


def _judge(report: Report, url: str, seen: Seen, more: Sequence[str]) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute(_BAD).fetchone()
    assert row is not None
    lost, doubled, broken, unmade = row
    figures = {
        "requests": seen.requests,
        "reconnects": seen.reconnects,
        "lost": lost,
        "doubled": doubled,
        "streams_broken": broken,
        "breakdowns_unmade": unmade,
        "errors": len(seen.errors),
    }
    report.add("everything", figures)
    for error in seen.errors[:5]:
        print(f"   {error}", flush=True)
    faults = [f"{name}: {figures[name]}" for name in list(figures)[2:] if figures[name]] + list(more)
    if faults:
        raise BrokenPromise("; ".join(faults))


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
