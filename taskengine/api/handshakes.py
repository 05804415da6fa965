"""How often one address may open sockets: refused before a socket is accepted or anybody is looked up."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import orjson

from taskengine import cache
from taskengine.accounts.addresses import address_of_scope, network_of
from taskengine.api.errors import CONTENT_TYPE, problem
from taskengine.api.requests import HEADER, new_request_id
from taskengine.rates import Rate

logger = logging.getLogger(__name__)

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]


def limit_handshakes(application: Application, *, rate: Rate | None) -> Application:
    """Wrap an ASGI application so that too many handshakes from one address are answered with 429.

    A browser's page learns no more than that there is no socket, and comes back with backoff. Daphne can't
    send a status of ours here: it makes 403 of it.

    Args:
        application: Speaks WebSocket.
        rate: How many one address may have; None for any number.
    """
    if rate is None:
        return application
    # The cache may be a Redis that hangs: a thread of its own waits for it, and none that brings events.
    thread = ThreadPoolExecutor(1, thread_name_prefix="handshakes")

    async def limited(scope: Any, receive: Receive, send: Send) -> None:
        wait_s = await asyncio.get_running_loop().run_in_executor(thread, _count, scope, rate)
        if wait_s is None:
            await application(scope, receive, send)
        else:
            await receive()  # the connect
            await _refuse(scope, send, wait_s)

    return limited


def _count(scope: Any, rate: Rate) -> int | None:
    """Count one handshake; return in how many seconds to come again if it is one too many."""
    address = network_of(address_of_scope(scope))
    try:
        window = cache.hit(f"handshakes:{address}", window_s=rate.period_s)
    except Exception as error:  # noqa: BLE001 (a cache that fails keeps nobody out)
        logger.warning("Handshakes could not be counted: %r", error)
        return None
    if window.count <= rate.limit:
        return None
    if window.count == rate.limit + 1:  # once a window: a flood must not become a flood of lines
        logger.warning("Too many handshakes from one address. client=%s", address)
    return math.ceil(window.left_s)


async def _refuse(scope: Any, send: Send, wait_s: int) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    status = HTTPStatus.TOO_MANY_REQUESTS
    name = new_request_id(None)
    detail = "Too many connections were opened from this address."
    body = orjson.dumps({**problem(status=status, code="throttled", detail=detail), "request_id": name})
    headers = [
        (b"content-type", CONTENT_TYPE.encode()),
        (b"retry-after", str(wait_s).encode()),
        (HEADER.lower().encode(), name.encode()),
    ]
    await send({"type": "websocket.http.response.start", "status": int(status), "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
