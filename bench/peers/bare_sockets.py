"""As little as fans out over Redis: the `websockets` library, one channel, a dictionary of sockets.

`serve PORT REDIS_URL` and `send REDIS_URL` are its two processes. Nothing is stored, numbered or repeated.
"""

import asyncio
import sys
from collections.abc import Sequence

import redis
import redis.asyncio
from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.peers._sender import send_all

_CHANNEL = "fanout"


async def _serve(port: int, redis_url: str) -> None:
    sockets: dict[str, set[ServerConnection]] = {}

    async def handle(socket: ServerConnection) -> None:
        assert socket.request is not None
        mine = sockets.setdefault(socket.request.path.removeprefix("/"), set())
        mine.add(socket)
        try:
            await socket.send("ready")
            await socket.wait_closed()
        finally:
            mine.discard(socket)

    pubsub = redis.asyncio.from_url(redis_url, socket_timeout=None).pubsub()
    await pubsub.subscribe(_CHANNEL)
    async with serve(handle, "127.0.0.1", port, compression=None, ping_interval=None):
        async for message in pubsub.listen():
            if message["type"] == "message":
                stream, _, text = message["data"].decode().partition(" ")
                broadcast(sockets.get(stream, ()), text)


def _send(redis_url: str) -> None:
    client = redis.from_url(redis_url)

    def publish(messages: Sequence[tuple[str, str]]) -> None:
        with client.pipeline(transaction=False) as pipeline:
            for stream, text in messages:
                pipeline.publish(_CHANNEL, f"{stream} {text}")
            pipeline.execute()

    send_all(publish)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", port, redis_url]:
            asyncio.run(_serve(int(port), redis_url))
        case ["send", redis_url]:
            _send(redis_url)
