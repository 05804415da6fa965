"""The audit log: what it tells, to whom, for how long, and that nobody can fill it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction

from realtime import revocation
from realtime.publisher import doorbell
from taskengine.accounts import audit, services
from taskengine.accounts.audit import Action
from taskengine.accounts.models import AuditEntry, User
from taskengine.engine import housekeeping
from tests.support.accounts import ME, PASSWORD, AppClient, signed_up
from tests.support.people import make_person

pytestmark = pytest.mark.django_db

OWN = f"{ME}audit/"
ALL = "/api/v1/audit/"
NEW_PASSWORD = "another horse entirely"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def entries(client: AppClient, path: str = OWN) -> list[dict[str, Any]]:
    answer = client.send("GET", path)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def actions(client: AppClient, path: str = OWN) -> list[str]:
    return [entry["action"] for entry in entries(client, path)]


def staff_member(**fields: Any) -> AppClient:
    client = signed_up("sue@example.org")
    User.objects.filter(email="sue@example.org").update(is_staff=True, **fields)
    return client


# --- What it tells -----------------------------------------------------------------------------------


def test_one_reads_what_one_did_newest_first(clock: time_machine.Traveller) -> None:
    ada = signed_up()
    clock.shift(1)
    ada.log_out()
    clock.shift(1)
    ada.log_in(password="wrong horse battery staple")
    clock.shift(1)
    ada.log_in()
    clock.shift(1)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    ada.auth("POST", "/account/password/change", change)
    clock.shift(1)
    told = entries(ada)
    assert [entry["action"] for entry in told][:4] == [
        "password_changed", "logged_in", "log_in_failed", "logged_out",
    ]  # fmt: skip
    assert set(actions(ada)[4:]) == {"signed_up", "logged_in"}
    assert [entry["by"] for entry in told[:4]] == ["self", "self", "stranger", "self"]
    assert {entry["address"] for entry in told} == {"127.0.0.1"}
    assert all(entry["request_id"] for entry in told)
    assert "horse" not in str(told)
    assert "ada@" not in str(told)


def test_a_reset_by_mail_and_new_addresses_stand_in_it() -> None:
    ada = signed_up()
    ada.auth("POST", "/auth/password/request", {"email": "ada@example.org"})
    key = mail.outbox[-1].body.partition("/account/password/reset/")[2].split()[0]
    AppClient().auth("POST", "/auth/password/reset", {"key": key, "password": NEW_PASSWORD})
    ada.log_in(password=NEW_PASSWORD)
    ada.auth("POST", "/auth/reauthenticate", {"password": NEW_PASSWORD})
    ada.auth("POST", "/account/email", {"email": "second@example.org"})
    EmailAddress.objects.filter(email="second@example.org").update(verified=True)
    ada.auth("PATCH", "/account/email", {"email": "second@example.org", "primary": True})
    ada.auth("DELETE", "/account/email", {"email": "ada@example.org"})
    found = actions(ada)
    assert {"password_reset", "email_added", "email_changed", "email_removed"} <= set(found)
    assert "example.org" not in str(entries(ada))


def test_what_staff_did_says_so_but_not_who_or_from_where() -> None:
    ada, sue = signed_up(), staff_member()
    ada_id = User.objects.get(email="ada@example.org").pk
    sue.send("PATCH", f"/api/v1/users/{ada_id}/", {"time_zone": "Asia/Tokyo"})
    told = entries(ada)[0]
    assert (told["action"], told["by"], told["address"]) == ("account_changed", "staff", None)
    assert told["details"] == {"time_zone": {"before": "UTC", "after": "Asia/Tokyo"}}
    assert str(User.objects.get(email="sue@example.org").pk) not in str(told)


def test_staff_read_everything_with_filters() -> None:
    ada, sue = signed_up(), staff_member(is_superuser=True)
    ids = {user.email.split("@")[0]: str(user.pk) for user in User.objects.all()}
    path = f"/api/v1/users/{ids['ada']}/"
    answer = sue.send("PATCH", path, {"is_staff": True, "is_active": False})
    sue.send("PATCH", path, {"is_active": True})
    made = sue.send("POST", "/api/v1/users/", {"email": "new@example.org", "password": PASSWORD}).json()["id"]
    sue.send("DELETE", f"/api/v1/users/{made}/")

    did = entries(sue, f"{ALL}?actor={ids['sue']}&subject={ids['ada']}")
    assert sorted(entry["action"] for entry in did) == [
        "account_changed", "account_deactivated", "account_reactivated",
    ]  # fmt: skip
    (changed,) = entries(sue, f"{ALL}?action=account_changed")
    assert changed["details"] == {"is_staff": {"before": False, "after": True}}
    assert (changed["actor"], changed["subject"]) == (ids["sue"], ids["ada"])
    assert (changed["by"], changed["address"]) == ("staff", "127.0.0.1")
    assert changed["request_id"] == answer.headers["X-Request-ID"]
    assert actions(sue, f"{ALL}?subject={made}") == ["account_deleted", "account_made"]
    assert set(actions(sue, f"{ALL}?deleted_email=NEW@example.org")) == {"account_made", "account_deleted"}
    assert actions(sue, f"{ALL}?at_before=2020-01-01T00:00:00Z") == []
    assert len(actions(sue, f"{ALL}?at_from=2020-01-01T00:00:00Z")) == AuditEntry.objects.count()
    for wrong in ("?action=nothing", "?actor=me", "?at_from=yesterday", "?who=ada"):
        assert sue.send("GET", ALL + wrong).status_code == 400, wrong
    assert ada.log_in().status_code == 200


def test_nobody_reads_what_concerns_others() -> None:
    ada = signed_up()
    signed_up("bob@example.org")
    assert len(entries(ada)) == 2
    assert ada.send("GET", f"{OWN}?subject={User.objects.get(email='bob@example.org').pk}").status_code == 400
    assert AppClient().send("GET", OWN).status_code == 401


def test_a_walk_shows_each_entry_once(clock: time_machine.Traveller) -> None:
    ada = signed_up()
    user = User.objects.get()
    for number in range(8):
        clock.shift(number % 2)  # some at the same instant
        audit.record(action=Action.TOKEN_MADE, subject_id=user.pk, actor_id=user.pk)
    path, seen = f"{OWN}?limit=3", []
    while path:
        answer = ada.send("GET", path).json()
        seen += [entry["id"] for entry in answer["results"]]
        path = answer["next_cursor"] and f"{OWN}?limit=3&cursor={answer['next_cursor']}"
    assert len(seen) == len(set(seen)) == AuditEntry.objects.count()


def test_what_is_taken_back_is_not_told() -> None:
    ada = make_person()
    with transaction.atomic():
        services.deactivate_account(user=ada)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


# --- Failures ----------------------------------------------------------------------------------------


def test_failures_from_one_address_in_an_hour_are_one_entry(
    clock: time_machine.Traveller, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    ada = signed_up()
    for minutes in (0, 10, 40, 11):  # the last one after the hour
        clock.shift(timedelta(minutes=minutes))
        AppClient(REMOTE_ADDR="192.0.2.7").log_in(password="wrong horse battery staple")
    AppClient(REMOTE_ADDR="192.0.2.8").log_in("ADA@example.org", "wrong horse battery staple")
    ada.refresh()
    failed = [entry for entry in entries(ada) if entry["action"] == "log_in_failed"]
    assert sorted((entry["address"], entry["times"]) for entry in failed) == [
        ("192.0.2.7", 1), ("192.0.2.7", 3), ("192.0.2.8", 1),
    ]  # fmt: skip
    (most,) = [entry for entry in failed if entry["times"] == 3]
    assert most["at"] < most["last_at"]
    assert AppClient().log_in().status_code == 200  # nobody was locked out


def test_whoever_tries_many_addresses_makes_one_entry_that_only_staff_see(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    sue = staff_member()
    for number in range(5):
        AppClient(REMOTE_ADDR="192.0.2.7").log_in(f"x{number}@example.org", "wrong horse battery staple")
    (tried,) = entries(sue, f"{ALL}?action=log_in_failed")
    assert (tried["subject"], tried["address"], tried["times"]) == (None, "192.0.2.7", 5)
    assert tried["by"] == "stranger"


def test_the_addresses_of_one_ipv6_network_are_one(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    signed_up()
    for host in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"):
        AppClient(REMOTE_ADDR=host).log_in(password="wrong horse battery staple")
    found = AuditEntry.objects.filter(action="log_in_failed").values_list("address", "times")
    assert sorted(found) == [("2001:db8:1:2::", 2), ("2001:db8:1:3::", 1)]


def test_what_was_one_too_many_is_not_tried_and_makes_no_entry(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/300s/key"}
    signed_up()
    statuses = [AppClient().log_in(password="wrong horse battery staple").status_code for _ in range(4)]
    assert statuses == [400, 400, 429, 429]
    assert AuditEntry.objects.get(action="log_in_failed").times == 2


def test_a_failure_costs_the_same_for_a_stranger(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    ada = make_person()
    request = None
    counts = []
    for subject_id in (ada.pk, None):
        with CaptureStatements() as captured:
            audit.record_failure(subject_id=subject_id, email="x", request=request)
        counts.append(len(captured))
    assert counts[0] == counts[1] == 2


# --- Retention ---------------------------------------------------------------------------------------


def test_entries_leave_when_they_are_old_batch_by_batch(settings: Any) -> None:
    ada = make_person()
    for days in (366, 365.1, 365.001, 364, 1):
        audit.record(action=Action.LOGGED_IN, subject_id=ada.pk)
        newest = AuditEntry.objects.latest("last_at")
        AuditEntry.objects.filter(pk=newest.pk).update(
            at=NOON - timedelta(days=days), last_at=NOON - timedelta(days=days)
        )
    before = NOON - settings.AUDIT_MAX_AGE
    assert [audit.trim(before=before, limit=2) for _ in range(3)] == [True, True, False]
    assert AuditEntry.objects.count() == 2
    housekeeping._old_audit(now=NOON + timedelta(days=10))
    assert AuditEntry.objects.count() == 1
    assert housekeeping._old_audit in housekeeping.SWEEPS


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_do_not_wait_for_each_other() -> None:
    ada = make_person()
    for _ in range(4):
        audit.record(action=Action.LOGGED_IN, subject_id=ada.pk)
    held, done = threading.Event(), threading.Event()
    later = NOON + timedelta(days=40_000)

    def sweep_slowly() -> None:
        with transaction.atomic():
            audit.trim(before=later, limit=3)
            held.set()
            done.wait(timeout=20)
        connection.close()

    thread = threading.Thread(target=sweep_slowly)
    thread.start()
    held.wait(timeout=20)
    assert audit.trim(before=later, limit=3)
    assert thread.is_alive()  # nobody waited for it to end
    done.set()
    thread.join()
    assert not AuditEntry.objects.exists()


# --- A new password, whoever sets it -----------------------------------------------------------------


@pytest.fixture
def rung() -> Iterator[list[str]]:
    """The streams whose listeners are asked."""
    heard: list[str] = []
    unsubscribe = doorbell.subscribe(revocation.LISTENERS_TOPIC, heard.extend)
    yield heard
    unsubscribe()


@pytest.mark.django_db(transaction=True)
def test_the_command_for_a_password_rings_and_is_told(
    rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = signed_up()
    user = User.objects.get()
    rung.clear()
    monkeypatch.setattr("getpass.getpass", lambda **_: NEW_PASSWORD)
    call_command("changepassword", "ada@example.org", verbosity=0)
    assert rung == [str(user.pk)]
    assert ada.me() == 401
    assert AppClient().log_in(password=NEW_PASSWORD).status_code == 200
    (told,) = AuditEntry.objects.filter(action="password_changed")
    assert (told.subject_id, told.actor_id, told.address) == (user.pk, None, None)


@pytest.mark.django_db(transaction=True)
def test_any_new_password_rings_after_its_commit_and_nothing_else_does(rung: list[str]) -> None:
    user = make_person()
    user.set_password(NEW_PASSWORD)
    assert rung == []
    with transaction.atomic():
        user.save()
        assert rung == []
    assert rung == [str(user.pk)]
    user.language = "de"
    user.save()
    assert len(rung) == 1


class CaptureStatements:
    """Counts what is asked of the database."""

    def __enter__(self) -> list[str]:
        self._asked: list[str] = []
        self._wrapper = connection.execute_wrapper(self._note)
        self._wrapper.__enter__()
        return self._asked

    def _note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._asked.append(sql)
        return execute(sql, params, many, context)

    def __exit__(self, *error: Any) -> None:
        self._wrapper.__exit__(*error)
