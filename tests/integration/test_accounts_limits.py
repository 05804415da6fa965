"""Limits on guessing, and whose address they count by."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import parse_rates
from django.core.cache import cache
from django.test import Client

from taskengine import clock
from taskengine.accounts import familiar, logins
from taskengine.accounts.models import FamiliarAddress, User
from tests.support.accounts import ME, AppClient, signed_up

pytestmark = pytest.mark.django_db

WRONG = "wrong horse battery staple"


@pytest.fixture(autouse=True)
def limits(settings: Any) -> Iterator[None]:
    """Those of production, but for the time they last: a test must not end in another minute."""
    settings.ACCOUNT_RATE_LIMITS = {
        name: re.sub(r"/(m|\d+s)/", "/h/", rate)
        for name, rate in settings.ACCOUNT_RATE_LIMITS_WHERE_NONE_ARE_SET.items()
    }
    settings.RATE_LIMIT_LOGIN_UNFAMILIAR = "8/hour"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # these guess by the dozen
    cache.clear()
    yield
    cache.clear()


def test_ten_bad_log_ins_are_enough_and_the_next_is_429() -> None:
    statuses = [AppClient().log_in(f"ada{n}@example.org", WRONG).status_code for n in range(12)]

    assert statuses == [400] * 10 + [429] * 2


def test_five_bad_log_ins_from_one_place_are_enough_for_one_account() -> None:
    signed_up()

    statuses = [
        AppClient(REMOTE_ADDR="192.0.2.1").log_in(email, WRONG).status_code
        for email in ["Ada@example.org", "ada@example.org"] * 3
    ]

    assert statuses == [400] * 5 + [429]
    assert AppClient(REMOTE_ADDR="192.0.2.1").log_in().status_code == 429  # the right password too
    assert AppClient(REMOTE_ADDR="192.0.2.1").log_in("bob@example.org", WRONG).status_code == 400


def guessed(email: str, places: int) -> list[int]:
    """Return what as many strangers are told, each at a place of their own, who try one password."""
    return [AppClient(REMOTE_ADDR=f"198.51.100.{n}").log_in(email, WRONG).status_code for n in range(places)]


def test_whoever_guesses_from_a_thousand_places_is_stopped_and_the_owner_at_home_is_let_in() -> None:
    AppClient(REMOTE_ADDR="192.0.2.1").sign_up()

    assert guessed("ada@example.org", 9) == [400] * 8 + [429]
    assert AppClient(REMOTE_ADDR="203.0.113.1").log_in().status_code == 429, (
        "an unknown place, the right password"
    )
    assert AppClient(REMOTE_ADDR="192.0.2.1").log_in().status_code == 200
    assert AppClient(REMOTE_ADDR="192.0.2.1").log_in("ada@example.org", WRONG).status_code == 400
    assert guessed("bob@example.org", 1) == [400], "counted by account"


def test_an_account_that_is_not_there_is_limited_like_one_that_is() -> None:
    assert guessed("nobody@example.org", 9) == [400] * 8 + [429]


def test_a_place_is_familiar_from_the_first_good_log_in_there() -> None:
    AppClient(REMOTE_ADDR="192.0.2.1").sign_up()
    assert AppClient(REMOTE_ADDR="2001:db8::1").log_in().status_code == 200
    guessed("ada@example.org", 9)

    assert AppClient(REMOTE_ADDR="2001:db8::2").log_in().status_code == 200, "the same network"
    assert AppClient(REMOTE_ADDR="2001:db8:0:1::1").log_in().status_code == 429


def test_a_place_is_forgotten_after_a_season_and_kept_for_nobody_to_read() -> None:
    AppClient(REMOTE_ADDR="192.0.2.1").sign_up()
    AppClient(REMOTE_ADDR="192.0.2.1").sign_up("bob@example.org")
    places = FamiliarAddress.objects.all()
    assert len({bytes(place.digest) for place in places}) == 2, "one place, another hash for each person"
    assert not any(b"192.0.2" in bytes(place.digest) for place in places)

    places.update(last_used_at=clock.now() - familiar.KEPT)
    guessed("ada@example.org", 9)
    assert AppClient(REMOTE_ADDR="192.0.2.1").log_in().status_code == 429
    logins.purge(now=clock.now(), limit=10)
    assert not places.exists()


def test_somebody_elses_claim_to_an_address_makes_their_place_not_familiar() -> None:
    AppClient(REMOTE_ADDR="192.0.2.1").sign_up()
    eve = AppClient(REMOTE_ADDR="192.0.2.66")
    eve.sign_up("eve@example.org")
    claimed = EmailAddress.objects.create(
        user=User.objects.get(email="eve@example.org"), email="ada@example.org", verified=False
    )
    guessed("ada@example.org", 9)
    assert AppClient(REMOTE_ADDR="192.0.2.66").log_in().status_code == 429

    claimed.delete()
    EmailAddress.objects.create(
        user=User.objects.get(email="ada@example.org"), email="ada@example.net", verified=True
    )
    guessed("ada@example.net", 9)
    assert AppClient(REMOTE_ADDR="192.0.2.1").log_in("ada@example.net").status_code == 200


def test_a_new_password_by_mail_lets_its_owner_in_wherever_they_are(mailoutbox: list[Any]) -> None:
    AppClient(REMOTE_ADDR="192.0.2.1").sign_up()
    guessed("ada@example.org", 9)
    travelling = AppClient(REMOTE_ADDR="203.0.113.1")
    assert travelling.log_in().status_code == 429

    travelling.auth("POST", "/auth/password/request", {"email": "ada@example.org"})
    key = re.findall(r"/account/password/reset/(\S+)", mailoutbox[-1].body)[0]
    travelling.auth("POST", "/auth/password/reset", {"key": key, "password": "another horse entirely"})
    assert travelling.log_in(password="another horse entirely").status_code == 200


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
        AppClient(headers={"host": host}).log_in("ada@example.org", WRONG).status_code for host in hosts
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


def test_a_stranger_has_a_few_letters_a_day_sent_to_one_address_and_not_thousands(settings: Any) -> None:
    rates = parse_rates(settings.ACCOUNT_RATE_LIMITS_WHERE_NONE_ARE_SET["reset_password"])
    a_day = {rate.per: rate.amount * 86_400 // rate.duration for rate in rates}
    assert a_day["key"] <= 120
    assert a_day["ip"] <= 480


def test_guesses_at_the_password_of_a_stolen_token_are_limited() -> None:
    ada = signed_up()

    statuses = [ada.send("DELETE", ME, {"password": WRONG}).status_code for _ in range(11)]

    assert statuses == [400] * 10 + [429]


def test_a_server_on_a_unix_socket_can_be_signed_up_at() -> None:
    assert AppClient(REMOTE_ADDR="").sign_up().status_code == 200
