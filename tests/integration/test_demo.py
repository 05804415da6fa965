"""`/api/v1/demo/` and `/api/v1/about/`: what is there before anybody logs in."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from taskengine.accounts.models import User
from tests.support.people import told
from tests.support.servers import ROOT

pytestmark = pytest.mark.django_db

DEMO = "/api/v1/demo/"
ABOUT = "/api/v1/about/"


@pytest.fixture
def visitor() -> Client:
    """A browser that has the page open."""
    browser = Client(enforce_csrf_checks=True)
    browser.get("/")
    return browser


def try_it(browser: Client, **headers: str) -> Any:
    """Press the button."""
    token = browser.cookies["csrftoken"].value
    return browser.post(DEMO, headers={"x-csrftoken": token, **headers})


def test_a_guest_gets_sample_tasks_of_each_bucket(visitor: Client, settings: Settings) -> None:
    settings.DEMO = True
    response = try_it(visitor)
    assert response.status_code == 201
    assert response.json()["is_guest"]
    counted = visitor.get("/api/v1/tasks/summary/").json()
    assert counted["upcoming"] > 2
    assert counted["missed"] > 0
    assert counted["completed"] > 0
    assert counted["next_transition_at"] is not None
    assert "task.missed" in told(User.objects.get())


@pytest.mark.parametrize(
    ("asked", "title"),
    [("de-AT,de;q=0.9", "Pflanzen gießen"), ("fr", "Water the plants"), ("", "Water the plants")],
)
def test_the_samples_are_in_the_visitors_language(
    visitor: Client, settings: Settings, asked: str, title: str
) -> None:
    settings.DEMO = True
    try_it(visitor, **{"accept-language": asked})
    shown = visitor.get("/api/v1/tasks/").json()["results"]
    assert len(shown) == 9
    assert title in {task["title"] for task in shown}


def test_the_first_is_missed_within_ten_seconds(visitor: Client, settings: Settings) -> None:
    settings.DEMO = True
    made = try_it(visitor).json()["created_at"]
    first = visitor.get("/api/v1/tasks/summary/").json()["next_transition_at"]
    left = datetime.fromisoformat(first) - datetime.fromisoformat(made)
    assert timedelta(seconds=5) < left < timedelta(seconds=10)


def test_without_the_demo_there_is_none(visitor: Client) -> None:
    assert try_it(visitor).status_code == 404
    assert not User.objects.exists()


def test_another_site_can_not_log_anybody_in(visitor: Client, settings: Settings) -> None:
    settings.DEMO = True
    assert Client(enforce_csrf_checks=True).post(DEMO).status_code == 403
    assert visitor.post(DEMO).status_code == 403
    assert try_it(visitor, origin="http://evil.example").status_code == 403
    assert not User.objects.exists()


def test_it_is_told_whether_there_is_a_demo_and_who_is_there(visitor: Client, settings: Settings) -> None:
    before = visitor.get(ABOUT).json()
    assert (before["demo"], before["signed_in"]) == (False, False)
    settings.DEMO = True
    try_it(visitor)
    after = visitor.get(ABOUT).json()
    assert (after["demo"], after["signed_in"]) == (True, True)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/today",
        "/projects/7",
        "/labels/work",
        "/tasks",
        "/tasks/7",
        "/insights",
        "/activity",
        "/signin",
        "/settings",
        "/account/verify-email/k",
    ],
)
def test_the_page_stands_at_its_own_paths(visitor: Client, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "no-cache" in answer["Cache-Control"]


def test_a_person_who_is_lost_gets_the_page_and_a_program_a_problem(visitor: Client) -> None:
    person = visitor.get("/nope", headers={"accept": "text/html,*/*"})
    assert (person.status_code, person["Content-Type"]) == (404, "text/html; charset=utf-8")
    program = visitor.get("/nope", headers={"accept": "application/json"})
    assert (program.status_code, program["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("env", "complaint"),
    [
        ({"DEMO": "1"}, "DEMO=1"),
        ({"DEMO": "1", "EMBEDDED": "1", "PUBLIC_URL": "https://tasks.example.org"}, "DEMO=1"),
        ({"DOORBELL": "redis", "REDIS_URL": ""}, "DOORBELL=redis"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or shorter"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"DATABASE_URL": "mysql://x"}, "not a PostgreSQL address"),
    ],
)
def test_settings_that_would_do_harm_are_refused_loudly(env: dict[str, str], complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": "x" * 40, "DATABASE_URL": "postgresql://nowhere/x", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert complaint in done.stderr
