"""One-use tickets: who gets one, what it opens, and how often."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from realtime.ports import Listener
from taskengine import clock
from taskengine.accounts import logins
from taskengine.accounts.models import SocketTicket, User
from taskengine.accounts.services import deactivate_account
from taskengine.accounts.sessions import SessionAuthenticator
from taskengine.tasks.models import Task
from tests.support.accounts import PASSWORD, AppClient, signed_up, still_valid

pytestmark = pytest.mark.django_db

TICKETS = "/api/v1/tickets/"
AUTHENTICATOR = SessionAuthenticator()


def scope(*subprotocols: str, **headers: str) -> dict[str, Any]:
    everything = {"host": "testserver", **headers}
    return {
        "type": "websocket",
        "scheme": "ws",
        "path": "/ws/v1/stream",
        "headers": [(name.encode(), value.encode()) for name, value in everything.items()],
        "subprotocols": list(subprotocols),
    }


def get_ticket(client: AppClient) -> str:
    response = client.send("POST", TICKETS)
    assert response.status_code == 201, response.content
    return str(response.json()["ticket"])


def opened_by(ticket: str, **headers: str) -> Listener | None:
    return AUTHENTICATOR.authenticate(scope("taskengine.v1", ticket, **headers))


@pytest.fixture
def ada() -> AppClient:
    return signed_up()


@pytest.fixture
def page() -> Client:
    """A browser that is logged in by cookie, and whose CSRF tokens are checked."""
    browser = Client(enforce_csrf_checks=True)
    browser.get("/api/auth/browser/v1/auth/session")
    response = browser.post(
        "/api/auth/browser/v1/auth/signup",
        {"email": "bob@example.org", "password": PASSWORD},
        content_type="application/json",
        headers={"x-csrftoken": browser.cookies["csrftoken"].value},
    )
    assert response.status_code == 200, response.content
    return browser


# --- Who gets one ---------------------------------------------------------------------------------


def test_a_ticket_comes_with_what_to_offer_and_is_kept_by_no_cache(ada: AppClient) -> None:
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False):
        ada.log_in()
        response = ada.send("POST", TICKETS)

    body = response.json()
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    assert body["subprotocols"] == ["taskengine.v1", body["ticket"]]
    assert body["expires_at"] == "2026-11-22T09:00:30.000000Z"


def test_it_is_a_name_that_a_browser_may_offer(ada: AppClient) -> None:
    """A subprotocol is a token (RFC 9110, section 5.6.2), or `new WebSocket` raises."""
    secret = get_ticket(ada).removeprefix("ticket.")

    assert len(secret) == 43
    assert secret.replace("-", "").replace("_", "").isalnum()
    assert secret.isascii()


def test_what_is_kept_is_not_the_ticket(ada: AppClient) -> None:
    ticket = get_ticket(ada)

    (row,) = SocketTicket.objects.values_list()
    assert ticket.removeprefix("ticket.") not in "".join(map(str, row))
    assert ticket.encode() not in bytes(row[0])


def test_a_stranger_gets_none() -> None:
    response = AppClient().send("POST", TICKETS)

    assert response.status_code == 401
    assert not SocketTicket.objects.exists()


def test_a_page_gets_one_by_cookie_and_no_other_page_does(page: Client) -> None:
    foreign = page.post(TICKETS, content_type="application/json", headers={"origin": "https://evil.example"})
    ours = page.post(
        TICKETS, content_type="application/json", headers={"x-csrftoken": page.cookies["csrftoken"].value}
    )

    assert foreign.status_code == 403
    assert ours.status_code == 201
    listener = opened_by(ours.json()["ticket"])
    assert listener is not None
    assert listener.session == page.cookies["sessionid"].value


def test_it_takes_no_fields(ada: AppClient) -> None:
    assert ada.send("POST", TICKETS, {"stream": "somebody else's"}).status_code == 400


# --- What it opens --------------------------------------------------------------------------------


def test_it_opens_a_socket_of_the_log_in_that_asked(ada: AppClient) -> None:
    listener = opened_by(get_ticket(ada))

    assert listener is not None
    assert listener.stream == User.objects.get().pk
    assert listener.session == Session.objects.get().session_key
    assert still_valid([listener]) == {listener}


def test_it_needs_no_origin_and_minds_none(ada: AppClient) -> None:
    assert opened_by(get_ticket(ada), origin="https://app.example.net") is not None


def test_it_is_redeemed_by_one_query(ada: AppClient, django_assert_num_queries: Any) -> None:
    ticket = get_ticket(ada)

    with django_assert_num_queries(1):
        assert opened_by(ticket) is not None


def test_many_at_once_are_redeemed_by_one_query_and_each_opens_its_own(
    django_assert_num_queries: Any,
) -> None:
    people = [signed_up(f"{n}@example.org") for n in range(4)]
    offered = [get_ticket(each) for each in people]
    offered += [offered[0], "ticket." + "A" * 43]  # one that comes twice, and one that is none

    with django_assert_num_queries(1):
        found = AUTHENTICATOR.authenticate_all([scope("taskengine.v1", ticket) for ticket in offered])

    ids = {user.email: user.id for user in User.objects.all()}
    assert [listener and listener.stream for listener in found[:4]] == [
        ids[f"{n}@example.org"] for n in range(4)
    ]
    assert found[4:] == [None, None]


def test_the_second_time_it_opens_nothing(ada: AppClient) -> None:
    ticket = get_ticket(ada)

    assert opened_by(ticket) is not None
    assert opened_by(ticket) is None


@pytest.mark.parametrize(("age_s", "opens"), [(29.9, True), (30, False), (3600, False)])
def test_it_lasts_for_half_a_minute(age_s: float, opens: bool) -> None:
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False) as time:
        ticket = get_ticket(signed_up())
        time.shift(age_s)

        assert (opened_by(ticket) is not None) == opens


def _log_out(ada: AppClient) -> None:
    ada.log_out()


def _session_ends(ada: AppClient) -> None:
    Session.objects.all().delete()


def _password_changes(ada: AppClient) -> None:
    user = User.objects.get()
    user.set_password("another horse entirely")
    user.save()


def _deactivate(ada: AppClient) -> None:
    User.objects.update(is_active=False)


def _delete(ada: AppClient) -> None:
    User.objects.all().delete()


@pytest.mark.parametrize("end", [_log_out, _session_ends, _password_changes, _deactivate, _delete])
def test_it_opens_nothing_once_its_log_in_has_ended(ada: AppClient, end: Any) -> None:
    ticket = get_ticket(ada)

    end(ada)

    assert opened_by(ticket) is None


def test_a_log_out_takes_its_tickets_along_and_leaves_those_of_others(ada: AppClient) -> None:
    bob = signed_up("bob@example.org")
    get_ticket(ada)
    of_bob = get_ticket(bob)

    ada.log_out()

    assert SocketTicket.objects.count() == 1
    assert opened_by(of_bob) is not None


@pytest.mark.parametrize(
    "offered",
    [
        ["ticket."],
        ["ticket." + "A" * 43],
        ["ticket." + "A" * 42 + "é"],
        ["ticket." + "A" * 100_000],
        ["ticket.' OR 1=1 --"],
        ["ticket.\x00"],
    ],
)
def test_one_that_is_made_up_proves_nothing_and_hides_what_comes_beside_it(
    ada: AppClient, offered: list[str]
) -> None:
    beside = {"authorization": f"Bearer {ada.access}"}
    assert AUTHENTICATOR.authenticate(scope("taskengine.v1", **beside)) is not None

    assert AUTHENTICATOR.authenticate(scope("taskengine.v1", *offered, **beside)) is None


def test_a_used_one_is_not_helped_by_a_good_cookie(page: Client) -> None:
    ticket = page.post(
        TICKETS, content_type="application/json", headers={"x-csrftoken": page.cookies["csrftoken"].value}
    ).json()["ticket"]
    cookie = {"cookie": f"sessionid={page.cookies['sessionid'].value}", "origin": "http://testserver"}
    assert AUTHENTICATOR.authenticate(scope("taskengine.v1", **cookie)) is not None

    assert opened_by(ticket, **cookie) is not None
    assert opened_by(ticket, **cookie) is None


def test_two_at_once_are_as_bad_as_none_and_are_not_used_up(ada: AppClient) -> None:
    first, second = get_ticket(ada), get_ticket(ada)

    assert AUTHENTICATOR.authenticate(scope("taskengine.v1", first, second)) is None
    assert opened_by(first) is not None
    assert opened_by(second) is not None


@pytest.mark.django_db(transaction=True)
def test_of_many_sockets_that_come_with_one_ticket_one_is_let_in() -> None:
    ada, rivals = signed_up(), 6
    with ThreadPoolExecutor(rivals) as threads:
        for _ in range(10):
            ticket, together = get_ticket(ada), threading.Barrier(rivals)

            def come(ticket: str = ticket, together: threading.Barrier = together) -> bool:
                try:
                    connection.ensure_connection()
                    together.wait(10)
                    return opened_by(ticket) is not None
                finally:
                    connection.close()

            let_in = [future.result() for future in [threads.submit(come) for _ in range(rivals)]]
            assert sorted(let_in) == [False] * (rivals - 1) + [True]


# --- What becomes of it ---------------------------------------------------------------------------


def test_a_socket_outlives_the_ticket_and_the_token_that_it_was_opened_with() -> None:
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False) as time:
        ada = signed_up()
        by_token = AUTHENTICATOR.authenticate(scope(authorization=f"Bearer {ada.access}"))
        by_ticket = opened_by(get_ticket(ada))
        assert by_token is not None
        assert by_ticket is not None
        time.shift(24 * 3600)

        assert AUTHENTICATOR.authenticate(scope(authorization=f"Bearer {ada.access}")) is None
        assert still_valid([by_token, by_ticket]) == {by_token, by_ticket}


def test_expired_ones_are_swept_used_or_not_and_others_stay() -> None:
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False) as time:
        ada = signed_up()
        used, _unused = get_ticket(ada), get_ticket(ada)
        assert opened_by(used) is not None
        assert not logins.purge(now=clock.now(), limit=100)
        time.shift(20)
        fresh = get_ticket(ada)
        time.shift(10)

        assert logins.purge(now=clock.now(), limit=100)

        assert SocketTicket.objects.count() == 1
        assert opened_by(fresh) is not None


def test_a_deactivated_person_is_logged_out_everywhere_and_keeps_what_is_theirs(ada: AppClient) -> None:
    phone = AppClient()
    phone.log_in()
    ada.send("POST", "/api/v1/tasks/", {"title": "Stays"})
    get_ticket(ada)

    deactivate_account(user=User.objects.get())

    assert [ada.me(), phone.me()] == [401, 401]
    assert not SocketTicket.objects.exists()
    assert not Session.objects.exists()
    assert Task.objects.get().title == "Stays"
