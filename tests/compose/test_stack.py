"""`docker compose up`, really: what people are promised, while each service is killed in turn."""

import asyncio
import uuid
from contextlib import suppress
from typing import Any

import httpx
import pytest

from taskengine.engine.management.commands.migrate import LOCK
from tests.support.client import Client, Listener, eventually, in_seconds, until_ready
from tests.support.stack import Stack

pytestmark = pytest.mark.compose

READY_WITHIN_S = 90.0
OUTAGE_S = 3.0
# Requests wait ten seconds for the database before they are told that it is away.
OUTAGE_OF_POSTGRES_S = 12.0
WRITES_S = 0.15  # between two writes
READS_S = 0.3
DUE_S = 2.0
SERVICES = ("redis", "engine", "worker", "web", "postgres")
RESTART = 4012
SOCKETS = 12  # so many go to both processes behind the port
# What a server never reads; the Dockerfile leaves it out.
UNREAD = """
find /venv /app -name '*.map' -o -name '*.pyi' -o -name '*.po' -o -name '*.mo' ! -path '*/locale/en/*' \
  -o -type d -name tests
"""
IMAGE_BYTES = 170e6  # without the base, and without what a layer adds to each file
PROCESSES = """
import os, pathlib
for folder in pathlib.Path('/proc').glob('[0-9]*'):
    if b'spawn_main' in (folder / 'cmdline').read_bytes() and folder.name != str(os.getpid()):
        print(folder.name)
"""


@pytest.fixture
async def ready(stack: Stack) -> Stack:
    """The stack with nothing missing."""
    await until_answered(stack)
    await until_ready(stack.url, deadline_s=READY_WITHIN_S, status="ready")
    return stack


async def until_answered(stack: Stack) -> None:
    """Wait until `/healthz` answers 200."""
    async with asyncio.timeout(READY_WITHIN_S), httpx.AsyncClient(trust_env=False) as http:
        while True:
            with suppress(httpx.TransportError):
                if (await http.get(f"{stack.url}/healthz")).status_code == 200:
                    return
            await asyncio.sleep(0.2)


class Writer:
    """Somebody who makes tasks that are soon due, each until it is made.

    Attributes:
        made: Every one that was answered.
        tries: How often it asked.
    """

    def __init__(self, person: Client) -> None:
        self.made: list[dict[str, Any]] = []
        self.tries = 0
        self._person = person
        self._done = False

    async def run(self) -> None:
        while not self._done:
            await self._make(f"Task {len(self.made)}")
            await asyncio.sleep(WRITES_S)

    def finish(self) -> None:
        """Have `run` return when the task that it makes is made."""
        self._done = True

    async def _make(self, title: str) -> None:
        id_ = str(uuid.uuid4())
        body = {"id": id_, "title": title, "deadline": in_seconds(DUE_S).isoformat()}
        while True:
            self.tries += 1
            with suppress(httpx.TransportError):
                answer = await self._person.send(
                    "POST", "/api/v1/tasks/", json=body, headers={"Idempotency-Key": id_}
                )
                if answer.status_code == 201:
                    self.made.append(answer.json())
                    return
                # The twin of this very request is under way, or what it needs is away: never a fault of ours.
                assert answer.status_code in {409, 503}, answer.text
            await asyncio.sleep(0.2)


async def keep_reading(person: Client, told: set[str]) -> None:
    """Ask for tasks all the time, and note why there were none to be had; anything but that is a fault of ours."""
    while True:
        with suppress(httpx.TransportError):
            answer = await person.send("GET", "/api/v1/tasks/")
            assert answer.status_code in {200, 503}, answer.text
            if answer.status_code == 503:
                told.add(answer.json()["code"])
        await asyncio.sleep(READS_S)


async def stay(listener: Listener) -> None:
    """Come back whenever the connection ends."""
    while True:
        if not listener.is_open:
            await listener.come_back(deadline_s=READY_WITHIN_S)
        await asyncio.sleep(0.05)


async def test_a_task_is_missed_over_the_socket_and_every_service_is_well(ready: Stack) -> None:
    async with await Client.sign_up(ready.url) as ada:
        listener = await ada.listen()
        task = await ada.create("Send the invoice", deadline=in_seconds(2))
        missed = await listener.event("task.missed", task)
        assert missed["at"] == task["deadline"]
        assert listener.tasks == await ada.tasks()

    await eventually("healthy services", lambda: are_well(ready), deadline_s=READY_WITHIN_S, pause_s=1)
    states = ready.states()
    assert {name: len(states[name]) for name in SERVICES} == dict.fromkeys(SERVICES, 1) | {"engine": 2}
    assert ready.ended_with("migrate") == ready.ended_with("keys") == [0]


def are_well(stack: Stack, *services: str) -> bool:
    """Say whether all containers of the services (of all, if none is named) run and are healthy."""
    states = stack.states()
    return all(state == ("running", "healthy") for name in services or SERVICES for state in states[name])


