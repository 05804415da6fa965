"""How late is `task.missed` in the subscriber's hand? `python -m bench.lateness [DEADLINES] [SECONDS]`.

Starts the embedded run in a folder of its own, as `make run` does, makes tasks with deadlines at
random instants, and compares each deadline with the wall clock when its frame has arrived and was
parsed. The floor is a bare `loop.call_at` for the same instants in the same process: what the
machine adds before there is any product.
"""

import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect

RESULTS = Path(__file__).parent / "results"
LEAD_S = 1.0  # a task is made at least so long before it is due


@contextmanager
def embedded_run() -> Iterator[str]:
    """Serve from a fresh folder on a free port; yield `host:port`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    env |= {"RATE_LIMIT_WRITE": "", "RATE_LIMIT_SIGNUP": "", "LOG_LEVEL": "WARNING"}
    with tempfile.TemporaryDirectory(prefix="taskengine-bench-") as folder:
        command = [sys.executable, "-m", "taskengine.embedded", "--port", str(port), "--data-dir", folder]
        server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        try:
            _wait_until_healthy(port, server)
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


def _wait_until_healthy(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("The embedded run does not serve.")


async def measure(address: str, offsets_s: Sequence[float]) -> list[float]:
    """Return how late each deadline's frame was, in milliseconds."""
    async with httpx.AsyncClient(base_url=f"http://{address}") as http:
        account = {"email": f"{uuid.uuid4().hex}@example.org", "password": "correct horse battery"}
        answer = (await http.post("/api/auth/app/v1/auth/signup", json=account)).json()
        headers = {"Authorization": f"Bearer {answer['meta']['access_token']}"}
        stream = f"ws://{address}/ws/v1/stream"
        async with connect(stream, additional_headers=headers) as socket_:
            await socket_.send('{"type":"hello"}')
            listening = asyncio.create_task(_listen(socket_, len(offsets_s)))
            start = time.time() + LEAD_S + len(offsets_s) * 0.02
            for offset_s in offsets_s:
                deadline = datetime.fromtimestamp(start + offset_s, UTC).isoformat()
                made = await http.post(
                    "/api/v1/tasks/", json={"title": "Measure", "deadline": deadline}, headers=headers
                )
                made.raise_for_status()
            return await asyncio.wait_for(listening, len(offsets_s) + 60)


async def _listen(socket_: Any, count: int) -> list[float]:
    late_ms: list[float] = []
    while len(late_ms) < count:
        frame = json.loads(await socket_.recv())
        arrived = time.time()
        late_ms += [
            (arrived - datetime.fromisoformat(event["at"]).timestamp()) * 1000
            for event in frame.get("items", ())
            if event.get("type") == "task.missed"
        ]
    return late_ms


async def floor(offsets_s: Sequence[float]) -> list[float]:
    """Return how late bare timers of the event loop are for the same instants, in milliseconds."""
    loop = asyncio.get_running_loop()
    late_ms: list[float] = []
    start = loop.time() + 0.1
    for offset_s in offsets_s:
        loop.call_at(
            start + offset_s, lambda due: late_ms.append((loop.time() - due) * 1000), start + offset_s
        )
    await asyncio.sleep(max(offsets_s) + 0.5)
    return late_ms


def summary(late_ms: Sequence[float]) -> dict[str, float]:
    """Return the median, the 99th percentile and the worst, in milliseconds."""
    ordered = sorted(late_ms)
    p99 = ordered[min(len(ordered) - 1, round(0.99 * (len(ordered) - 1)))]
    return {
        "p50_ms": round(statistics.median(ordered), 2),
        "p99_ms": round(p99, 2),
        "max_ms": round(ordered[-1], 2),
    }


def main(count: int, duration_s: float) -> None:
    """Measure, print a table and one JSON line, and keep the line."""
    chance = random.Random(7)  # noqa: S311 (the same instants in each run)
    offsets_s = sorted(chance.uniform(0, duration_s) for _ in range(count))
    with embedded_run() as address:
        result = {
            "bench": "lateness",
            "deadlines": count,
            "duration_s": duration_s,
            "floor": summary(asyncio.run(floor(offsets_s))),
            "taskengine": summary(asyncio.run(measure(address, offsets_s))),
        }
    print(f"{'':12}{'p50':>8}{'p99':>8}{'max':>8}   ms, deadline to frame in hand, {count} deadlines")
    for name in ("floor", "taskengine"):
        figures: Any = result[name]
        print(f"{name:12}{figures['p50_ms']:8.2f}{figures['p99_ms']:8.2f}{figures['max_ms']:8.2f}")
    line = json.dumps(result)
    print(line)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "lateness.json").write_text(line + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20, float(sys.argv[2]) if len(sys.argv) > 2 else 10.0)
