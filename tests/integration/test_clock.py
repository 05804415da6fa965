"""Measuring the database's clock on a real connection."""

import time

import pytest
from django.db import connection

from taskengine import clock


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_slow_to_open_does_not_set_the_clock_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect = connection.connect

    def slow_connect() -> None:
        connect()
        time.sleep(0.2)  # PostgreSQL answers at the end of what was waited for

    connection.close()
    monkeypatch.setattr(connection, "connect", slow_connect)
    clock.measure()
    assert abs(clock._clock.offset_s) < 0.02
