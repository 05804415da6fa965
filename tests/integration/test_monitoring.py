"""What Prometheus is told: real requests, sockets, rings and jobs; and that what asks for a metric finds one."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from asgiref.sync import sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from redis.exceptions import RedisError

from taskengine import clock as database_clock
from taskengine import figures, runtime, watch
from taskengine.accounts import letters
from taskengine.accounts.models import User
from taskengine.api import metrics as of_requests
from taskengine.engine.models import Heartbeat
from taskengine.health import metrics
from taskengine.lanes import Lane
from taskengine.planning import broker, jobs
from taskengine.planning.metrics import Outcome
from taskengine.planning.models import Breakdown
from tests.support.accounts import signed_up
from tests.support.client import eventually
from tests.support.composition import SERVICES
from tests.support.environment import server_environment
from tests.support.metrics import figure
from tests.support.missing import missing
from tests.support.redis import PrivateRedis
from tests.support.servers import ROOT
from tests.support.sockets import house, new_stream, record

MONITORING = ROOT / "containers/monitoring"
DASHBOARD = json.loads((MONITORING / "grafana/dashboards/taskengine.json").read_text())
RULES = yaml.safe_load((MONITORING / "rules/taskengine.yml").read_text())["groups"][0]["rules"]
TARGETS = [target for panel in DASHBOARD["panels"] for target in panel["targets"]]
ASKED = [*(target["expr"] for target in TARGETS), *(rule["expr"] for rule in RULES)]
SCRAPED = {
    each["job_name"]: each
    for each in yaml.safe_load((MONITORING / "prometheus.yml").read_text())["scrape_configs"]
}
# Prometheus itself says them of each target.
OF_TARGETS = {"job", "instance"}
SELECTOR = re.compile(r"\b(taskengine_\w+|up)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')


def labels_of(name: str) -> set[str]:
    """Return the labels that a sample of this name has, where Prometheus keeps it."""
    assert of_requests.__name__, "which a server brings with its first request"
    if name == "up":
        return OF_TARGETS
    collector: Any = REGISTRY._names_to_collectors[name]
    return {*collector._labelnames, *(["le"] if name.endswith("_bucket") else []), *OF_TARGETS}


def grouped_by(expression: str) -> list[str]:
    """Return the labels that an expression keeps apart."""
    lists = re.findall(r"\bby\s*\(([^)]*)\)", expression)
    return [label.strip() for each in lists for label in each.split(",")]


def told(settings: Any) -> dict[str, set[str]]:
    """Return the samples that `/metrics` may have, by name, with the labels that each takes."""
    from django.test import RequestFactory

    assert runtime.__name__, "a server has all that it brings"
    settings.METRICS_TOKEN = "secret"
    answer = metrics(RequestFactory().get("/metrics", headers={"authorization": "Bearer secret"}))
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return {
        family.name + suffix: {label for each in family.samples for label in each.labels}
        for family in text_string_to_metric_families(answer.content.decode())
        for suffix in suffixes.get(family.type, ())
    }


@pytest.mark.parametrize("expression", ASKED)
def test_what_a_dashboard_or_a_rule_asks_for_is_told(settings: Any, expression: str) -> None:
    names = set(re.findall(r"\btaskengine_\w+", expression))
    assert names or 'up{job="web"}' in expression
    assert names <= set(told(settings))


@pytest.mark.parametrize("expression", ASKED)
def test_a_label_that_is_asked_for_is_one_of_what_it_is_asked_of(expression: str) -> None:
    found = SELECTOR.findall(expression)
    for name, matchers in found:
        for label, value in MATCHER.findall(matchers):
            assert label in labels_of(name), f"{name} has no {label}"
            assert label != "job" or value in SCRAPED, f"nothing is scraped as {value}"
            outcomes: set[str] = set(letters.Outcome) if name.startswith(letters.FIGURES) else set(Outcome)
            assert label != "outcome" or set(value.split("|")) <= outcomes, f"nothing ends as {value}"
        for label in grouped_by(expression):
            assert label in labels_of(name), f"{name} has no {label}"


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target["expr"])
def test_a_legend_names_labels_that_are_left(target: dict[str, str]) -> None:
    left = set(grouped_by(target["expr"]))
    assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= left


def test_the_rules_are_tried_with_what_there_is() -> None:
    tests = yaml.safe_load((MONITORING / "rules.test.yml").read_text())["tests"]
    for series in [each["series"] for test in tests for each in test["input_series"]]:
        ((name, matchers),) = SELECTOR.findall(series)
        assert dict(MATCHER.findall(matchers)).keys() <= labels_of(name), series


@pytest.mark.parametrize("job", SCRAPED)
def test_a_job_asks_a_service_of_the_composition_where_it_tells_its_figures(job: str) -> None:
    (where,) = SCRAPED[job]["dns_sd_configs"]
    (name,) = where["names"]
    service = SERVICES[name]
    assert "watched" in service["networks"]
    assert "watched" in SERVICES["prometheus"]["networks"]
    if command := service.get("command"):
        assert command[command.index("--metrics-port") + 1] == str(where["port"])
        assert command[command.index("--metrics-host") + 1] == "0.0.0.0"  # noqa: S104 (of its container)
    else:  # the server's own port, with its token
        (published,) = service["ports"]
        assert published.endswith(f":{where['port']}")
        folder, _, name = SCRAPED[job]["authorization"]["credentials_file"].rpartition("/")
        assert f"keys-metrics:{folder}:ro" in SERVICES["prometheus"]["volumes"]
        assert f"$KEYS/metrics/{name}\n" in (ROOT / "containers/make-keys").read_text()


def test_every_process_that_tells_figures_is_scraped() -> None:
    tell = {name for name, service in SERVICES.items() if "--metrics-port" in (service.get("command") or ())}
    asked = {name for each in SCRAPED.values() for where in each["dns_sd_configs"] for name in where["names"]}
    assert asked == {"web", *tell}


def test_every_rule_says_what_it_is_and_what_to_do() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "warn"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
    assert DASHBOARD["uid"] == "taskengine"
    assert len({panel["title"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_prometheus_takes_what_we_wrote_and_every_rule_speaks_only_when_something_is_wrong() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        raise missing("promtool", debian="prometheus", elsewhere="install Prometheus, which brings it")
    tests = yaml.safe_load((MONITORING / "rules.test.yml").read_text())["tests"]
    told = [each["labels"] for each in tests[1]["promql_expr_test"][0]["exp_samples"]]
    assert told == [f'{{alertname="{rule["alert"]}"}}' for rule in RULES], "each is tried"
    for command in (
        ("check", "config", "--syntax-only", "prometheus.yml"),
        ("check", "rules", "rules/taskengine.yml"),
        ("test", "rules", "rules.test.yml"),
    ):
        done = subprocess.run(
            [promtool, *command], cwd=MONITORING, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_names_are_in_the_manner_of_prometheus(settings: Any) -> None:
    for family in REGISTRY.collect():
        if family.name.startswith("taskengine_"):
            assert re.fullmatch(r"[a-z_]+", family.name)
            assert family.documentation.endswith(".")
            assert "_ms" not in family.name


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_status_and_never_by_what_is_in_the_path() -> None:
    ada, route = signed_up(), "api/v1/tasks/<uuid:task_id>/"
    labels = {"method": "GET", "status": "404"}
    routes = {each.labels.get("route") for family in REGISTRY.collect() for each in family.samples}
    for _ in range(3):
        assert ada.send("GET", f"/api/v1/tasks/{uuid.uuid4()}/").status_code == 404
    ada.send("BREW", "/api/v1/tasks/")
    ada.send("GET", f"/nowhere/{uuid.uuid4()}.php")
    counted = {
        each.labels["route"]: each.value
        for family in REGISTRY.collect()
        for each in family.samples
        if each.name == "taskengine_http_requests_total" and labels.items() <= each.labels.items()
    }
    assert max(value for name, value in counted.items() if name.startswith("api/v1/tasks/")) >= 3, route
    after = {each.labels.get("route") for family in REGISTRY.collect() for each in family.samples}
    assert len(after - routes) <= 4
    assert not [name for name in after if name and re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|php", name)]
    methods = {each.labels.get("method") for family in REGISTRY.collect() for each in family.samples}
    assert "BREW" not in methods


@pytest.mark.django_db
def test_what_machines_ask_is_counted_apart_from_what_people_ask(settings: Any) -> None:
    settings.METRICS_TOKEN = "secret"
    for path in ("healthz", "readyz", "metrics"):
        route = {"method": "GET", "route": path, "status": "200"}
        strangers = {**route, "route": "none"}
        before = figure("taskengine_http_requests_total", **strangers)
        asked = figure("taskengine_http_requests_total", **route)
        assert Client(headers={"authorization": "Bearer secret"}).get(f"/{path}").status_code == 200
        assert figure("taskengine_http_requests_total", **route) == asked + 1
        assert figure("taskengine_http_requests_total", **strangers) == before


@pytest.mark.django_db(transaction=True)
async def test_an_event_that_reaches_a_socket_is_counted_with_its_lag() -> None:
    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        before = {
            name: figure(name)
            for name in (
                "taskengine_events_total",
                "taskengine_events_told_total",
                "taskengine_stream_lag_seconds_count",
            )
        }
        assert home.relay.open_sockets == 1
        await record(stream, 1)
        await socket.seqs(1)
        await eventually(
            "lag",
            lambda: (
                figure("taskengine_stream_lag_seconds_count") > before["taskengine_stream_lag_seconds_count"]
            ),
        )
        for name, value in before.items():
            assert figure(name) == value + 1, name


@pytest.mark.django_db(transaction=True)
async def test_a_ring_that_was_lost_is_counted_when_it_is_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    from realtime import outbox

    async with house() as home:
        stream = await new_stream()
        socket = await home.open(stream)
        await socket.hello()
        await record(stream, 1)
        await socket.seqs(1)
        before = figure("taskengine_doorbells_repaired_total")
        monkeypatch.setattr(outbox, "_tell", lambda recorded: None)
        await record(stream, 1)
        await socket.seqs(1)
        assert figure("taskengine_doorbells_repaired_total") == before + 1


@pytest.mark.django_db(transaction=True)
def test_engines_and_workers_are_watched_by_the_servers() -> None:
    watch.look_around()
    assert figure("taskengine_engine_heartbeat_age_seconds") == watch.NEVER_S
    signed_up()
    now = database_clock.now()
    Heartbeat.objects.create(id=uuid.uuid4(), name="x", started_at=now, beat_at=now - timedelta(seconds=7))
    past = now - timedelta(seconds=90)
    Breakdown.objects.create(
        owner=User.objects.get(),
        goal="x",
        planner="offline",
        lease_until=past,
        created_at=past,
        updated_at=past,
    )
    watch.look_around()
    assert 7 <= figure("taskengine_engine_heartbeat_age_seconds") < 20
    assert 90 <= figure("taskengine_jobs_oldest_waiting_seconds") < 110
    assert figure("taskengine_jobs", kind="breakdown", state="queued") == 1


@pytest.mark.django_db(transaction=True)
def test_the_queue_and_who_hears_it_are_told(settings: Any, redis: PrivateRedis) -> None:
    settings.REDIS_URL = redis.url
    queue = {"queue": "celery"}
    watch.look_at_broker()
    assert figure("taskengine_job_queue_messages", **queue) == figure("taskengine_workers") == 0

    sender = jobs.Sender()
    sender.send([uuid.uuid4() for _ in range(3)])
    broker.sign("celery@here")
    broker.sign("celery@there")
    with Redis.from_url(redis.url) as client:
        until("three messages", lambda: client.llen("celery") == 3)
        watch.look_at_broker()
        assert figure("taskengine_job_queue_messages", **queue) == 3
        assert figure("taskengine_workers") == 2
        settings.WORKER_IN_SERVER = False
        assert watch.workers_live()

        client.zincrby(broker.SIGNS, -broker.LIVES_FOR_S - 1, "celery@here")  # killed: it signs no more
        client.hset("unacked", "a tag", "a message")
    broker.sign_off("celery@there")
    watch.look_at_broker()
    assert figure("taskengine_workers") == 0
    assert not watch.workers_live()
    assert json.loads(Client().get("/readyz").content)["worker"] == "down"
    assert figure("taskengine_job_queue_unacknowledged_messages") == 1

    redis.kill()
    with pytest.raises(RedisError):
        watch.look_at_broker()


def until(what: str, condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < give_up, f"no {what}"
        time.sleep(0.01)


COUNTED = """
from prometheus_client import Counter, Gauge
Gauge("sockets", "Open.", multiprocess_mode="livesum").set(3)
Gauge("connected", "Heard.", multiprocess_mode="livemin").set(0)
Counter("requests", "Answered.").inc(2)
"""


def test_a_process_that_died_has_no_sockets_any_more_and_what_it_counted_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(figures.FOLDER, str(tmp_path))
    subprocess.run([sys.executable, "-c", COUNTED], check=True)
    (tmp_path / f"gauge_livesum_{os.getpid()}.db").write_bytes(
        (next(tmp_path.glob("gauge_livesum_*"))).read_bytes()
    )
    found = {each.name: each.samples for each in figures.OfAllProcesses().collect()}
    assert found["sockets"][0].value == 3, "this process's, and not the dead one's"
    assert found["requests"][0].value == 2
    assert "connected" not in found
    assert [file.name for file in tmp_path.glob("gauge_*")] == [f"gauge_livesum_{os.getpid()}.db"]


def test_a_command_in_a_servers_container_does_not_count_with_the_servers(tmp_path: Path) -> None:
    env = server_environment(database_url="postgresql:///none", PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
    subprocess.run(
        [sys.executable, ROOT / "manage.py", "doctor", "--help"], check=True, env=env, capture_output=True
    )
    assert not list(tmp_path.iterdir())


def test_a_celery_worker_with_a_port_for_its_figures_has_a_folder_to_count_in() -> None:
    from taskengine.celery import Figures

    with pytest.raises(ImproperlyConfigured, match="PROMETHEUS_MULTIPROC_DIR"):
        Figures(None, metrics_port=9100)
    assert not Figures(None).enabled


@pytest.mark.django_db(transaction=True)
async def test_lines_and_pools_are_told() -> None:
    free = asyncio.Event()
    lane = Lane("watched-by-a-test", threads=1, line=8)
    loop = asyncio.get_running_loop()

    def wait() -> None:
        asyncio.run_coroutine_threadsafe(free.wait(), loop).result()

    calls = [lane.submit(wait) for _ in range(4)]
    await eventually("a line", lambda: lane.waiting == 3)
    with_database = sync_to_async(lambda: connection.ensure_connection())
    await with_database()
    watch.look_here(open_sockets=3, workers=1)
    free.set()
    await asyncio.gather(*calls)
    assert figure("taskengine_http_waiting_requests", lane="watched-by-a-test") == 3
    assert figure("taskengine_sockets") == 3
    assert figure("taskengine_workers_in_servers") == 1
    assert figure("taskengine_database_pool_max_connections") >= 1
