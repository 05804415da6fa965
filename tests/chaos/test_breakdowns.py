"""Whoever makes a breakdown is killed in the middle: another begins afresh, and no step is doubled."""

import asyncio
import base64
import json
import os
import random
import re
import signal
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from redis import Redis

from taskengine.accounts import mail
from taskengine.doctor import processes
from taskengine.planning import broker
from tests.support.client import Client, Listener, eventually
from tests.support.environment import server_environment
from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import Stream, plan
from tests.support.mail_server import MailServer, mail_server
from tests.support.ports import free_port
from tests.support.process import ChildProcess
from tests.support.redis import PrivateRedis
from tests.support.servers import ROOT, Server

pytestmark = pytest.mark.untimed

GOAL = "Write my thesis on urban trees"
STEPS = ["sources", "question", "outline", "draft", "check"]
WHOLE = plan()
LEASE_S = 5
PATIENCE_S = 60.0
MANY_ROUNDS = range(2, 22)
TOKEN = "a token for scrapers"
ENDED = 'taskengine_jobs_ended_total{kind="breakdown",outcome="succeeded"}'
RETRIED = 'taskengine_jobs_retried_total{kind="breakdown"}'


def slow_stream() -> Stream:
    """Return a whole plan that takes two seconds to write."""
    return Stream(texts=[WHOLE[start : start + 40] for start in range(0, len(WHOLE), 40)], pause_s=0.06)


def environment(gemini: FakeGemini) -> dict[str, str]:
    """Return what workers are told."""
    return {
        **gemini.env,
        "WORKER_LEASE_S": str(LEASE_S),
        "AI_BUDGET_PER_DAY": "1000",
    }


@pytest.fixture
def server(gemini: FakeGemini, start_server: Callable[..., Server]) -> Server:
    """A server that makes breakdowns itself."""
    return start_server("uvicorn", **environment(gemini))


async def check(ada: Client, listener: Listener, draft_id: str) -> None:
    """Check the end: the whole plan once, and every attempt's steps in their order."""
    draft = {"id": draft_id, "goal": GOAL}
    ready = (await listener.event("breakdown.ready", draft, deadline_s=PATIENCE_S))["data"]["breakdown"]
    assert [step["key"] for step in ready["steps"]] == STEPS
    assert ready["attempt"] >= 2
    shown: list[str] = []
    for event in listener.of(draft):
        keys = [step["key"] for step in event["data"]["breakdown"]["steps"]]
        match event["type"]:
            case "breakdown.started":
                assert keys == [], "a new attempt begins afresh"
            case "breakdown.step":
                assert keys == [*shown, event["data"]["step"]], "one step more"
            case "breakdown.ready":
                assert keys == shown, "the whole plan"
        shown = keys
    assert listener.breakdowns[draft_id] == ready == await ada.breakdown(draft_id)


async def killed_once(server: Server, worker: "Server | Celery", gemini: FakeGemini, *, seed: int) -> None:
    """Kill whoever makes a breakdown when some of its steps are there, and see it finished."""
    chance = random.Random(seed)
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        gemini.answer(slow_stream(), slow_stream())  # one for each attempt
        draft = await ada.break_down(goal=GOAL)
        steps = chance.randint(1, 4)
        await listener.until(
            f"{steps} steps",
            lambda: len(listener.of(draft, "breakdown.step")) >= steps,
            deadline_s=PATIENCE_S,
        )
        await asyncio.sleep(chance.uniform(0, 0.2))
        await asyncio.to_thread(worker.kill)
        await asyncio.to_thread(worker.start)
        if worker is server:
            await listener.come_back()
        await check(ada, listener, draft["id"])


