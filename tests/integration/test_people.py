"""`/api/v1/users/` for staff: who may look after whom, and what they never see."""

import threading
import uuid
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client

from realtime.models import EventRow
from taskengine.accounts import services, staff
from taskengine.accounts.errors import LastStaff, PersonNotFound
from taskengine.accounts.models import AuditEntry, User
from taskengine.accounts.sessions import SessionAuthenticator
from taskengine.operations.models import Operation
from taskengine.tasks.models import Task
from tests.support.accounts import PASSWORD, AppClient, signed_up, still_valid
from tests.support.locks import in_flight
from tests.support.people import make_person, make_task, purge_deleted

pytestmark = pytest.mark.django_db

USERS = "/api/v1/users/"
NEW_PASSWORD = "another horse entirely"


def user(name: str) -> User:
    return User.objects.get(email=f"{name}@example.org")


def path(name: str) -> str:
    return f"{USERS}{user(name).pk}/"


def staff_member(name: str = "sue", **fields: Any) -> AppClient:
    """Return a client of a member of staff."""
    client = signed_up(f"{name}@example.org")
    User.objects.filter(email=f"{name}@example.org").update(is_staff=True, **fields)
    return client


@pytest.fixture
def sue() -> AppClient:
    return staff_member()


@pytest.fixture
def root() -> AppClient:
    return staff_member("root", is_superuser=True)


@pytest.fixture
def ada() -> AppClient:
    return signed_up()


def emails(client: AppClient, query: str = "") -> list[str]:
    answer = client.send("GET", USERS + query)
    assert answer.status_code == 200, answer.content
    return [person["email"].split("@")[0] for person in answer.json()["results"]]


# --- Who may -----------------------------------------------------------------------------------------


def requests(of: str) -> list[tuple[str, str, Any]]:
    return [
        ("GET", USERS, None),
        ("POST", USERS, {"email": "new@example.org"}),
        ("GET", of, None),
        ("PATCH", of, {"is_active": False}),
        ("DELETE", of, None),
        ("GET", "/api/v1/audit/", None),
    ]


def test_others_are_refused_and_nobody_is_asked_to_log_in(ada: AppClient) -> None:
    signed_up("bob@example.org")
    for of in (path("bob"), path("ada"), f"{USERS}{uuid.uuid4()}/"):
        for method, where, body in requests(of):
            refused = ada.send(method, where, body)
            assert (refused.status_code, refused.json()["code"]) == (403, "staff_only"), (method, where)
            assert AppClient().send(method, where, body).status_code == 401, (method, where)
    assert User.objects.filter(is_active=True, deleted_at=None).count() == 2
    assert not AuditEntry.objects.filter(action__startswith="account_").exists()


