"""What one person may ask for is bounded on every route: how often they write, and how long a page is."""

import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator

from taskengine.accounts.models import User
from taskengine.api.throttles import WriteThrottle
from taskengine.rates import Rate
from tests.support.accounts import AppClient, signed_up
from tests.support.environment import server_environment
from tests.support.routes import Asked, asked, settled

pytestmark = pytest.mark.django_db

LONGEST_PAGE = 200
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
ELSEWHERE = {
    "POST task-parse",  # writes nothing, whatever its method: it counts as a read
    "POST demo",  # new guests have a limit of their own, and only on one's own machine
}
# As many as one may have at all: no pages.
SHORT = {"/api/v1/tokens/"}


DEFAULT = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "taskengine.settings"
from django.conf import settings
print(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["write"])
"""


def owner() -> tuple[AppClient, list[Asked]]:
    """Return somebody with one of everything, and all that can be asked."""
    ada = signed_up()
    ids = settled(User.objects.get(email="ada@example.org"))
    return ada, [each for each in asked(ids) if each.sent is not None]


def test_every_write_of_a_person_counts_towards_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, routes = owner()
    monkeypatch.setattr(WriteThrottle, "THROTTLE_RATES", {"write": "1/hour"})
    cache.clear()
    assert ada.send("POST", "/api/v1/tasks/", {"title": "The one"}).status_code == 201
    writes = [
        each
        for each in routes
        if each.method in UNSAFE and not (each.sent and each.sent.staff) and each.name not in ELSEWHERE
    ]
    assert len(writes) > 25
    refused = {each.name: ada.send(each.method, each.path).status_code for each in writes}
    cache.clear()
    assert refused == dict.fromkeys(refused, 429)


def test_writes_are_limited_unless_somebody_says_otherwise() -> None:
    env = server_environment(database_url="postgresql:///none")
    env = {name: value for name, value in env.items() if not name.startswith("RATE_LIMIT")}
    done = subprocess.run(
        [sys.executable, "-c", DEFAULT], env=env, check=True, capture_output=True, text=True
    )
    rate = Rate.parse(done.stdout.strip(), name="WRITE")
    assert rate is not None
    assert rate.limit / rate.period_s <= 10


def test_no_list_has_longer_pages_than_it_says() -> None:
    schema: Any = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    ada, routes = owner()
    User.objects.filter(email="ada@example.org").update(is_staff=True)  # some lists are for staff
    bounds = {}
    for each in routes:
        if each.method != "GET":
            continue
        operation = schema["paths"].get(each.template, {}).get("get", {})
        limits = [one for one in operation.get("parameters", []) if one["name"] == "limit"]
        answer = ada.send("GET", each.path)
        is_list = answer["Content-Type"] == "application/json" and "results" in answer.json()
        assert is_list <= bool(limits) or each.template in SHORT, f"{each.template} has no bound"
        for limit in limits:
            bounds[each.template] = limit["schema"]["maximum"]
            refused = ada.send("GET", f"{each.path}?limit={bounds[each.template] + 1}")
            assert refused.status_code == 400, each.template
            assert refused.json()["errors"][0]["pointer"] == "/limit"
    assert len(bounds) > 8
    assert max(bounds.values()) == LONGEST_PAGE
