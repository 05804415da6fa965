"""The outbox: numbers without a gap, in the order of commits, whoever writes at once."""

import json
import random
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from realtime import outbox
from realtime.models import EventRow, Stream
from realtime.outbox import Draft, UnknownStream
from realtime.publisher import doorbell

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRANSACTIONAL = pytest.mark.django_db(transaction=True)


def new_stream() -> UUID:
    stream = uuid.uuid4()
    outbox.open_stream(stream)
    return stream


def draft(stream: UUID, name: str = "one", **data: Any) -> Draft:
    return Draft(
        stream=stream, type="note.added", at=NOON, actor=stream, op_id=None, data={"name": name, **data}
    )


def record(*drafts: Draft) -> None:
    """Record in a transaction, as a writer does: the streams are locked in the order of their ids."""
    with transaction.atomic():
        for stream in sorted({one.stream for one in drafts}):
            outbox.lock_stream(stream)
        outbox.record(drafts)


def numbers(stream: UUID) -> list[int]:
    return list(EventRow.objects.filter(stream_id=stream).order_by("seq").values_list("seq", flat=True))


@pytest.fixture
def rings() -> Iterator[list[list[Any]]]:
    """What the doorbell says of streams."""
    heard: list[list[Any]] = []
    unsubscribe = doorbell.subscribe(outbox.STREAMS_TOPIC, heard.extend)
    yield heard
    unsubscribe()


def at_once(actions: list[Callable[[], None]]) -> None:
    """Run each in a thread and connection of its own, started together."""
    start = threading.Barrier(len(actions))
    failures: list[BaseException] = []

    def run(action: Callable[[], None]) -> None:
        try:
            start.wait(10)
            action()
        except BaseException as error:  # noqa: BLE001 (the test's own thread raises it)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures, failures


