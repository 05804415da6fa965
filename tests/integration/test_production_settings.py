"""The settings of an installation on the internet: nothing is held against them, and what would do harm stops them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "zV3nq0Yk2-Lw7tRj9XsBpE4uHc8Fm1QdAoG5iN6xKvS8aZ0eTq4",
    "DATABASE_URL": "postgresql://taskengine:secret@database/taskengine",
    "REDIS_URL": "redis://:secret@redis:6379/0",
    "PUBLIC_URL": "https://tasks.example.org",
    "TRUSTED_PROXIES": "10.0.0.0/8",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "PATH": os.environ["PATH"],
}


def managed(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with the settings of production, but for these."""
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=ROOT,
        env={**PRODUCTION, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The folder of the secrets that compose makes where none are given."""
    given, made = tmp_path / "given", tmp_path / "keys"
    for name in ("app", "postgres", "redis", "metrics"):
        (made / name).mkdir(parents=True)
    given.mkdir()
    for name in ("gemini_api_key", "email_url"):
        (given / name).touch()
    script = (ROOT / "containers/make-keys").read_text()
    for was, is_ in {"GIVEN=/run/secrets": f"GIVEN='{given}'", "KEYS=/keys": f"KEYS='{made}'"}.items():
        assert script.count(f"\n{was}\n") == 1
        script = script.replace(was, is_)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(["sh"], input=script, text=True, check=True, env={"PATH": path})
    return made


def test_djangos_own_checks_for_production_find_nothing(keys: Path) -> None:
    done = managed(
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        SECRET_KEY="",
        SECRET_KEY_FILE=str(keys / "app/secret_key"),
        REDIS_URL="",
        REDIS_URL_FILE=str(keys / "app/redis_url"),
        METRICS_TOKEN_FILE=str(keys / "app/metrics_token"),
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert "(1 silenced)" in done.stdout, "the browsers' preload list, and nothing else"


HERE = {"PUBLIC_URL": "http://127.0.0.1:8000", "TRUSTED_PROXIES": "", "HTTPS_REDIRECT": "0"}
GUESSED = {**HERE, "SECRET_KEY": "django-insecure-" + "3t!x0(z8q&pl2v$9w^yk7m*j1rc5nb" * 2}


@pytest.mark.parametrize(
    ("env", "complaint"),
    [
        ({"DJANGO_DEBUG": "1"}, "taskengine.E001"),
        ({"TRUSTED_PROXY_COUNT": "1"}, "TRUSTED_PROXIES"),
        ({"DEMO": "1", "EMBEDDED": "1", "PUBLIC_URL": "http://localhost:8000"}, "DEMO=1"),  # behind a proxy
        ({**HERE, "DEMO": "1", "EMBEDDED": "1", "ALLOWED_HOSTS": "tasks.example.org"}, "DEMO=1"),
        # Whoever has it reached by another name than PUBLIC_URL's has it reached from elsewhere.
        ({**HERE, "DJANGO_DEBUG": "1", "ALLOWED_HOSTS": "127.0.0.1,tasks.example.org"}, "taskengine.E001"),
        ({**HERE, "DJANGO_DEBUG": "1", "ALLOWED_HOSTS": ".example.org"}, "taskengine.E001"),
        ({**HERE, "DJANGO_DEBUG": "1", "ALLOWED_HOSTS": "192.168.1.5"}, "taskengine.E001"),
        ({**HERE, "DJANGO_DEBUG": "1", "TRUSTED_ORIGINS": "https://app.example.org"}, "taskengine.E001"),
        ({**GUESSED, "ALLOWED_HOSTS": "localhost,tasks.example.org"}, "taskengine.E002"),
    ],
)
def test_a_server_with_settings_that_would_do_harm_does_not_start(
    env: dict[str, str], complaint: str
) -> None:
    done = managed("-c", "import taskengine.asgi", **env)
    assert done.returncode != 0
    assert complaint in done.stderr


def test_on_ones_own_machine_debugging_with_any_key_harms_nobody() -> None:
    env = {
        **GUESSED,
        "DJANGO_DEBUG": "1",
        "ALLOWED_HOSTS": "localhost,.localhost,tasks.localhost,127.0.0.1,127.0.0.2,[::1]",
        "TRUSTED_ORIGINS": "http://localhost:5173,http://127.0.0.1:5173,http://[::1]:5173",
    }
    done = managed("-c", "import taskengine.asgi", **env)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "program",
    [
        ["-m", "uvicorn", "taskengine.asgi:application", "--port", "0"],
        ["-m", "daphne", "--port", "0", "taskengine.asgi:application"],
        ["-m", "celery", "-A", "taskengine.celery", "worker"],
        ["manage.py", "runengine"],
        ["manage.py", "migrate"],
    ],
    ids=lambda program: program[1],
)
def test_nothing_that_is_started_runs_with_settings_that_would_do_harm(program: list[str]) -> None:
    bad = {**PRODUCTION, "DJANGO_DEBUG": "1", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, *program], cwd=ROOT, env=bad, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode != 0
    assert "taskengine.E001" in done.stderr


@pytest.mark.parametrize(
    ("env", "redirects"),
    [
        ({}, True),
        ({"TRUSTED_PROXIES": ""}, False),
        ({"TRUSTED_PROXIES": "", "HTTPS_REDIRECT": "1"}, True),  # the server itself ends TLS
        ({"HTTPS_REDIRECT": "0"}, False),
        ({"PUBLIC_URL": "http://tasks.example.org", "HTTPS_REDIRECT": "1"}, False),
    ],
)
def test_plain_http_is_sent_on_where_it_is_known_how_requests_come_unless_it_is_said(
    env: dict[str, str], redirects: bool
) -> None:
    done = managed("-c", "from taskengine import settings; print(settings.SECURE_SSL_REDIRECT)", **env)
    assert done.stdout.strip() == str(redirects), done.stderr


def test_who_says_that_something_else_sends_plain_http_on_is_not_told_so_again() -> None:
    done = managed("manage.py", "check", "--deploy", "--fail-level", "WARNING", HTTPS_REDIRECT="0")
    assert done.returncode == 0, done.stderr
