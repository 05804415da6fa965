"""How often one address may open sockets, and whose address it is."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from taskengine.api.handshakes import limit_handshakes
from taskengine.proxies import TrustedProxies, behind_proxies
from taskengine.rates import Rate

THREE = Rate(limit=3, period_s=60)


@pytest.fixture(autouse=True)
def elapsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Nobody was counted yet. The cache's clock: `elapsed.s` may be set."""
    clock = SimpleNamespace(s=1000.0)
    monkeypatch.setattr("taskengine.cache.time", SimpleNamespace(monotonic=lambda: clock.s))
    cache.clear()
    yield clock
    cache.clear()


class Door:
    """An application that accepts whoever gets through to it."""

    def __init__(self, rate: Rate | None = THREE, *, answers: bool = True, trusted: str = "") -> None:
        self._answers = answers
        self._application = behind_proxies(
            limit_handshakes(self._accept, rate=rate), trusted=TrustedProxies.parse([trusted])
        )

    async def _accept(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    async def knock(self, client: str | None = "192.0.2.1", **headers: str) -> list[Any]:
        """Come once; return what was sent back."""
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope: dict[str, Any] = {
            "type": "websocket",
            "client": (client, 5000) if client is not None else None,
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "extensions": {"websocket.http.response": {}} if self._answers else {},
        }
        await self._application(scope, receive, send)
        return sent

    async def let_in(self, *args: Any, **headers: str) -> bool:
        """Come once; return whether it was accepted."""
        return bool((await self.knock(*args, **headers))[0]["type"] == "websocket.accept")


async def test_one_too_many_is_429_and_says_when_to_come_again(elapsed: SimpleNamespace) -> None:
    door = Door()
    assert [await door.let_in() for _ in range(3)] == [True] * 3

    elapsed.s += 9.5
    start, body = await door.knock()

    assert (start["type"], start["status"]) == ("websocket.http.response.start", 429)
    headers = dict(start["headers"])
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"retry-after"] == b"51"
    assert json.loads(body["body"])["code"] == "throttled"


async def test_an_address_that_comes_too_often_is_one_line_of_the_log_in_each_window(
    elapsed: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    door = Door()
    lines: list[int] = []
    for _ in range(2):
        for _ in range(9):
            await door.let_in()
        lines.append(caplog.messages.count("Too many handshakes from one address. client=192.0.2.1"))
        elapsed.s += 60.1

    assert lines == [1, 2]


async def test_a_server_that_can_not_say_429_closes() -> None:
    door = Door(answers=False)
    for _ in range(3):
        await door.let_in()

    assert await door.knock() == [{"type": "websocket.close"}]


async def test_a_minute_after_the_first_everybody_may_come_again(elapsed: SimpleNamespace) -> None:
    door = Door()
    assert await door.let_in()
    elapsed.s += 59.9
    assert [await door.let_in() for _ in range(3)] == [True, True, False]

    elapsed.s += 0.2

    assert [await door.let_in() for _ in range(4)] == [True] * 3 + [False]


async def test_each_handshake_is_one_question_to_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    backend = type(cache._connections["default"])  # type: ignore[attr-defined]
    for name in ("add", "get", "set", "incr", "touch", "hit"):
        method = getattr(backend, name)

        def counted(*args: Any, name: str = name, method: Any = method, **kwargs: Any) -> Any:
            asked.append(name)
            return method(*args, **kwargs)

        monkeypatch.setattr(backend, name, counted)

    assert await Door().let_in()

    assert asked == ["hit"]


async def test_another_address_has_a_budget_of_its_own() -> None:
    door = Door()
    for _ in range(4):
        await door.let_in()

    assert await door.let_in("192.0.2.2")
    assert not await door.let_in("192.0.2.1")


async def test_a_header_that_anybody_can_send_gives_no_new_budget() -> None:
    door = Door()

    found = [await door.let_in(x_forwarded_for=f"198.51.100.{n}") for n in range(4)]

    assert found == [True] * 3 + [False]


async def test_behind_a_proxy_it_is_the_address_that_the_proxy_names() -> None:
    door = Door(trusted="10.0.0.0/8")

    found = [await door.let_in("10.0.0.1", x_forwarded_for=f"6.6.6.{n}, 198.51.100.7") for n in range(4)]

    assert found == [True] * 3 + [False]
    assert await door.let_in("10.0.0.1", x_forwarded_for="198.51.100.8")


async def test_a_network_of_ipv6_is_one_address() -> None:
    door = Door()

    found = [await door.let_in(f"2001:db8::{n}") for n in range(1, 5)]

    assert found == [True] * 3 + [False]


async def test_those_without_an_address_share_one() -> None:
    door = Door()
    assert [await door.let_in(None) for _ in range(4)] == [True] * 3 + [False]


async def test_a_cache_that_fails_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise ValueError("there is no such key")

    monkeypatch.setattr(type(cache._connections["default"]), "hit", fail)  # type: ignore[attr-defined]
    door = Door()

    assert [await door.let_in() for _ in range(10)] == [True] * 10


async def test_without_a_rate_everybody_comes_in() -> None:
    door = Door(None)
    assert [await door.let_in() for _ in range(10)] == [True] * 10


def test_a_rate_is_written_like_the_others() -> None:
    for written, period_s in (
        ("sec", 1),
        ("min", 60),
        ("minute", 60),
        ("h", 3600),
        ("hour", 3600),
        ("day", 86_400),
    ):
        assert Rate.parse(f"600/{written}", name="X") == Rate(limit=600, period_s=period_s)
    assert Rate.parse("", name="X") is Rate.parse(None, name="X") is None
    for wrong in ("600", "many/min", "600/fortnight", "-1/min", "\u0666/min"):
        with pytest.raises(ImproperlyConfigured, match="RATE_LIMIT_HANDSHAKE"):
            Rate.parse(wrong, name="HANDSHAKE")