# --- Recording ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 10, 2500])
def test_recording_takes_one_statement_however_many_events(count: int) -> None:
    streams = [new_stream() for _ in range(min(count, 20))]
    drafts = [draft(streams[number % len(streams)], str(number)) for number in range(count)]

    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        outbox.record(drafts)

    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 1
    for stream in streams:
        assert numbers(stream) == list(range(1, count // len(streams) + 1))


@pytest.mark.django_db
def test_nothing_to_record_is_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        outbox.record([])


@pytest.mark.django_db
def test_events_get_the_next_numbers_of_their_stream_in_the_order_given() -> None:
    one, other = new_stream(), new_stream()
    record(draft(one, "a"), draft(other, "x"), draft(one, "b"))
    record(draft(one, "c"))

    rows = EventRow.objects.filter(stream_id=one).order_by("seq")
    assert [(row.seq, row.data["name"]) for row in rows] == [(1, "a"), (2, "b"), (3, "c")]
    assert numbers(other) == [1]
    assert {stream: head.seq for stream, head in outbox.heads([one, other]).items()} == {one: 3, other: 1}


@pytest.mark.django_db
def test_what_moved_is_found_among_many_by_one_query(django_assert_num_queries: Any) -> None:
    same, ahead, behind, rebuilt, gone = new_stream(), new_stream(), new_stream(), new_stream(), uuid.uuid4()
    for stream in (same, ahead, behind, rebuilt):
        record(draft(stream), draft(stream))
    heads = outbox.heads([same, ahead, behind, rebuilt])
    known = [
        (same, 2, heads[same].epoch),
        (ahead, 3, heads[ahead].epoch),  # a ring was quicker than this query
        (behind, 1, heads[behind].epoch),
        (rebuilt, 2, "another history"),
        (gone, 2, heads[same].epoch),
        (behind, 0, ""),
    ]

    with django_assert_num_queries(1):
        moved = outbox.moved(known)

    found = heads[behind]
    assert sorted(moved, key=str) == sorted(
        [(behind, found), (behind, found), (rebuilt, heads[rebuilt]), (gone, None)], key=str
    )


@TRANSACTIONAL
def test_an_unknown_stream_is_refused_and_nothing_of_it_stays() -> None:
    known = new_stream()

    with pytest.raises(UnknownStream), transaction.atomic():
        outbox.record([draft(known), draft(uuid.uuid4())])

    assert numbers(known) == []
    assert outbox.heads([known])[known].seq == 0


@TRANSACTIONAL
def test_one_event_of_an_unknown_stream_fails_the_commit(rings: list[Any]) -> None:
    known = new_stream()

    def write() -> None:
        with transaction.atomic():
            outbox.record([draft(known)])
            outbox.record([draft(uuid.uuid4())])

    with pytest.raises(IntegrityError):
        write()

    assert numbers(known) == []
    assert rings == []


@TRANSACTIONAL
def test_an_event_outside_of_its_causes_transaction_is_refused() -> None:
    stream = new_stream()
    with pytest.raises(AssertionError, match="transaction of its cause"):
        outbox.record([draft(stream)])


@TRANSACTIONAL
def test_a_transaction_that_is_rolled_back_leaves_no_gap_and_rings_for_nothing(rings: list[Any]) -> None:
    stream = new_stream()
    record(draft(stream))
    with transaction.atomic():
        outbox.record([draft(stream), draft(stream)])
        transaction.set_rollback(True)
    record(draft(stream))

    assert numbers(stream) == [1, 2]
    assert [(first, last) for _, first, last, _ in rings] == [(1, 1), (2, 2)]


@TRANSACTIONAL
def test_many_writers_at_once_leave_no_gap_and_some_that_fail_leave_none_either() -> None:
    streams = [new_stream() for _ in range(3)]

    def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(15):
            try:
                with transaction.atomic():
                    outbox.record([draft(chance.choice(streams)) for _ in range(1)])
                    if chance.random() < 0.3:
                        raise RuntimeError
            except RuntimeError:
                pass

    at_once([lambda seed=seed: write(seed) for seed in range(8)])  # type: ignore[misc]

    for stream in streams:
        head = Stream.objects.get(id=stream).seq
        assert head > 0
        assert numbers(stream) == list(range(1, head + 1))


@TRANSACTIONAL
def test_a_lower_number_is_never_seen_after_a_higher_one() -> None:
    stream = new_stream()
    done = threading.Event()
    seen: list[int] = []

    def look() -> None:
        while not done.is_set():
            new = [
                seq
                for seq, _ in outbox.read([(stream, seen[-1] if seen else 0)])[
                    stream, seen[-1] if seen else 0
                ]
            ]
            # What is read from where one stands has no gap: nothing can be committed behind it.
            assert new == list(range((seen or [0])[-1] + 1, (seen or [0])[-1] + 1 + len(new)))
            seen.extend(new)

    def write() -> None:
        for _ in range(40):
            record(draft(stream), draft(stream))

    watcher = threading.Thread(target=lambda: at_once([look]))
    watcher.start()
    at_once([write] * 4)
    done.set()
    watcher.join(30)

    assert seen == list(range(1, len(seen) + 1))
    assert outbox.heads([stream])[stream].seq == 320


@TRANSACTIONAL
def test_numbers_are_in_the_order_of_commits() -> None:
    stream = new_stream()
    first_has_it, first_may_commit = threading.Event(), threading.Event()
    committed: list[str] = []

    def slow() -> None:
        with transaction.atomic():
            outbox.lock_stream(stream)
            outbox.record([draft(stream, "slow")])
            first_has_it.set()
            assert not first_may_commit.wait(0.3)  # the other one waits all the while
            assert committed == []
            committed.append("slow")  # now; after the commit the other one may be quicker to say so

    def quick() -> None:
        first_has_it.wait(10)
        record(draft(stream, "quick"))
        committed.append("quick")
        first_may_commit.set()

    at_once([slow, quick])

    assert committed == ["slow", "quick"]
    assert [row.data["name"] for row in EventRow.objects.order_by("seq")] == ["slow", "quick"]


# --- The doorbell ---------------------------------------------------------------------------------


@TRANSACTIONAL
def test_the_doorbell_rings_after_the_commit_and_not_before(rings: list[Any]) -> None:
    stream = new_stream()
    with transaction.atomic():
        outbox.record([draft(stream, "a"), draft(stream, "b")])
        assert rings == []

    ((name, first, last, carried),) = rings
    assert (name, first, last) == (str(stream), 1, 2)
    assert [json.loads(event)["data"]["name"] for event in carried] == ["a", "b"]


@TRANSACTIONAL
def test_a_ring_carries_what_a_reader_would_find(rings: list[Any]) -> None:
    stream = new_stream()
    record(draft(stream, "Grüße, 世界", number=1.5, none=None, nested={"list": [1, 2]}))

    ((_, _, _, (carried,)),) = rings
    ((seq, read),) = outbox.read([(stream, 0)])[stream, 0]
    assert seq == 1
    assert json.loads(carried) == json.loads(read)


@TRANSACTIONAL
@pytest.mark.parametrize(
    ("drafts", "carried"),
    [(50, True), (51, False)],
)
def test_a_ring_carries_few_events_and_only_announces_many(
    rings: list[Any], drafts: int, carried: bool
) -> None:
    stream = new_stream()
    record(*(draft(stream) for _ in range(drafts)))

    ((_, first, last, encoded),) = rings
    assert (first, last) == (1, drafts)
    assert (encoded is not None) is carried


@TRANSACTIONAL
def test_a_ring_does_not_carry_what_is_large(rings: list[Any]) -> None:
    stream = new_stream()
    record(draft(stream, "x" * 33_000))
    assert rings == [[str(stream), 1, 1, None]]


@TRANSACTIONAL
def test_a_listener_that_raises_harms_neither_the_write_nor_the_other_listeners(
    rings: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(messages: list[Any]) -> None:
        raise RuntimeError("no")

    stream = new_stream()
    heard: list[Any] = []
    unsubscribe = [
        doorbell.subscribe(outbox.STREAMS_TOPIC, fail),
        doorbell.subscribe(outbox.STREAMS_TOPIC, heard.extend),
    ]
    try:
        record(draft(stream))
    finally:
        for end in unsubscribe:
            end()

    assert numbers(stream) == [1]
    assert len(rings) == len(heard) == 1
    assert "listener" in caplog.text


# --- Reading --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_any_number_of_readers_is_served_by_one_query(django_assert_num_queries: Any) -> None:
    one, other, silent = new_stream(), new_stream(), new_stream()
    record(*(draft(one) for _ in range(3)), draft(other))

    with django_assert_num_queries(1):
        found = outbox.read([(one, 0), (one, 2), (other, 0), (silent, 0), (other, 9)])

    assert {pair: [seq for seq, _ in rows] for pair, rows in found.items()} == {
        (one, 0): [1, 2, 3],
        (one, 2): [3],
        (other, 0): [1],
        (silent, 0): [],
        (other, 9): [],
    }


@pytest.mark.django_db
def test_one_read_brings_no_more_than_its_limit_of_each_stream() -> None:
    one, other = new_stream(), new_stream()
    record(*(draft(stream) for stream in (one, other) for _ in range(outbox.READ_LIMIT + 5)))

    found = outbox.read([(one, 0), (other, 3)])

    assert [seq for seq, _ in found[one, 0]] == list(range(1, outbox.READ_LIMIT + 1))
    assert [seq for seq, _ in found[other, 3]] == list(range(4, outbox.READ_LIMIT + 4))


@pytest.mark.django_db
def test_a_stream_that_exists_is_not_opened_afresh() -> None:
    stream = new_stream()
    record(draft(stream))
    epoch = outbox.heads([stream])[stream].epoch

    outbox.open_stream(stream)

    assert (outbox.heads([stream])[stream].seq, outbox.heads([stream])[stream].epoch) == (1, epoch)


@pytest.mark.django_db
def test_a_closed_stream_is_gone_with_all_its_events() -> None:
    stream, other = new_stream(), new_stream()
    record(draft(stream))
    record(draft(other))

    with transaction.atomic():
        outbox.close_streams([stream])

    assert outbox.heads([stream]) == {}
    assert numbers(stream) == []
    assert numbers(other) == [1]