@pytest.mark.parametrize("service", SERVICES)
async def test_nothing_is_lost_or_told_twice_when_a_service_is_killed(ready: Stack, service: str) -> None:
    async with await Client.sign_up(ready.url) as ada:
        listener, writer = await ada.listen(), Writer(ada)
        writing, staying = asyncio.create_task(writer.run()), asyncio.create_task(stay(listener))
        told: set[str] = set()
        reading = asyncio.create_task(keep_reading(ada, told))
        await eventually("first missed task", lambda: missed_of(listener))

        await asyncio.to_thread(ready.kill, service)
        asked = await ask_for_breakdown(ada) if service == "worker" else None
        await asyncio.sleep(OUTAGE_OF_POSTGRES_S if service == "postgres" else OUTAGE_S)
        await asyncio.to_thread(ready.start, service)
        await until_answered(ready)
        await until_ready(ready.url, deadline_s=READY_WITHIN_S, status="ready")
        if asked is not None:
            await eventually(
                "breakdown that was asked for while no worker ran",
                lambda: [event for event in listener.of(asked) if event["type"] == "breakdown.ready"],
                deadline_s=READY_WITHIN_S,
            )

        since = len(writer.made)
        await eventually(
            "writes after it",
            lambda: writing.done() or len(writer.made) > since + 5,
            deadline_s=READY_WITHIN_S,
        )
        writer.finish()
        await asyncio.wait_for(writing, READY_WITHIN_S)
        await eventually(
            "miss of the last task", lambda: len(missed_of(listener)) >= len(writer.made), deadline_s=30
        )
        for lasting in (staying, reading):
            assert not lasting.done(), lasting.exception()
            lasting.cancel()
        assert told == ({"database_unavailable"} if service == "postgres" else set())
        if not listener.is_open:
            await listener.come_back()

        assert len({task["id"] for task in writer.made}) == len(writer.made)
        for task in writer.made:
            types = [event["type"] for event in listener.of(task)]
            assert types == ["task.created", "task.missed"], (task["title"], types)
        listed = await ada.tasks()
        assert set(listed) == {task["id"] for task in writer.made}
        assert {task["bucket"] for task in listed.values()} == {"missed"}
        assert listener.tasks == listed == await ada.snapshot()
        if asked is not None:
            steps = (await ada.breakdown(asked["id"]))["steps"]
            assert steps
            assert len({step["key"] for step in steps}) == len(steps)
            assert [event["type"] for event in listener.of(asked)].count("breakdown.ready") == 1


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_whose_processes_die_is_started_again_without_anybodys_help(
    ready: Stack, service: str
) -> None:
    before = ready.begun(service)
    await asyncio.to_thread(ready.crash, service)

    def is_back() -> bool:
        with suppress(AssertionError):  # it takes no command while it is started
            now = ready.begun(service)
            return all(new != old for new, old in zip(now, before, strict=True)) and are_well(ready, service)
        return False

    await eventually("start by itself", is_back, deadline_s=READY_WITHIN_S, pause_s=0.5)
    await until_answered(ready)
    await until_ready(ready.url, deadline_s=READY_WITHIN_S, status="ready")
    async with await Client.sign_up(ready.url) as ada:
        listener = await ada.listen()
        task = await ada.create(deadline=in_seconds(DUE_S))
        assert (await listener.event("task.missed", task))["at"] == task["deadline"]


async def test_a_migration_that_dies_is_begun_anew_without_anybodys_help(ready: Stack) -> None:
    hold = f"SELECT pg_advisory_lock({LOCK}), pg_sleep({READY_WITHIN_S})"
    holder = asyncio.create_task(asyncio.to_thread(sql, ready, hold))
    holds = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    pid = (await eventually("lock of migrations", lambda: sql(ready, holds))).strip()
    await asyncio.to_thread(ready.compose, "start", "migrate")  # which waits until the lock is let go
    before = ready.begun("migrate")
    await asyncio.to_thread(ready.crash, "migrate")

    def is_back() -> bool:
        with suppress(AssertionError):
            return ready.begun("migrate") != before
        return False

    await eventually("start by itself", is_back, deadline_s=READY_WITHIN_S, pause_s=0.2)
    sql(ready, f"SELECT pg_terminate_backend({pid})")
    with pytest.raises(AssertionError, match="terminating connection"):
        await holder
    await eventually(
        "end", lambda: ready.ended_with("migrate") == [0], deadline_s=READY_WITHIN_S, pause_s=0.5
    )


def sql(stack: Stack, statement: str) -> str:
    """Ask the composition's database; return what `psql` prints of the rows."""
    return stack.carry_out(
        "postgres", "psql", "--username", "taskengine", "--no-align", "--tuples-only", "--command", statement
    )


def missed_of(listener: Listener) -> list[dict[str, Any]]:
    return [event for event in listener.events if event["type"] == "task.missed"]


