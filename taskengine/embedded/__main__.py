"""`python -m taskengine.embedded`: the whole product in one process, with a PostgreSQL of its own.

With a command at the end it starts only the PostgreSQL and runs that command on it:
`python -m taskengine.embedded exec ./manage.py runserver`.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from taskengine.embedded import environment
from taskengine.embedded.data_dir import DataDir
from taskengine.embedded.errors import EmbeddedError
from taskengine.embedded.postgres import Postgres

HOST = "127.0.0.1"
COMMAND_GRACE_S = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until asked to stop; return the exit code."""
    options = _parse(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup sets that
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        data_dir = DataDir(options.data_dir)
        with data_dir.locked():
            return _exec(data_dir, options.command) if options.command else _serve(data_dir, options.port)
    except EmbeddedError as error:
        print(f"taskengine: {error}", file=sys.stderr)
    except PermissionError as error:
        print(f"taskengine: {error}. Another user has run it in that folder.", file=sys.stderr)
    return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m taskengine.embedded", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the port on the loopback address")
    parser.add_argument("--data-dir", type=Path, default=Path("var"), help="where everything is kept")
    modes = parser.add_subparsers(dest="mode", metavar="")
    run = modes.add_parser("exec", help="start the PostgreSQL and run a command on it")
    run.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments, namespace=argparse.Namespace(command=[]))
    if options.mode == "exec" and not options.command:
        parser.error("exec needs a command to run")
    return options


def _serve(data_dir: DataDir, port: int) -> int:
    # The port is taken first: when that fails, nothing has been started yet.
    with closing(_listener(port)) as listener, _database(data_dir) as database_url:
        os.environ |= environment.serving(
            environment.common(os.environ, data_dir=data_dir, database_url=database_url),
            port=listener.getsockname()[1],
            embedded=database_url is not None,
        )
        from taskengine.embedded import server  # only now: it reads Django's settings

        server.migrate()
        server.serve(listener)
    return 0


def _exec(data_dir: DataDir, command: Sequence[str]) -> int:
    with _database(data_dir) as database_url:
        env = environment.common(os.environ, data_dir=data_dir, database_url=database_url)
        # `./manage.py` is for whatever Python the shell finds: here for this one, whoever's shell it is.
        env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", os.defpath)])
        try:
            process = subprocess.Popen(command, env=env)  # noqa: S603 (what the person typed)
        except OSError as error:
            raise EmbeddedError(f"Cannot run {command[0]}: {error.strerror}.") from error
        try:
            return process.wait()
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()  # a Ctrl-C has reached it by itself, a SIGTERM to us has not
    try:
        process.wait(COMMAND_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _database(data_dir: DataDir) -> Iterator[str | None]:
    """Run the embedded PostgreSQL and yield its address, or None with a database of the person's own."""
    if environment.own_database(os.environ):
        yield None
        return
    postgres = Postgres(data_dir)
    postgres.start()
    try:
        yield postgres.url()
    finally:
        postgres.stop()


def _listener(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise EmbeddedError(
            f"Cannot listen on port {port}: {error}. Choose another one, such as: make run PORT=8010"
        ) from error
    return listener


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """Unwind to the clean stop, once: what comes after the first signal must not break that off."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
