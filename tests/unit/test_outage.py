"""That the database is away, said once."""

import asyncio
from types import SimpleNamespace

import pytest
from django.db import InterfaceError, OperationalError
from psycopg import errors

from realtime.outage import Outage


@pytest.fixture
def elapsed(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock: `elapsed.s` may be set."""
    clock = SimpleNamespace(s=100.0)
    monkeypatch.setattr("realtime.outage.time", SimpleNamespace(monotonic=lambda: clock.s))
    return clock


async def _answer() -> int:
    return 1


async def _fail(error: Exception) -> int:
    raise error


async def test_an_outage_is_two_lines_however_many_questions_fail(
    elapsed: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    outage = Outage()
    assert await outage.heeded(_answer()) == 1
    for error in (OperationalError("away"), InterfaceError("closed"), OperationalError("away")) * 100:
        with pytest.raises(type(error)):
            await outage.heeded(_fail(error))
    elapsed.s += 30
    with pytest.raises(OperationalError):
        await outage.heeded(_fail(OperationalError("still")))
    assert await asyncio.gather(*(outage.heeded(_answer()) for _ in range(9))) == [1] * 9
    assert caplog.messages == ["The database is away; who comes is asked to come back: away"]

    elapsed.s += 1.9
    await outage.heeded(_answer())
    assert len(caplog.messages) == 1
    elapsed.s += 0.2
    for _ in range(9):
        await outage.heeded(_answer())

    assert caplog.messages[1:] == ["The database is back; it was away for 30.0 s."]


async def test_while_it_comes_and_goes_it_is_not_said_anew(
    elapsed: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    outage = Outage()
    for _ in range(20):
        with pytest.raises(OperationalError):
            await outage.heeded(_fail(OperationalError("away")))
        await outage.heeded(_answer())
        elapsed.s += 1
    assert len(caplog.messages) == 1


async def test_another_outage_is_said_and_another_error_is_none(
    elapsed: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    outage = Outage()
    with pytest.raises(RuntimeError):
        await outage.heeded(_fail(RuntimeError("a mistake")))
    assert caplog.messages == []
    for _ in range(2):
        with pytest.raises(OperationalError):
            await outage.heeded(_fail(OperationalError("away")))
        elapsed.s += 5
        await outage.heeded(_answer())
    assert [message.partition(";")[0] for message in caplog.messages] == [
        "The database is away",
        "The database is back",
    ] * 2


@pytest.mark.parametrize(
    ("cause", "is_away"),
    [
        (errors.QueryCanceled("too slow"), False),
        (errors.DeadlockDetected("in a circle"), False),
        (errors.LockNotAvailable("held"), False),
        (errors.AdminShutdown("going"), True),
        (errors.TooManyConnections("full"), True),
        (OperationalError("connection refused"), True),
    ],
)
async def test_a_question_that_is_not_answered_is_no_outage(
    cause: Exception, is_away: bool, elapsed: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    outage = Outage()
    error = OperationalError(str(cause))
    error.__cause__ = cause
    for _ in range(3):
        with pytest.raises(OperationalError):
            await outage.heeded(_fail(error))
    (said,) = caplog.messages
    assert said.startswith("The database is away" if is_away else "The database did not answer")
    assert bool(caplog.records[0].exc_info) is not is_away
