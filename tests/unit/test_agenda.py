"""The next second in memory: what is taken in which order, and what is kept of the drafts."""

import math
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from realtime.envelope import Sketch
from taskengine.engine import agenda as agenda_module
from taskengine.engine.agenda import Agenda
from taskengine.tasks.claims import Coming, Miss

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADA, EVE, ZOE = (UUID(int=number << 120) for number in (1, 5, 9))


def coming(number: int, *, owner: UUID = ADA, in_s: float = 0, version: int = 1) -> Coming:
    return Coming(
        id=UUID(int=number), owner_id=owner, version=version, deadline=NOON + timedelta(seconds=in_s)
    )


def draft(one: Coming, *, chars: int = 10) -> Miss:
    return Miss(
        task_id=one.id, owner_id=one.owner_id, version=one.version, deadline=one.deadline,
        event_id=UUID(int=one.id.int + 1000), sketch=Sketch("", ""), data="x" * chars,
    )  # fmt: skip


def numbers(batch: list[Coming]) -> list[int]:
    return [one.id.int for one in batch]


@pytest.fixture
def agenda() -> Agenda:
    """One that begins a burst with Ada."""
    made = Agenda()
    made._first_owner = 0
    return made


def test_it_knows_the_next_instant(agenda: Agenda) -> None:
    assert (agenda.next_at, agenda.is_empty) == (None, True)
    agenda.replace([coming(1, in_s=1), coming(2, in_s=2)])
    assert (agenda.next_at, agenda.is_empty) == (NOON + timedelta(seconds=1), False)
    assert agenda.take_due(now=NOON) == []


def test_what_is_due_is_taken_at_its_very_instant_and_once(agenda: Agenda) -> None:
    agenda.replace([coming(1), coming(2, in_s=0.001)])
    assert numbers(agenda.take_due(now=NOON)) == [1]
    assert numbers(agenda.take_due(now=NOON)) == []
    assert numbers(agenda.take_due(now=NOON + timedelta(seconds=1))) == [2]


def test_a_burst_is_taken_stream_by_stream_each_in_its_order(agenda: Agenda) -> None:
    agenda.replace([coming(1, owner=ZOE), coming(2, owner=EVE), coming(3, owner=ZOE), coming(4, owner=ADA)])
    assert numbers(agenda.take_due(now=NOON)) == [4, 2, 1, 3]


def test_replicas_begin_with_different_streams(agenda: Agenda) -> None:
    agenda._first_owner = EVE.int
    agenda.replace([coming(1, owner=ADA), coming(2, owner=EVE), coming(3, owner=ZOE)])
    assert numbers(agenda.take_due(now=NOON)) == [2, 3, 1]
    assert len({Agenda()._first_owner for _ in range(10)}) == 10


def test_a_stream_is_in_one_batch_if_it_fits(agenda: Agenda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda_module, "BATCH_TASKS", 3)
    agenda.replace(
        [
            coming(1),
            coming(2),
            *(coming(3 + n, owner=EVE) for n in range(2)),
            *(coming(10 + n, owner=ZOE) for n in range(7)),
        ]
    )
    batches = []
    while batch := agenda.take_due(now=NOON):
        batches.append(numbers(batch))
    assert batches == [[1, 2], [3, 4], [10, 11, 12], [13, 14, 15], [16]]


def test_what_is_not_drafted_is_taken_in_smaller_batches(
    agenda: Agenda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda_module, "UNDRAFTED_TASKS", 2)
    drafted = [coming(number, owner=ADA) for number in range(1, 4)]
    agenda.replace([*drafted, *(coming(10 + n, owner=EVE) for n in range(2)), coming(20, owner=ZOE)])
    agenda.add(draft(one) for one in drafted)
    assert numbers(agenda.take_due(now=NOON)) == [1, 2, 3, 10, 11]
    assert numbers(agenda.take_due(now=NOON)) == [20]


