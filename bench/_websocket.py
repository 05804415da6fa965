"""The client's end of a WebSocket (RFC 6455), as little of it as a subscriber needs.

A thousand subscribers share one process here, which in life sit on a thousand machines. A library
for every case would cost more processor time than the server that is being measured.
"""

import asyncio
import base64
import hashlib
import os
from collections.abc import Callable, Mapping
from typing import Final, Self, cast

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_MAX_SHORT: Final = 125


class WebSocketFailed(ConnectionError):
    """The server refused the connection, ended it, or sent what is not understood here."""


class WebSocket(asyncio.Protocol):
    """One connection. Frames are whole and not compressed: our server sends no others to who offers nothing.

    Args:
        on_text: Called with the bytes of each text frame, at once.
        on_close: Called when the connection is gone, with the close code if there was one.
    """

    def __init__(self, *, on_text: Callable[[bytes], None], on_close: Callable[[int | None], None]) -> None:
        self._on_text = on_text
        self._on_close = on_close
        self._buffer = bytearray()
        self._key = base64.b64encode(os.urandom(16))
        self._open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._code: int | None = None

    @classmethod
    async def connect(
        cls,
        address: str,
        path: str,
        *,
        headers: Mapping[str, str],
        on_text: Callable[[bytes], None],
        on_close: Callable[[int | None], None],
    ) -> Self:
        """Connect to `host:port` and shake hands.

        Raises:
            WebSocketFailed: The server will not.
        """
        host, port = address.split(":")
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(
            lambda: cls(on_text=on_text, on_close=on_close), host, int(port)
        )
        request = {
            "Host": address,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": protocol._key.decode(),
            **headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in request.items())
        protocol._transport.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        await protocol._open
        return protocol

    def send(self, text: str) -> None:
        """Send a short text frame."""
        self._send(_TEXT, text.encode())

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop: take whole frames out of what has come."""
        buffer = self._buffer
        buffer += data
        if not self._open.done() and not self._shake_hands():
            return
        while len(buffer) >= 2:
            length, start = buffer[1], 2  # a server's frame has no mask
            if length > _MAX_SHORT:
                start = 4 if length == _MAX_SHORT + 1 else 10
                length = int.from_bytes(buffer[2:start]) if len(buffer) >= start else len(buffer)
            if len(buffer) < start + length:
                return
            first, payload = buffer[0], bytes(buffer[start : start + length])
            del buffer[: start + length]
            self._take(first, payload)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        if not self._open.done():
            self._open.set_exception(WebSocketFailed("The server hung up."))
        self._on_close(self._code)

    def _shake_hands(self) -> bool:
        head, end, _ = bytes(self._buffer).partition(b"\r\n\r\n")
        if not end:
            return False
        del self._buffer[: len(head) + len(end)]
        proof = base64.b64encode(hashlib.sha1(self._key + _MAGIC, usedforsecurity=False).digest())
        if head.startswith(b"HTTP/1.1 101 ") and proof in head:
            self._open.set_result(None)
        else:
            self._open.set_exception(WebSocketFailed(head.decode(errors="replace")))
        return True

    def _take(self, first: int, payload: bytes) -> None:
        match first:
            case 0x81:
                self._on_text(payload)
            case 0x88:
                self._code = int.from_bytes(payload[:2]) if payload else None
                self._send(_CLOSE, payload[:2])
                self._transport.close()
            case 0x89:
                self._send(_PONG, payload)
            case 0x8A:
                pass
            case _:
                self._transport.abort()
                raise WebSocketFailed(f"A frame began with {first:#x}.")

    def _send(self, opcode: int, payload: bytes) -> None:
        assert len(payload) <= _MAX_SHORT, "a subscriber says little"
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
        self._transport.write(bytes((0x80 | opcode, 0x80 | len(payload))) + mask + masked)
