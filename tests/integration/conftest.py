"""What all tests with a database share."""

import math
from typing import Any

import pytest

from taskengine import clock


@pytest.fixture(autouse=True)
def _unmeasured_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see what another one found out of the database's clock."""
    monkeypatch.setattr(clock._clock, "_offset_s", 0.0)
    monkeypatch.setattr(clock._clock, "_error_s", math.inf)


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    """Hash passwords at once: the real hasher takes half a second each time, which is its point."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
