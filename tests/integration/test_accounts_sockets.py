"""Who may open a socket, and for how long."""

import logging
from typing import Any

import pytest
import time_machine
from allauth.headless.tokens.strategies.jwt import internal as jwt
from django.contrib.sessions.models import Session
from django.test import Client

from realtime.ports import Listener
from taskengine.accounts.models import User
from taskengine.accounts.sessions import SessionAuthenticator
from tests.support.accounts import PASSWORD, AppClient, signed_up, still_valid

pytestmark = pytest.mark.django_db

HERE = "http://testserver"
AUTHENTICATOR = SessionAuthenticator()


def scope(*headers: tuple[str, str], host: str = "testserver", scheme: str = "ws") -> dict[str, Any]:
    everything = [("host", host), *headers] if host else list(headers)
    return {
        "type": "websocket",
        "scheme": scheme,
        "path": "/ws/v1/stream",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in everything],
    }


def by_token(token: str, *headers: tuple[str, str]) -> Listener | None:
    return AUTHENTICATOR.authenticate(scope(("authorization", f"Bearer {token}"), *headers))


def by_cookie(key: str, *headers: tuple[str, str], **where: str) -> Listener | None:
    return AUTHENTICATOR.authenticate(scope(("cookie", f"csrftoken=x; sessionid={key}"), *headers, **where))


@pytest.fixture
def ada() -> AppClient:
    return signed_up()


@pytest.fixture
def cookie() -> str:
    page = Client()
    page.post(
        "/api/auth/browser/v1/auth/signup",
        {"email": "bob@example.org", "password": PASSWORD},
        content_type="application/json",
    )
    return page.cookies["sessionid"].value


def test_a_bearer_token_needs_no_origin(ada: AppClient) -> None:
    listener = by_token(ada.access)

    assert listener is not None
    assert listener.stream == User.objects.get().id
    assert listener.session == Session.objects.get().session_key


def test_a_bearer_token_is_believed_whatever_page_sends_it(ada: AppClient) -> None:
    assert by_token(ada.access, ("origin", "https://evil.example")) is not None


def test_a_cookie_from_our_own_page_is_believed(cookie: str) -> None:
    listener = by_cookie(cookie, ("origin", HERE))

    assert listener is not None
    assert listener.stream == User.objects.get().id
    assert listener.session == cookie


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://evil.example:8000",
        "http://testserver.evil.example",
        "http://testserver:81",
        "https://testserver",
        "http://testserver@evil.example",
        "http://testserver/",
        "null",
        "",
        "testserver",
        "file://",
        "http://[",
    ],
)
def test_a_cookie_from_a_foreign_page_is_not_believed_and_is_logged(
    cookie: str, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "taskengine.accounts.sessions"):
        assert by_cookie(cookie, ("origin", origin)) is None

    assert "refused for its origin" in caplog.text
    assert cookie not in caplog.text


def test_a_cookie_without_an_origin_is_not_believed(cookie: str) -> None:
    assert by_cookie(cookie) is None


def test_two_origins_are_as_bad_as_none(cookie: str) -> None:
    assert by_cookie(cookie, ("origin", HERE), ("origin", HERE)) is None
    assert by_cookie(cookie, ("origin", "https://evil.example"), ("origin", HERE)) is None


@pytest.mark.parametrize(
    "forged",
    [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example"),
    ],
)
def test_what_only_a_proxy_may_say_changes_nothing(cookie: str, forged: tuple[str, str]) -> None:
    assert by_cookie(cookie, ("origin", "https://evil.example"), forged) is None
    assert by_cookie(cookie, ("origin", HERE), forged) is not None


def test_a_host_that_is_not_ours_makes_no_origin_ours(cookie: str) -> None:
    assert by_cookie(cookie, ("origin", "http://evil.example"), host="evil.example") is None