async def ask_for_breakdown(person: Client) -> dict[str, Any]:
    return await person.break_down(goal="Write my thesis on urban trees", deadline=in_seconds(14 * 86_400))


async def test_one_process_of_web_dies_and_the_other_serves_until_it_is_replaced(ready: Stack) -> None:
    async with await Client.sign_up(ready.url) as ada:
        listeners = [await ada.listen() for _ in range(SOCKETS)]
        processes = ready.carry_out("web", "python", "-c", PROCESSES).split()
        assert len(processes) == 2
        ready.carry_out("web", "python", "-c", f"import os; os.kill({processes[0]}, 9)")
        await eventually("sockets that were cut", lambda: sum(not each.is_open for each in listeners))
        cut = [each for each in listeners if not each.is_open]
        assert len(cut) < SOCKETS, "the other process was to go on"
        for each in cut:
            await each.come_back()
        task = await ada.create()
        for each in listeners:
            await each.event("task.created", task)

        def replaced() -> bool:
            now = ready.carry_out("web", "python", "-c", PROCESSES).split()
            return len(now) == 2 and processes[0] not in now

        await eventually("another process", replaced, deadline_s=30, pause_s=0.5)


async def test_a_deploy_sends_the_sockets_away_in_order_and_they_come_back(ready: Stack) -> None:
    async with await Client.sign_up(ready.url) as ada:
        listeners = [await ada.listen() for _ in range(SOCKETS)]
        stopping = asyncio.create_task(asyncio.to_thread(ready.stop, "web"))
        byes = [await each.closed(deadline_s=60) for each in listeners]
        assert {code for code, _ in byes} == {RESTART}
        retries_s = [bye["retry_after_s"] for _, bye in byes if bye is not None]
        assert len(retries_s) == SOCKETS
        assert len(set(retries_s)) > 1, "everybody comes back at once"
        await stopping
        await asyncio.to_thread(ready.start, "web")
        await until_answered(ready)
        for each in listeners:
            await each.come_back()
            assert each.welcome is not None
            assert each.welcome["resumed"]


async def test_migrating_again_and_by_two_at_once_does_no_harm(ready: Stack) -> None:
    def migrate() -> str:
        return ready.compose("run", "--rm", "--no-deps", "-T", "migrate")

    for printed in await asyncio.gather(asyncio.to_thread(migrate), asyncio.to_thread(migrate)):
        assert "No migrations to apply." in printed


async def test_a_container_holds_no_secret_in_its_environment_and_can_write_nothing(ready: Stack) -> None:
    for service in ("web", "engine", "worker"):
        key = ready.carry_out(service, "cat", "/run/keys/secret_key").strip()
        assert len(key) >= 32
        assert key not in ready.carry_out(
            service, "sh", "-c", "cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'"
        )
        assert ready.carry_out(service, "id", "-u").strip() == "10001"
        refused = "touch /app/x /venv/x /run/keys/x /etc/x 2>/dev/null && echo written || echo refused"
        assert ready.carry_out(service, "sh", "-c", refused).strip() == "refused"
    kept = "touch $TMPDIR/x && rm $TMPDIR/x && stat --file-system --format %T $TMPDIR"
    assert ready.carry_out("web", "sh", "-c", kept).strip() != "tmpfs", "files to be sent are no memory"


async def test_the_image_holds_nothing_that_is_never_read_and_weighs_what_it_says(ready: Stack) -> None:
    assert ready.carry_out("web", "sh", "-c", UNREAD) == ""
    sizes = ready.carry_out("web", "find", "/venv", "/app", "-type", "f", "-printf", r"%s\n").split()
    assert sum(map(int, sizes)) < IMAGE_BYTES


async def test_a_scraper_hears_all_processes_of_web_by_any_name_and_only_with_the_token(ready: Stack) -> None:
    scrape = """
import socket, sys, urllib.request
token = open('/run/keys/metrics_token').read().strip()
address = f'http://{socket.gethostbyname(socket.gethostname())}:8000/metrics'
request = urllib.request.Request(address, headers={'Authorization': f'Bearer {token}'})
print(urllib.request.urlopen(request, timeout=5).read().decode())
"""
    lines = ready.carry_out("web", "python", "-c", scrape).splitlines()
    assert len([line for line in lines if line.startswith("taskengine_looks_total ")]) == 1
    (workers,) = [line for line in lines if line.startswith("taskengine_workers ")]
    assert float(workers.split()[1]) == 1
    of_worker = "import urllib.request as u; print(u.urlopen('http://worker:9100/metrics', timeout=5).read().decode())"
    told = {line.partition("{")[0] for line in ready.carry_out("web", "python", "-c", of_worker).splitlines()}
    assert "taskengine_jobs_ended_total" in told
    async with httpx.AsyncClient(trust_env=False) as stranger:
        assert (await stranger.get(f"{ready.url}/metrics")).status_code == 404
