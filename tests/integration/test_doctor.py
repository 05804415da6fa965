"""`manage.py doctor`: each fault is made for real, and found."""

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from redis import Redis

from taskengine.doctor import database, installation
from taskengine.engine.models import Heartbeat
from taskengine.planning.models import Breakdown
from taskengine.proxies import TrustedProxies
from tests.support.accounts import signed_up
from tests.support.environment import server_environment
from tests.support.ports import free_port
from tests.support.redis import PrivateRedis
from tests.support.servers import ROOT

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "engine"])


@pytest.fixture(autouse=True)
def _a_good_installation(settings: Any, tmp_path: Path) -> None:
    """A built page, a beating engine."""
    (tmp_path / "index.html").write_text("<!doctype html>")
    settings.FRONTEND_DIST = tmp_path
    settings.GEMINI_API_KEY = "a key"
    settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"] = 4
    beat(age_s=1)


def beat(*, age_s: float) -> None:
    """Have one replica's last sign of life be so old."""
    Heartbeat.objects.all().delete()
    at = timezone.now() - timedelta(seconds=age_s)
    Heartbeat.objects.create(id=uuid.uuid4(), name="host:1", started_at=at, beat_at=at)


def examined() -> tuple[int, dict[str, tuple[str, str]]]:
    """Return the exit code, and of each part the worst that was found: `(level, words)`."""
    out, code = StringIO(), 0
    try:
        call_command("doctor", "--json", stdout=out)
    except SystemExit as exit_:
        code = int(str(exit_.code))
    answer = json.loads(out.getvalue())
    assert answer["ok"] is (code == 0)
    worst: dict[str, tuple[str, str]] = {}
    for one in sorted(answer["findings"], key=lambda one: ["ok", "advice", "fault"].index(one["level"])):
        assert one["level"] == "ok" or one["remedy"], "whoever is told of it is told what to do"
        worst[one["part"]] = one["level"], one["says"]
    return code, worst


def faults() -> dict[str, str]:
    """Return the parts with a fault; nothing else is said to have one."""
    code, found = examined()
    bad = {part: says for part, (level, says) in found.items() if level == "fault"}
    assert code == bool(bad)
    return bad


def test_nothing_is_wrong_with_a_good_installation() -> None:
    code, found = examined()
    assert code == 0
    assert {part: level for part, (level, _) in found.items()} == dict.fromkeys(
        [
            "settings",
            "proxies",
            "page",
            "ai",
            "redis",
            "database",
            "migrations",
            "clock",
            "connections",
            "engine",
            "worker",
            "jobs",
            "mail",
        ],
        "ok",
    )
    out = StringIO()
    call_command("doctor", "--quiet", stdout=out)
    assert out.getvalue() == ""


def test_one_line_tells_one_finding_and_what_to_do(settings: Any) -> None:
    settings.GEMINI_API_KEY = ""
    out = StringIO()
    call_command("doctor", "--quiet", stdout=out)  # advice is no fault
    (line,) = out.getvalue().splitlines()
    assert line.startswith("advice ai: There is no key")
    assert "Set GEMINI_API_KEY" in line


