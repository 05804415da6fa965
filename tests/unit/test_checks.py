"""What is held against settings, each by its id."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import settings as real
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from taskengine import checks
from taskengine.proxies import TrustedProxies

GOOD: Mapping[str, Any] = {
    "PUBLIC": True,
    "DEBUG": False,
    "HTTPS": True,
    "SECRET_KEY": "zV3nq0Yk2-Lw7tRj9XsBpE4uHc8Fm1QdAoG5iN6xKv",
    "ALLOWED_HOSTS": ["tasks.example.org", "127.0.0.1"],
    "CSRF_TRUSTED_ORIGINS": ["https://tasks.example.org", "https://*.example.org"],
    "TRUSTED_PROXIES": TrustedProxies.parse(["10.0.0.0/8"]),
    "SECURE_SSL_REDIRECT": True,
    "REDIS_URL": "redis://:secret@redis:6379/0",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "METRICS_TOKEN": "",
    "RATE_LIMIT_LOGIN_UNFAMILIAR": "50/hour",
    "ACCOUNT_RATE_LIMITS": real.ACCOUNT_RATE_LIMITS_WHERE_NONE_ARE_SET,
}
HERE: Mapping[str, Any] = {"PUBLIC": False, "HTTPS": False}


def found(**settings: Any) -> list[str]:
    """Return the ids of what is held against good settings but for these."""
    with override_settings(**{**GOOD, **settings}):
        return [str(each.id) for each in [*checks.faults(None), *checks.advice(None)]]


def test_nothing_is_held_against_good_settings() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("settings", "identity"),
    [
        ({"DEBUG": True}, "E001"),
        ({"SECRET_KEY": "django-insecure-3t!x0(z8q&pl2v$9w^yk7m*j1rc5nb"}, "E002"),
        ({"SECRET_KEY": "Tests only: long enough, and known to everybody"}, "E002"),
        ({"SECRET_KEY": "changeme-3tx0z8qpl2v9wyk7mj1rc5nb4ahgd6fe"}, "E002"),
        ({"SECRET_KEY": "abcabcabc" * 6}, "E002"),
        ({"ALLOWED_HOSTS": ["*"]}, "E003"),
        ({"CSRF_TRUSTED_ORIGINS": ["https://*"]}, "E004"),
        ({"CSRF_TRUSTED_ORIGINS": ["https://*.com"]}, "E004"),
        ({"TRUSTED_PROXIES": TrustedProxies.parse(["0.0.0.0/0"])}, "E005"),
        ({"TRUSTED_PROXIES": TrustedProxies.parse(["10.0.0.1", "::/0"])}, "E005"),
        ({"RATE_LIMIT_LETTER": "five an hour"}, "E006"),
        ({"RATE_LIMIT_HANDSHAKE": "600/month"}, "E006"),
        ({"REST_FRAMEWORK": {"DEFAULT_THROTTLE_RATES": {"read": "1200"}}}, "E006"),
        *(
            ({"ACCOUNT_RATE_LIMITS": {**GOOD["ACCOUNT_RATE_LIMITS"], "login": rate}}, "E006")
            for rate in ("30/min", "30", "many/m/ip", "30/m/ip/x", "30/m/key", "30/m/ip,")
        ),
        ({"REDIS_URL": "redis://redis:6379/0"}, "W001"),
        ({"HTTPS": False}, "W002"),
        ({"TRUSTED_PROXIES": TrustedProxies(), "SECURE_SSL_REDIRECT": False}, "W003"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "W004"),
        ({"METRICS_TOKEN": "hunter2"}, "W005"),
        ({"ACCOUNT_RATE_LIMITS": {**GOOD["ACCOUNT_RATE_LIMITS"], "login_failed": None}}, "W006"),
        ({"RATE_LIMIT_LOGIN_UNFAMILIAR": ""}, "W006"),
    ],
)
def test_each_fault_has_its_id(settings: dict[str, Any], identity: str) -> None:
    assert found(**settings) == [f"taskengine.{identity}"]


@pytest.mark.parametrize(
    "settings",
    [
        {"REDIS_URL": ""},
        {"REDIS_URL": "redis://127.0.0.1:6379/0"},
        {"TRUSTED_PROXIES": TrustedProxies()},  # HTTPS_REDIRECT=1 says that the server itself ends TLS
        {"METRICS_TOKEN": "k" * 24},
        {"ACCOUNT_RATE_LIMITS": {**GOOD["ACCOUNT_RATE_LIMITS"], "login_failed": "9/s/ip, 5/300s/key"}},
        {"RATE_LIMIT_LETTER": "", "RATE_LIMIT_HANDSHAKE": ""},
        {**HERE, "DEBUG": True, "SECRET_KEY": "a" * 40, "REDIS_URL": "redis://redis:6379/0"},
    ],
)
def test_what_does_no_harm_where_it_stands_is_left_alone(settings: dict[str, Any]) -> None:
    assert found(**settings) == []


def test_a_refusal_names_all_that_is_at_fault() -> None:
    bad = override_settings(**{**GOOD, "DEBUG": True, "ALLOWED_HOSTS": ["*"]})
    with bad, pytest.raises(ImproperlyConfigured, match=r"(?s)taskengine\.E001.*taskengine\.E003"):
        checks.refuse_faults()
    with override_settings(**GOOD):
        checks.refuse_faults()
