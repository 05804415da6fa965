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
        """Have the processes in all its containers die from within: nobody stopped it, so it is to come back."""
        for number in self._numbers(service):
            # All but the first, which ends with its child, and takes along whoever carries this out.
            self._run("exec", "-T", "--index", number, service, "sh", "-c", "kill -KILL -1")

    def begun(self, service: str) -> list[str]:
        """Return when the first process of each of its containers began, in ticks of the kernel's clock.

        Raises:
            AssertionError: One of them is not running.
        """
        asked = ("cut", "-d", " ", "-f", "22", "/proc/1/stat")
        return [
            self.compose("exec", "-T", "--index", number, service, *asked).strip()
            for number in self._numbers(service)
        ]

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
        for each in self._containers():
            found.setdefault(each["Service"], []).append((each["State"], each.get("Health", "")))
        return found

    def ended_with(self, service: str) -> list[int]:
        """Return the exit code of each of a service's containers that has ended."""
        return [each["ExitCode"] for each in self._containers(service) if each["State"] == "exited"]

    def logs(self) -> str:
        """Return the last that each service printed."""
        return self.compose("logs", "--no-color", "--tail", "60")

    def compose(self, *arguments: str, deadline_s: float = DEADLINE_S) -> str:
        """Run the compose client; return what it prints.

        Raises:
            AssertionError: It says that something failed.
        """
        done = self._run(*arguments, deadline_s=deadline_s)
        assert done.returncode == 0, (
            f"{' '.join(arguments)} ended with {done.returncode}.\n{done.stderr[-3000:]}"
        )
        return done.stdout

    def _run(self, *arguments: str, deadline_s: float = DEADLINE_S) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMPOSE, *arguments],
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=deadline_s,
            check=False,
        )

    def _containers(self, *services: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for line in self.compose("ps", "--all", "--format", "json", *services).splitlines():
            read: Any = json.loads(line)
            found += read if isinstance(read, list) else [read]  # older clients print one list
        return found

    def _numbers(self, service: str) -> list[str]:
        return [str(number + 1) for number in range(len(self._containers(service)))]
