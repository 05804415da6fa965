"""`python -m taskengine.embedded`, which is what `make run` starts, as a process."""

import json
import os
import shutil
import signal
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.environment import server_environment
from tests.support.ports import free_port
from tests.support.process import ChildProcess
from tests.support.servers import ROOT

pytestmark = pytest.mark.untimed


class EmbeddedRun(ChildProcess):
    def __init__(
        self, *, name: str, folder: Path, port: int, arguments: Sequence[str], env: dict[str, str]
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        inherited = server_environment(database_url="")
        for key in ("DATABASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"):
            del inherited[key]
        super().__init__(
            name=name,
            command=[
                *(sys.executable, "-m", "taskengine.embedded"),
                *("--port", str(port), "--data-dir", str(folder), *arguments),
            ],
            env={**inherited, **env},
            cwd=ROOT,
        )

    def serve(self) -> None:
        """Start and wait for the line that people wait for."""
        self.start()
        self.wait_for_log("Press Ctrl-C to stop.")


@contextmanager
def new_folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="te-run-"))
    try:
        yield path
    finally:
        for process in servers_in(path):
            process.send_signal(signal.SIGQUIT)
            process.wait(10)
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty data folder; a PostgreSQL that is left in it is ended."""
    with new_folder() as path:
        yield path


@pytest.fixture(scope="module")
def unharmed() -> Iterator[EmbeddedRun]:
    """One that serves all the time, begun in a shell that asks for debug mode: to begin one takes seconds."""
    with new_folder() as folder, ExitStack() as stack:
        child = EmbeddedRun(
            name="unharmed", folder=folder, port=free_port(), arguments=(), env={"DJANGO_DEBUG": "1"}
        )
        stack.callback(child.close)
        child.serve()
        yield child


@pytest.fixture
def run(request: pytest.FixtureRequest, folder: Path) -> Iterator[Callable[..., EmbeddedRun]]:
    with ExitStack() as stack:
        count = 0

        def make(*arguments: str, port: int | None = None, **env: str) -> EmbeddedRun:
            nonlocal count
            count += 1
            name = f"{request.node.name}-{count}"
            child = EmbeddedRun(
                name=name, folder=folder, port=port or free_port(), arguments=arguments, env=env
            )
            stack.callback(child.close)
            return child

        yield make


def sign_up(server: EmbeddedRun) -> str:
    """Make an account and return its access token."""
    answer = httpx.post(
        f"{server.url}/api/auth/app/v1/auth/signup",
        json={"email": "ada@example.org", "password": "correct horse battery"},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["meta"]["access_token"])


def receive_into(frames: list[Any], stream: ClientConnection) -> NoReturn:
    """Take in frames until the connection is closed, which raises."""
    while True:
        frames.append(json.loads(stream.recv(timeout=5)))


def servers_in(folder: Path) -> list[psutil.Process]:
    """The PostgreSQL servers that run on the folder."""
    return [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "postgres" and str(folder / "postgres") in (process.info["cmdline"] or [])
    ]


def test_it_serves_says_so_in_two_lines_and_stops_cleanly_on_ctrl_c(
    run: Callable[..., EmbeddedRun], folder: Path
) -> None:
    server = run()
    server.serve()
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    ready = httpx.get(f"{server.url}/readyz")
    assert ready.status_code == 200, ready.text
    assert f"taskengine serves on {server.url}\nPress Ctrl-C to stop.\n" in server.output()

    asked = time.monotonic()
    assert server.terminate(number=signal.SIGINT) == 0
    assert time.monotonic() - asked < 5
    assert servers_in(folder) == []
    assert "Traceback" not in server.output()


def test_a_stop_is_told_to_the_sockets_before_they_are_closed(run: Callable[..., EmbeddedRun]) -> None:
    server = run()
    server.serve()
    headers = {"Authorization": f"Bearer {sign_up(server)}"}
    with connect(f"{server.url.replace('http', 'ws')}/ws/v1/stream", additional_headers=headers) as stream:
        stream.send(json.dumps({"type": "hello"}))
        assert json.loads(stream.recv(timeout=5))["type"] == "welcome"
        asked = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        frames: list[Any] = []
        with pytest.raises(ConnectionClosed) as closed:
            receive_into(frames, stream)
    assert (frames[-1]["type"], frames[-1]["code"]) == ("bye", 4012)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4012
    assert server.wait() == 0
    assert time.monotonic() - asked < 5
    assert "Traceback" not in server.output()


def test_a_second_ctrl_c_hurts_nothing(run: Callable[..., EmbeddedRun], folder: Path) -> None:
    server = run()
    server.serve()
    os.kill(server.pid, signal.SIGINT)
    time.sleep(0.05)
    os.kill(server.pid, signal.SIGINT)
    assert server.terminate(number=signal.SIGINT) == 0
    assert servers_in(folder) == []
    assert "Traceback" not in server.output()


def test_a_stop_while_it_starts_leaves_nothing_behind(run: Callable[..., EmbeddedRun], folder: Path) -> None:
    server = run()
    server.start()
    server.wait_until(lambda: bool(servers_in(folder)), what="PostgreSQL")
    assert server.terminate() == 0
    assert servers_in(folder) == []
    assert "Traceback" not in server.output()


def test_its_postgresql_is_out_of_the_terminals_reach(unharmed: EmbeddedRun) -> None:
    (postgres,) = servers_in(unharmed.folder)
    assert os.getsid(postgres.pid) != os.getsid(unharmed.pid)


def test_it_comes_back_after_a_kill_with_the_same_key_and_data(
    run: Callable[..., EmbeddedRun], folder: Path
) -> None:
    port = free_port()
    server = run(port=port)
    server.serve()
    key = (folder / "secret_key").read_text()
    token = sign_up(server)
    server.kill()
    assert servers_in(folder) != []

    again = run(port=port)
    again.serve()
    assert (folder / "secret_key").read_text() == key
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    me = httpx.get(f"{again.url}/api/v1/users/me/", headers={"Authorization": f"Bearer {token}"})
    assert me.status_code == 200, me.text
    assert again.terminate() == 0
    assert servers_in(folder) == []


def test_a_second_run_in_the_same_folder_is_refused_and_hurts_nobody(
    unharmed: EmbeddedRun,
) -> None:
    second = EmbeddedRun(name="second", folder=unharmed.folder, port=free_port(), arguments=(), env={})
    try:
        second.start()
        assert second.wait() == 1
    finally:
        second.close()
    assert f"taskengine already runs in {unharmed.folder} (process {unharmed.pid})" in second.output()
    assert "Traceback" not in second.output()
    assert httpx.get(f"{unharmed.url}/healthz").status_code == 200


def test_a_taken_port_is_told_before_anything_starts(run: Callable[..., EmbeddedRun], folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = run(port=other.getsockname()[1])
        server.start()
        assert server.wait() == 1
    assert "Cannot listen on port" in server.output()
    assert "Traceback" not in server.output()
    assert not (folder / "postgres").exists()


def test_a_database_of_ones_own_is_used_instead(
    run: Callable[..., EmbeddedRun], folder: Path, database_url: str
) -> None:
    server = run(DATABASE_URL=database_url)
    server.serve()
    assert httpx.get(f"{server.url}/readyz").status_code == 200
    assert not (folder / "postgres").exists()
    assert server.terminate() == 0


def test_debug_mode_is_off_whatever_the_shell_says(unharmed: EmbeddedRun) -> None:
    answer = httpx.get(f"{unharmed.url}/no-such-page")
    assert answer.status_code == 404
    assert "DEBUG" not in answer.text


def test_any_command_can_be_run_on_its_database(run: Callable[..., EmbeddedRun], folder: Path) -> None:
    # In a shell that knows nothing of our Python.
    command = run("exec", "./manage.py", "showmigrations", "accounts", PATH=os.defpath)
    command.start()
    assert command.wait() == 0
    assert "[ ] 0001_initial" in command.output()
    assert servers_in(folder) == []

    failing = run("exec", sys.executable, "-c", "raise SystemExit(7)")
    failing.start()
    assert failing.wait() == 7


def test_a_stop_reaches_the_command_too(run: Callable[..., EmbeddedRun], folder: Path) -> None:
    command = run("exec", sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)")
    command.start()
    command.wait_for_log("up")
    (child,) = psutil.Process(command.pid).children()[1:]
    assert command.terminate() == 0
    assert not child.is_running()
    assert servers_in(folder) == []


def test_a_command_that_is_not_there_is_told(run: Callable[..., EmbeddedRun]) -> None:
    command = run("exec", "no-such-command")
    command.start()
    assert command.wait() == 1
    assert "Cannot run no-such-command" in command.output()
    assert "Traceback" not in command.output()