@pytest.mark.parametrize(
    ("origin", "where"),
    [
        ("https://tasks.example.org", {}),  # PUBLIC_URL, behind a proxy that ends TLS
        ("https://tasks.example.org", {"host": ""}),
        ("https://partner.example", {}),  # TRUSTED_ORIGINS
        ("https://a.b.partners.example", {}),
        ("http://localhost:8000", {"host": "localhost:8000"}),
        ("http://[::1]:8000", {"host": "[::1]:8000"}),
        ("https://testserver", {"scheme": "wss"}),
        ("HTTP://TestServer", {"host": "TESTSERVER"}),
    ],
)
def test_our_other_names_are_ours_too(cookie: str, settings: Any, origin: str, where: dict[str, str]) -> None:
    settings.PUBLIC_URL = "https://tasks.example.org"
    settings.CSRF_TRUSTED_ORIGINS = ["https://partner.example", "https://*.partners.example"]

    assert by_cookie(cookie, ("origin", origin), **where) is not None


@pytest.mark.parametrize(
    "origin",
    [
        "http://tasks.example.org",
        "http://partner.example",
        "https://x.partner.example",
        "https://evilpartners.example",
    ],
)
def test_names_like_our_other_names_are_not_ours(cookie: str, settings: Any, origin: str) -> None:
    settings.PUBLIC_URL = "https://tasks.example.org"
    settings.CSRF_TRUSTED_ORIGINS = ["https://partner.example", "https://*.partners.example"]

    assert by_cookie(cookie, ("origin", origin)) is None


@pytest.mark.parametrize("key", ["", "x", "x" * 32, "' OR 1=1 --", "a\x00b" * 10, "é" * 32, "a" * 5000])
def test_a_cookie_that_is_garbage_proves_nothing(cookie: str, key: str) -> None:
    assert by_cookie(key, ("origin", HERE)) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer garbage",
        "Bearer a.b.c",
        "Bearer \xff\xfe",
        "Basic YWRhOng=",
        "Bearer " + "." * 4000,
        "Bearer " + "W1tb" * 2000 + ".e30.e30",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    ],
)
def test_a_token_that_is_garbage_proves_nothing_and_hides_the_cookie(cookie: str, value: str) -> None:
    credentials = [("cookie", f"sessionid={cookie}"), ("origin", HERE), ("authorization", value)]

    assert AUTHENTICATOR.authenticate(scope(*credentials)) is None


def test_two_tokens_are_as_bad_as_none(ada: AppClient) -> None:
    twice = ("authorization", f"Bearer {ada.access}")

    assert AUTHENTICATOR.authenticate(scope(twice, twice)) is None


def test_a_refresh_token_opens_no_socket(ada: AppClient) -> None:
    assert by_token(ada.refresh_token) is None


def test_nothing_at_all_proves_nothing() -> None:
    assert AUTHENTICATOR.authenticate(scope()) is None
    assert AUTHENTICATOR.authenticate(scope(("origin", HERE))) is None
    assert AUTHENTICATOR.authenticate({"type": "websocket"}) is None


def test_cookies_split_over_two_headers_are_read(cookie: str) -> None:
    split = scope(("cookie", "csrftoken=x"), ("cookie", f"sessionid={cookie}"), ("origin", HERE))

    assert AUTHENTICATOR.authenticate(split) is not None


def test_an_expired_token_opens_no_socket() -> None:
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False) as time:
        ada = signed_up()
        time.shift(301)
        assert by_token(ada.access) is None


def test_after_a_log_out_neither_token_nor_cookie_opens_a_socket(ada: AppClient, cookie: str) -> None:
    ada.log_out()
    Session.objects.filter(session_key=cookie).delete()

    assert by_token(ada.access) is None
    assert by_cookie(cookie, ("origin", HERE)) is None


def test_somebody_inactive_opens_no_socket(ada: AppClient, cookie: str) -> None:
    User.objects.update(is_active=False)

    assert by_token(ada.access) is None
    assert by_cookie(cookie, ("origin", HERE)) is None


def _listeners(count: int) -> list[Listener]:
    clients = [signed_up(f"user{number}@example.org") for number in range(count)]
    return [listener for client in clients if (listener := by_token(client.access))]


