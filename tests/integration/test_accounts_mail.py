"""What is mailed, and where its links lead."""

import base64
import json
import re
import socket
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from redis import Redis

from taskengine.accounts import letters, services
from taskengine.accounts import mail as accounts_mail
from taskengine.accounts.mail import postman
from taskengine.accounts.models import Letter, User
from taskengine.celery import app
from taskengine.clock import now
from taskengine.engine import housekeeping
from tests.support.accounts import PASSWORD, AppClient, signed_up
from tests.support.letters import send_to, waiting
from tests.support.mail_server import mail_server
from tests.support.redis import PrivateRedis

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


def test_nobody_floods_a_mailbox_that_is_not_theirs(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.RATE_LIMIT_LETTER = "3/hour"
    cache.clear()
    passwords = [f"{PASSWORD} {number}" for number in range(6)]
    stranger = AppClient()
    stranger.sign_up(
        email="bob@example.org", password=passwords[0]
    )  # which is Bob's, who knows nothing of it
    for old, new in pairwise(passwords):
        change = {"current_password": old, "new_password": new}
        assert stranger.auth("POST", "/account/password/change", change).status_code == 200
    for _ in range(4):
        AppClient().auth("POST", "/auth/password/request", {"email": "bob@example.org"})
    AppClient().auth("POST", "/auth/password/request", {"email": "BOB@example.org"})
    AppClient().auth("POST", "/auth/password/request", {"email": "ada@example.org"})
    assert Counter((message.subject, *message.to) for message in mail.outbox) == {
        ("Confirm your email address", "bob@example.org"): 1,
        ("Your password was changed", "bob@example.org"): 3,
        ("Set a new password", "bob@example.org"): 3,
        ("Set a new password", "ada@example.org"): 1,
    }
    assert "had enough of the kind lately" in caplog.text
    assert "bob@example.org" not in caplog.text
    cache.clear()


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
def by_smtp(transactional_db: None, settings: Any) -> Iterator[Callable[[int], None]]:
    """Have mail go to a server on a port of this machine; a process that ends leaves no thread behind."""
    yield partial(send_to, settings)
    postman.drain(timeout_s=10)


def test_a_mail_server_that_never_answers_holds_up_nobody(
    by_smtp: Callable[[int], None], settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 3
    with socket.create_server(("127.0.0.1", 0)) as hangs:
        by_smtp(hangs.getsockname()[1])
        began = time.monotonic()
        ada = AppClient()
        assert ada.sign_up().status_code == 200
        for _ in range(2):
            assert ada.auth("POST", "/auth/password/request", {"email": "ada@example.org"}).status_code == 200
        assert AppClient().log_in().status_code == 200
        assert time.monotonic() - began < 2.5, "EMAIL_TIMEOUT is for each of them"
        hangs.settimeout(5)
        hangs.accept()[0].close()  # it was asked all the same


@pytest.mark.parametrize("path", ["/auth/password/request", "/auth/signup"])
def test_an_address_that_is_longer_than_any_is_refused(by_smtp: Callable[[int], None], path: str) -> None:
    by_smtp(1)  # where nobody listens
    longest, longer = (
        AppClient().auth("POST", path, {"email": f"{'a' * chars}@example.org", "password": PASSWORD})
        for chars in (242, 243)
    )
    assert (longest.status_code, longer.status_code) == (200, 400)
    assert longer.json()["errors"][0]["param"] == "email"
    postman.drain()
    assert [len(each.recipient) for each in Letter.objects.all()] == [254]


def swept(*, after: timedelta = timedelta()) -> None:
    """Sweep at a later time, as every few seconds."""
    with time_machine.travel(datetime.now(UTC) + after, tick=True):
        housekeeping._unsent(now=now())
        postman.drain(timeout_s=10)


def test_a_mail_that_was_turned_away_is_tried_again_and_one_that_waits_goes_before_the_process_ends(
    by_smtp: Callable[[int], None],
) -> None:
    with mail_server(turns_away=2) as server:
        by_smtp(server.server_address[1])
        AppClient().sign_up()
        postman.drain()  # it is tried before the process ends
        assert server.turned_away == 1
        swept()
        assert server.turned_away == 1, "not before its time"
        swept(after=timedelta(seconds=3))
        assert (server.turned_away, server.letters) == (2, [])
        swept(after=timedelta(seconds=10))

        (letter,) = server.letters
        assert "To: ada@example.org" in letter
        assert not Letter.objects.exists(), "nothing is kept of what was sent"
        swept(after=timedelta(hours=1))
        assert len(server.letters) == 1


def test_a_letter_of_which_nobody_heard_is_sent_all_the_same(
    by_smtp: Callable[[int], None],
) -> None:
    with mail_server(turns_away=0) as server:
        by_smtp(server.server_address[1])
        waiting()  # and the process that wrote it is gone
        swept()
        assert server.letters == [], "it was told of a moment ago"
        swept(after=letters.TOLD_AGAIN_AFTER)
        assert len(server.letters) == 1
    assert housekeeping._unsent in housekeeping.JOB_SWEEPS


def test_a_letter_is_sent_once_however_many_are_told_of_it(
    by_smtp: Callable[[int], None],
) -> None:
    with mail_server(turns_away=0) as server:
        by_smtp(server.server_address[1])
        several = [waiting(subject=f"Number {number}") for number in range(5)]

        def worker() -> int:
            try:
                return sum(letters.deliver(letter.pk) for letter in several for _ in range(2))
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            sent = [pool.submit(worker) for _ in range(4)]
        assert sum(each.result() for each in sent) == 5
        assert len(server.letters) == 5
    assert not Letter.objects.exists()


def test_who_is_asleep_too_long_over_a_letter_does_not_take_it_from_the_next(
    by_smtp: Callable[[int], None],
) -> None:
    letter = waiting()
    asleep = letters._claim(letter.pk, now=now())
    assert asleep
    assert letters._claim(letter.pk, now=now()) is None
    next_ = letters._claim(letter.pk, now=now() + letters.LEASE)
    assert next_

    letters._put_off(asleep, TimeoutError())
    letter.refresh_from_db()
    assert (letter.tries, letter.due_at) == (2, next_.due_at)
    letters._ours(asleep).delete()
    assert Letter.objects.exists()


def test_a_letter_that_goes_twice_since_its_sender_died_is_known_by_its_name(
    by_smtp: Callable[[int], None],
) -> None:
    with mail_server(turns_away=0) as server:
        by_smtp(server.server_address[1])
        letter, other = waiting(), waiting()
        dies = letters._claim(letter.pk, now=now())
        assert dies
        letters.send(dies)  # and no more
        swept(after=letters.LEASE + timedelta(seconds=1))
        names = [re.findall(r"(?m)^Message-ID: (.+?)\r?$", each) for each in server.letters]
        assert sorted(names) == sorted([[f"<{each.pk}@127.0.0.1>"] for each in (letter, letter, other)])
    assert not Letter.objects.exists()


def test_a_letter_is_given_up_in_the_end(
    by_smtp: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server(turns_away=1) as server:
        by_smtp(server.server_address[1])
        tired = waiting(tries=letters.TRIES - 1)
        assert not letters.deliver(tired.pk)
        assert "is given up after 206 tries" in caplog.text
        broken = waiting(subject="Two\nlines")
        assert not letters.deliver(broken.pk)
        assert "can't be sent, and is given up" in caplog.text
        assert not Letter.objects.exists()

        old = waiting(since=letters.LETTER_LIFE)
        young = waiting(since=letters.LETTER_LIFE - timedelta(minutes=1))
        assert housekeeping._old_letters(now=now())
        assert [each.pk for each in Letter.objects.all()] == [young.pk] != [old.pk]
        assert server.letters == []
    assert housekeeping._old_letters in housekeeping.SWEEPS


def test_no_letter_is_sent_for_what_was_taken_back(by_smtp: Callable[[int], None]) -> None:
    words = {"template": "a/b", "subject": "A word", "body": "More words", "to": "ada@example.org"}
    with mail_server(turns_away=0) as server:
        by_smtp(server.server_address[1])
        with transaction.atomic():
            accounts_mail.post(**words)
            transaction.set_rollback(True)
        postman.drain()
        assert not Letter.objects.exists()
        with transaction.atomic():
            accounts_mail.post(**words)
        postman.drain()
        assert len(server.letters) == 1


def test_a_worker_sends_what_stands_in_the_database_and_nothing_that_somebody_put_into_redis(
    by_smtp: Callable[[int], None], settings: Any
) -> None:
    task: Any = app.tasks[accounts_mail.TASK_NAME]
    forged = {"template": "", "subject": "Hello", "body": "Evil", "sender": "a@b.c", "to": ["d@e.f"]}
    with mail_server(turns_away=0) as server:
        by_smtp(server.server_address[1])
        for message in (forged, [forged], json.dumps(forged)):
            with pytest.raises((ValueError, AttributeError)):
                task.run(message)
        task.run(str(uuid.uuid4()))  # nobody's
        assert server.letters == []
        letter = waiting()
        task.run(str(letter.pk))
        task.run(str(letter.pk))
        (sent,) = server.letters
        assert f"From: {settings.DEFAULT_FROM_EMAIL}" in sent


def test_where_workers_send_mail_they_are_told_an_id_and_while_redis_is_away_the_server_sends_it(
    by_smtp: Callable[[int], None],
    settings: Any,
    redis: PrivateRedis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.REDIS_URL, settings.WORKER_IN_SERVER = redis.url, False
    monkeypatch.setattr(accounts_mail, "postman", thread := accounts_mail.Postman())

    def sweep() -> None:
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=True):
            assert housekeeping._unsent(now=now())
            thread.drain(timeout_s=10)
        Letter.objects.update(told_at=None)

    with mail_server(turns_away=0) as server, Redis.from_url(redis.url) as broker:
        by_smtp(server.server_address[1])
        AppClient().sign_up()
        thread.drain()
        assert broker.llen(accounts_mail.QUEUE) == 1
        message = json.loads(broker.lindex(accounts_mail.QUEUE, 0))
        body = base64.b64decode(message["body"]).decode()
        args, *_ = json.loads(body)
        assert args == [str(Letter.objects.get().pk)]
        assert "ada@" not in json.dumps(message) + body

        sweep()
        assert broker.llen(accounts_mail.QUEUE) == 2, "told again: nobody followed the first"
        monkeypatch.setattr(accounts_mail, "MOST_TOLD", 2)
        sweep()
        assert broker.llen(accounts_mail.QUEUE) == 2, "with no worker there Redis must not fill"

        redis.kill()
        sweep()
        assert server.letters == [], "who sweeps may have no way to the mail server"
        AppClient().auth("POST", "/auth/password/request", {"email": "ada@example.org"})
        thread.drain()
        (letter,) = server.letters
        assert "Set a new password" in letter


def test_who_deletes_their_account_gets_no_letter_that_still_waits() -> None:
    ada = signed_up()
    waiting()
    other = waiting(recipient="bob@example.org")

    with transaction.atomic():
        services.hide([User.objects.get()], actor_id=None, now=now())

    assert ada.me() == 401
    assert [each.pk for each in Letter.objects.all()] == [other.pk]


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
