"""`POST /api/v1/tasks/parse/`: what a line means to the person who types it."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from taskengine.accounts.models import User
from taskengine.api.throttles import ReadThrottle, WriteThrottle
from tests.support.accounts import AppClient, signed_up
from tests.support.people import make_label, make_project

pytestmark = pytest.mark.django_db

PARSE = "/api/v1/tasks/parse/"
LINE = "Send invoice friday 5pm #work @finance !1 ~30m"


@pytest.fixture
def ada() -> Iterator[AppClient]:
    """Ada in Berlin, on a Sunday noon."""
    with time_machine.travel("2026-11-22T11:00:00Z", tick=False):
        client = signed_up()
        User.objects.update(time_zone="Europe/Berlin")
        yield client


def parsed(client: AppClient, text: str, **more: Any) -> Any:
    response = client.send("POST", PARSE, {"text": text, **more})
    assert response.status_code == 200, response.content
    return response.json()


def test_a_line_is_read_and_nothing_is_written(ada: AppClient) -> None:
    person = User.objects.get()
    project = make_project(person, "Work")
    answer = parsed(ada, LINE)
    assert answer.pop("server_time") == "2026-11-22T11:00:00.000000Z"
    assert answer.pop("spans")[0] == {"start": 13, "end": 23, "kind": "deadline", "text": "friday 5pm"}
    assert answer == {
        "title": "Send invoice",
        "deadline": "2026-11-27T16:00:00.000000Z",
        "due_date": None,
        "time_zone": "Europe/Berlin",
        "project": {"id": str(project.id), "name": "Work"},
        "labels": [{"id": None, "name": "finance"}],
        "priority": 1,
        "estimate_min": 30,
    }
    assert ada.send("GET", "/api/v1/tasks/").json()["results"] == []
    assert ada.send("GET", "/api/v1/labels/").json()["results"] == []


def test_what_is_read_can_be_made(ada: AppClient) -> None:
    answer = parsed(ada, "Plant trees tomorrow", time_zone="America/New_York")
    assert (answer["deadline"], answer["due_date"]) == ("2026-11-24T05:00:00.000000Z", "2026-11-23")
    fields = {name: answer[name] for name in ("title", "deadline", "due_date", "time_zone")}
    made = ada.send("POST", "/api/v1/tasks/", fields)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in fields} == fields


def test_nobodys_names_are_known_but_ones_own(ada: AppClient) -> None:
    signed_up("bob@example.org")
    bob = User.objects.get(email="bob@example.org")
    make_project(bob, "Work")
    make_label(bob, "finance")
    answer = parsed(ada, LINE)
    assert (answer["project"]["id"], answer["labels"][0]["id"]) == (None, None)


def test_what_was_deleted_is_new(ada: AppClient) -> None:
    person = User.objects.get()
    label = make_label(person, "Finance")
    assert parsed(ada, LINE)["labels"] == [{"id": str(label.id), "name": "Finance"}]
    assert ada.send("DELETE", f"/api/v1/labels/{label.id}/").status_code == 204
    assert parsed(ada, LINE)["labels"] == [{"id": None, "name": "finance"}]


def test_the_persons_language_is_the_one_unless_another_is_said(ada: AppClient) -> None:
    User.objects.update(language="de")
    assert parsed(ada, "Zahnarzt übermorgen")["due_date"] == "2026-11-24"
    assert parsed(ada, "Zahnarzt übermorgen", language="en")["due_date"] is None
    assert parsed(ada, "Dentista mañana", language="es-MX")["due_date"] == "2026-11-23"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"),
        ({"text": "a" * 501}, "/text"),
        ({"text": 1}, "/text"),
        ({"text": "a", "time_zone": "Mars/Base"}, "/time_zone"),
        ({"text": "a", "language": "../en"}, "/language"),
        ({"text": "a", "plain": ["a"] * 51}, "/plain"),
        ({"text": "a", "title": "b"}, "/title"),
    ],
)
def test_what_can_not_be_read_is_refused(ada: AppClient, body: Any, pointer: str) -> None:
    response = ada.send("POST", PARSE, body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer


def test_it_counts_as_a_read(ada: AppClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for throttle in (ReadThrottle, WriteThrottle):
        monkeypatch.setattr(throttle, "THROTTLE_RATES", {"read": "2/min", "write": "1/min"})
    cache.clear()
    answers = [ada.send("POST", PARSE, {"text": "a"}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert ada.send("POST", "/api/v1/tasks/", {"title": "a"}).status_code == 201
    cache.clear()
