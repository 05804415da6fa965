"""Limits of servers that count in a Redis, which may be away."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from tests.support.client import Client
from tests.support.redis import PrivateRedis
from tests.support.servers import Server

pytestmark = pytest.mark.untimed


async def test_without_redis_limits_hold_in_each_process_and_nobody_is_kept_out(
    start_server: Callable[..., Server], redis: PrivateRedis
) -> None:
    server = start_server(
        REDIS_URL=redis.url, RATE_LIMIT_READ="4/min", RATE_LIMIT_LOGIN_FAILED="9/m/ip,3/300s/key"
    )
    async with (
        await Client.sign_up(server.url) as ada,
        httpx.AsyncClient(base_url=server.url, timeout=5, trust_env=False) as http,
    ):
        reader = {"Authorization": f"Bearer {ada.token}"}
        assert (
            (await http.get("/api/v1/tasks/", headers=reader)).headers["RateLimit"].startswith('"read";r=3')
        )
        redis.kill()

        read = [(await http.get("/api/v1/tasks/", headers=reader)).status_code for _ in range(5)]
        guess = {"email": "bob@example.org", "password": "wrong horse battery staple"}
        guessed = [(await http.post("/api/auth/app/v1/auth/login", json=guess)).status_code for _ in range(4)]
        assert read == [200] * 4 + [429], "counted anew, by this process"
        assert guessed == [400] * 3 + [429]
        assert (await http.get("/healthz")).status_code == 200
        await (await ada.listen()).close()

        redis.start()
        await asyncio.sleep(5.5)  # so long it is left alone
        assert (
            (await http.get("/api/v1/tasks/", headers=reader)).headers["RateLimit"].startswith('"read";r=3')
        )
