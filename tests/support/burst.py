"""Ten thousand deadlines within seconds, people who write meanwhile, and replicas that fire them."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final, Self

from taskengine.tasks.deadlines import Bucket
from tests.support import figures
from tests.support.client import TASKS, Client, Listener, eventually, in_seconds, utc, wire
from tests.support.database import add_people, add_tasks, audit, buckets, misses, unfired
from tests.support.nursery import Nursery
from tests.support.servers import Server

REPLICAS: Final = 3
WRITERS: Final = 6
ONLOOKERS: Final = 194
TASKS_OF_WRITERS: Final = 600
TASKS_OF_ONLOOKERS: Final = 9_400
LEAD_S: Final = 1.0
SPREAD_S: Final = 5.0
PAUSE_S: Final = 0.05  # between two writes of one person: it is the replicas that are to be busy
BACKLOG_PATIENCE_S: Final = 60.0

Harm = Callable[["Burst"], Awaitable[None]]


class Burst:
    """One round: `async with Burst(server, seed=1) as burst: await burst.suffer(harm, ...)`.

    Attributes:
        url: The database.
        chance: Decides what is harmed.
        nursery: Makes replicas.
        replicas: Their process ids.
        kills: When a replica was killed, in seconds since 1970.

    Args:
        server: A web server that fires nothing itself.
        seed: Of all chance.
        redis_url: The Redis of server and replicas.
        outages: Whether the database goes away: then the server may refuse what people ask.
    """

    def __init__(self, server: Server, *, seed: int, redis_url: str = "", outages: bool = False) -> None:
        self.url = server.database_url
        self.chance = random.Random(seed)
        self.nursery = Nursery(database_url=self.url, env={"REDIS_URL": redis_url} if redis_url else {})
        self.replicas: list[int] = []
        self.kills: list[float] = []
        self._server = server
        self._outages = outages
        self._people: list[Client] = []
        self._listeners: list[Listener] = []
        self._onlookers: list[str] = []
        self._statuses: Counter[int] = Counter()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._stack.enter_context(self.nursery)
        people, _ = await asyncio.gather(
            asyncio.gather(*(Client.sign_up(self._server.url) for _ in range(WRITERS))),
            asyncio.to_thread(lambda: self.replicas.extend(self.nursery.spawn() for _ in range(REPLICAS))),
        )
        for person in people:
            self._people.append(await self._stack.enter_async_context(person))
            self._listeners.append(await person.listen())
        self._onlookers = add_people(self.url, ONLOOKERS)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def suffer(self, *harms: Harm) -> None:
        """Let the deadlines pass while people write and harm is done, then check what was told."""
        ids = [await person.id() for person in self._people]
        first = in_seconds(LEAD_S)
        self._begin = asyncio.get_running_loop().time() + LEAD_S
        add_tasks(self.url, *self._onlookers, count=TASKS_OF_ONLOOKERS, first=first, spread_s=SPREAD_S)
        each = TASKS_OF_WRITERS // WRITERS
        tasks = [add_tasks(self.url, id_, count=each, first=first, spread_s=SPREAD_S) for id_ in ids]
        await asyncio.gather(
            *(self._write(person, mine) for person, mine in zip(self._people, tasks, strict=True)),
            *(harm(self) for harm in harms),
        )
        await eventually(
            "end of the backlog",
            lambda: unfired(self.url) == 0,
            deadline_s=BACKLOG_PATIENCE_S,
            pause_s=0.1,
        )
        await self._check(ids)

    @property
    def elapsed_s(self) -> float:
        """How long ago the first deadline was."""
        return asyncio.get_running_loop().time() - self._begin

    async def reach(self, elapsed_s: float) -> None:
        """Wait until the burst is so old."""
        await asyncio.sleep(max(0.0, elapsed_s - self.elapsed_s))

    def replace(self, number: int) -> None:
        """Kill a replica as a crash would, and start another."""
        self.nursery.kill(self.replicas[number])
        self.kills.append(time.time())
        self.replicas[number] = self.nursery.spawn()

    def note_lateness(self) -> None:
        """Put how late the onlookers were told into the run's summary, near a kill and elsewhere."""
        near: list[float] = []
        calm: list[float] = []
        for deadline, late_s in misses(self.url, self._onlookers):
            fired = deadline.timestamp() + late_s
            hit = any(deadline.timestamp() - 0.1 <= kill <= fired + 0.1 for kill in self.kills)
            (near if hit else calm).append(late_s)
        figures.note("latest deadline near a kill", max(near, default=0.0) * 1000, "ms")
        figures.note("latest deadline elsewhere", max(calm, default=0.0) * 1000, "ms")

    async def _write(self, person: Client, tasks: list[str]) -> None:
        """Write to tasks whose deadline is near, before or after."""
        chance = random.Random(self.chance.random())
        while self.elapsed_s < SPREAD_S:
            due = int(self.elapsed_s / SPREAD_S * len(tasks))
            path = f"{TASKS}{tasks[max(0, min(len(tasks) - 1, due + chance.randint(-2, 4)))]}/"
            soon = {"deadline": wire(in_seconds(chance.uniform(-0.1, 0.4)))}
            match chance.randrange(10):
                case 0 | 1 | 2:
                    answer = await person.send("POST", f"{path}complete/")
                case 3 | 4:
                    answer = await person.send("PATCH", path, json=soon)
                case 5:
                    answer = await person.send("PATCH", path, json={"title": "Renamed in the rush"})
                case 6:
                    answer = await person.send("DELETE", path)
                case 7:
                    answer = await person.send("POST", f"{path}restore/")
                case 8:
                    answer = await person.send("POST", TASKS, json={"title": "Made in the rush", **soon})
                case _:
                    answer = await person.send("POST", f"{path}reopen/")
            self._statuses[answer.status_code] += 1
            await asyncio.sleep(chance.uniform(0, 2 * PAUSE_S))

    async def _check(self, ids: list[str]) -> None:
        allowed = {200, 201, 204, 404} | ({503} if self._outages else set())
        assert self._statuses.keys() <= allowed, self._statuses
        # A machine that is too busy to let anybody write proves nothing.
        written = sum(self._statuses[status] for status in (200, 201, 204))
        assert written > WRITERS * SPREAD_S, self._statuses
        counts = await asyncio.to_thread(audit, self.url)
        assert counts["task.missed"] > TASKS_OF_ONLOOKERS
        assert min(counts[f"task.{verb}"] for verb in ("completed", "updated", "deleted")) > 0, counts
        for person, listener, id_ in zip(self._people, self._listeners, ids, strict=True):
            await self._check_reader(person, listener, id_)

    async def _check_reader(self, person: Client, listener: Listener, id_: str) -> None:
        # What stands in the table also arrived; the listener checks order and repeats itself.
        newcomer = await person.listen()
        await newcomer.until("snapshot", lambda: newcomer.has_state)
        assert newcomer.last_seq is not None
        await listener.reach(newcomer.last_seq)
        assert listener.tasks == newcomer.tasks
        summary = (await person.send("GET", f"{TASKS}summary/")).json()
        counted = buckets(self.url, id_, now=utc(summary["server_time"]))
        assert {name: summary[name] for name in Bucket} == {name: counted[name] for name in Bucket}
