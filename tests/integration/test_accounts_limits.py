"""Limits on guessing, and whose address they count by."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from taskengine.accounts.adapter import UNKNOWN_ADDRESS, AccountAdapter
from tests.support.accounts import ME, AppClient, signed_up

pytestmark = pytest.mark.django_db

WRONG = "wrong horse battery staple"


@pytest.fixture(autouse=True)
def limits(settings: Any) -> Iterator[None]:
    """Those of production, but for the time they last: a test must not end in another minute."""
    settings.ACCOUNT_RATE_LIMITS = {
        "change_password": "5/h/user",
        "login": "30/h/ip",
        "login_failed": "10/h/ip,5/h/key",
        "reauthenticate": "10/h/user",
        "reset_password": "20/h/ip,5/h/key",
        "signup": "20/h/ip",
    }
    cache.clear()
    yield
    cache.clear()


def test_ten_bad_log_ins_are_enough_and_the_next_is_429() -> None:
    statuses = [AppClient().log_in(f"ada{n}@example.org", WRONG).status_code for n in range(12)]

    assert statuses == [400] * 10 + [429] * 2


def test_five_bad_log_ins_with_one_address_are_enough_wherever_they_come_from() -> None:
    signed_up()

    statuses = [
        AppClient(REMOTE_ADDR=f"192.0.2.{n}").log_in(email, WRONG).status_code
        for n, email in enumerate(["Ada@example.org", "ada@example.org"] * 3)
    ]

    assert statuses == [400] * 5 + [429]
    assert AppClient(REMOTE_ADDR="192.0.2.99").log_in().status_code == 429  # the right password too


def test_a_good_log_in_uses_none_of_the_budget_up() -> None:
    signed_up()

    assert {AppClient().log_in().status_code for _ in range(15)} == {200}


def test_another_address_in_a_header_is_not_believed() -> None:
    statuses = [
        AppClient(headers={"x-forwarded-for": f"192.0.2.{n}", "x-real-ip": f"192.0.2.{n}"})
        .log_in(f"ada{n}@example.org", WRONG)
        .status_code
        for n in range(11)
    ]

    assert statuses == [400] * 10 + [429]


def test_another_host_gives_no_new_budget() -> None:
    hosts = ["localhost", "127.0.0.1", "testserver", "localhost:81", "localhost:82", "localhost:83"]

    statuses = [
        AppClient(headers={"host": host}, REMOTE_ADDR=f"192.0.2.{n}")
        .log_in("ada@example.org", WRONG)
        .status_code
        for n, host in enumerate(hosts)
    ]

    assert statuses == [400] * 5 + [429]


def test_the_page_is_limited_like_a_program() -> None:
    page = Client()

    statuses = [
        page.post(
            "/api/auth/browser/v1/auth/login",
            {"email": f"ada{n}@example.org", "password": WRONG},
            content_type="application/json",
        ).status_code
        for n in range(11)
    ]

    assert statuses == [400] * 10 + [429]


def test_sign_ups_and_forgotten_passwords_are_limited() -> None:
    sign_ups = [AppClient().sign_up(f"ada{n}@example.org").status_code for n in range(21)]
    requests = [
        AppClient().auth("POST", "/auth/password/request", {"email": "ada1@example.org"}).status_code
        for _ in range(6)
    ]

    assert sign_ups == [200] * 20 + [429]
    assert requests == [200] * 5 + [429]


def test_guesses_at_the_password_of_a_stolen_token_are_limited() -> None:
    ada = signed_up()

    statuses = [ada.send("DELETE", ME, {"password": WRONG}).status_code for _ in range(11)]

    assert statuses == [400] * 10 + [429]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "client"),
    [
        (0, "198.51.100.7", "192.0.2.1", "192.0.2.1"),
        (1, "198.51.100.7", "192.0.2.1", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "192.0.2.1", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 192.0.2.9", "192.0.2.1", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1", UNKNOWN_ADDRESS),  # one hop too few
        (1, "nonsense", "192.0.2.1", UNKNOWN_ADDRESS),
        (1, None, "192.0.2.1", "192.0.2.1"),
        (0, None, "", UNKNOWN_ADDRESS),  # a unix socket
        (0, None, None, UNKNOWN_ADDRESS),
        (0, None, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_client_is_the_peer_or_what_that_many_proxies_say(
    settings: Any, proxies: int, forwarded: str | None, peer: str | None, client: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded} if forwarded else {})
    request.META.pop("REMOTE_ADDR")
    if peer is not None:
        request.META["REMOTE_ADDR"] = peer

    assert AccountAdapter().get_client_ip(request) == client


def test_a_server_on_a_unix_socket_can_be_signed_up_at() -> None:
    assert AppClient(REMOTE_ADDR="").sign_up().status_code == 200
