"""What comes between SIGTERM and the end of a server process: first the sockets are told.

Uvicorn closes its sockets with 1012 before it tells the application anything, and daphne cancels what
serves them. So the handlers that the server program has installed are wrapped: at the first signal
the door is closed and the sockets are sent away, each with a reason and a time to come back; then the
program's own handler is called, and it stops as it always does. A second signal goes straight to it.
"""

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any, Final

logger = logging.getLogger(__name__)

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

Handler = Callable[[int, FrameType | None], Any]


class GracefulStop:
    """Wraps the signal handlers of the server program that runs in this thread.

    Args:
        farewell: Sends the sockets away. Called once, on the running loop.
    """

    def __init__(self, farewell: Callable[[], Awaitable[None]]) -> None:
        self._farewell = farewell
        self._loop = asyncio.get_running_loop()
        self._stopping: asyncio.Task[None] | None = None
        self._asked = False

    def install(self) -> None:
        """Wrap them. Where they are none of this thread's business nothing is done."""
        if threading.current_thread() is not threading.main_thread():
            return  # under a reloader, or in somebody's test: signals go to the main thread
        for number in SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler) and handler is not signal.default_int_handler:
                signal.signal(number, self._wrapped(handler))

    def _wrapped(self, handler: Handler) -> Handler:
        def handle(number: int, frame: FrameType | None) -> None:
            if self._asked:
                handler(number, frame)
                return
            self._asked = True
            # Only enqueued: a signal interrupts whatever runs.
            self._loop.call_soon_threadsafe(self._begin, number, handler)

        return handle

    def _begin(self, number: int, handler: Handler) -> None:
        self._stopping = asyncio.create_task(self._stop(number, handler), name="stopping")

    async def _stop(self, number: int, handler: Handler) -> None:
        try:
            if _close_door(handler):
                logger.warning("The server stops: its door is shut, and its sockets are sent away.")
            else:
                logger.warning("The server stops, but its door can't be shut: whoever comes is sent away.")
            await self._farewell()
        except Exception:
            logger.exception("The sockets could not be sent away in order.")
        finally:
            handler(number, None)


def _close_door(handler: Handler) -> bool:
    """Take no more connections; those that are open go on.

    Neither server program has a way to ask for it, so this knows where each keeps its listeners.

    Returns:
        Whether there was a listener to close.
    """
    found = False
    # uvicorn: the handler is a method of its server.
    for server in getattr(getattr(handler, "__self__", None), "servers", ()):
        server.close()
        found = True
    # daphne: listening ports are among what Twisted's reactor reads from.
    reactor: Any = sys.modules.get("twisted.internet.reactor")
    if reactor is not None and reactor.running:
        from twisted.internet.interfaces import IListeningPort  # only where there is a Twisted already

        for reader in reactor.getReaders():
            if IListeningPort.providedBy(reader):
                reader.stopListening()
                found = True
    return found
