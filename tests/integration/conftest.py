"""What all tests with a database share."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine

from taskengine import clock as database_clock

if TYPE_CHECKING:
    from taskengine.accounts.models import User
    from tests.support.accounts import AppClient

NOON: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _unmeasured_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see what another one found out of the database's clock."""
    monkeypatch.setattr(database_clock._clock, "_offset_s", 0.0)
    monkeypatch.setattr(database_clock._clock, "_error_s", math.inf)


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    """Hash passwords at once: the real hasher takes half a second each time, which is its point."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(clock: time_machine.Traveller) -> "AppClient":
    """Ada's client."""
    from tests.support.accounts import signed_up  # Django is set up after this file is read

    return signed_up()


@pytest.fixture
def ada(client: "AppClient") -> "User":
    """Ada."""
    from taskengine.accounts.models import User

    return User.objects.get()
