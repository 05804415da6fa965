"""The real servers as processes of their own: what a deployment runs, on a database of its own."""

import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from tests.support.environment import server_environment
from tests.support.ports import free_port
from tests.support.process import ChildProcess

ROOT = Path(__file__).resolve().parent.parent.parent
APPLICATION = "taskengine.asgi:application"
Kind = Literal["uvicorn", "daphne"]
KINDS: tuple[Kind, ...] = ("uvicorn", "daphne")


class Server(ChildProcess):
    """A web server on a free port of the loopback address; `restart` keeps the port.

    Args:
        kind: Which server program.
        name: The name of its log.
        database_url: Its migrated database.
        env: Overrides, such as `DOORBELL="off"` or `REDIS_URL=...`.
    """

    def __init__(self, *, kind: Kind, name: str, database_url: str, env: Mapping[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}"
        self.database_url = database_url
        super().__init__(
            name=name,
            command=_COMMANDS[kind](self.port),
            env=server_environment(database_url=database_url, **{"PUBLIC_URL": self.url, **env}),
            cwd=ROOT,
        )

    def start(self) -> None:
        """Start it and wait until `/healthz` answers 200."""
        super().start()
        self.wait_until(self._healthy, what="200 from /healthz")

    def restart(self) -> None:
        """Stop it in order and start it again, on the same port."""
        self.terminate()
        self.start()

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


class Engine(ChildProcess):
    """An engine replica, `manage.py runengine`, as the scaled run has them.

    Args:
        name: The name of its log.
        database_url: Its migrated database.
        env: Overrides.
        options: Of the command.
    """

    def __init__(
        self, *, name: str, database_url: str, env: Mapping[str, str], options: Sequence[str] = ()
    ) -> None:
        super().__init__(
            name=name,
            command=[sys.executable, ROOT / "manage.py", "runengine", *options],
            env=server_environment(database_url=database_url, **env),
            cwd=ROOT,
        )


def _uvicorn(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "uvicorn", APPLICATION, "--host", "127.0.0.1", "--port", str(port)),
        *("--no-access-log", "--no-proxy-headers", "--timeout-graceful-shutdown", "5"),
        *("--ws", "websockets-sansio", "--ws-max-size", "131072", "--ws-per-message-deflate", "false"),
        *("--ws-ping-interval", "0"),
    ]


def _daphne(port: int) -> list[str]:
    return [
        # As docs/operations.md has it. By itself it lets 50 knock at once, and the kernel resets some of the others.
        *(sys.executable, "-m", "daphne", "-e", f"tcp:port={port}:interface=127.0.0.1:backlog=2048"),
        *("--websocket-max-message-size", "131072", "--websocket-max-frame-size", "131072", APPLICATION),
    ]


_COMMANDS: Mapping[Kind, Callable[[int], list[str]]] = {"uvicorn": _uvicorn, "daphne": _daphne}
