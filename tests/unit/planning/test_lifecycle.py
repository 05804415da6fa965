"""Which breakdowns a client keeps, at the exact boundaries."""

from datetime import UTC, datetime, timedelta

import pytest

from taskengine.planning.lifecycle import CLOSED, PENDING, SNAPSHOT_AGE, Status, in_snapshot

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize("status", Status)
def test_what_is_not_closed_belongs_for_seven_days(status: Status) -> None:
    belongs = status not in (Status.APPLIED, Status.CANCELLED)
    assert in_snapshot(status=status, updated_at=NOW, now=NOW) is belongs
    assert in_snapshot(status=status, updated_at=NOW - timedelta(days=7) + INSTANT, now=NOW) is belongs
    assert not in_snapshot(status=status, updated_at=NOW - timedelta(days=7), now=NOW)


def test_nothing_is_closed_and_in_line_at_once() -> None:
    assert not set(CLOSED) & set(PENDING)
    assert timedelta(days=7) == SNAPSHOT_AGE
