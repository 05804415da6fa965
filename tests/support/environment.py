"""The environment of the tests, and of the servers that they start."""

import os
from collections.abc import Mapping

SETTINGS = "taskengine.settings"
SECRET_KEY = "tests only: long enough, and known to everybody"

# An empty rate is no limit. Tests of a limit set it again.
RATE_LIMITS_OFF = {
    f"RATE_LIMIT_{name}": ""
    for name in (
        "AI",
        "CHANGE_PASSWORD",
        "CONFIRM_EMAIL",
        "DEMO",
        "EXPORT",
        "HANDSHAKE",
        "IMPORT",
        "LETTER",
        "LOGIN",
        "LOGIN_FAILED",
        "LOGIN_UNFAMILIAR",
        "MANAGE_EMAIL",
        "READ",
        "REAUTHENTICATE",
        "RESET_PASSWORD",
        "RESET_PASSWORD_FROM_KEY",
        "SIGNUP",
        "WRITE",
    )
}

# What a developer's shell may have set (`.envrc` does) and must not leak into a test.
_NOT_INHERITED = {
    "AI_BUDGET_PER_DAY",
    "AI_BUDGET_PER_DAY_OF_ALL",
    "ALIVE",  # a file
    "ALLOWED_HOSTS",
    "DATABASE_DIRECT_URL",
    "DATABASE_URL",
    "DEMO",
    "DJANGO_DEBUG",
    "DOORBELL",
    "EMAIL_URL",
    "EMBEDDED",
    "ENGINE_IN_SERVER",
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
    "GEMINI_FALLBACK_MODEL",
    "GEMINI_MODEL",
    "HSTS_PRELOAD",
    "HSTS_SUBDOMAINS",
    "HTTPS_REDIRECT",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "METRICS_TOKEN",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "PROMETHEUS_MULTIPROC_DIR",
    "PUBLIC_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SOCKETS_DISMISSED_WITHIN_S",
    "SOCKETS_PER_USER",
    "TRUSTED_ORIGINS",
    "TRUSTED_PROXIES",
    "TRUSTED_PROXY_COUNT",
    "WORKER_IN_SERVER",
    "WORKER_LEASE_S",
}


def server_environment(*, database_url: str, **overrides: str) -> dict[str, str]:
    """Return the whole environment of a server process under test."""
    inherited = {
        key: value for key, value in os.environ.items() if key.removesuffix("_FILE") not in _NOT_INHERITED
    }
    return {
        **inherited,
        **RATE_LIMITS_OFF,
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": database_url,
        "PYTHONUNBUFFERED": "1",
        "LOG_FORMAT": "text",
        **overrides,
    }


def apply(*, database_url: str, extra: Mapping[str, str] | None = None) -> None:
    """Give this process, which is about to read Django's settings, the environment of the tests."""
    fresh = server_environment(database_url=database_url, **(extra or {}))
    os.environ.clear()
    os.environ.update(fresh)