async def test_a_server_that_is_killed_in_the_middle_finishes_after_it_is_back(
    server: Server, gemini: FakeGemini
) -> None:
    await killed_once(server, server, gemini, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", MANY_ROUNDS)
async def test_a_server_that_is_killed_in_the_middle_finishes_in_many_rounds(
    server: Server, gemini: FakeGemini, seed: int
) -> None:
    await killed_once(server, server, gemini, seed=seed)


class Celery(ChildProcess):
    """A Celery worker with one process for the work."""

    def __init__(self, *, name: str, database_url: str, env: dict[str, str]) -> None:
        super().__init__(
            name=name,
            command=[
                *(sys.executable, "-m", "celery", "-A", "taskengine.celery", "worker"),
                *("--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle"),
                *("--metrics-port", str(port := free_port())),
            ],
            env=server_environment(database_url=database_url, **env),
            cwd=ROOT,
        )
        self.figures_url = f"http://127.0.0.1:{port}/metrics"

    def start(self) -> None:
        """Start it and wait until it takes messages."""
        before = self.output().count(" ready.")
        super().start()
        self.wait_until(lambda: self.output().count(" ready.") > before, what="worker that is ready")

    def kill(self) -> None:
        """End it and the process that does the work, as a machine that loses its power does."""
        os.killpg(self.pid, signal.SIGKILL)
        self.wait()


@pytest.fixture
def mails() -> Iterator[MailServer]:
    """A mail server that turns the first letter away."""
    with mail_server(turns_away=1) as server:
        yield server


@pytest.fixture
def celery(
    gemini: FakeGemini, redis: PrivateRedis, mails: MailServer, start_server: Callable[..., Server]
) -> Iterator[tuple[Server, Celery]]:
    """A server that leaves breakdowns to a Celery worker."""
    env = {**environment(gemini), "REDIS_URL": redis.url, "EMAIL_URL": mails.url, "LOG_FORMAT": "json"}
    server = start_server("uvicorn", **env, METRICS_TOKEN=TOKEN)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        of_worker = {**env, "PROMETHEUS_MULTIPROC_DIR": folder}
        worker = Celery(name="celery", database_url=server.database_url, env=of_worker)
        stack.callback(worker.close)
        worker.start()
        yield server, worker


async def test_celerys_workers_make_breakdowns_and_take_up_what_a_killed_one_left(
    celery: tuple[Server, Celery],
    gemini: FakeGemini,
    redis: PrivateRedis,
    mails: MailServer,
    settings: Any,
) -> None:
    server, worker = celery
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        draft = await ada.break_down(goal=GOAL)
        whole = (await listener.event("breakdown.ready", draft, deadline_s=PATIENCE_S))["data"]["breakdown"]
        assert ([step["key"] for step in whole["steps"]], whole["attempt"]) == (STEPS, 1)
        (line,) = [
            each
            for each in map(json.loads, re.findall(r"^{.*}$", worker.output(), re.MULTILINE))
            if each.get("breakdown_id") == draft["id"] and "succeeded" in each["event"]
        ]
        asked_by = listener.of(draft, "breakdown.started")[0]["op_id"]
        assert (line["op_id"], line["attempt"]) == (asked_by, 1)
        assert str(uuid.UUID(line["job_id"])) == line["job_id"]
        assert await figure(worker.figures_url, ENDED) == 1
        assert await figure(worker.figures_url, "taskengine_doorbell_connected") is None

        # They send mail, too: the mail server's first word was to come again.
        await eventually("a letter", lambda: bool(mails.letters))
        assert mails.turned_away == 1
        assert "A mail could not be sent in try 1" in worker.output()

        await killed_once(server, worker, gemini, seed=1)
        assert await figure(worker.figures_url, ENDED) == 2
        assert await figure(worker.figures_url, RETRIED) == 1
        await until_told(server, "taskengine_workers", 1)
        settings.REDIS_URL = redis.url
        finding = await asyncio.to_thread(processes.of_celery)
        assert finding.level == "ok"
        assert finding.says.startswith("1 of Celery's answer: celery@")
        assert "Of messages wait 0 in 'celery', 0 in 'mail'; 1 were handed out" in finding.says, (
            "to the killed one"
        )

        # A dead Redis fails no write, and what it lost is hinted at again.
        await asyncio.to_thread(redis.kill)
        draft = await ada.break_down(goal=f"{GOAL} without Redis")
        assert draft["status"] == "queued"
        await asyncio.to_thread(redis.start)
        await listener.event("breakdown.ready", draft, deadline_s=PATIENCE_S)

        # Nor is a letter lost that waits when Redis loses all, or sent twice.
        await eventually("letters to both", lambda: len(mails.letters) == 2, deadline_s=PATIENCE_S)
        await asyncio.to_thread(worker.kill)
        async with await Client.sign_up(server.url):
            with Redis.from_url(redis.url) as client:
                await eventually("a hint", lambda: client.llen(mail.QUEUE) == 1)
                hint = json.loads(client.lindex(mail.QUEUE, 0))
            (letter_id,), _, _ = json.loads(base64.b64decode(hint["body"]))
            assert str(uuid.UUID(letter_id)) == letter_id, "and nothing else"
        await asyncio.to_thread(redis.kill)
        await asyncio.to_thread(redis.start)
        await asyncio.to_thread(worker.start)
        await eventually("the third", lambda: len(mails.letters) > 2, deadline_s=PATIENCE_S)
        await asyncio.sleep(6)  # a sweep comes every five seconds
        assert len(mails.letters) == 3

        await asyncio.to_thread(worker.terminate)
        with Redis.from_url(redis.url) as client:
            assert client.zcard(broker.SIGNS) == 0, "it signs off"


async def figure(url: str, name: str) -> float | None:
    """Return a figure as a scraper is told it; None where nobody tells it."""
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        answer = await http.get(url)
    assert answer.status_code == 200, answer.text
    found = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return next((float(value) for told, _, value in found if told == name), None)


async def until_told(server: Server, name: str, value: float) -> None:
    """Wait until a server tells so of the workers; it looks every five seconds."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await figure(f"{server.url}/metrics", name) == value:
                return
            await asyncio.sleep(0.1)


@pytest.mark.long
@pytest.mark.parametrize("seed", MANY_ROUNDS)
async def test_celerys_workers_take_up_what_a_killed_one_left_in_many_rounds(
    celery: tuple[Server, Celery], gemini: FakeGemini, seed: int
) -> None:
    await killed_once(*celery, gemini, seed=seed)
