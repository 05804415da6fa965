"""Old events leave in batches, nobody waits for it, and nobody misses anything by it."""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from realtime import outbox, retention
from realtime.models import EventRow, Stream
from realtime.outbox import Draft
from realtime.retention import Walk, trim
from taskengine.engine import housekeeping

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LONG_AGO = NOW - 365 * DAY
MANY = 10_000
TRANSACTIONAL = pytest.mark.django_db(transaction=True)


def new_stream(*ages: timedelta) -> UUID:
    """Make a stream with an event of each age."""
    stream = uuid.uuid4()
    outbox.open_stream(stream)
    write(stream, len(ages))
    for seq, age in enumerate(ages, start=1):
        EventRow.objects.filter(stream_id=stream, seq=seq).update(recorded_at=NOW - age)
    return stream


def write(stream: UUID, count: int = 1) -> None:
    draft = Draft(stream=stream, type="note.added", at=NOW, actor=None, op_id=None, data={"note": {}})
    with transaction.atomic():
        outbox.lock_stream(stream)
        outbox.record([draft] * count)


def trim_all(*, before: datetime = LONG_AGO, keep: int = MANY) -> int:
    """Trim until there is nothing to trim; return how many events left."""
    events, after = 0, None
    while True:
        trimmed = trim(before=before, keep=keep, after=after)
        events, after = events + trimmed.events, trimmed.after
        if after is None:
            return events


def kept(stream: UUID) -> tuple[int, list[int]]:
    """Return `min_seq` and the numbers that are there."""
    rows = EventRow.objects.filter(stream_id=stream).order_by("seq")
    return outbox.heads([stream])[stream].min_seq, list(rows.values_list("seq", flat=True))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "STREAMS_IN_LOOK", 3)
    monkeypatch.setattr(retention, "STREAMS_IN_BATCH", 2)
    monkeypatch.setattr(retention, "EVENTS_OF_STREAM_IN_BATCH", 4)


# --- What leaves ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_too_old_leaves_and_the_stream_says_from_where_on_it_can_be_read() -> None:
    stream = new_stream(31 * DAY, 30 * DAY + HOUR, 30 * DAY - HOUR, DAY)

    assert trim_all(before=NOW - 30 * DAY) == 2

    assert kept(stream) == (3, [3, 4])
    assert outbox.heads([stream])[stream].seq == 4
    assert trim_all(before=NOW - 30 * DAY) == 0


@pytest.mark.django_db
def test_what_is_too_many_leaves_and_the_latest_stay() -> None:
    stream, other = new_stream(*[DAY] * 10), new_stream(*[DAY] * 3)

    assert trim_all(keep=3) == 7

    assert kept(stream) == (8, [8, 9, 10])
    assert kept(other) == (1, [1, 2, 3])


@pytest.mark.django_db
def test_a_stream_of_which_all_is_old_keeps_its_numbers() -> None:
    stream = new_stream(40 * DAY, 40 * DAY)
    trim_all(before=NOW - 30 * DAY)
    assert kept(stream) == (3, [])
    head = outbox.heads([stream])[stream]
    assert head.continues(since=2, epoch=head.epoch)
    assert not head.continues(since=1, epoch=head.epoch)

    write(stream)

    assert kept(stream) == (3, [3])


@pytest.mark.django_db
def test_an_old_event_that_was_recorded_after_a_younger_one_takes_that_along() -> None:
    # A transaction that began earlier may commit later, by as long as it lasts.
    stream = new_stream(30 * DAY + HOUR, 30 * DAY - HOUR, 30 * DAY + HOUR, DAY)
    trim_all(before=NOW - 30 * DAY)
    assert kept(stream) == (4, [4])


@pytest.mark.django_db
def test_however_many_there_are_batch_by_batch_all_of_it_leaves(small_batches: None) -> None:
    streams = [new_stream(*[40 * DAY] * (number % 12), DAY) for number in range(17)]

    assert trim_all(before=NOW - 30 * DAY) == sum(number % 12 for number in range(17))

    assert [kept(stream)[1] for stream in streams] == [[number % 12 + 1] for number in range(17)]


