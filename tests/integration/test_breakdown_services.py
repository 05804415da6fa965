"""What a person does with a breakdown, and what is told of it."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from ai.errors import QuotaExceeded
from ai.plans import Action, Note, Verdict
from taskengine.accounts.models import User
from taskengine.accounts.services import purge_guests
from taskengine.planning import applying, attempts, queries, services, step_services
from taskengine.planning.briefs import remark
from taskengine.planning.budget import budget_of, forget_days_gone_by
from taskengine.planning.errors import (
    BreakdownClosed,
    BreakdownNotFound,
    BreakdownNotReady,
    BudgetExhausted,
    StepNotFound,
    TooManySteps,
)
from taskengine.planning.lifecycle import Status, in_snapshot
from taskengine.planning.models import Breakdown, Charge
from taskengine.planning.outline import MAX_STEPS
from taskengine.planning.payloads import breakdown_payload
from taskengine.tasks.errors import TaskNotFound
from tests.support.breakdowns import (
    STEPS,
    ask,
    call,
    claimed,
    fresh,
    misfit_of,
    plan,
    planned,
    ready,
    said,
    shape,
    step,
    types,
    work,
)
from tests.support.people import events_of, make_person, make_task, purge_deleted

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday; hours are nine to five in UTC
FRIDAY_FIVE = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Monday noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada() -> User:
    """Somebody with goals."""
    return make_person()


# --- Asking -------------------------------------------------------------------------------------


def test_a_breakdown_of_a_task_takes_from_it_what_is_not_said(ada: User) -> None:
    task = make_task(ada, "Write my thesis", notes="On trees", deadline=FRIDAY_FIVE)
    draft = ask(ada, None, task_id=task.id)
    assert (draft.goal, draft.notes, draft.deadline, draft.status) == (
        "Write my thesis", "On trees", FRIDAY_FIVE, "queued",
    )  # fmt: skip
    other = ask(ada, "Write it", task_id=task.id, notes="", deadline=NOON + HOUR)
    assert (other.goal, other.notes, other.deadline) == ("Write it", "", NOON + HOUR)


def test_nobody_breaks_a_strangers_task_down(ada: User) -> None:
    task = make_task(make_person("eve"), "Eve's own")
    with pytest.raises(TaskNotFound):
        ask(ada, None, task_id=task.id)
    assert not Breakdown.objects.exists()


def test_everything_is_told_in_order_with_the_whole_breakdown(ada: User) -> None:
    draft = ready(ada, deadline=FRIDAY_FIVE)
    events = said(ada)
    assert types(events) == ["started", "started", "step", "step", "step", "step", "ready"]
    assert [event.seq for event in events] == [1, 2, 3, 4, 5, 6, 7]
    assert [event.data["breakdown"]["version"] for event in events] == [1, 2, 3, 4, 5, 6, 7]
    assert [event.data["breakdown"]["attempt"] for event in events] == [0, 1, 1, 1, 1, 1, 1]
    assert [event.data["breakdown"]["status"] for event in events] == [
        "queued", "generating", "generating", "generating", "generating", "generating", "ready",
    ]  # fmt: skip
    assert [event.data.get("step") for event in events[2:6]] == ["sources", "outline", "draft", "proof"]
    assert [len(event.data["breakdown"]["steps"]) for event in events] == [0, 0, 1, 2, 3, 4, 4]
    assert events[-1].data == {"breakdown": breakdown_payload(draft)}
    assert events[0].op_id is not None
    assert {event.op_id for event in events[1:]} == {None}, "nobody asked for each of them"


def test_what_is_asked_of_gemini_counts_until_the_day_is_over(
    ada: User, settings: Any, clock: time_machine.Traveller
) -> None:
    settings.GEMINI_API_KEY, settings.AI_BUDGET_PER_DAY = "a key", 3
    draft = work(ask(ada))
    draft = work(call(ada, services.regenerate, draft))
    draft = work(call(ada, services.split_step, draft, key="draft"), plan([planned("a", "Begin it")]))
    asking: list[Callable[[], Breakdown]] = [
        lambda: ask(ada),
        lambda: call(ada, services.regenerate, draft),
        lambda: call(ada, services.split_step, draft, key="sources"),
    ]
    for ask_again in asking:
        with pytest.raises(BudgetExhausted) as refused:
            ask_again()
        assert refused.value.retry_after_s == 12 * 3600
    assert fresh(draft).status == "ready"
    ask(make_person("eve"))  # everybody has their own
    clock.move_to(datetime(2026, 11, 24, tzinfo=UTC))
    assert ask(ada).planner == "gemini"
    assert forget_days_gone_by(now=datetime.now(UTC))
    assert Charge.objects.filter(owner=ada).count() == Charge.objects.count() == 1, "yesterday's are not kept"


def test_many_accounts_are_no_way_round_the_budget(ada: User, settings: Any) -> None:
    settings.GEMINI_API_KEY, settings.AI_BUDGET_PER_DAY = "a key", 2
    settings.AI_BUDGET_PER_DAY_OF_ALL = 3
    ask(ada)
    ask(ada)
    ada.delete()  # takes the account, and gives no money back
    eve, ben = make_person("eve"), make_person("ben")
    assert budget_of(owner_id=eve.pk, now=NOON).left == 1
    ask(eve)
    assert [budget_of(owner_id=one.pk, now=NOON).left for one in (eve, ben)] == [0, 0]
    for one in (eve, ben):
        with pytest.raises(BudgetExhausted):
            ask(one)
    assert budget_of(owner_id=eve.pk, now=NOON + timedelta(hours=12)).left == 2


def test_what_costs_nothing_does_not_count(ada: User, settings: Any) -> None:
    settings.AI_BUDGET_PER_DAY = 0
    assert ask(ada).planner == "offline"
    settings.GEMINI_API_KEY = "a key"
    guest = make_person("guest", is_guest=True)
    assert ask(guest).planner == "offline"
    assert not Charge.objects.exists()


# --- Editing ------------------------------------------------------------------------------------


def test_a_step_is_changed_locked_moved_added_and_left_out(ada: User) -> None:
    draft = ready(ada, deadline=FRIDAY_FIVE)
    draft = call(
        ada, step_services.edit_step, draft, key="sources", fields={"title": "Find sources", "locked": True}
    )
    assert (step(draft, "sources")["title"], step(draft, "sources")["locked"]) == ("Find sources", True)
    draft = call(ada, step_services.edit_step, draft, key="draft", fields={"estimate_min": 60})
    assert step(draft, "sources")["starts_at"] == "2026-11-27T12:00:00.000000Z", "the calendar followed"
    draft = call(
        ada, step_services.add_step, draft, fields={"title": "Ask Ben", "estimate_min": 30, "after": None}
    )
    assert shape(draft)[0] == "step-5"
    assert step(draft, "step-5")["locked"], "what a person wrote stays"
    draft = call(ada, step_services.edit_step, draft, key="step-5", fields={"after": "sources"})
    draft = call(ada, step_services.remove_step, draft, key="outline")
    assert shape(draft) == ["sources", "step-5", "draft<sources", "proof<draft"]
    events = said(ada, after=7)
    assert types(events) == ["updated"] * 5
    assert [event.data.get("step") for event in events] == ["sources", "draft", "step-5", "step-5", None]
    assert [event.data["breakdown"]["version"] for event in events] == [8, 9, 10, 11, 12]


def test_an_edit_that_changes_nothing_tells_nothing(ada: User) -> None:
    draft = ready(ada, deadline=FRIDAY_FIVE)
    call(ada, step_services.edit_step, draft, key="sources", fields={"title": "Collect ten sources"})
    call(ada, services.update_breakdown, draft, fields={"deadline": FRIDAY_FIVE})
    assert fresh(draft).version == draft.version
    assert types(said(ada))[-1] == "ready"


def test_a_fix_can_be_taken_up_as_it_is(ada: User) -> None:
    draft = ready(ada, deadline=NOON + 6 * HOUR)
    deadline = datetime.fromisoformat(misfit_of(draft)["fixes"][0]["deadline"])
    moved = call(ada, services.update_breakdown, draft, fields={"deadline": deadline})
    assert (moved.misfit, moved.steps[-1]["deadline"]) == (None, "2026-11-24T12:00:00.000000Z")
    dropped = call(
        ada, services.update_breakdown, draft, fields={"deadline": NOON + 6 * HOUR}, drop=["draft", "proof"]
    )
    assert dropped.misfit is None
    assert shape(dropped) == ["sources", "outline<sources"]


@pytest.mark.parametrize("key", ["draft", "no-such-step"])
def test_a_step_that_is_not_there_costs_nobody_anything(ada: User, settings: Any, key: str) -> None:
    settings.GEMINI_API_KEY = "a key"
    draft = ready(ada, steps=[planned("other", "Do something else")])
    with pytest.raises(StepNotFound):
        call(ada, services.split_step, draft, key=key)
    assert Charge.objects.count() == 1


def test_splits_do_not_make_a_draft_grow_without_end(ada: User, settings: Any) -> None:
    settings.GEMINI_API_KEY, settings.AI_BUDGET_PER_DAY = "a key", 100
    draft = ready(ada)
    for number in range(14):  # each puts five in the place of one
        draft = call(ada, services.split_step, draft, key=draft.steps[0]["key"], granularity=2)
        draft = work(
            draft, plan([planned(f"p{number}-{part}", f"Do part {part} of {number}") for part in range(5)])
        )
    with pytest.raises(TooManySteps):
        call(ada, services.split_step, draft, key=draft.steps[0]["key"], granularity=2)
    assert len(draft.steps) == MAX_STEPS
    assert fresh(draft).status == "ready"
    assert Charge.objects.count() == 1 + 14, "what was refused costs nothing"


def test_a_draft_that_is_full_of_locked_steps_is_not_made_anew(ada: User) -> None:
    draft = ready(ada)
    full = [{**draft.steps[0], "key": f"s{number}", "locked": True} for number in range(MAX_STEPS)]
    Breakdown.objects.filter(id=draft.id).update(steps=full)
    with pytest.raises(TooManySteps):
        call(ada, services.regenerate, draft)
    Breakdown.objects.filter(id=draft.id).update(steps=full[1:])
    draft = call(ada, services.regenerate, draft)
    assert claimed(draft).brief.band().most == 1


@pytest.mark.parametrize(
    ("asked", "made", "then"),
    [(None, "en", None), ("en", "en", None), ("de", "de", "de"), (None, "de", "de")],
)
def test_another_goal_brings_its_own_language_unless_another_was_asked_for(
    ada: User, asked: str | None, made: str, then: str | None
) -> None:
    draft = work(ask(ada, language=asked), plan(language=made))
    assert draft.language == made
    notes = call(ada, services.update_breakdown, draft, fields={"notes": "Auf Deutsch."})
    assert notes.language == made, "the goal is the same"
    draft = work(ask(ada, language=asked), plan(language=made))
    draft = call(ada, services.update_breakdown, draft, fields={"goal": "Meine Masterarbeit schreiben"})
    assert claimed(call(ada, services.regenerate, draft)).brief.language == then


# --- Making anew --------------------------------------------------------------------------------


def test_locked_steps_stay_when_the_rest_is_made_anew(ada: User) -> None:
    draft = ready(ada, deadline=FRIDAY_FIVE)
    draft = call(ada, step_services.edit_step, draft, key="outline", fields={"locked": True})
    draft = call(ada, services.regenerate, draft, granularity=2, context="I have a week", answers=[])
    assert (draft.status, shape(draft), draft.granularity) == ("queued", ["outline"], 2)
    attempt = claimed(draft)
    assert [one.key for one in attempt.brief.locked] == ["outline"]
    assert (attempt.number, attempt.brief.granularity, attempt.brief.context) == (2, 2, "I have a week")
    made = [planned("read", "Read three books"), planned("write", "Write it all down", "outline", "read")]
    attempts.add_step(attempt, made[0])
    assert shape(fresh(draft)) == ["read", "outline"]
    attempts.add_step(attempt, made[1])
    attempts.finish(attempt, plan(made))
    draft = fresh(draft)
    assert shape(draft) == ["read", "outline", "write<outline,read"]
    assert (draft.status, step(draft, "outline")["locked"]) == ("ready", True)
    assert draft.steps[-1]["deadline"] == "2026-11-27T17:00:00.000000Z"


def test_a_plan_that_could_not_be_made_anew_is_there_again(ada: User) -> None:
    before = ready(ada, deadline=FRIDAY_FIVE)
    draft = work(call(ada, services.regenerate, before), QuotaExceeded(retry_after_s=30.5))
    assert (draft.status, draft.steps, draft.verdict) == ("ready", before.steps, "steps")
    assert draft.error == {
        "code": "ai_quota",
        "detail": "The AI service's quota is used up for now.",
        "retry_after_s": 30.5,
    }
    assert types(said(ada))[-1] == "failed"
    edited = call(ada, step_services.edit_step, draft, key="sources", fields={"locked": True})
    assert edited.error is None, "somebody went on with what there is"


def test_parts_take_the_place_of_a_step(ada: User) -> None:
    draft = ready(ada, deadline=FRIDAY_FIVE)
    draft = call(ada, services.split_step, draft, key="draft")
    assert (draft.status, len(draft.steps)) == ("queued", 4), "it is there until there is something better"
    attempt = claimed(draft)
    assert (attempt.brief.goal, attempt.brief.total_min) == ("Draft the first chapter", 240)
    assert [one.key for one in attempt.brief.siblings] == ["sources", "outline", "proof"]
    parts = [planned("method", "Describe the method"), planned("data", "Describe the data", "method")]
    attempts.add_step(attempt, parts[0])
    assert shape(fresh(draft)) == ["sources", "outline<sources", "method<outline", "proof<method"]
    attempts.add_step(attempt, parts[1])
    attempts.finish(attempt, plan(parts, assumptions=("There is data.",)))
    draft = fresh(draft)
    assert shape(draft) == ["sources", "outline<sources", "method<outline", "data<method", "proof<data"]
    assert draft.steps[-1]["deadline"] == "2026-11-27T17:00:00.000000Z"
    assert draft.assumptions == ["There is data."]


def test_a_step_that_can_not_be_split_stays_and_it_is_said_why(ada: User) -> None:
    before = ready(ada)
    no_plan = plan([], verdict=Verdict.NEEDS_NO_PLAN, reason="It is one action.")
    draft = work(call(ada, services.split_step, before, key="proof"), no_plan)
    assert (draft.status, draft.steps, draft.verdict) == ("ready", before.steps, "steps")
    assert [(one["code"], one["detail"]) for one in draft.remarks] == [("not_split", "It is one action.")]


def test_what_is_said_of_splits_does_not_grow_without_end(ada: User) -> None:
    draft = ready(ada)
    no_plan = plan([], verdict=Verdict.NEEDS_NO_PLAN, reason="It is one action.")
    for _ in range(3):
        draft = work(call(ada, services.split_step, draft, key="proof"), no_plan)
    assert len(draft.remarks) == 1, "it is said once"
    many = [
        remark(Note(code="noted", action=Action.NOTED, detail=f"Note {number}.")) for number in range(200)
    ]
    Breakdown.objects.filter(id=draft.id).update(remarks=many)
    draft = work(call(ada, services.split_step, draft, key="proof"), no_plan)
    assert (len(draft.remarks), draft.remarks[-1]["code"]) == (100, "not_split")


def test_questions_are_answered_by_making_it_anew(ada: User) -> None:
    asks = plan([], verdict=Verdict.QUESTIONS, questions=("How long?",))
    draft = work(ask(ada), asks)
    assert (draft.status, draft.verdict, draft.questions) == ("ready", "questions", ["How long?"])
    answers = [{"question": "How long?", "answer": "Eighty pages"}]
    draft = call(ada, services.regenerate, draft, answers=answers)
    assert [said.answer for said in claimed(draft).brief.answers] == ["Eighty pages"]


# --- Ends ---------------------------------------------------------------------------------------


def test_a_cancelled_breakdown_is_closed_and_a_repeat_tells_nothing(ada: User) -> None:
    draft = ask(ada)
    attempt = claimed(draft)
    assert call(ada, services.cancel, draft).status == "cancelled"
    call(ada, services.cancel, draft)
    assert types(said(ada)) == ["started", "started", "cancelled"]
    assert not attempts.add_step(attempt, STEPS[0])
    assert not attempts.finish(attempt, plan())
    assert not attempts.extend(attempt)
    assert attempts.claim(draft.id) is None
    assert types(said(ada)) == ["started", "started", "cancelled"]


CHANGES: list[tuple[Callable[..., Breakdown], dict[str, Any]]] = [
    (services.update_breakdown, {"fields": {"goal": "Another"}}),
    (services.split_step, {"key": "sources"}),
    (step_services.add_step, {"fields": {"title": "More", "estimate_min": 5}}),
    (step_services.edit_step, {"key": "sources", "fields": {"title": "Other"}}),
    (step_services.remove_step, {"key": "sources"}),
]
ASKING: tuple[Callable[..., Breakdown], dict[str, Any]] = (services.regenerate, {})
APPLY: tuple[Callable[..., Breakdown], dict[str, Any]] = (applying.apply_breakdown, {})


@pytest.mark.parametrize(("verb", "arguments"), [*CHANGES, ASKING, APPLY])
def test_a_closed_breakdown_does_not_change(
    ada: User, verb: Callable[..., Breakdown], arguments: dict[str, Any]
) -> None:
    cancelled, applied = ready(ada), ready(ada)
    call(ada, services.cancel, cancelled)
    call(ada, applying.apply_breakdown, applied)
    for draft in (cancelled, applied) if verb is not applying.apply_breakdown else (cancelled,):
        before = Breakdown.objects.filter(id=draft.id).values().get()
        with pytest.raises(BreakdownClosed):
            call(ada, verb, draft, **arguments)
        assert Breakdown.objects.filter(id=draft.id).values().get() == before


@pytest.mark.parametrize(("verb", "arguments"), [*CHANGES, ASKING, APPLY])
def test_a_breakdown_in_the_making_does_not_change(
    ada: User, verb: Callable[..., Breakdown], arguments: dict[str, Any]
) -> None:
    queued, generating, failed = ask(ada), ask(ada), work(ask(ada), QuotaExceeded())
    claimed(generating)
    drafts = [queued, generating, *([failed] if verb is not services.regenerate else [])]
    for draft in drafts:
        with pytest.raises(BreakdownNotReady):
            call(ada, verb, draft, **arguments)


@pytest.mark.parametrize(("verb", "arguments"), [*CHANGES, ASKING, APPLY, (services.cancel, {})])
def test_a_stranger_finds_nothing(
    ada: User, verb: Callable[..., Breakdown], arguments: dict[str, Any]
) -> None:
    draft, eve = ready(ada), make_person("eve")
    with pytest.raises(BreakdownNotFound):
        call(eve, verb, draft, **arguments)
    assert fresh(draft).version == draft.version
    assert not events_of(eve)


def test_the_snapshots_rule_is_the_same_in_sql(ada: User) -> None:
    week = timedelta(days=7)
    for age in (timedelta(), week - timedelta(microseconds=1), week, week + HOUR):
        for draft in (ask(ada), ready(ada), work(ask(ada), QuotaExceeded())):
            Breakdown.objects.filter(id=draft.id).update(updated_at=NOON - age)
        for verb in (services.cancel, applying.apply_breakdown):
            closed = ready(ada)
            call(ada, verb, closed)
            Breakdown.objects.filter(id=closed.id).update(updated_at=NOON - age)
    drafts = Breakdown.objects.all()
    assert set(drafts.filter(queries.in_snapshot(now=NOON))) == {
        draft
        for draft in drafts
        if in_snapshot(status=Status(draft.status), updated_at=draft.updated_at, now=NOON)
    }


# --- The row ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "unheard-of"},
        {"granularity": 6},
        {"status": "queued"},
        {"lease_until": NOON},
        {"status": "applied"},
        {"applied_op": uuid.UUID(int=1)},
        {"splits": {"key": "sources", "granularity": 2}},
    ],
)
def test_the_database_refuses_what_can_not_be(ada: User, wrong: dict[str, Any]) -> None:
    draft = ready(ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Breakdown.objects.filter(id=draft.id).update(**wrong)


def test_an_account_goes_with_its_breakdowns(ada: User, settings: Any) -> None:
    settings.GEMINI_API_KEY = "a key"
    guest = make_person("guest", is_guest=True, created_at=NOON - timedelta(days=2))
    task = make_task(guest, "Thesis")
    ready(guest, goal=None, task_id=task.id)
    Charge.objects.create(owner=guest, at=NOON)
    attempt = claimed(ask(guest))
    assert purge_guests(now=NOON)
    purge_deleted()
    assert not Breakdown.objects.exists()
    assert not Charge.objects.filter(owner__isnull=False).exists()
    assert not attempts.add_step(attempt, STEPS[0])
    assert attempts.claim(attempt.breakdown_id) is None
