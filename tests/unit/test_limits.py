"""A body that is too long is refused while it arrives."""

import json
from typing import Any

from taskengine.api.limits import limit_body


async def ask(*chunks: bytes, announced: int | None = None) -> tuple[list[Any], bytes]:
    """Send a body in chunks to an application that reads all of it; return what came back, and what it read."""
    messages = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ]
    sent: list[Any] = []
    read = b""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal read
        more = True
        while more:
            message = await receive()
            read += message["body"]
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    await limit_body(application, max_bytes=1024)({"type": "http", "headers": headers}, receive, send)
    return sent, read


async def test_a_body_of_just_the_limit_passes() -> None:
    sent, read = await ask(b"x" * 1000, b"x" * 24)
    assert (sent[0]["status"], len(read)) == (200, 1024)


async def test_one_byte_more_is_413_though_nothing_was_announced() -> None:
    sent, read = await ask(b"x" * 1000, b"x" * 25, b"x" * 1000)
    assert (sent[0]["status"], len(read)) == (413, 1000)
    assert json.loads(sent[1]["body"])["code"] == "body_too_large"


async def test_an_announced_length_is_refused_before_a_byte_is_read() -> None:
    sent, read = await ask(b"x", announced=10_000_000)
    assert (sent[0]["status"], read) == (413, b"")


async def test_a_path_may_take_more_than_the_others() -> None:
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return {"type": "http.request", "body": b"x" * 20, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    limited = limit_body(application, max_bytes=10, larger={"/files/": 20, "/smaller/": 19})
    for path in ("/files/", "/smaller/", "/other/"):
        await limited({"type": "http", "path": path, "headers": []}, receive, send)
    assert [message["status"] for message in sent if "status" in message] == [200, 413, 413]