# --- What it costs --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 30])
def test_a_batch_is_one_statement_however_much_there_is(count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        new_stream(*[40 * DAY] * 3)
    with django_assert_num_queries(1):
        trim(before=NOW - 30 * DAY, keep=MANY)


@pytest.mark.django_db
def test_a_batch_is_bounded() -> None:
    for _ in range(3):
        new_stream(*[40 * DAY] * (retention.EVENTS_OF_STREAM_IN_BATCH + 5))
    trimmed = trim(before=NOW - 30 * DAY, keep=MANY)
    assert trimmed.events == 3 * retention.EVENTS_OF_STREAM_IN_BATCH
    assert trimmed.after is not None


@pytest.mark.django_db
def test_it_goes_by_the_keys_and_reads_no_table_whole() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO realtime_stream (id, epoch, seq, min_seq)"
            " SELECT gen_random_uuid(), 'e', 2, 1 FROM generate_series(1, 40000)"
        )
        cursor.execute(
            "INSERT INTO realtime_event (stream_id, seq, id, type, at, data, recorded_at)"
            " SELECT s.id, n, gen_random_uuid(), 'note.added', now(), '{}', now() - interval '1 day' * (17 - n)"
            " FROM realtime_stream AS s CROSS JOIN generate_series(1, 2) AS n"
        )
        cursor.execute("ANALYZE realtime_stream, realtime_event")
        with CaptureQueriesContext(connection) as captured:
            trim(before=datetime.now(UTC) - 15 * DAY, keep=MANY)
        cursor.execute("EXPLAIN " + captured[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan, plan
    assert "realtime_stream_pkey" in plan
    assert "realtime_event_pkey" in plan


# --- Beside those who write and read ---------------------------------------------------------------


@TRANSACTIONAL
def test_a_stream_that_is_written_to_is_passed_over_and_nobody_waits() -> None:
    busy, quiet = new_stream(40 * DAY, DAY), new_stream(40 * DAY, DAY)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            outbox.lock_stream(busy)
            locked.set()
            done.wait(10)
        connection.close()

    writer = threading.Thread(target=hold)
    writer.start()
    locked.wait(10)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1ms'")
            assert trim_all(before=NOW - 30 * DAY) == 1
    finally:
        done.set()
        writer.join()

    assert (kept(busy)[0], kept(quiet)[0]) == (1, 2)
    assert trim_all(before=NOW - 30 * DAY) == 1


@TRANSACTIONAL
def test_two_that_trim_at_once_and_writers_between_leave_no_gap(small_batches: None) -> None:
    streams = [new_stream(*[40 * DAY] * 30) for _ in range(4)]
    failures: list[BaseException] = []

    def run(act: Any) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 (the test's own thread raises it)
            failures.append(error)
        finally:
            connection.close()

    def write_all() -> None:
        for _ in range(20):
            for stream in streams:
                write(stream)

    threads = [
        threading.Thread(target=run, args=[act])
        for act in (lambda: trim_all(before=NOW - 30 * DAY), lambda: trim_all(keep=10), write_all)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures, failures

    trim_all(before=NOW - 30 * DAY)
    for stream in streams:
        min_seq, numbers = kept(stream)
        assert numbers == list(range(min_seq, 51))
        assert min_seq >= 31


# --- When -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_walk_goes_through_all_and_then_rests(small_batches: None) -> None:
    for _ in range(10):
        new_stream(40 * DAY, DAY)
    walk = Walk(max_age=30 * DAY, keep=MANY, interval=HOUR)

    steps = 1
    while walk.step(now=NOW):
        steps += 1
    assert EventRow.objects.count() == 10
    assert 4 <= steps <= 20

    Stream.objects.all().delete()
    late = new_stream(40 * DAY)
    assert not walk.step(now=NOW + HOUR - timedelta(seconds=1))
    assert kept(late)[1] == [1]
    walk.step(now=NOW + HOUR)
    assert kept(late)[1] == []


@TRANSACTIONAL
def test_housekeeping_trims_by_the_settings(settings: Any) -> None:
    assert (settings.EVENTS_MAX_AGE, settings.EVENTS_MAX_PER_STREAM) == (30 * DAY, 10_000)
    stream = new_stream(31 * DAY, 29 * DAY)
    housekeeping.Housekeeper().sweep_all(housekeeping.SWEEPS, now=NOW)
    assert kept(stream) == (2, [2])


@pytest.fixture(autouse=True)
def _walk_of_its_own(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The process's own walk remembers when it went."""
    fresh = Walk(max_age=settings.EVENTS_MAX_AGE, keep=settings.EVENTS_MAX_PER_STREAM, interval=HOUR)
    monkeypatch.setattr(housekeeping, "_walk", fresh)
