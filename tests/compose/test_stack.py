"""`docker compose up`, really: what people are promised, while each service is killed in turn."""

import asyncio
import uuid
from contextlib import suppress
from typing import Any

import httpx
import pytest

from tests.support.client import Client, Listener, eventually, in_seconds, until_ready
from tests.support.stack import Stack

pytestmark = pytest.mark.compose

READY_WITHIN_S = 90.0
OUTAGE_S = 3.0
WRITES_S = 0.15  # between two writes
DUE_S = 2.0
RESTART = 4012
SOCKETS = 12  # so many go to both processes behind the port
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
                # Away, too busy, or the twin of this very request is under way.
                assert answer.status_code in {409, 502, 503}, answer.text
            await asyncio.sleep(0.2)


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

    def is_well() -> bool:
        states = ready.states()
        assert {len(states[service]) for service in ("web", "worker", "postgres", "redis")} == {1}
        assert len(states["engine"]) == 2
        return all(
            state == ("running", "healthy")
            for service in ("web", "engine", "worker", "postgres", "redis")
            for state in states[service]
        )

    await eventually("healthy services", is_well, deadline_s=READY_WITHIN_S, pause_s=1)
    assert [state for state, _ in ready.states()["migrate"]] == ["exited"]


@pytest.mark.parametrize("service", ["redis", "engine", "worker", "web", "postgres"])
async def test_nothing_is_lost_or_told_twice_when_a_service_is_killed(ready: Stack, service: str) -> None:
    async with await Client.sign_up(ready.url) as ada:
        listener, writer = await ada.listen(), Writer(ada)
        writing, staying = asyncio.create_task(writer.run()), asyncio.create_task(stay(listener))
        await eventually("first missed task", lambda: missed_of(listener))

        await asyncio.to_thread(ready.kill, service)
        asked = await ask_for_breakdown(ada) if service == "worker" else None
        await asyncio.sleep(OUTAGE_S)
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
        await eventually("writes after it", lambda: len(writer.made) > since + 5, deadline_s=READY_WITHIN_S)
        writer.finish()
        await asyncio.wait_for(writing, READY_WITHIN_S)
        await eventually(
            "miss of the last task", lambda: len(missed_of(listener)) >= len(writer.made), deadline_s=30
        )
        assert not staying.done(), staying.exception()
        staying.cancel()
        if not listener.is_open:
            await listener.come_back()

        assert len({task["id"] for task in writer.made}) == len(writer.made)
        for task in writer.made:
            told = [event["type"] for event in listener.of(task)]
            assert told == ["task.created", "task.missed"], (task["title"], told)
        listed = await ada.tasks()
        assert set(listed) == {task["id"] for task in writer.made}
        assert {task["bucket"] for task in listed.values()} == {"missed"}
        assert listener.tasks == listed == await ada.snapshot()
        if asked is not None:
            steps = (await ada.breakdown(asked["id"]))["steps"]
            assert steps
            assert len({step["key"] for step in steps}) == len(steps)
            assert [event["type"] for event in listener.of(asked)].count("breakdown.ready") == 1


@pytest.mark.parametrize("service", ["redis", "engine", "worker", "web", "postgres"])
async def test_what_ends_by_itself_is_started_again_by_nobody(ready: Stack, service: str) -> None:
    began = ready.began(service)
    assert began
    await asyncio.to_thread(ready.crash, service)

    def again() -> bool:
        return ready.began(service) not in {"", began}

    # Not in this loop: each look takes a second.
    give_up = asyncio.get_running_loop().time() + READY_WITHIN_S
    while not await asyncio.to_thread(again):
        assert asyncio.get_running_loop().time() < give_up, f"{service} stays down"
        await asyncio.sleep(1)
    await until_answered(ready)
    await until_ready(ready.url, deadline_s=READY_WITHIN_S, status="ready")


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
