"""What a signal does to a server process before the server program gets it."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from types import FrameType

import pytest

from taskengine.shutdown import GracefulStop
from tests.support.client import eventually


class Program:
    """A server program that installed a handler, and application that says goodbye."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.servers = [self]
        self.may_end = asyncio.Event()
        self.fails = False

    def handle_exit(self, number: int, frame: FrameType | None) -> None:
        self.did.append(f"exit {signal.Signals(number).name}")

    def close(self) -> None:
        self.did.append("close the door")

    async def farewell(self) -> None:
        self.did.append("farewell")
        if self.fails:
            raise RuntimeError("no goodbye")
        await self.may_end.wait()


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
async def program() -> Program:
    running = Program()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, running.handle_exit)
    GracefulStop(running.farewell).install()
    return running


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_first_the_door_is_closed_then_goodbye_is_said_then_the_program_stops(
    program: Program, number: signal.Signals
) -> None:
    signal.raise_signal(number)
    assert program.did == []  # a signal interrupts anything, so nothing is done in its handler

    await eventually("farewell", lambda: len(program.did) == 2)
    assert program.did == ["close the door", "farewell"]
    program.may_end.set()
    await eventually("end", lambda: len(program.did) == 3)
    assert program.did[-1] == f"exit {number.name}"


async def test_a_second_signal_goes_straight_to_the_program(program: Program) -> None:
    signal.raise_signal(signal.SIGTERM)
    await eventually("farewell", lambda: "farewell" in program.did)

    signal.raise_signal(signal.SIGINT)

    assert program.did == ["close the door", "farewell", "exit SIGINT"]


async def test_that_the_door_is_shut_is_said_once(program: Program, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        signal.raise_signal(signal.SIGTERM)
    program.may_end.set()
    await eventually("end", lambda: program.did.count("exit SIGTERM") == 2)

    assert [line for line in caplog.messages if "door" in line] == [
        "The server stops: its door is shut, and its sockets are sent away."
    ]


async def test_a_door_that_can_not_be_shut_is_said_to_be_open(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    program.servers = []
    signal.raise_signal(signal.SIGTERM)
    await eventually("farewell", lambda: program.did == ["farewell"])

    assert "its door can't be shut" in caplog.text


async def test_a_goodbye_that_fails_does_not_keep_the_program_from_stopping(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    program.fails = True
    signal.raise_signal(signal.SIGTERM)

    await eventually("end", lambda: program.did[-1:] == ["exit SIGTERM"])
    assert "could not be sent away" in caplog.text


async def test_a_process_that_nobody_serves_from_keeps_its_handlers() -> None:
    for number, handler in ((signal.SIGTERM, signal.SIG_DFL), (signal.SIGINT, signal.default_int_handler)):
        signal.signal(number, handler)

    GracefulStop(Program().farewell).install()

    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


async def test_elsewhere_than_in_the_main_thread_nothing_is_installed() -> None:
    before = signal.getsignal(signal.SIGTERM)

    async def install() -> None:
        GracefulStop(Program().farewell).install()

    thread = threading.Thread(target=lambda: asyncio.run(install()))
    thread.start()
    await asyncio.to_thread(thread.join)

    assert signal.getsignal(signal.SIGTERM) is before
