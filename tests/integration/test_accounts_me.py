"""`/api/v1/users/me/`: reading, changing and deleting one's own account."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from realtime.models import EventRow, Stream
from taskengine.accounts.models import RefreshToken, User
from taskengine.operations.models import Operation
from taskengine.tasks.models import Task
from tests.support.accounts import ME, PASSWORD, AppClient, signed_up
from tests.support.people import purge_deleted

pytestmark = pytest.mark.django_db


def _errors(response: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


def test_somebody_sees_their_own_account() -> None:
    ada = signed_up("ada@example.org")
    signed_up("bob@example.org")

    body = ada.send("GET", ME).json()

    user = User.objects.get(email="ada@example.org")
    assert body.pop("created_at").endswith("Z")
    assert body == {
        "id": str(user.id),
        "email": "ada@example.org",
        "time_zone": "UTC",
        "language": None,
        "working_hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "is_guest": False,
    }


def test_a_time_zone_is_changed() -> None:
    ada = signed_up()

    response = ada.send("PATCH", ME, {"time_zone": "Europe/London"})

    assert response.status_code == 200
    assert response.json()["time_zone"] == "Europe/London"
    assert User.objects.get().time_zone == "Europe/London"


def test_a_patch_of_nothing_changes_nothing() -> None:
    ada = signed_up()

    assert ada.send("PATCH", ME, {}).json()["time_zone"] == "UTC"


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "localtime", "../../etc/passwd", "europe/london", "+01:00", "UTC\u0000", "\n"]
)
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    ada = signed_up()

    response = ada.send("PATCH", ME, {"time_zone": zone})

    assert response.status_code == 400
    assert {pointer for pointer, _ in _errors(response)} == {"/time_zone"}
    assert User.objects.get().time_zone == "UTC"


def test_an_unknown_zone_has_a_code_of_its_own() -> None:
    response = signed_up().send("PATCH", ME, {"time_zone": "Mars/Olympus"})

    assert _errors(response) == [("/time_zone", "invalid_time_zone")]


@pytest.mark.parametrize("zone", [None, 1, ["UTC"], {"a": "b"}, ""])
def test_a_time_zone_of_another_kind_is_refused(zone: Any) -> None:
    assert signed_up().send("PATCH", ME, {"time_zone": zone}).status_code == 400


@pytest.mark.parametrize("field", ["id", "email", "is_guest", "created_at"])
def test_what_is_not_theirs_to_change_is_refused_with_a_hint(field: str) -> None:
    ada = signed_up()
    before = User.objects.values().get()

    response = ada.send("PATCH", ME, {field: "eve@example.org", "time_zone": "Europe/London"})

    assert response.status_code == 400
    assert _errors(response) == [(f"/{field}", "read_only")]
    assert User.objects.values().get() == before


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "password", "timezone"])
def test_an_unknown_field_is_refused(field: str) -> None:
    response = signed_up().send("PATCH", ME, {field: True})

    assert response.status_code == 400
    assert _errors(response) == [(f"/{field}", "unknown_field")]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_without_credentials_it_is_401(method: str) -> None:
    response = AppClient().send(method, ME, None if method == "GET" else {})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_the_right_password_deletes_the_account_and_all_log_ins() -> None:
    ada = signed_up()
    phone = AppClient()
    phone.log_in()

    response = ada.send("DELETE", ME, {"password": PASSWORD})

    assert response.status_code == 204
    assert response.content == b""
    for model in (EmailAddress, Session, UserSession, RefreshToken):
        assert not model.objects.exists(), model
    purge_deleted()
    for model in (User, Stream, EmailAddress, Session, UserSession, RefreshToken):
        assert not model.objects.exists(), model
    assert [ada.me(), phone.me(), phone.refresh().status_code] == [401, 401, 400]
    assert AppClient().log_in().status_code == 400
    assert AppClient().sign_up().status_code == 200  # the address is free again


@pytest.mark.parametrize("proof", [{"password": "wrong horse"}, {"password": ""}, {"password": None}, {}])
def test_a_wrong_password_deletes_nothing(proof: dict[str, Any]) -> None:
    ada = signed_up()

    response = ada.send("DELETE", ME, proof)

    assert response.status_code == 400
    assert {pointer for pointer, _ in _errors(response)} == {"/password"}
    assert User.objects.exists()
    assert Stream.objects.exists()
    assert ada.me() == 200


def test_a_wrong_password_has_a_code_of_its_own() -> None:
    response = signed_up().send("DELETE", ME, {"password": "wrong horse"})

    assert response.json()["code"] == "wrong_password"
    assert _errors(response) == [("/password", "wrong_password")]


def test_spaces_around_a_password_are_ignored_as_they_are_at_a_log_in() -> None:
    ada = AppClient()
    ada.sign_up(password=f"  {PASSWORD}  ")

    assert AppClient().log_in(password=f" {PASSWORD} ").status_code == 200
    assert ada.send("DELETE", ME, {"password": f"  {PASSWORD}  "}).status_code == 204


def test_the_deletion_of_one_account_leaves_the_others_alone() -> None:
    ada, bob = signed_up("ada@example.org"), signed_up("bob@example.org")
    bobs_id = bob.send("GET", ME).json()["id"]

    ada.send("DELETE", ME, {"password": PASSWORD})
    purge_deleted()

    assert [str(user.pk) for user in User.objects.all()] == [bobs_id]
    assert [str(stream.pk) for stream in Stream.objects.all()] == [bobs_id]
    assert bob.me() == 200
    assert bob.refresh().status_code == 200


def _with_tasks(email: str, count: int) -> AppClient:
    client = signed_up(email)
    for number in range(count):
        response = client.send("POST", "/api/v1/tasks/", {"title": f"Task {number}"})
        assert response.status_code == 201
    return client


def test_the_deletion_takes_the_tasks_and_events_of_one_and_leaves_those_of_others() -> None:
    ada, bob = _with_tasks("ada@example.org", 3), _with_tasks("bob@example.org", 2)
    bobs_id = bob.send("GET", ME).json()["id"]

    ada.send("DELETE", ME, {"password": PASSWORD})
    purge_deleted()

    for model in (Task, EventRow, Operation):
        owners = "stream_id" if model is EventRow else "owner_id"
        assert {str(owner) for owner in model.objects.values_list(owners, flat=True)} == {bobs_id}, model
    assert len(bob.send("GET", "/api/v1/tasks/").json()["results"]) == 2


def test_the_deletion_takes_no_more_queries_for_more_tasks() -> None:
    counts = []
    for number, tasks in enumerate((1, 30)):
        client = _with_tasks(f"user{number}@example.org", tasks)
        with CaptureQueriesContext(connection) as queries:
            assert client.send("DELETE", ME, {"password": PASSWORD}).status_code == 204
        counts.append(len(queries))

    assert counts[0] == counts[1]
