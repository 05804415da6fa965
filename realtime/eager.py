"""Carrying out an awaitable as far as it goes without waiting, which for most of what is sent is to its end."""

from collections.abc import Awaitable, Coroutine, Generator
from types import CoroutineType
from typing import Any, Final


def begin(awaitable: Awaitable[None]) -> Awaitable[None] | None:
    """Carry out the first step, outside of any task.

    A task takes longer to make than a frame to write, and a thousand sockets get the same frame at once.

    Returns:
        None when it is done; otherwise what is left of it, to be awaited once.

    Raises:
        Exception: What the first step raised.
    """
    steps = awaitable if isinstance(awaitable, CoroutineType) else _awaiting(awaitable)
    try:
        waits_for = steps.send(None)
    except StopIteration:
        return None
    return _Rest(steps, waits_for)


async def _awaiting(awaitable: Awaitable[None]) -> None:
    await awaitable  # of another kind, which perhaps can only be asked to go on


class _Rest:
    """What is left of an awaitable that waits for something."""

    def __init__(self, steps: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._steps: Final = steps
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        """Go on, in the task that awaits this, as if it had begun there."""
        waits_for = self._waits_for
        while True:
            got, error = None, None
            try:
                got = yield waits_for
            except BaseException as raised:  # noqa: BLE001 (a cancellation too is for the one within)
                error = raised
            try:
                waits_for = self._steps.send(got) if error is None else self._steps.throw(error)
            except StopIteration:
                return
