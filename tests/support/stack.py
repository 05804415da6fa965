"""The whole composition as somebody starts it: every service in a container of its own."""

import json
import os
import shlex
import subprocess
from typing import Any, Final

from tests.support.ports import free_port
from tests.support.servers import ROOT

# Another than people's own, so that a test touches nobody's volumes.
PROJECT: Final = "taskengine-test"
# Nor their image, their network or their secrets: what a checkout's `.env`, `taskengine.env` or shell says is not read.
OWN: Final = {
    "COMPOSE_DISABLE_ENV_FILE": "1",
    "APP_ENV_FILE": str(ROOT / "containers/not-given"),
    "TAG": "test",
    "PROXIED_NET": "10.213.78",
    **dict.fromkeys(
        (
            "EMAIL_URL_FILE",
            "GEMINI_API_KEY_FILE",
            "HTTPS_REDIRECT",
            "POSTGRES_SHARED_BUFFERS",
            *(f"{service}_CPUS" for service in ("ENGINE", "POSTGRES", "REDIS", "WEB", "WORKER")),
            *(f"{service}_MEMORY" for service in ("ENGINE", "POSTGRES", "WEB", "WORKER")),
            "METRICS_TOKEN_FILE",
            "POSTGRES_PASSWORD_FILE",
            "REDIS_PASSWORD_FILE",
            "SECRET_KEY_FILE",
            "TRUSTED_PROXIES",
            "WEB_PROCESSES",
        ),
        "",
    ),
}
# `docker compose`, or whatever understands the same words.
COMPOSE: Final = shlex.split(os.environ.get("COMPOSE", "docker compose"))
UP_OPTIONS: Final = shlex.split(os.environ.get("COMPOSE_UP", "--build"))
UP_DEADLINE_S: Final = 600
DEADLINE_S: Final = 240


class Stack:
    """compose.yaml, up, on a port and with volumes of its own.

    Attributes:
        url: Where web is published.
    """

    def __init__(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._env = {
            **{k: v for k, v in os.environ.items() if k not in {"ALLOWED_HOSTS", "TRUSTED_ORIGINS"}},
            **OWN,
            "PUBLISH": f"127.0.0.1:{port}",
            "PUBLIC_URL": self.url,
            "COMPOSE_PROFILES": "",
            "COMPOSE_FILE": str(ROOT / "compose.yaml"),
            "COMPOSE_PROJECT_NAME": PROJECT,
        }

    def up(self) -> None:
        """Start all of it, from nothing."""
        self.down()
        self.compose("up", "--detach", *UP_OPTIONS, deadline_s=UP_DEADLINE_S)

    def down(self) -> None:
        """Remove all of it, what it kept too."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")

    def kill(self, service: str) -> None:
        """End all containers of a service at once, as a crash would."""
        self.compose("kill", "--signal", "KILL", service)

    def crash(self, service: str) -> None:
        """End what a service's first container runs, from inside: nobody asked for that, as they do by `kill`."""
        # Its first process is an init, which can't be killed from inside and ends with what it started. Begun in the
        # background, since this command's own shell ends with the container.
        ends = "(sleep 1; kill -9 $(cat /proc/1/task/1/children)) >/dev/null 2>&1 &"
        self.carry_out(service, "sh", "-c", ends)

    def began(self, service: str) -> str:
        """Return when a service's first container was started, in ticks of its machine; nothing while it is not up."""
        try:
            return self.carry_out(service, "cut", "-d", " ", "-f", "22", "/proc/1/stat").strip()
        except AssertionError:
            return ""

    def stop(self, service: str) -> None:
        """Stop a service in order."""
        self.compose("stop", service)

    def start(self, service: str) -> None:
        """Start it again, if nobody else has."""
        self.compose("up", "--detach", "--no-deps", "--no-build", "--no-recreate", service)

    def carry_out(self, service: str, *command: str) -> str:
        """Carry a command out in a container that runs; return what it prints."""
        return self.compose("exec", "-T", service, *command)

    def states(self) -> dict[str, list[tuple[str, str]]]:
        """Return state and health of each service's containers."""
        found: dict[str, list[tuple[str, str]]] = {}
        for line in self.compose("ps", "--all", "--format", "json").splitlines():
            read: Any = json.loads(line)
            for each in read if isinstance(read, list) else [read]:  # older clients print one list
                found.setdefault(each["Service"], []).append((each["State"], each.get("Health", "")))
        return found

    def logs(self) -> str:
        """Return the last that each service printed."""
        return self.compose("logs", "--no-color", "--tail", "60")

    def compose(self, *arguments: str, deadline_s: float = DEADLINE_S) -> str:
        """Run the compose client; return what it prints.

        Raises:
            AssertionError: It says that something failed.
        """
        done = subprocess.run(
            [*COMPOSE, *arguments],
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=deadline_s,
            check=False,
        )
        assert done.returncode == 0, (
            f"{' '.join(arguments)} ended with {done.returncode}.\n{done.stderr[-3000:]}"
        )
        return done.stdout
