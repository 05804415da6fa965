"""Channels as its tutorial has it: a consumer, a group for each stream, `channels_redis` between processes.

`serve PORT REDIS_URL LAYER` and `send REDIS_URL LAYER` are its two processes; LAYER is `core` or `pubsub`.
Nothing is stored, numbered or repeated.
"""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from bench.peers._sender import send_all

_LAYERS = {
    "core": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}


def _configure(redis_url: str, layer: str) -> None:
    hosts = [{"address": redis_url, "socket_timeout": None}]
    settings.configure(
        CHANNEL_LAYERS={"default": {"BACKEND": _LAYERS[layer], "CONFIG": {"hosts": hosts}}},
        INSTALLED_APPS=["channels"],
        SECRET_KEY="for measurements only",
    )


def _serve(port: int) -> None:
    import uvicorn
    from channels.generic.websocket import AsyncWebsocketConsumer

    class Consumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
        async def connect(self) -> None:
            await self.channel_layer.group_add(self.scope["path"].strip("/"), self.channel_name)
            await self.accept()
            await self.send(text_data="ready")

        async def told(self, message: dict[str, Any]) -> None:
            await self.send(text_data=message["text"])

    uvicorn.run(
        Consumer.as_asgi(),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        lifespan="off",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
    )


def _send() -> None:
    from channels.layers import get_channel_layer

    layer: Any = get_channel_layer()
    loop = asyncio.new_event_loop()

    async def publish(messages: Sequence[tuple[str, str]]) -> None:
        for stream, text in messages:
            await layer.group_send(stream, {"type": "told", "text": text})

    send_all(lambda messages: loop.run_until_complete(publish(messages)))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", port, redis_url, layer]:
            _configure(redis_url, layer)
            _serve(int(port))
        case ["send", redis_url, layer]:
            _configure(redis_url, layer)
            _send()
