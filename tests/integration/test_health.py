"""`/healthz` and `/readyz`: what a load balancer and a person are told."""

import json
import threading
import time
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from prometheus_client.parser import text_string_to_metric_families

from taskengine import clock, health
from taskengine.api import errors
from taskengine.engine.models import Heartbeat


@pytest.mark.django_db(transaction=True)
def test_readiness_says_whether_an_engine_beats() -> None:
    assert Client().get("/readyz").json() | {"doorbell": ""} == {
        "status": "degraded", "database": "up", "doorbell": "", "engine": "down", "worker": "up",
    }  # fmt: skip
    now = clock.now()
    Heartbeat.objects.create(id="0f8fad5b-d9cb-469f-a165-70867728950e", name="x", started_at=now, beat_at=now)
    assert Client().get("/readyz").json()["engine"] == "up"


def test_a_database_that_is_gone_is_503_and_the_process_is_healthy_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone() -> bool:
        raise OperationalError("gone")

    monkeypatch.setattr(health, "_engine_is_alive", gone)
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["status"], ready.json()["database"]) == (
        503,
        "unavailable",
        "down",
    )
    assert Client().get("/healthz").status_code == 200


def test_a_database_that_does_not_answer_is_503_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(health, "PROBE_TIMEOUT_S", 0.1)
    monkeypatch.setattr(health, "_engine_is_alive", lambda: answered.wait(10))
    started = time.monotonic()
    try:
        for _ in range(3):  # those that wait in line behind a hanging one too
            assert Client().get("/readyz").status_code == 503
        assert time.monotonic() - started < 5
    finally:
        answered.set()


def test_machines_ask_by_any_name_and_people_only_by_ours(settings: Any) -> None:
    settings.METRICS_TOKEN = "secret"
    scraper = Client(headers={"host": "10.1.2.3:8000", "authorization": "Bearer secret"})
    assert [scraper.get(path).status_code for path in ("/healthz", "/metrics")] == [200, 200]
    assert scraper.get("/api/v1/").status_code == scraper.get("/signin").status_code == 400


@pytest.mark.parametrize(
    ("token", "given"),
    [("", None), ("", "Bearer "), ("secret", None), ("secret", "Bearer wrong"), ("secret", "secret")],
)
def test_metrics_are_there_for_nobody_without_the_token(settings: Any, token: str, given: str | None) -> None:
    settings.METRICS_TOKEN = token
    headers = {} if given is None else {"Authorization": given}
    assert Client().get("/metrics", headers=headers).status_code == 404


def test_metrics_are_prometheus_text(settings: Any) -> None:
    settings.METRICS_TOKEN = "secret"
    answer = Client().get("/metrics", headers={"Authorization": "Bearer secret"})
    assert answer.status_code == 200
    names = {family.name for family in text_string_to_metric_families(answer.content.decode())}
    assert {
        "taskengine_deadline_lateness_seconds",
        "taskengine_deadlines_fired",
        "taskengine_batch_tasks",
        "taskengine_empty_claims",
        "taskengine_wake_ups",
        "taskengine_pending_deadlines",
        "taskengine_clock_steps",
    } <= names


def test_a_request_that_finds_no_database_outside_of_a_view_is_told_when_to_come_back() -> None:
    try:
        raise OperationalError("couldn't get a connection")
    except OperationalError:
        told = errors.server_error(RequestFactory().get("/api/v1/tasks/"))
    assert (told.status_code, told["Retry-After"], told["Content-Type"]) == (503, "1", errors.CONTENT_TYPE)
    assert json.loads(told.content)["code"] == "database_unavailable"