def test_a_cookie_of_staff_needs_the_csrf_token_to_write(sue: AppClient, ada: AppClient) -> None:
    page = Client(enforce_csrf_checks=True)
    page.force_login(user("sue"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert page.get(path("ada")).status_code == 200
    refused = page.patch(path("ada"), {"is_active": False}, content_type="application/json")
    assert refused.status_code == 403
    assert user("ada").is_active


def test_staff_see_accounts_and_never_what_is_in_them(sue: AppClient, ada: AppClient) -> None:
    task = make_task(user("ada"), "Secret invoice")
    seen = sue.send("GET", path("ada")).json()
    assert set(seen) == {
        "id", "email", "time_zone", "language", "is_active", "is_staff", "is_superuser", "is_guest",
        "created_at", "last_login",
    }  # fmt: skip
    assert sue.send("GET", f"/api/v1/tasks/{task.id}/").status_code == 404
    assert sue.send("GET", "/api/v1/tasks/").json()["results"] == []


# --- The list ----------------------------------------------------------------------------------------


def test_the_list_is_searched_and_filtered(sue: AppClient) -> None:
    for name in ("milo", "bob", "camilla"):  # what is looked for is not in the guest's hexadecimal address
        make_person(name)
    User.objects.filter(email="bob@example.org").update(is_active=False)
    services.make_guest(now=user("bob").created_at)
    assert emails(sue, "?email=mil") == ["milo"]
    assert emails(sue, "?email=MIL") == ["milo"]
    assert emails(sue, "?q=mil") == ["camilla", "milo"]
    assert emails(sue, "?email=%25") == emails(sue, "?q=_") == []  # no wildcards
    assert emails(sue, "?is_active=false") == ["bob"]
    assert emails(sue, "?is_staff=true") == ["sue"]
    assert emails(sue, "?is_guest=false&is_staff=false&is_active=true") == ["camilla", "milo"]
    assert sue.send("GET", f"{USERS}?name=ada").status_code == 400


def test_a_walk_shows_everybody_once_and_its_cursor_is_bound(sue: AppClient, root: AppClient) -> None:
    for number in range(7):
        make_person(f"p{number}")
    query, walked = "?limit=3&q=example", []
    while True:
        answer = sue.send("GET", USERS + query).json()
        assert len(answer["results"]) <= 3
        walked += [person["email"] for person in answer["results"]]
        if answer["next_cursor"] is None:
            break
        cursor = answer["next_cursor"]
        query = f"?limit=3&q=example&cursor={cursor}"
    assert walked == sorted(User.objects.values_list("email", flat=True))
    assert sue.send("GET", f"{USERS}?limit=3&cursor={cursor}").status_code == 400
    assert root.send("GET", f"{USERS}?limit=3&q=example&cursor={cursor}").status_code == 400


def test_the_list_takes_no_more_queries_for_more_people(
    sue: AppClient, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        make_person(f"p{number}")
    sue.me()
    with django_assert_num_queries(2):
        assert len(emails(sue)) == 31


# --- Making ------------------------------------------------------------------------------------------


def test_an_account_is_made_with_a_password(sue: AppClient) -> None:
    mail.outbox.clear()
    body = {"email": "New@Example.org", "password": PASSWORD, "time_zone": "Europe/London", "language": "de"}
    answer = sue.send("POST", USERS, body)
    assert answer.status_code == 201, answer.content
    assert answer.json()["email"] == "new@example.org"
    assert PASSWORD not in answer.content.decode()
    assert (user("new").time_zone, user("new").language) == ("Europe/London", "de")
    assert not mail.outbox
    assert AppClient().log_in("new@example.org").status_code == 200
    assert not Operation.objects.exists()  # nor a digest of the password


def test_without_a_password_the_person_chooses_one_by_mail(sue: AppClient) -> None:
    mail.outbox.clear()
    assert sue.send("POST", USERS, {"email": "new@example.org"}).status_code == 201
    assert AppClient().log_in("new@example.org", "!").status_code == 400
    (sent,) = mail.outbox
    assert sent.to == ["new@example.org"]
    key = sent.body.partition("/account/password/reset/")[2].split()[0]
    new = AppClient()
    answer = new.auth("POST", "/auth/password/reset", {"key": key, "password": NEW_PASSWORD})
    assert answer.status_code in {200, 401}, answer.content  # allauth's: set, and not logged in
    assert new.log_in("new@example.org", NEW_PASSWORD).status_code == 200
    assert new.send("POST", "/api/v1/tasks/", {"title": "Begin"}).status_code == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("method", "body"), [("PATCH", {"language": "de"}), ("DELETE", None)])
def test_a_twin_of_a_write_to_an_account_is_told_so_at_once(method: str, body: Any) -> None:
    sue, key = staff_member(), uuid.uuid4()
    signed_up()
    with in_flight(user("sue").pk, key, locked=[user("ada").pk, user("sue").pk]):
        twin = sue.send(method, path("ada"), body, **{"idempotency-key": str(key)})
    assert (twin.status_code, twin.json()["code"]) == (409, "operation_in_flight")


@pytest.mark.parametrize("password", ["short", "12345678901", "new@example.org", "password", "", 5, None])
def test_a_password_is_held_to_the_rules(sue: AppClient, password: Any) -> None:
    answer = sue.send("POST", USERS, {"email": "new@example.org", "password": password})
    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/password"}
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_address_is_taken_once(sue: AppClient, ada: AppClient) -> None:
    EmailAddress.objects.create(user=user("ada"), email="second@example.org", verified=True)
    for email in ("ada@example.org", "ADA@example.org", "second@example.org"):
        answer = sue.send("POST", USERS, {"email": email, "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert User.objects.count() == 2


# --- Changing ----------------------------------------------------------------------------------------


def test_a_change_of_zone_moves_the_persons_tasks(sue: AppClient, ada: AppClient) -> None:
    task = ada.send("POST", "/api/v1/tasks/", {"title": "Report", "due_date": "2036-01-01"}).json()
    assert task["deadline"] == "2036-01-02T00:00:00.000000Z"
    answer = sue.send("PATCH", path("ada"), {"time_zone": "Asia/Tokyo", "language": "de"})
    assert (answer.status_code, answer.json()["time_zone"]) == (200, "Asia/Tokyo")
    after = ada.send("GET", f"/api/v1/tasks/{task['id']}/").json()
    assert after["deadline"] == "2036-01-01T15:00:00.000000Z"
    assert EventRow.objects.filter(stream_id=user("ada").pk).latest("seq").type == "task.updated"
    assert not EventRow.objects.filter(stream_id=user("sue").pk).exists()
    assert Operation.objects.filter(owner=user("ada"), verb="user.update").count() == 1


def test_what_staff_changed_says_that_it_was_they(sue: AppClient, ada: AppClient) -> None:
    task = ada.send("POST", "/api/v1/tasks/", {"title": "Report", "due_date": "2036-01-01"}).json()
    sue.send("PATCH", path("ada"), {"time_zone": "Asia/Tokyo"})
    who = [str(user(name).pk) for name in ("sue", "ada")]
    history = ada.send("GET", f"/api/v1/tasks/{task['id']}/history/").json()["results"]
    assert [(entry["verb"], entry["actor"]) for entry in history] == list(
        zip(["user.update", "task.create"], who, strict=True)
    )
    assert [done["actor"] for done in ada.send("GET", "/api/v1/operations/").json()["results"]] == who
    told = EventRow.objects.filter(stream_id=user("ada").pk).order_by("-seq").values_list("actor", flat=True)
    assert [str(actor) for actor in told] == who


def test_a_repeat_with_the_same_key_changes_once(sue: AppClient, ada: AppClient) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        answer = sue.send("PATCH", path("ada"), {"language": "de"}, **{"idempotency-key": key})
        assert (answer.status_code, answer.json()["language"]) == (200, "de")
    other = sue.send("PATCH", path("ada"), {"language": "fr"}, **{"idempotency-key": key})
    assert other.status_code == 422
    assert AuditEntry.objects.filter(action="account_changed").count() == 1


@pytest.mark.parametrize("field", ["email", "password", "is_superuser", "working_hours", "id", "deleted_at"])
def test_what_is_not_for_staff_is_refused(sue: AppClient, ada: AppClient, field: str) -> None:
    before = User.objects.filter(email="ada@example.org").values().get()
    answer = sue.send("PATCH", path("ada"), {field: True, "language": "de"})
    assert answer.status_code == 400
    assert User.objects.filter(email="ada@example.org").values().get() == before


def test_a_zone_that_does_not_exist_is_refused(sue: AppClient, ada: AppClient) -> None:
    answer = sue.send("PATCH", path("ada"), {"time_zone": "Mars/Olympus"})
    assert answer.json()["errors"][0]["code"] == "invalid_time_zone"


def test_who_is_deactivated_is_out_at_once_and_may_come_back(sue: AppClient, ada: AppClient) -> None:
    authenticator = SessionAuthenticator()
    scope = {
        "type": "websocket",
        "headers": [(b"host", b"testserver"), (b"authorization", f"Bearer {ada.access}".encode())],
    }
    listener = authenticator.authenticate(scope)
    assert listener is not None
    make_task(user("ada"), "Still there")

    answer = sue.send("PATCH", path("ada"), {"is_active": False})

    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    assert still_valid([listener]) == set()
    assert [ada.me(), ada.refresh().status_code, ada.log_in().status_code] == [401, 400, 401]
    assert sue.send("PATCH", path("ada"), {"is_active": True}).status_code == 200
    assert ada.log_in().status_code == 200
    assert len(ada.send("GET", "/api/v1/tasks/").json()["results"]) == 1


# --- Guards ------------------------------------------------------------------------------------------


def test_staff_touch_no_other_staff_and_make_none(sue: AppClient, root: AppClient, ada: AppClient) -> None:
    staff_member("tom")
    for name in ("root", "tom"):
        for method, body in (
            ("PATCH", {"is_active": False}),
            ("PATCH", {"language": "de"}),
            ("DELETE", None),
        ):
            answer = sue.send(method, path(name), body)
            assert (answer.status_code, answer.json()["code"]) == (403, "superuser_needed"), (name, method)
    staffing: list[tuple[str, str, Any]] = [
        ("PATCH", path("ada"), {"is_staff": True}),
        ("PATCH", path("sue"), {"is_staff": False}),
        ("POST", USERS, {"email": "new@example.org", "password": PASSWORD, "is_staff": True}),
    ]
    for method, where, body in staffing:
        answer = sue.send(method, where, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "superuser_needed"), where
    assert User.objects.filter(is_staff=True, is_active=True, deleted_at=None).count() == 3
    assert sue.send("PATCH", path("sue"), {"language": "de"}).status_code == 200


def test_a_superuser_says_who_is_staff(root: AppClient, ada: AppClient) -> None:
    assert root.send("PATCH", path("ada"), {"is_staff": True}).status_code == 200
    assert emails(ada) == ["ada", "root"]
    assert root.send("PATCH", path("ada"), {"is_staff": False}).status_code == 200
    assert ada.send("GET", USERS).status_code == 403
    body = {"email": "new@example.org", "password": PASSWORD, "is_staff": True}
    assert root.send("POST", USERS, body).json()["is_staff"] is True


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_the_last_active_member_of_staff_stays(root: AppClient, ada: AppClient, change: Any) -> None:
    answer = root.send("PATCH", path("root"), change)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_staff")
    answer = root.send("DELETE", f"{USERS}me/", {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "last_staff")
    assert root.me() == 200
    staff_member("tom", is_active=False)  # is no help
    assert root.send("PATCH", path("root"), change).status_code == 409
    User.objects.filter(email="tom@example.org").update(is_active=True)
    assert root.send("PATCH", path("root"), change).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_superusers_who_remove_each_other_do_not_both_succeed() -> None:
    ann = make_person("ann", is_staff=True, is_superuser=True)
    ben = make_person("ben", is_staff=True, is_superuser=True)
    together = threading.Barrier(2)
    outcomes = []

    def leave(person: User) -> None:
        together.wait(timeout=20)
        try:
            services.delete_account(user=person, password=PASSWORD)
            outcomes.append("gone")
        except LastStaff:
            outcomes.append("stays")
        connection.close()

    for person in (ann, ben):
        person.set_password(PASSWORD)
        person.save()
    threads = [threading.Thread(target=leave, args=(person,)) for person in (ann, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone", "stays"]
    assert User.objects.filter(is_staff=True, is_active=True).count() == 1


# --- Deleting ----------------------------------------------------------------------------------------


def test_who_is_deleted_is_gone_at_once_and_their_rows_soon(sue: AppClient, ada: AppClient) -> None:
    gone = user("ada")
    make_task(gone, "Invoice")

    assert sue.send("DELETE", path("ada")).status_code == 204

    assert emails(sue) == ["sue"]
    assert sue.send("GET", f"{USERS}{gone.pk}/").status_code == 404
    assert sue.send("PATCH", f"{USERS}{gone.pk}/", {"is_active": True}).status_code == 404
    assert sue.send("DELETE", f"{USERS}{gone.pk}/").status_code == 404
    assert [ada.me(), ada.refresh().status_code, ada.log_in().status_code] == [401, 400, 400]
    assert AppClient().sign_up().status_code == 200  # the address is free
    assert Task.objects.filter(owner=gone).count() == 1
    purge_deleted()
    assert not User.objects.filter(pk=gone.pk).exists()
    assert not Task.objects.exists()
    assert user("ada").is_active


def test_ones_own_account_is_deleted_elsewhere(root: AppClient, sue: AppClient) -> None:
    answer = root.send("DELETE", path("root"))
    assert (answer.status_code, answer.json()["code"]) == (409, "own_account")
    assert root.send("DELETE", path("sue")).status_code == 204


def test_what_is_deleted_can_not_be_staff() -> None:
    ada = make_person()
    services.delete_account(user=services.make_guest(now=ada.created_at), password=None)
    with pytest.raises(PersonNotFound):
        staff.get_person(user_id=User.objects.get(is_guest=True).pk)
