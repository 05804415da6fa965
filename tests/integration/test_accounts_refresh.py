"""The exchange of refresh tokens: once each, and yet no race logs anyone out."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection

from taskengine.accounts.models import RefreshToken
from tests.support.accounts import PASSWORD, AppClient, signed_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False) as traveller:
        yield traveller


def at_once(*actions: Callable[[], Any]) -> None:
    """Run each in a thread of its own, with a connection of its own."""

    def run(action: Callable[[], Any]) -> None:
        try:
            action()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tab(token: str) -> AppClient:
    client = AppClient()
    client.refresh_token = token
    return client


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_refresh_at_once_both_stay_in() -> None:
    token = signed_up().refresh_token
    for _ in range(5):
        one, two = tab(token), tab(token)

        at_once(one.refresh, two.refresh)

        assert [one.me(), two.me()] == [200, 200]
        assert one.refresh_token != two.refresh_token
        assert one.refresh().status_code == 200
        assert two.refresh().status_code == 200
        token = one.refresh_token


@pytest.mark.django_db(transaction=True)
def test_a_refresh_beside_a_log_out_ends_logged_out_and_breaks_nothing() -> None:
    for number in range(5):
        one = signed_up(f"ada{number}@example.org")
        two = tab(one.refresh_token)
        statuses: list[int] = []

        at_once(
            lambda one=one, statuses=statuses: statuses.append(one.log_out().status_code),  # type: ignore[misc]
            lambda two=two, statuses=statuses: statuses.append(two.refresh().status_code),  # type: ignore[misc]
        )

        assert set(statuses) <= {200, 400, 401}
        assert two.refresh().status_code == 400
        assert one.me() == 401
    assert not Session.objects.exists()


def test_a_request_that_saves_its_session_late_brings_no_used_token_back(time: Any) -> None:
    ada = signed_up()
    used = ada.refresh_token
    slow = SessionStore(Session.objects.get().session_key)
    slow["touched"] = True  # loads the whole blob
    ada.refresh()

    slow.save()
    time.shift(10)

    assert ada.refresh().status_code == 200
    time.shift(31)
    assert tab(used).refresh().status_code == 400


def test_the_tokens_replaced_within_the_grace_still_work_and_later_do_not(time: Any) -> None:
    ada = signed_up()
    replaced = ada.refresh_token
    ada.refresh()

    time.shift(29)
    assert tab(replaced).refresh().status_code == 200
    time.shift(2)  # coming again did not prolong it
    assert tab(replaced).refresh().status_code == 400


def test_a_copy_used_after_the_grace_ends_the_log_in_for_everyone(
    time: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ada = signed_up()
    other = AppClient()
    other.log_in()
    stolen = ada.refresh_token
    ada.refresh()
    time.shift(31)

    with caplog.at_level(logging.WARNING, "taskengine.accounts"):
        response = tab(stolen).refresh()

    assert response.status_code == 400
    assert ada.me() == 401
    assert ada.refresh().status_code == 400
    assert Session.objects.count() == UserSession.objects.count() == RefreshToken.objects.count() == 1
    assert other.me() == 200
    assert "used again" in caplog.text
    assert stolen not in caplog.text


def test_a_log_in_keeps_few_rows_however_long_it_lasts(time: Any) -> None:
    ada = signed_up()
    for _ in range(20):
        time.shift(3600)
        assert ada.refresh().status_code == 200

    assert RefreshToken.objects.count() == 2  # the one just replaced, and its heir
    assert "headless_refresh_tokens" not in Session.objects.get().get_decoded()


def test_a_log_in_in_use_outlives_thirty_days_and_one_left_alone_does_not(time: Any) -> None:
    used, left = signed_up("ada@example.org"), signed_up("bob@example.org")
    for _ in range(4):
        time.shift(10 * 86_400)
        assert used.refresh().status_code == 200

    assert used.me() == 200
    assert left.refresh().status_code == 400


def test_a_refresh_token_that_was_never_stored_is_taken_for_a_copy(time: Any) -> None:
    ada = signed_up()
    RefreshToken.objects.all().delete()

    assert ada.refresh().status_code == 400
    assert ada.me() == 401


def test_a_change_of_password_gives_the_program_new_tokens_and_ends_all_others() -> None:
    ada = signed_up()
    other = AppClient()
    other.log_in()
    old_access, old_refresh = ada.access, ada.refresh_token

    change = {"current_password": PASSWORD, "new_password": "another horse entirely"}
    response = ada.auth("POST", "/account/password/change", change)

    assert response.status_code == 200
    assert ada.access != old_access
    assert ada.me() == 200
    assert ada.refresh().status_code == 200
    assert other.me() == 401
    ada.access = old_access
    assert ada.me() == 401
    assert tab(old_refresh).refresh().status_code == 400


def test_an_answer_of_an_ordinary_request_carries_no_tokens() -> None:
    ada = signed_up()

    for answer in (
        ada.auth("GET", "/auth/session"),
        ada.auth("POST", "/auth/reauthenticate", {"password": PASSWORD}),
    ):
        assert set(answer.json()["meta"]) == {"is_authenticated"}


def test_a_refresh_takes_a_fixed_number_of_queries(django_assert_max_num_queries: Any) -> None:
    ada = signed_up()
    ada.refresh()

    with django_assert_max_num_queries(8):  # two of them the savepoint
        ada.refresh()
