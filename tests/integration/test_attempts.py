"""Who may write to a breakdown: one attempt at a time, and only while it is wanted."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connections, transaction

from ai.errors import PlannerTimeout
from realtime import outbox
from realtime.publisher import doorbell
from taskengine.accounts.models import User
from taskengine.engine.housekeeping import JOB_SWEEPS, SWEEPS, Housekeeper
from taskengine.planning import attempts, queries
from taskengine.planning.attempts import Attempt
from taskengine.planning.jobs import JOBS_TOPIC
from taskengine.planning.lifecycle import GIVE_UP_AFTER, MAX_TRIES
from taskengine.planning.models import Breakdown
from tests.support.breakdowns import STEPS, ask, claimed, error_of, fresh, plan, said, shape, types, work
from tests.support.people import events_of, make_person

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)
INSTANT = timedelta(microseconds=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(clock: time_machine.Traveller) -> User:
    """Somebody with a goal."""
    return make_person()


WRITES: dict[str, Callable[[Attempt], object]] = {
    "a step": lambda attempt: attempts.add_step(attempt, STEPS[2]),
    "the plan": lambda attempt: attempts.finish(attempt, plan(STEPS[:1])),
    "a failure": lambda attempt: attempts.fail(attempt, PlannerTimeout()),
    "a sign of life": attempts.extend,
    "a release": attempts.release,
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_an_attempt_that_wakes_up_late_writes_nothing(
    ada: User, clock: time_machine.Traveller, write: Callable[[Attempt], object]
) -> None:
    draft = ask(ada)
    asleep = claimed(draft)
    attempts.add_step(asleep, STEPS[0])
    clock.shift(LEASE)
    awake = claimed(draft)
    assert attempts.add_step(awake, STEPS[0])
    assert attempts.add_step(awake, STEPS[1])
    before, head = Breakdown.objects.values().get(), len(events_of(ada))

    assert not write(asleep)

    assert Breakdown.objects.values().get() == before
    assert len(events_of(ada)) == head
    assert attempts.finish(awake, plan())
    assert not write(asleep)
    assert shape(fresh(draft)) == ["sources", "outline<sources", "draft<outline", "proof<draft"]


def test_a_new_attempt_begins_afresh_and_says_so(ada: User, clock: time_machine.Traveller) -> None:
    draft = ask(ada)
    dead = claimed(draft)
    attempts.add_step(dead, STEPS[0])
    attempts.add_step(dead, STEPS[1])
    clock.shift(LEASE)
    work(draft)
    events = said(ada)
    assert types(events) == ["started", "started", "step", "step", "started", *["step"] * 4, "ready"]
    assert [len(event.data["breakdown"]["steps"]) for event in events] == [0, 0, 1, 2, 0, 1, 2, 3, 4, 4]
    assert fresh(draft).attempt == 2


def test_a_lease_is_somebodys_until_it_is_over_and_not_a_microsecond_longer(
    ada: User, clock: time_machine.Traveller
) -> None:
    draft = ask(ada)
    attempt = claimed(draft)
    clock.shift(LEASE - INSTANT)
    assert queries.waiting(limit=10, now=datetime.now(UTC)) == []
    assert attempts.claim(draft.id) is None
    assert attempts.extend(attempt)
    clock.shift(INSTANT)
    assert attempts.claim(draft.id) is None, "it was extended"
    clock.shift(LEASE - INSTANT)
    assert queries.waiting(limit=10, now=datetime.now(UTC)) == [draft.id]
    assert attempts.claim(draft.id) is not None


def test_a_step_extends_the_lease(ada: User, clock: time_machine.Traveller) -> None:
    draft = ask(ada)
    attempt = claimed(draft)
    clock.shift(LEASE - SECOND)
    attempts.add_step(attempt, STEPS[0])
    clock.shift(LEASE - SECOND)
    assert attempts.claim(draft.id) is None


def test_a_sign_of_life_is_no_event_and_no_version(ada: User) -> None:
    draft = ask(ada)
    attempt = claimed(draft)
    before, head = fresh(draft), len(events_of(ada))
    attempts.extend(attempt)
    assert (fresh(draft).version, fresh(draft).updated_at) == (before.version, before.updated_at)
    assert len(events_of(ada)) == head


def test_a_breakdown_that_kills_every_worker_is_given_up(ada: User, clock: time_machine.Traveller) -> None:
    draft = ask(ada)
    for _ in range(MAX_TRIES):
        attempts.add_step(claimed(draft), STEPS[0])
        clock.shift(LEASE)
    assert attempts.claim(draft.id) is None
    draft = fresh(draft)
    assert (draft.status, draft.attempt, draft.steps) == ("failed", MAX_TRIES, [])
    assert error_of(draft)["code"] == "ai_unavailable"
    assert types(said(ada))[-1] == "failed"


def test_a_worker_that_is_stopped_in_order_counts_as_no_death(ada: User) -> None:
    draft = ask(ada)
    for _ in range(MAX_TRIES * 2):
        attempts.release(claimed(draft))
    assert claimed(draft).number == MAX_TRIES * 2 + 1


def test_the_longest_waiting_is_first_and_what_is_over_waits_for_nobody(
    ada: User, clock: time_machine.Traveller
) -> None:
    drafts = []
    for number in range(3):
        drafts.append(ask(ada, f"Goal {number}"))
        clock.shift(SECOND)
    work(ask(ada, "Done already"))
    now = datetime.now(UTC)
    assert queries.waiting(limit=10, now=now) == [draft.id for draft in drafts]
    assert queries.waiting(limit=1, now=now, besides=[drafts[0].id]) == [drafts[1].id]


# --- Sweeps -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_no_worker_takes_is_given_up(ada: User, clock: time_machine.Traveller) -> None:
    draft, other = ask(ada), ask(ada)
    clock.shift(GIVE_UP_AFTER - INSTANT)
    assert not attempts.give_up(now=datetime.now(UTC))
    attempt = claimed(other)
    clock.shift(INSTANT)
    Housekeeper().sweep_all(SWEEPS, now=datetime.now(UTC))
    assert (fresh(draft).status, error_of(fresh(draft))["code"]) == ("failed", "ai_unavailable")
    assert attempts.add_step(attempt, STEPS[0]), "that one has a worker"


@pytest.mark.django_db(transaction=True)
def test_workers_are_told_again_of_what_none_of_them_took(ada: User, clock: time_machine.Traveller) -> None:
    draft = ask(ada)
    dead = ask(ada, "Another")
    claimed(dead)
    heard: list[str] = []
    unsubscribe = doorbell.subscribe(JOBS_TOPIC, heard.extend)
    try:
        keeper = Housekeeper()
        keeper.sweep_all(JOB_SWEEPS, now=datetime.now(UTC))
        assert heard == [], "it has only just been asked for"
        clock.shift(timedelta(seconds=30))
        keeper.sweep_all(JOB_SWEEPS, now=datetime.now(UTC))
        assert sorted(heard) == sorted([str(draft.id), str(dead.id)])
        keeper.sweep_all(JOB_SWEEPS, now=datetime.now(UTC))
        assert len(heard) == 2, "one message each is enough for a while"
    finally:
        unsubscribe()


# --- Two at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_it() -> None:
    draft = ask(make_person())
    start, taken = threading.Barrier(6), []

    def race() -> None:
        start.wait()
        try:
            if attempt := attempts.claim(draft.id):
                taken.append(attempt.number)
        finally:
            connections.close_all()

    racers = [threading.Thread(target=race) for _ in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert taken == [1]
    assert fresh(draft).attempt == 1


@pytest.mark.django_db(transaction=True)
def test_a_step_waits_for_whoever_writes_and_stands_behind_them() -> None:
    """The stream is taken first: a person's write and a worker's can't wait for each other in a circle."""
    ada = make_person()
    draft = ask(ada)
    attempt = claimed(draft)
    done = threading.Event()

    def add() -> None:
        try:
            attempts.add_step(attempt, STEPS[0])
        finally:
            done.set()
            connections.close_all()

    worker = threading.Thread(target=add)
    with transaction.atomic():
        outbox.lock_stream(ada.pk)
        worker.start()
        assert not done.wait(0.3)
        Breakdown.objects.select_for_update(nowait=True).get(id=draft.id)  # the worker has not got the row
    worker.join()
    assert types(said(ada))[-1] == "step"
