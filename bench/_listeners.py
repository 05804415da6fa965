"""Those who listen to a peer in `fanout`, each on its socket: what a `Subscriber` is to the product."""

import asyncio
import time

import orjson

from bench._subscribers import Arrival, BrokenPromise
from bench._websocket import WebSocket

_PATIENCE_S = 60.0
_OPEN, _JOINED, _TOLD, _PING = b"0", b"40", b'42["told",', b"2"


class PlainListener:
    """Hears messages that are JSON each, after a first one that says `ready`.

    Attributes:
        arrivals: What came, in the order in which it came.

    Args:
        address: The server's `host:port`.
        path: Where it listens.
    """

    def __init__(self, address: str, path: str) -> None:
        self.arrivals: list[Arrival] = []
        self._address = address
        self._path = path
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._wanted = 0
        self._enough = asyncio.Event()
        self._lost = False

    async def connect(self) -> None:
        """Open the socket, and wait until it hears."""
        self.socket = await WebSocket.connect(
            self._address, self._path, headers={}, on_text=self.take, on_close=self._closed
        )
        await asyncio.wait_for(self._ready, _PATIENCE_S)

    def close(self) -> None:
        """Leave."""
        self.socket.close()

    async def until_has(self, count: int) -> None:
        """Wait until so many messages have come, or the connection is gone."""
        self._wanted = count
        if not self._lost and len(self.arrivals) < count:
            self._enough.clear()
            await self._enough.wait()

    def check(self, count: int) -> None:
        """Check that so many came.

        Raises:
            BrokenPromise: They did not; a peer need not keep any promise, so `lost` counts them.
        """
        if self._lost:
            raise BrokenPromise("The connection was lost.")

    def take(self, text: bytes) -> None:
        """Take in a frame."""
        if text == b"ready":
            self.hear()
        else:
            self.told(text)

    def hear(self) -> None:
        """Note that the socket hears."""
        self._ready.set_result(None)

    def told(self, text: bytes) -> None:
        """Take in a message."""
        message = orjson.loads(text)
        self.arrivals.append(Arrival(task=message["id"], arrived=time.time()))
        if len(self.arrivals) >= self._wanted:
            self._enough.set()

    def _closed(self, _: int | None) -> None:
        self._lost = True
        self._enough.set()


class SocketIoListener(PlainListener):
    """Speaks as much of Socket.IO (protocol 5 over Engine.IO 4) as it takes to hear."""

    def take(self, text: bytes) -> None:
        """Take in a packet."""
        if text.startswith(_TOLD):
            self.told(text[len(_TOLD) : -1])
        elif text.startswith(_JOINED):
            self.hear()
        elif text.startswith(_OPEN):
            # It may come with the handshake, when `connect` has not gone on yet.
            asyncio.get_running_loop().call_soon(lambda: self.socket.send("40"))
        elif text == _PING:
            self.socket.send("3")
