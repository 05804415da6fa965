"""Which path leads to a socket."""

from collections.abc import Callable
from typing import Any

from realtime.consumers import StreamConsumer
from realtime.relay import Relay

STREAM_PATH = "ws/v1/stream"


async def _nothing_here(scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    """Refuse a socket at any other path, plainly instead of by a traceback."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


def websocket_application(relay: Relay) -> Any:
    """Return the ASGI application for everything that speaks WebSocket."""

    async def application(scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        is_known = scope["path"].strip("/") == STREAM_PATH
        serve = StreamConsumer(relay=relay) if is_known else _nothing_here
        await serve(scope, receive, send)

    return application
