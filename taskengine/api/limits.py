"""How large a request may be: refused while it arrives, before anything keeps or parses it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

import orjson

from taskengine.api.errors import CONTENT_TYPE, problem
from taskengine.api.requests import HEADER, new_request_id

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]

_DETAIL: Final = "The body is larger than {} KiB."


class _TooLarge(Exception):
    """More came than may come."""


def limit_body(
    application: Application, *, max_bytes: int, larger: Mapping[str, int] | None = None
) -> Application:
    """Wrap an ASGI application so that a longer body is answered with 413.

    Django writes a body to disk before it looks at it, however long it is, and a client need not
    announce how long it will be.

    Args:
        application: Speaks HTTP.
        max_bytes: The longest body that it gets to see.
        larger: Paths that take longer ones, and up to how many bytes.
    """

    async def limited(scope: Any, receive: Receive, send: Send) -> None:
        received = 0
        most = (larger or {}).get(scope.get("path", ""), max_bytes)

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise _TooLarge
            return message

        try:
            if _announced(scope) > most:
                raise _TooLarge
            await application(scope, counted, send)
        except _TooLarge:
            await refuse(send, status=413, code="body_too_large", detail=_DETAIL.format(most // 1024))

    return limited


def _announced(scope: Any) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def refuse(
    send: Send, *, status: int, code: str, detail: str, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """Answer with a problem before Django has seen the request.

    Args:
        send: Where to.
        status: The HTTP status.
        code: A name for programs, which never changes.
        detail: A sentence for people.
        headers: What goes with it.
    """
    name = new_request_id(None)
    body = orjson.dumps({**problem(status=status, code=code, detail=detail), "request_id": name})
    own = [
        (b"content-type", CONTENT_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (HEADER.lower().encode(), name.encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})
