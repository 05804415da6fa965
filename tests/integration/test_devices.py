"""`/api/v1/users/me/sessions/`: on which devices one is logged in, and ending that."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from realtime.ports import Listener
from taskengine.accounts.models import AuditEntry, RefreshToken, User
from taskengine.accounts.sessions import SessionAuthenticator
from tests.support.accounts import ME, PASSWORD, AppClient, signed_up, still_valid

pytestmark = pytest.mark.django_db

SESSIONS = f"{ME}sessions/"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada() -> AppClient:
    return signed_up()


def phone(name: str = "phone", address: str = "192.0.2.7") -> AppClient:
    client = AppClient(headers={"user-agent": name}, REMOTE_ADDR=address)
    assert client.log_in().status_code == 200
    return client


def listed(client: AppClient) -> list[dict[str, Any]]:
    answer = client.send("GET", SESSIONS)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def listener(client: AppClient) -> Listener:
    headers = [(b"host", b"testserver"), (b"authorization", f"Bearer {client.access}".encode())]
    found = SessionAuthenticator().authenticate({"type": "websocket", "headers": headers})
    assert found is not None
    return found


def test_each_log_in_is_listed_newest_first_with_its_device(clock: time_machine.Traveller) -> None:
    ada = signed_up()
    clock.shift(60)
    mine = phone("Firefox", "192.0.2.7")
    signed_up("bob@example.org")
    clock.shift(1)

    newer, older = listed(mine)

    assert newer == {
        "id": UserSession.objects.get(user_agent="Firefox").pk,
        "user_agent": "Firefox",
        "address": "192.0.2.7",
        "created_at": "2026-11-22T12:01:00.000000Z",
        "last_seen_at": "2026-11-22T12:01:00.000000Z",
        "is_current": True,
    }
    assert (older["address"], older["is_current"]) == ("127.0.0.1", False)
    assert [one["is_current"] for one in listed(ada)] == [False, True]
    assert AppClient().send("GET", SESSIONS).status_code == 401


def test_a_device_is_seen_by_token_cookie_and_socket_every_five_minutes(
    clock: time_machine.Traveller,
) -> None:
    ada = signed_up()

    def last_seen() -> datetime:
        found: datetime = UserSession.objects.earliest("created_at").last_seen_at
        return found

    assert last_seen() == NOON
    clock.shift(timedelta(minutes=4, seconds=59))
    ada.me()
    assert last_seen() == NOON
    clock.shift(1)
    ada.refresh()
    ada.me()
    assert last_seen() == NOON + timedelta(minutes=5)
    clock.shift(timedelta(minutes=6))
    ada.refresh()
    UserSession.objects.update(last_seen_at=NOON)
    listener(ada)
    assert last_seen() == NOON + timedelta(minutes=11)

    page = Client()
    page.post(
        "/api/auth/browser/v1/auth/login",
        {"email": "ada@example.org", "password": PASSWORD},
        content_type="application/json",
    )
    UserSession.objects.update(last_seen_at=NOON)
    clock.shift(timedelta(minutes=6))
    assert page.get(ME).status_code == 200
    assert UserSession.objects.latest("created_at").last_seen_at == NOON + timedelta(minutes=17)


def test_log_ins_whose_sockets_come_together_are_noted_together(
    clock: time_machine.Traveller, django_assert_num_queries: Any
) -> None:
    clients = [signed_up(), *(phone(f"phone {number}") for number in range(4))]
    clock.shift(timedelta(minutes=6))
    for client in clients:
        client.refresh()
    UserSession.objects.update(last_seen_at=NOON)
    scopes = [{"headers": [(b"authorization", f"Bearer {client.access}".encode())]} for client in clients]

    with django_assert_num_queries(3):  # session, user, and the note
        listeners = SessionAuthenticator().authenticate_all([*scopes, {"headers": []}])

    assert [found is not None for found in listeners] == [True] * 5 + [False]
    assert {one.last_seen_at for one in UserSession.objects.all()} == {NOON + timedelta(minutes=6)}


def test_what_has_ended_is_not_listed(ada: AppClient) -> None:
    other = phone()
    Session.objects.filter(session_key=UserSession.objects.get(user_agent="phone").session_key).update(
        expire_date=NOON - timedelta(days=999)
    )
    assert len(listed(ada)) == 1
    assert other.me() == 401


def test_the_list_takes_as_many_statements_with_more_devices(
    ada: AppClient, django_assert_num_queries: Any
) -> None:
    for number in range(12):
        phone(f"phone {number}")
    ada.me()
    with django_assert_num_queries(2):
        assert len(listed(ada)) == 13


def test_a_lost_phone_is_logged_out_with_its_tokens_and_sockets(ada: AppClient) -> None:
    lost = phone()
    socket, own = listener(lost), listener(ada)
    (id_,) = [one["id"] for one in listed(ada) if not one["is_current"]]

    assert ada.send("DELETE", f"{SESSIONS}{id_}/").status_code == 204

    assert still_valid([socket, own]) == {own}
    assert [lost.me(), lost.refresh().status_code, ada.me()] == [401, 400, 200]
    assert RefreshToken.objects.count() == 1
    assert ada.send("DELETE", f"{SESSIONS}{id_}/").status_code == 404
    told = AuditEntry.objects.get(action="sessions_ended")
    assert (told.actor_id, told.details) == (User.objects.get().pk, {"count": 1})


def test_a_log_in_of_somebody_else_is_not_there(ada: AppClient) -> None:
    bob = signed_up("bob@example.org")
    (session,) = listed(bob)
    assert ada.send("DELETE", f"{SESSIONS}{session['id']}/").status_code == 404
    assert bob.me() == 200


@pytest.mark.parametrize("id_", ["99999999999999999999", "0", "x"])
def test_an_id_that_is_none_is_404(ada: AppClient, id_: str) -> None:
    assert ada.send("DELETE", f"{SESSIONS}{id_}/").status_code == 404


def test_all_others_end_and_this_one_stays(ada: AppClient) -> None:
    others = [phone(), phone()]
    bob = signed_up("bob@example.org")
    own = listener(ada)
    sockets = [listener(other) for other in others]

    assert ada.send("DELETE", f"{SESSIONS}?keep=current").status_code == 204

    assert still_valid([own, *sockets]) == {own}
    assert [other.me() for other in others] == [401, 401]
    assert [other.refresh().status_code for other in others] == [400, 400]
    assert [ada.me(), ada.refresh().status_code, bob.me()] == [200, 200, 200]
    assert ada.send("DELETE", f"{SESSIONS}?keep=mine").status_code == 400


def test_everywhere_is_everywhere(ada: AppClient) -> None:
    other, own = phone(), listener(ada)
    assert ada.send("DELETE", SESSIONS).status_code == 204
    assert still_valid([own]) == set()
    assert [ada.me(), other.me()] == [401, 401]
    assert [ada.refresh().status_code, other.refresh().status_code] == [400, 400]
    assert not RefreshToken.objects.exists()
    assert ada.log_in().status_code == 200


def test_a_page_that_logs_out_everywhere_loses_its_cookie(ada: AppClient) -> None:
    page = Client()
    page.post(
        "/api/auth/browser/v1/auth/login",
        {"email": "ada@example.org", "password": PASSWORD},
        content_type="application/json",
    )
    assert [one["is_current"] for one in page.get(SESSIONS).json()["results"]] == [True, False]
    assert page.delete(SESSIONS).status_code == 204
    assert not page.cookies["sessionid"].value
    assert page.get(ME).status_code == 401


def test_the_list_that_allauth_has_ends_them_likewise(ada: AppClient) -> None:
    lost = phone()
    socket = listener(lost)
    id_ = UserSession.objects.get(user_agent="phone").pk
    ada.auth("DELETE", "/auth/sessions", {"sessions": [id_]})
    assert still_valid([socket]) == set()
    assert lost.refresh().status_code == 400
    assert AuditEntry.objects.filter(action="sessions_ended").count() == 1