@contextmanager
def unapplied(app: str, name: str) -> Iterator[None]:
    """Have the database not know of a migration."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = %s AND name = %s RETURNING applied", [app, name]
        )
        ((applied,),) = cursor.fetchall()
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", [app, name, applied]
            )


def test_a_migration_that_is_not_applied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM django_migrations WHERE app = 'tasks' ORDER BY name DESC LIMIT 1")
        (name,) = cursor.fetchone() or ("",)
    with unapplied("tasks", name):
        found = faults()
    assert set(found) == {"migrations"}
    assert f"tasks.{name}" in found["migrations"]


def test_a_database_that_is_ahead_of_the_code() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('tasks', '9999_new', now())"
        )
    try:
        assert examined()[1]["migrations"][0] == "advice"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_new'")


@pytest.mark.parametrize("age_s", [11.0, 4_000.0])
def test_an_engine_that_beats_no_more(age_s: float) -> None:
    beat(age_s=age_s)
    found = faults()
    assert set(found) == {"engine"}
    assert f"{age_s:.0f} s old" in found["engine"]


def test_no_engine_at_all() -> None:
    Heartbeat.objects.all().delete()
    assert set(faults()) == {"engine"}


@pytest.mark.parametrize("skew_s", [-90, 90])
def test_a_clock_that_is_not_the_databases(skew_s: int) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=skew_s), tick=True):
        found = faults()
    assert set(found) == {"clock"}  # and heartbeats are judged by the database's
    assert f"{skew_s:+d}." in found["clock"] or f"{skew_s - 1:+d}." in found["clock"]


def test_pools_that_the_database_has_no_room_for(settings: Any) -> None:
    settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"] = 10_000
    assert set(faults()) == {"connections"}


def test_celerys_workers_take_connections_too() -> None:
    without, many = (database.room(connection, replicas=1, workers=count) for count in (0, 1_000))
    assert (without.level, many.level) == ("ok", "fault")


def test_a_page_that_was_not_built(settings: Any, tmp_path: Path) -> None:
    settings.FRONTEND_DIST = tmp_path / "nowhere"
    assert set(faults()) == {"page"}


def test_settings_that_would_do_harm(settings: Any) -> None:
    settings.PUBLIC, settings.ALLOWED_HOSTS = True, ["*"]
    assert "taskengine.E003" in str(
        [one.says for one in installation.configuration() if one.level == "fault"]
    )


def test_whose_word_is_taken_is_said(settings: Any) -> None:
    assert "None is believed" in installation.proxies().says
    settings.TRUSTED_PROXIES = TrustedProxies.parse(["10.213.77.2", "2001:db8::/32", "unix"])
    assert "who asks: 10.213.77.2/32, 2001:db8::/32, unix." in installation.proxies().says


def test_work_that_nobody_takes(settings: Any) -> None:
    settings.WORKER_IN_SERVER = True
    signed_up()
    past = timezone.now() - timedelta(minutes=5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_user")
        ((owner_id,),) = cursor.fetchall()
    Breakdown.objects.create(
        owner_id=owner_id,
        goal="Thesis",
        planner="offline",
        lease_until=past,
        created_at=past,
        updated_at=past,
    )
    assert set(faults()) == {"worker"}


def test_jobs_that_fail() -> None:
    signed_up()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_user")
        ((owner_id,),) = cursor.fetchall()
    lately, long_ago = timezone.now() - timedelta(minutes=5), timezone.now() - timedelta(hours=2)
    fields = {
        "owner_id": owner_id,
        "goal": "Thesis",
        "planner": "gemini",
        "attempt": 1,
        "created_at": long_ago,
    }
    says, error = "", {"code": "ai_unavailable", "detail": "…", "retry_after_s": None}
    for at, found in (
        (long_ago, ("ok", "0 went well and 0 failed")),
        (lately, ("advice", "ai_unavailable 6")),
    ):
        for _ in range(6):
            Breakdown.objects.create(**fields, status="failed", error=error, updated_at=at)
        Breakdown.objects.create(**fields, status="ready", updated_at=at)
        code, findings = examined()
        level, says = findings["jobs"]
        assert (code, level) == (0, found[0])
        assert found[1] in says
    assert "1 went well and 6 failed" in says


def test_the_disk_of_the_embedded_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDED", "1")
    monkeypatch.setattr(installation, "NO_DISK_BYTES", 2**60)
    assert set(faults()) == {"disk"}


class TestRedis:
    """Whether it answers, takes writes, and throws nothing away."""

    @pytest.fixture(autouse=True)
    def _wanted(self, settings: Any, redis: PrivateRedis) -> None:
        settings.REDIS_URL, settings.WORKER_IN_SERVER = redis.url, True

    def test_all_is_well(self) -> None:
        assert faults() == {}

    def test_stopped(self, redis: PrivateRedis) -> None:
        redis.kill()
        assert set(faults()) == {"redis"}

    def test_no_worker_of_celery(self, settings: Any) -> None:
        settings.WORKER_IN_SERVER = False
        assert set(faults()) == {"worker"}

    def test_it_throws_away_what_it_holds(self, redis: PrivateRedis) -> None:
        with Redis.from_url(redis.url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
        found = faults()
        assert set(found) == {"redis"}
        assert "allkeys-lru" in found["redis"]

    def test_it_has_no_disk_to_write_to(self, redis: PrivateRedis) -> None:
        with Redis.from_url(redis.url) as client:
            folder = Path(client.config_get("dir")["dir"])
            (folder / "dump.rdb" / "in the way").mkdir(parents=True)
            client.bgsave()
            while client.info("persistence")["rdb_bgsave_in_progress"]:
                time.sleep(0.01)
        assert set(faults()) == {"redis"}


def managed(**env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_database_that_is_away_and_settings_that_are_none_are_said_in_words() -> None:
    away = f"postgresql://nobody:hunter2@127.0.0.1:{free_port()}/none"
    done = managed(**server_environment(database_url=away))
    assert done.returncode == 1
    assert "fault  database: It does not answer" in done.stdout
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stdout + done.stderr

    done = managed(**{**server_environment(database_url=away), "SECRET_KEY": "short"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("taskengine: SECRET_KEY is missing")


def test_the_oldest_postgresql_that_is_taken() -> None:
    class Old:
        pg_version = 140_011

    assert database.version(Old()).level == "fault"