def test_drafts_are_asked_for_once_nearest_deadline_first(agenda: Agenda) -> None:
    agenda.replace([coming(1), coming(2, in_s=1), coming(3, in_s=2)])
    assert [one.int for one in agenda.undrafted(2)] == [1, 2]
    assert [one.int for one in agenda.undrafted(2)] == [3]
    assert agenda.undrafted(2) == []


def test_a_draft_is_kept_while_its_version_holds(agenda: Agenda) -> None:
    first, second = coming(1, in_s=1), coming(2, in_s=1)
    agenda.replace([first, second])
    agenda.add([draft(first), draft(second)])
    changed = coming(2, in_s=1, version=2)
    agenda.replace([first, changed])
    assert agenda.undrafted(9) == [changed.id]
    batch = agenda.take_due(now=NOON + timedelta(seconds=1))
    assert agenda.lacks(batch) == [changed.id]
    assert agenda.take_drafts(batch) == [draft(first)]
    assert agenda.take_drafts(batch) == []


def test_what_is_due_is_no_longer_drafted_ahead(agenda: Agenda) -> None:
    agenda.replace([coming(1), coming(2, in_s=1)])
    agenda.take_due(now=NOON)
    assert [one.int for one in agenda.undrafted(9)] == [2]


def test_drafts_take_only_so_much_memory(agenda: Agenda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda_module, "MAX_DRAFTED_CHARS", 100)
    tasks = [coming(number, in_s=number) for number in range(1, 4)]
    agenda.replace(tasks)
    agenda.undrafted(1)
    agenda.add([draft(tasks[0], chars=100)])
    assert agenda.undrafted(1) == []
    agenda.take_drafts(tasks[:1])
    assert agenda.undrafted(1) == [tasks[1].id]


def test_a_stream_that_is_held_is_left_alone_and_comes_first_in_its_order(agenda: Agenda) -> None:
    first, second = coming(1), coming(3, in_s=1)
    agenda.replace([first, coming(2, owner=EVE), second, coming(4, owner=EVE, in_s=1)])
    assert numbers(agenda.take_due(now=NOON)) == [1, 2]
    agenda.hold([first], until=7.0)
    assert numbers(agenda.take_due(now=NOON + timedelta(seconds=1))) == [4]
    assert (agenda.held, agenda.release_at) == ([ADA], 7.0)
    assert not agenda.release(now=6.9)
    assert agenda.release(now=7.0)
    assert numbers(agenda.take_due(now=NOON + timedelta(seconds=1))) == [1, 3]
    assert (agenda.held, agenda.release_at) == ([], math.inf)


def test_the_rest_of_a_large_stream_is_held_with_it(agenda: Agenda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda_module, "BATCH_TASKS", 2)
    tasks = [coming(number) for number in range(1, 5)]
    agenda.replace([*tasks, coming(9, owner=EVE)])
    assert numbers(agenda.take_due(now=NOON)) == [1, 2]
    agenda.hold(tasks[:2], until=1.0)
    assert numbers(agenda.take_due(now=NOON)) == [9]
    agenda.release(now=1.0)
    assert numbers(agenda.take_due(now=NOON)) == [1, 2]
    assert numbers(agenda.take_due(now=NOON)) == [3, 4]


def test_each_stream_that_is_held_has_its_own_time(agenda: Agenda) -> None:
    """Streams that are held one after the other must not keep the first one waiting for ever."""
    agenda.hold([coming(1)], until=1.0)
    agenda.hold([coming(2, owner=EVE), coming(3)], until=2.0)
    assert agenda.release(now=1.0)
    assert numbers(agenda.take_due(now=NOON)) == [1, 3]
    assert agenda.held == [EVE]


def test_a_new_look_shows_what_is_held_afresh(agenda: Agenda) -> None:
    agenda.hold([coming(1), coming(2)], until=1.0)
    agenda.replace([coming(2, version=2), coming(3)])
    assert agenda.take_due(now=NOON) == []
    agenda.release(now=1.0)
    assert [(one.id.int, one.version) for one in agenda.take_due(now=NOON)] == [(2, 2), (3, 1)]
