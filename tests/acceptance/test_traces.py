"""OpenTelemetry's spans of real processes, as a collector gets them: from a request to the frame in another one."""

import sys
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.support.client import Client, eventually, in_seconds
from tests.support.collector import Collected, Collector
from tests.support.environment import server_environment
from tests.support.process import ChildProcess
from tests.support.redis import PrivateRedis
from tests.support.servers import ROOT, Engine, Server

pytestmark = [pytest.mark.long, pytest.mark.untimed]

SENT_WITHIN_S = 15.0


async def sent(collector: Collector, name: str, **known: object) -> Collected:
    """Return the one span of which so much is known, when it has come."""
    await eventually(f"span {name}", lambda: collector.find(name, **known), deadline_s=SENT_WITHIN_S)
    (span,) = collector.find(name, **known)
    return span


async def test_a_request_its_event_the_miss_and_the_frames_are_found_from_each_other(
    start_server: Callable[..., Server], start_engine: Callable[..., Engine], redis: PrivateRedis
) -> None:
    with Collector() as collector:
        env = {"REDIS_URL": redis.url, "ENGINE_IN_SERVER": "0", "WORKER_IN_SERVER": "0"}
        server = start_server("uvicorn", **env, **collector.env("web"))
        start_engine(**env, **collector.env("engine"))
        worker = ChildProcess(
            name="traced-worker",
            command=[
                *(sys.executable, "-m", "celery", "-A", "taskengine.celery", "worker", "--concurrency", "1"),
                *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
            ],
            env=server_environment(database_url=server.database_url, **env, **collector.env("worker")),
            cwd=ROOT,
        )
        try:
            worker.start()
            worker.wait_for_log(" ready.")
            async with await Client.sign_up(server.url) as ada:
                listener = await ada.listen()
                task = await ada.create("Send the invoice", deadline=in_seconds(2))
                created = await listener.event("task.created", task)
                missed = await listener.event("task.missed", task)
                draft = await ada.break_down(
                    goal="Write my thesis on urban trees", deadline=in_seconds(14 * 86_400)
                )
                asked = await listener.event("breakdown.started", draft, deadline_s=60)
                await listener.event("breakdown.ready", draft, deadline_s=60)

            # The write: request, operation, commit, doorbell; and, by the link, its frame.
            way = UUID(created["op_id"]).hex
            operation = await sent(collector, "operation task.create")
            (request,) = collector.find("POST api/v1/tasks/", id=operation.parent)
            assert (request.service, request.trace) == ("web", operation.trace)
            commit = await sent(collector, "commit", parent=operation.id)
            doorbell = await sent(collector, "doorbell", parent=commit.id)
            assert list(operation.links) == list(doorbell.links) == [way]
            relay = await sent(collector, "relay", trace=way)
            frame = await sent(collector, "socket write", trace=way)
            assert (frame.parent, frame.service) == (relay.id, "web")

            # The clock's: made in the engine, written in web.
            way = UUID(missed["id"]).hex
            claim = await sent(collector, "engine claim")
            assert claim.service == "engine"
            doorbell = await sent(collector, "doorbell", service="engine", trace=claim.trace)
            assert list(doorbell.links) == [way]
            frame = await sent(collector, "socket write", trace=way)
            assert frame.service == "web"

            # What a worker makes knows who asked.
            breakdown = await sent(collector, "breakdown", service="worker")
            assert list(breakdown.links) == [UUID(asked["op_id"]).hex]
        finally:
            worker.close()
