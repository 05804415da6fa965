"""Sign-up, log-in, refresh and log-out of programs, which hold tokens."""

import threading

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from realtime.models import Stream
from taskengine.accounts.middleware import auth_body_middleware
from taskengine.accounts.models import RefreshToken, User
from tests.support.accounts import APP, ME, PASSWORD, AppClient, signed_up

pytestmark = pytest.mark.django_db


def test_a_sign_up_answers_with_tokens_that_work_at_once() -> None:
    ada = AppClient()

    response = ada.sign_up("ada@example.org")

    assert response.status_code == 200
    meta = response.json()["meta"]
    assert meta["is_authenticated"]
    assert meta["access_token"]
    assert meta["refresh_token"]
    assert ada.me() == 200


def test_a_sign_up_opens_the_stream_of_the_user() -> None:
    signed_up("ada@example.org")

    user = User.objects.get(email="ada@example.org")

    assert Stream.objects.filter(id=user.id).exists()


def test_an_address_is_one_account_however_it_is_written() -> None:
    signed_up("Ada@Example.org")

    assert User.objects.get().email == "ada@example.org"
    assert EmailAddress.objects.get().email == "ada@example.org"
    assert AppClient().sign_up("ADA@example.org").status_code == 400
    assert AppClient().log_in("aDa@example.ORG").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_sign_ups_with_one_address_at_once_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both_checked = threading.Barrier(2, timeout=20)
    save = User.save

    def save_late(self: User, *args: object, **kwargs: object) -> None:
        if self._state.adding:
            both_checked.wait()
        save(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(User, "save", save_late)
    statuses = []

    def sign_up() -> None:
        statuses.append(AppClient().sign_up().status_code)
        connection.close()

    threads = [threading.Thread(target=sign_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 400]
    assert User.objects.count() == Stream.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "12345678901", "password123", ""])
def test_a_weak_password_is_refused(password: str) -> None:
    response = AppClient().sign_up(password=password)

    assert response.status_code == 400
    assert response.json()["errors"][0]["param"] == "password"


def test_a_log_in_answers_with_tokens() -> None:
    signed_up()
    ada = AppClient()

    assert ada.log_in().status_code == 200
    assert ada.me() == 200


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(email: str) -> None:
    signed_up("ada@example.org")

    response = AppClient().log_in(email, "wrong horse battery staple")

    assert response.status_code == 400
    assert [error["code"] for error in response.json()["errors"]] == ["email_password_mismatch"]


def test_somebody_inactive_cannot_log_in_and_is_out_at_once() -> None:
    ada = signed_up()
    User.objects.update(is_active=False)

    assert ada.me() == 401
    assert ada.refresh().status_code == 400
    assert AppClient().log_in().status_code == 401


def test_a_log_out_ends_the_tokens_at_once_but_no_other_log_in() -> None:
    phone = signed_up()
    script = AppClient()
    script.log_in()

    phone.log_out()

    assert phone.me() == 401
    assert phone.refresh().status_code == 400
    assert script.me() == 200


def test_a_log_in_can_be_ended_from_another_one() -> None:
    phone = signed_up()
    script = AppClient()
    script.log_in()

    listed = script.auth("GET", "/auth/sessions").json()["data"]
    others = [session["id"] for session in listed if not session["is_current"]]
    response = script.auth("DELETE", "/auth/sessions", {"sessions": others})

    assert response.status_code == 200
    assert len(listed) == 2
    assert phone.me() == 401
    assert phone.refresh().status_code == 400
    assert script.me() == 200


def test_an_access_token_ends_after_minutes_and_a_refresh_gives_the_next() -> None:
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False) as time:
        ada = signed_up()
        time.shift(299)
        assert ada.me() == 200
        time.shift(2)
        assert ada.me() == 401

        assert ada.refresh().status_code == 200
        assert ada.me() == 200


def test_who_has_no_credentials_is_401_and_told_how() -> None:
    response = AppClient().send("GET", ME)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "token",
    [
        "garbage",
        "a.b.c",
        "é",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        "W1tbW1tbW1tb" * 500 + ".e30.e30",
        "." * 4000,
    ],
)
def test_a_token_that_is_not_ours_is_401(token: str) -> None:
    stranger = AppClient()
    stranger.access = token

    assert stranger.me() == 401
    assert stranger.refresh(token).status_code == 400


def test_a_refresh_token_is_no_access_token_and_no_session_is_either() -> None:
    ada = signed_up()
    session_key = Session.objects.get().session_key
    access = ada.access

    for wrong in (ada.refresh_token, session_key):
        ada.access = wrong
        assert ada.me() == 401
    assert ada.refresh(access).status_code == 400


def test_many_log_ins_of_a_script_that_never_logs_out_push_out_the_oldest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("taskengine.accounts.logins.MAX_LOGINS", 3)
    first = signed_up()
    phone, second, third = AppClient(), AppClient(), AppClient()
    phone.log_in()
    second.log_in()
    first.refresh()  # in use, so not the oldest

    third.log_in()

    assert Session.objects.count() == 3
    assert [client.me() for client in (first, phone, second, third)] == [200, 401, 200, 200]


@pytest.mark.parametrize(
    "body",
    [
        "[" * 200_000,
        '{"email": "ada@example.org", "password": "\\ud800 horse battery staple"}',
        '{"email": "ada\\u0000@example.org", "password": "x"}',
        '{"email": {"a": 1}, "password": ["x"]}',
        "[]",
        "nonsense",
        "",
    ],
)
@pytest.mark.parametrize("door", ["/auth/login", "/auth/signup", "/auth/password/request", "/tokens/refresh"])
def test_a_body_that_makes_no_sense_is_400(door: str, body: str) -> None:
    client = AppClient()._client

    assert client.post(APP + door, body, content_type="application/json").status_code == 400


def test_a_password_may_be_in_any_script() -> None:
    password = "пароль 密码 🐎 correct"

    assert AppClient().sign_up(password=password).status_code == 200
    assert AppClient().log_in(password=password).status_code == 200
    assert AppClient().log_in(password=PASSWORD).status_code == 400


def test_what_is_merely_no_json_is_left_to_allauth() -> None:
    middleware = auth_body_middleware(lambda _: HttpResponse(status=204))

    statuses = [
        middleware(RequestFactory().post(f"{APP}/auth/login", body, "application/json")).status_code
        for body in ("[" * 200_000, "{}", "no JSON")
    ]

    assert statuses == [400, 204, 204]


def test_a_token_that_is_not_ours_hides_the_cookie_that_comes_with_it() -> None:
    signed_up()
    page = Client()
    page.force_login(User.objects.get())

    assert page.get(ME).status_code == 200
    assert page.get(ME, headers={"authorization": "Bearer garbage"}).status_code == 401


def test_a_log_out_leaves_nothing_behind() -> None:
    signed_up().log_out()

    for model in (Session, UserSession, RefreshToken):
        assert not model.objects.exists(), model


@pytest.mark.parametrize("path", ["/account/phone", "/auth/phone/verify", "/auth/phone/verify/resend"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_asked_for_a_telephone_number(method: str, path: str) -> None:
    """allauth serves these, and fails at them where numbers are not kept."""
    answer = signed_up().send(method, APP + path, {"phone": "+3912345678"} if method == "POST" else None)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
