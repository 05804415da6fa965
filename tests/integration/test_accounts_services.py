"""Guests, the purge of what has had its day, and the log lines."""

import logging
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import RequestFactory

from realtime.models import Stream
from taskengine.accounts import logins, services
from taskengine.accounts.errors import InvalidTimeZone, TooManyGuests, WrongPassword
from taskengine.accounts.models import RefreshToken, User
from taskengine.clock import now
from tests.support.accounts import PASSWORD, AppClient, signed_up
from tests.support.people import purge_deleted

pytestmark = pytest.mark.django_db


def test_a_guest_has_a_stream_and_no_password() -> None:
    guest = services.make_guest(now=now())

    assert guest.is_guest
    assert guest.email.endswith("@guest.invalid")
    assert not guest.has_usable_password()
    assert Stream.objects.filter(id=guest.id).exists()
    assert AppClient().log_in(guest.email, "!").status_code == 400


def test_there_are_only_so_many_guests(settings: Any) -> None:
    settings.DEMO_MAX_GUESTS = 2
    signed_up()  # is none of them
    services.make_guest(now=now())
    services.make_guest(now=now())

    with pytest.raises(TooManyGuests):
        services.make_guest(now=now())

    assert User.objects.filter(is_guest=True).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_guest_who_is_about_to_be_made_counts_already(settings: Any) -> None:
    settings.DEMO_MAX_GUESTS = 1
    made = threading.Event()
    refused = []

    def come_first() -> None:
        with transaction.atomic():
            services.make_guest(now=now())
            made.set()
            time.sleep(0.3)  # the second one has come, and cannot see the first
        connection.close()

    def come_second() -> None:
        made.wait(timeout=20)
        try:
            services.make_guest(now=now())
        except TooManyGuests as error:
            refused.append(error.code)
        connection.close()

    threads = [threading.Thread(target=come) for come in (come_first, come_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.count() == 1
    assert refused == ["too_many_guests"]


def test_guests_leave_after_a_day_and_nobody_else_does() -> None:
    at = now()
    signed_up()
    User.objects.update(created_at=at - timedelta(days=400))
    gone = [services.make_guest(now=at - timedelta(hours=24)) for _ in range(3)]
    stays = services.make_guest(now=at - timedelta(hours=23, minutes=59))

    purged = [services.purge_guests(now=at, limit=2) for _ in range(3)]

    assert purged == [True, True, False]
    purge_deleted()
    assert not Stream.objects.filter(id__in=[guest.id for guest in gone]).exists()
    assert set(User.objects.values_list("email", flat=True)) == {"ada@example.org", stays.email}


def test_a_purge_of_many_guests_takes_no_more_queries_for_their_log_ins(
    django_assert_max_num_queries: Any,
) -> None:
    at = now()
    for _ in range(3):
        guest = services.make_guest(now=at - timedelta(days=2))
        for _ in range(5):
            _begin(guest)

    with django_assert_max_num_queries(40):
        services.purge_guests(now=at)

    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


def _begin(user: User) -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.user = AnonymousUser()
    logins.begin(request=request, user=user)
    request.session.save()


def test_a_guest_can_be_logged_in_and_is_known_as_a_log_in() -> None:
    guest = services.make_guest(now=now())

    _begin(guest)

    assert UserSession.objects.get().user == guest
    assert UserSession.objects.get().session_key == Session.objects.get().session_key


def test_a_guest_deletes_the_account_without_a_password() -> None:
    guest = services.make_guest(now=now())

    services.delete_account(user=guest, password=None)

    assert not User.objects.filter(deleted_at=None).exists()


def test_nobody_else_does() -> None:
    signed_up()
    user = User.objects.get()

    for password in (None, "", "wrong"):
        with pytest.raises(WrongPassword):
            services.delete_account(user=user, password=password)

    assert User.objects.exists()


def test_a_deletion_that_breaks_half_way_has_deleted_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = signed_up()

    def fail(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(logins, "end_all", fail)
    with pytest.raises(RuntimeError):
        services.delete_account(user=User.objects.get(), password=PASSWORD)

    assert Stream.objects.exists()
    assert ada.me() == 200


def test_a_user_is_not_given_a_zone_that_does_not_exist() -> None:
    signed_up()

    with pytest.raises(InvalidTimeZone):
        services.update_user(user=User.objects.get(), fields={"time_zone": "Mars/Olympus"})


def test_what_outlived_its_log_in_is_removed_in_bounded_steps() -> None:
    expired, ended, alive = (signed_up(f"{name}@example.org") for name in ("ada", "bob", "eve"))
    at = now()
    keys = dict(UserSession.objects.values_list("user__email", "session_key"))
    Session.objects.filter(session_key=keys["ada@example.org"]).update(expire_date=at)
    Session.objects.filter(session_key=keys["bob@example.org"]).delete()  # as Django does by itself

    steps = [services.purge_expired_sessions(now=at, limit=1) for _ in range(4)]

    assert steps[-1] is False
    assert steps[0] is True
    assert {alive.me(), expired.me(), ended.me()} == {200, 401}
    for model in (Session, UserSession, RefreshToken):
        assert set(model.objects.values_list("session_key", flat=True)) == {keys["eve@example.org"]}


def test_a_step_removes_no_more_than_it_was_told_to() -> None:
    at = now()
    for name in ("ada", "bob", "eve"):
        signed_up(f"{name}@example.org")
    Session.objects.update(expire_date=at)

    services.purge_expired_sessions(now=at, limit=2)

    assert [model.objects.count() for model in (Session, UserSession, RefreshToken)] == [1, 1, 1]


def test_a_refresh_token_that_just_expired_is_kept_while_clocks_may_differ() -> None:
    signed_up()
    at = now()
    RefreshToken.objects.update(expires_at=at - timedelta(minutes=59))
    assert not services.purge_expired_sessions(now=at, limit=10)

    RefreshToken.objects.update(expires_at=at - timedelta(hours=1))
    assert services.purge_expired_sessions(now=at, limit=10)


def test_log_ins_log_outs_and_failures_leave_one_line_each(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "taskengine.accounts.audit")
    ada = signed_up()
    user = User.objects.get()
    ada.log_out()
    AppClient().log_in()
    AppClient(REMOTE_ADDR="192.0.2.7").log_in("Ada@example.org", "wrong horse battery staple")
    AppClient(REMOTE_ADDR="192.0.2.8").log_in("ada@example.org", "wrong horse battery staple")

    # Refused requests have lines of their own, as long as there are not many.
    lines = [record.getMessage() for record in caplog.records if record.name == "taskengine.accounts.audit"]
    assert [line.split(".")[0] for line in lines] == [
        "Signed up",
        "Logged in",
        "Logged out",
        "Logged in",
        "Log-in failed",
        "Log-in failed",
    ]
    assert all(f"user={user.id} client=127.0.0.1" in line for line in lines[:4])
    first, second = (line.split("email_hash=")[1].split() for line in lines[4:])
    assert first[0] == second[0]  # the same address, so that attempts on it can be counted
    assert [first[1], second[1]] == ["client=192.0.2.7", "client=192.0.2.8"]
    assert not any(secret in caplog.text for secret in ("horse", "ada@example.org", ada.access))


def test_changes_of_password_and_the_end_of_an_account_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    ada = signed_up()
    caplog.set_level(logging.INFO, "taskengine.accounts.audit")
    caplog.clear()
    change = {"current_password": PASSWORD, "new_password": "another horse entirely"}
    ada.auth("POST", "/account/password/change", change)
    ada.send("DELETE", "/api/v1/users/me/", {"password": "another horse entirely"})

    assert [record.getMessage().split(".")[0] for record in caplog.records] == [
        "Password changed",
        "Account deleted",
    ]
    assert "horse" not in caplog.text