def test_who_is_still_logged_in_stays_valid(ada: AppClient, cookie: str) -> None:
    one, two = by_token(ada.access), by_cookie(cookie, ("origin", HERE))
    assert one
    assert two

    assert still_valid([one, two]) == {one, two}


def test_a_refresh_does_not_end_a_socket(ada: AppClient) -> None:
    listener = by_token(ada.access)
    assert listener

    ada.refresh()

    assert still_valid({listener}) == {listener}


def test_what_ends_a_log_in_ends_its_socket_and_no_other() -> None:
    listeners = _listeners(6)
    logged_out, expired, inactive, changed, deleted, fine = listeners
    Session.objects.filter(session_key=logged_out.session).delete()
    Session.objects.filter(session_key=expired.session).update(expire_date="2020-01-01T00:00:00Z")
    User.objects.filter(pk=inactive.stream).update(is_active=False)
    user = User.objects.get(pk=changed.stream)
    user.set_password("another horse entirely")
    user.save()
    User.objects.get(pk=deleted.stream).delete()

    assert still_valid(listeners) == {fine}


def test_a_session_of_somebody_else_does_not_help(ada: AppClient) -> None:
    other = by_token(signed_up("bob@example.org").access)
    mine = by_token(ada.access)
    assert other
    assert mine

    mixed = Listener(stream=other.stream, session=mine.session, stamp=mine.stamp)

    assert still_valid([mixed]) == set()


@pytest.mark.parametrize("count", [1, 2, 20])
def test_any_number_of_sockets_is_checked_by_one_query(count: int, django_assert_num_queries: Any) -> None:
    listeners = _listeners(count)

    with django_assert_num_queries(1):
        assert still_valid(listeners) == set(listeners)


def test_no_sockets_take_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert still_valid([]) == set()


# --- A storm --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 8])
def test_however_many_come_at_once_they_are_known_by_two_queries(
    count: int, django_assert_num_queries: Any
) -> None:
    people = [signed_up(f"{n}@example.org") for n in range(count)]
    scopes = [
        scope(("authorization", f"Bearer {each.access}"))
        if n % 2
        else scope(("cookie", f"sessionid={_session_of(each)}"), ("origin", HERE))
        for n, each in enumerate(people)
    ]

    with django_assert_num_queries(2):
        found = AUTHENTICATOR.authenticate_all(scopes)

    ids = {user.email: user.id for user in User.objects.all()}
    assert [listener and listener.stream for listener in found] == [
        ids[f"{n}@example.org"] for n in range(count)
    ]


def test_among_many_each_is_judged_by_their_own(ada: AppClient, cookie: str) -> None:
    bob = by_cookie(cookie, ("origin", HERE))
    eve = signed_up("eve@example.org")
    User.objects.filter(email="eve@example.org").update(is_active=False)
    mine = ("authorization", f"Bearer {ada.access}")

    found = AUTHENTICATOR.authenticate_all(
        [
            scope(mine),
            scope(),
            scope(("cookie", f"sessionid={cookie}"), ("origin", HERE)),
            scope(("cookie", f"sessionid={cookie}"), ("origin", "https://evil.example")),
            scope(("authorization", f"Bearer {eve.access}")),
            scope(("authorization", "Bearer made.up.token")),
            scope(mine),
        ]
    )

    assert [found[n] for n in (1, 3, 4, 5)] == [None] * 4
    assert found[2] == bob
    assert found[0] == found[6] == by_token(ada.access)


def test_a_token_of_one_person_on_the_log_in_of_another_proves_nothing(ada: AppClient) -> None:
    claims = jwt.decode_token(signed_up("bob@example.org").access, "access")
    forged, _ = jwt.create_token(
        "access", sub=str(User.objects.get(email="ada@example.org").pk), sid=claims["sid"], expires_in=60
    )

    assert by_token(forged) is None


def _session_of(person: AppClient) -> str:
    listener = by_token(person.access)
    assert listener
    return listener.session
