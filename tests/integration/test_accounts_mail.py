"""What is mailed, and where its links lead."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from taskengine.accounts import mail as accounts_mail
from taskengine.accounts import services
from taskengine.accounts.mail import postman
from taskengine.clock import now
from tests.support.accounts import PASSWORD, AppClient, signed_up
from tests.support.mail_server import mail_server

pytestmark = pytest.mark.django_db

PUBLIC_URL = "https://tasks.example.org"
FORGED = {
    "host": "localhost:6666",  # one of ALLOWED_HOSTS, and yet not what the links may name
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "gopher",
    "x-forwarded-for": "6.6.6.6",
    "origin": "https://evil.example",
    "referer": "https://evil.example/",
    "forwarded": "host=evil.example",
}


@pytest.fixture(autouse=True)
def public_url(settings: Any) -> None:
    settings.PUBLIC_URL = PUBLIC_URL
    settings.HEADLESS_FRONTEND_URLS = {
        name: url.replace(_origin(url), PUBLIC_URL) for name, url in settings.HEADLESS_FRONTEND_URLS.items()
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _link(message: Any) -> str:
    found = re.search(r"https?://\S+", message.body)
    assert found, message.body
    return found[0]


def _assert_names_only_us(message: Any) -> None:
    text = message.subject + message.body
    assert {_origin(link) for link in re.findall(r"https?://\S+", text)} <= {PUBLIC_URL}
    for foreign in ("evil", "6666", "6.6.6.6", "localhost", "testserver", "example.com"):
        assert foreign not in text


def test_a_forgotten_password_is_set_anew_by_the_link_in_the_mail() -> None:
    ada = signed_up()
    mail.outbox.clear()

    anybody = AppClient()
    assert anybody.auth("POST", "/auth/password/request", {"email": "Ada@example.org"}).status_code == 200
    (message,) = mail.outbox
    key = urlsplit(_link(message)).path.rsplit("/", 1)[1]
    reset = {"key": key, "password": "another horse entirely"}
    anybody.auth("POST", "/auth/password/reset", reset)

    assert message.to == ["ada@example.org"]
    assert AppClient().log_in(password="another horse entirely").status_code == 200
    assert AppClient().log_in(password=PASSWORD).status_code == 400
    assert ada.me() == 401
    again = anybody.auth("POST", "/auth/password/reset", reset)
    assert again.json()["errors"][0]["code"] == "invalid_password_reset"


def test_every_mail_names_the_configured_address_whatever_the_request_says() -> None:
    forger = AppClient(headers=FORGED)
    forger.sign_up()
    forger.auth("POST", "/auth/password/request", {"email": "ada@example.org"})
    forger.auth("POST", "/auth/password/request", {"email": "nobody@example.org"})
    forger.auth("PUT", "/account/email", {"email": "ada@example.org"})
    forger.auth(
        "POST",
        "/account/password/change",
        {"current_password": PASSWORD, "new_password": "another horse entirely"},
    )

    subjects = [message.subject for message in mail.outbox]
    assert "Confirm your email address" in subjects
    assert subjects.count("Set a new password") == 2
    assert "Your password was changed" in subjects
    for message in mail.outbox:
        _assert_names_only_us(message)
        assert "!" not in f"{message.subject}{message.body}", "calm, as all the product's words"
    for message in mail.outbox[:3]:
        assert _origin(_link(message)) == PUBLIC_URL


def test_the_mail_to_somebody_who_signs_up_twice_names_the_configured_address(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    AppClient().sign_up()
    mail.outbox.clear()

    response = AppClient(headers=FORGED).sign_up()

    assert response.status_code == 401  # as the first time: nobody learns that the account exists
    (message,) = mail.outbox
    assert message.subject == "You have an account already"
    _assert_names_only_us(message)


def test_an_address_is_verified_by_the_link_in_the_mail() -> None:
    ada = signed_up()
    key = urlsplit(_link(mail.outbox[0])).path.rsplit("/", 1)[1]

    ada.auth("POST", "/auth/email/verify", {"key": key.replace("%3A", ":")})

    assert ada.auth("GET", "/account/email").json()["data"][0]["verified"]


def test_a_new_address_asks_for_the_password_first() -> None:
    ada = signed_up()

    refused = ada.auth("POST", "/account/email", {"email": "eve@example.org"})
    ada.auth("POST", "/auth/reauthenticate", {"password": PASSWORD})
    accepted = ada.auth("POST", "/account/email", {"email": "ada2@example.org"})

    assert refused.status_code == 401
    assert {"id": "reauthenticate"} in refused.json()["data"]["flows"]
    assert accepted.status_code == 200


def test_a_mail_server_that_is_down_fails_nothing_that_was_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(self: EmailBackend, messages: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    ada = AppClient()

    assert ada.sign_up().status_code == 200
    assert ada.auth("POST", "/auth/password/request", {"email": "ada@example.org"}).status_code == 200
    assert "A mail could not be sent" in caplog.text


@pytest.fixture
def by_smtp(settings: Any) -> Iterator[Callable[[tuple[str, int]], None]]:
    """Have mail go to a server at an address; a process that ends leaves nothing behind."""

    def use(address: tuple[str, int]) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = address

    yield use
    postman.drain(timeout_s=1)


def test_a_mail_server_that_never_answers_holds_up_nobody(
    by_smtp: Callable[[tuple[str, int]], None],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hangs:
        by_smtp(hangs.getsockname())
        began = time.monotonic()
        ada = AppClient()
        assert ada.sign_up().status_code == 200
        for _ in range(2):
            assert ada.auth("POST", "/auth/password/request", {"email": "ada@example.org"}).status_code == 200
        assert AppClient().log_in().status_code == 200
        assert time.monotonic() - began < 8, "EMAIL_TIMEOUT is 10 for each of them"
        hangs.settimeout(5)
        hangs.accept()[0].close()  # it was asked all the same


def test_a_mail_that_was_turned_away_is_tried_again_and_one_that_waits_goes_before_the_process_ends(
    by_smtp: Callable[[tuple[str, int]], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(accounts_mail, "FIRST_PAUSE_S", 0)
    with mail_server(turns_away=2) as server:
        by_smtp(("127.0.0.1", server.server_address[1]))
        AppClient().sign_up()
        _until(lambda: len(server.letters) == 1)
        assert server.turned_away == 2
        assert "To: ada@example.org" in server.letters[0]

        monkeypatch.setattr(accounts_mail, "FIRST_PAUSE_S", 60)
        server.left = 1
        AppClient().auth("POST", "/auth/password/request", {"email": "ada@example.org"})
        _until(lambda: caplog.text.count("is tried again") == 3)
        postman.drain()
        assert len(server.letters) == 2


def _until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_no_mail_goes_to_the_made_up_address_of_a_guest() -> None:
    guest = services.make_guest(now=now())

    AppClient().auth("POST", "/auth/password/request", {"email": guest.email})

    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_no_mail_is_sent_while_a_transaction_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    in_transaction: list[bool] = []
    send = EmailBackend.send_messages

    def watched(self: EmailBackend, messages: Any) -> int:
        in_transaction.append(connection.in_atomic_block)
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", watched)
    ada = AppClient()
    ada.sign_up()
    ada.auth("POST", "/auth/password/request", {"email": "ada@example.org"})
    ada.auth(
        "POST",
        "/account/password/change",
        {"current_password": PASSWORD, "new_password": "another horse entirely"},
    )
    assert in_transaction == [False] * 3
