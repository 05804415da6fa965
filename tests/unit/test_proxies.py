"""Whose word is taken about where a request comes from."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from taskengine.proxies import (
    DISBELIEF_TOLD_EVERY_S,
    Origin,
    TrustedProxies,
    behind_proxies,
    origin,
)
from tests.support.metrics import figure

NOBODY = TrustedProxies.parse([])
PROXIES = TrustedProxies.parse(["10.0.0.0/8", "2001:db8:ffff::/48"])
CLIENT = "198.51.100.7"


def said(peer: str | None, trusted: TrustedProxies = PROXIES, **headers: str) -> Origin:
    """Return where a request comes from; `x_forwarded_for="…"` is a header."""
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return origin(peer, sent, trusted)


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded"])
def test_nobody_is_believed_unless_they_are_named(header: str) -> None:
    value = CLIENT if header == "x_forwarded_for" else f"for={CLIENT};proto=https"
    for peer, trusted in (("10.0.0.1", NOBODY), ("192.0.2.1", PROXIES)):
        found = said(peer, trusted, **{header: value, "x_forwarded_proto": "https"})
        assert found == Origin(address=peer, tls=None)


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        (CLIENT, CLIENT),
        (f"6.6.6.6, {CLIENT}", CLIENT),  # the client wrote the first one
        (f"6.6.6.6, {CLIENT}, 10.9.9.9", CLIENT),  # a second proxy of ours
        (f"{CLIENT}:51000", CLIENT),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:51000", "2001:db8::7"),
        (f"::ffff:{CLIENT}", CLIENT),
        ("fe80::1%eth0", "fe80::1"),
        ("10.0.0.2, 10.0.0.3", "10.0.0.2"),  # one of our own machines asks
        ("nonsense", None),
        ("unknown", None),
        (f"{CLIENT}, nonsense", None),  # our own proxy wrote it, whoever it was
    ],
)
def test_the_way_is_walked_back_through_trusted_proxies_to_the_first_that_is_none(
    forwarded_for: str, client: str | None
) -> None:
    assert said("10.0.0.1", x_forwarded_for=forwarded_for).address == client


@pytest.mark.parametrize(
    ("forwarded", "client", "tls"),
    [
        (f"for={CLIENT}", CLIENT, None),
        (f'For="{CLIENT}:51000";Proto=https', CLIENT, True),
        ('for="[2001:db8::7]:51000";proto=http', "2001:db8::7", False),
        (f"for=6.6.6.6;proto=http, for={CLIENT};proto=https;by=10.0.0.2", CLIENT, True),
        (f"for={CLIENT};proto=https, for=10.9.9.9;proto=http", CLIENT, True),
        ('for="_hidden,one";proto=https', None, True),
        ("proto=https", "10.0.0.1", True),
        (f"for={CLIENT};proto=gopher", CLIENT, None),
    ],
)
def test_the_standards_own_header_is_read_alike(forwarded: str, client: str | None, tls: bool | None) -> None:
    assert said("10.0.0.1", forwarded=forwarded) == Origin(address=client, tls=tls)


@pytest.mark.parametrize(
    ("forwarded_for", "proto", "tls"),
    [
        (CLIENT, "https", True),
        (CLIENT, "http", False),
        (f"6.6.6.6, {CLIENT}", "https, http", False),  # the client wrote https, and came without
        (f"{CLIENT}, 10.9.9.9", "https, http", True),  # TLS ends at the outer proxy
        (f"{CLIENT}, 10.9.9.9", "https", True),  # handed on as it is
        ("", "https", True),
    ],
)
def test_the_scheme_is_the_one_of_the_clients_own_hop(forwarded_for: str, proto: str, tls: bool) -> None:
    headers = {"x_forwarded_for": forwarded_for} if forwarded_for else {}
    assert said("10.0.0.1", PROXIES, x_forwarded_proto=proto, **headers).tls is tls


def test_a_header_that_the_proxy_only_passed_on_gives_nobody_another_address() -> None:
    disagreeing = said("10.0.0.1", x_forwarded_for=CLIENT, forwarded="for=6.6.6.6;proto=https")
    assert disagreeing == Origin(address="10.0.0.1", tls=None)
    beside = said("10.0.0.1", x_forwarded_proto="https", forwarded=f"for={CLIENT}")
    assert beside == Origin(address=CLIENT, tls=True), "no disagreement: only one names somebody"
    agreeing = said("10.0.0.1", x_forwarded_for=CLIENT, forwarded=f"for={CLIENT};proto=https")
    assert agreeing == Origin(address=CLIENT, tls=True)


def test_a_header_that_is_repeated_is_one_list() -> None:
    headers = [(b"x-forwarded-for", b"6.6.6.6"), (b"X-Forwarded-For", CLIENT.encode())]
    assert origin("10.0.0.1", headers, PROXIES).address == CLIENT


def test_who_comes_through_a_unix_socket_is_believed_where_it_says_so() -> None:
    assert said(None, x_forwarded_for=CLIENT).address is None
    assert said(None, TrustedProxies.parse(["unix"]), x_forwarded_for=CLIENT).address == CLIENT


@pytest.mark.parametrize("wrong", ["proxy.example.org", "10.0.0.1/8", "10.0.0.0/33", "*"])
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        TrustedProxies.parse([wrong])


@pytest.mark.parametrize(("kind", "plain", "secure"), [("http", "http", "https"), ("websocket", "ws", "wss")])
async def test_http_and_sockets_are_corrected_alike_and_nothing_is_left_to_believe(
    kind: str, plain: str, secure: str
) -> None:
    seen: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    door = behind_proxies(application, trusted=PROXIES)
    lies = [(b"X-Real-IP", b"6.6.6.6"), (b"x-forwarded-host", b"evil.example")]
    told = [(b"x-forwarded-for", CLIENT.encode()), (b"x-forwarded-proto", b"https"), (b"host", b"here")]
    for peer in ("10.0.0.1", "192.0.2.1"):
        scope = {"type": kind, "scheme": plain, "client": (peer, 4711), "headers": [*lies, *told]}
        await door(scope, None, None)
    trusted, stranger = seen
    assert (trusted["client"], trusted["scheme"]) == ((CLIENT, 0), secure)
    assert (stranger["client"], stranger["scheme"]) == (("192.0.2.1", 4711), plain)
    assert trusted["headers"] == stranger["headers"] == [(b"host", b"here")]


async def test_a_server_that_names_neither_client_nor_scheme_is_served_too() -> None:
    seen: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    door = behind_proxies(application, trusted=PROXIES)
    await door({"type": "http", "headers": []}, None, None)
    await door({"type": "lifespan"}, None, None)
    assert (seen[0]["client"], seen[0]["scheme"]) == (None, "http")
    assert seen[1] == {"type": "lifespan"}


async def asked(door: Any, peer: str | None, *headers: tuple[bytes, bytes]) -> None:
    """Have somebody ask."""
    client = None if peer is None else (peer, 4711)
    await door({"type": "http", "scheme": "http", "client": client, "headers": list(headers)}, None, None)


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """An application that answers nobody."""


@pytest.mark.parametrize(
    "header", [b"Forwarded", b"X-Forwarded-For", b"x-forwarded-proto", b"X-Forwarded-Host", b"X-Real-IP"]
)
async def test_whoever_says_where_a_request_comes_from_and_is_not_trusted_is_named_once(
    header: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    door = behind_proxies(nothing, trusted=PROXIES)
    for peer in ("192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1", "10.0.0.1"):
        await asked(door, peer, (b"host", b"here"), (header, b"x"))
    (line,) = caplog.messages
    assert "TRUSTED_PROXIES (192.0.2.1)" in line
    assert header.decode() in line


async def test_whoever_is_not_believed_is_counted_and_who_is_or_says_nothing_is_not() -> None:
    door, before = behind_proxies(nothing, trusted=PROXIES), counted()
    await asked(door, "10.0.0.1", (b"x-forwarded-for", b"203.0.113.9"))
    await asked(door, "192.0.2.1", (b"host", b"here"))
    assert counted() == before
    for _ in range(3):  # told once, and counted each time
        await asked(door, "192.0.2.1", (b"x-forwarded-for", b"203.0.113.9"))
    assert counted() == before + 3


def counted() -> float:
    return figure("taskengine_untrusted_proxy_requests_total")


async def test_one_behind_a_unix_socket_is_named_by_what_would_trust_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await asked(behind_proxies(nothing, trusted=PROXIES), None, (b"x-forwarded-for", b"x"))
    assert "TRUSTED_PROXIES (unix)" in caplog.text


async def test_who_says_nothing_is_not_named_and_strangers_fill_no_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1_000_000.0
    monkeypatch.setattr("taskengine.proxies.time", SimpleNamespace(monotonic=lambda: now_s))
    door = behind_proxies(nothing, trusted=NOBODY)
    await asked(door, "192.0.2.1", (b"host", b"here"))
    assert not caplog.messages
    for n in range(250):
        await asked(door, f"93.184.216.{n}", (b"x-forwarded-for", b"x"))
    assert len(caplog.messages) == 10
    for n in range(250):  # of which one may be the proxy
        await asked(door, f"10.0.0.{n}", (b"x-forwarded-for", b"x"))
    assert len(caplog.messages) == 20
    now_s += DISBELIEF_TOLD_EVERY_S
    await asked(door, "192.0.2.240", (b"x-forwarded-for", b"x"))
    assert len(caplog.messages) == 21
