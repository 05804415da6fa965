"""A worker and a planner: every step is written as it comes, and whatever goes wrong leaves a whole row."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import connections, transaction

from ai.errors import CODES
from ai.gemini import Patience
from ai.gemini_call import Timeouts
from ai.plans import Brief, Planner
from realtime.publisher import SilentDoorbell
from taskengine import clock
from taskengine.accounts.models import User
from taskengine.engine.housekeeping import SWEEPS, Housekeeper
from taskengine.engine.worker import Worker
from taskengine.planning import attempts, generation, jobs, services
from taskengine.planning.attempts import Attempt
from taskengine.planning.lifecycle import GIVE_UP_AFTER
from taskengine.planning.metrics import Outcome
from taskengine.planning.models import Breakdown
from taskengine.planning.planners import Planners
from taskengine.planning.threads import DatabaseThreads
from taskengine.tasks.models import Task
from tests.support.breakdowns import ask, claimed, error_of, fresh, said, types
from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import Failure, Hang, HangUp, Reaction, Stream, plan
from tests.support.metrics import figure
from tests.support.people import events_of, make_person, operation_of

pytestmark = pytest.mark.django_db(transaction=True)

IMPATIENT = Patience(
    # The SDK's first call takes a while on a busy machine.
    timeouts=Timeouts(first_chunk_s=2, next_chunk_s=0.5, whole_s=20),
    tries=2,
    backoff_s=0.01,
    failures=100,
)
PATIENCE_S = 15
WHOLE = plan()
TWO_STEPS = WHOLE[: WHOLE.index("Outline")]


@pytest.fixture
def gemini(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[FakeGemini]:
    """A fake Gemini that this process has a key for."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeGemini() as server:
        settings.GEMINI_API_KEY, settings.GEMINI_BASE_URL = "a key", server.url
        yield server


@pytest.fixture
async def threads() -> AsyncIterator[DatabaseThreads]:
    """Where the worker's writes happen."""
    pool = DatabaseThreads(2, name="test")
    yield pool
    await pool.run(connections.close_all)
    await asyncio.to_thread(pool.close)


@pytest.fixture
async def crew(gemini: FakeGemini) -> AsyncIterator[Planners]:
    """The planners of a worker that does not wait long."""
    made = Planners(patience=IMPATIENT)
    yield made
    await made.aclose()


@pytest.fixture
def in_database(threads: DatabaseThreads) -> Callable[..., Any]:
    """Call something that uses the database, from a test that has an event loop."""
    return threads.run


@pytest.fixture
def ended() -> Callable[[], dict[str, float]]:
    """What Prometheus is told of attempts since the test began: how many ended how, and began again."""

    def figures() -> dict[str, float]:
        found = {
            outcome.value: figure("taskengine_jobs_ended_total", kind="breakdown", outcome=outcome.value)
            for outcome in Outcome
        }
        return {**found, "again": figure("taskengine_jobs_retried_total", kind="breakdown")}

    before = figures()
    return lambda: {name: value - before[name] for name, value in figures().items() if value != before[name]}


async def until(what: str, condition: Callable[[], Any], run: Callable[..., Any]) -> Any:
    """Wait until a condition on the database holds."""
    give_up = time.monotonic() + PATIENCE_S
    while not (found := await run(condition)):
        assert time.monotonic() < give_up, f"no {what}"
        await asyncio.sleep(0.01)
    return found


def asked(**fields: Any) -> tuple[User, Breakdown, Attempt]:
    """Somebody asked, and a worker took it."""
    ada = make_person(**fields)
    draft = ask(ada)
    return ada, draft, claimed(draft)


# --- All goes well ------------------------------------------------------------------------------


async def test_gemini_makes_a_plan_step_by_step(
    crew: Planners, threads: DatabaseThreads, gemini: FakeGemini, ended: Callable[[], dict[str, float]]
) -> None:
    ada, draft, attempt = await threads.run(asked)
    await generation.generate(attempt, planners=crew, run=threads.run)
    draft, events = await threads.run(fresh, draft), await threads.run(said, ada)
    assert (draft.status, draft.planner, draft.model) == ("ready", "gemini", "gemini-3.8-flash")
    assert types(events) == ["started", "started", *["step"] * 5, "ready"]
    assert [step["key"] for step in draft.steps] == ["sources", "question", "outline", "draft", "check"]
    assert draft.assumptions == ["The topic is settled."]
    assert draft.usage == {
        "calls": 1, "prompt_tokens": 100, "output_tokens": 50, "thought_tokens": 7, "total_tokens": 157,
    }  # fmt: skip
    assert "usage" not in events[-1].data["breakdown"], "what it cost is the operator's business"
    assert len(gemini.requests) == 1
    assert ended() == {"succeeded": 1}


async def test_without_a_key_rules_make_the_plan_and_are_labelled_so(
    threads: DatabaseThreads, settings: Any
) -> None:
    _, draft, attempt = await threads.run(asked)
    await generation.generate(attempt, planners=Planners(), run=threads.run)
    draft = await threads.run(fresh, draft)
    assert (draft.status, draft.planner, draft.model, draft.usage) == ("ready", "offline", None, None)
    assert len(draft.steps) >= 5


async def test_a_guest_of_the_demo_never_costs_anything(
    crew: Planners, threads: DatabaseThreads, gemini: FakeGemini
) -> None:
    _, draft, attempt = await threads.run(lambda: asked(is_guest=True))
    await generation.generate(attempt, planners=crew, run=threads.run)
    assert (await threads.run(fresh, draft)).planner == "offline"
    assert gemini.requests == []


async def test_buying_milk_needs_no_plan(threads: DatabaseThreads) -> None:
    def ask_for_milk() -> tuple[Breakdown, Attempt]:
        draft = ask(make_person(), "Buy milk")
        return draft, claimed(draft)

    draft, attempt = await threads.run(ask_for_milk)
    await generation.generate(attempt, planners=Planners(), run=threads.run)
    draft = await threads.run(fresh, draft)
    assert (draft.status, draft.verdict, draft.steps) == ("ready", "needs_no_plan", [])
    assert draft.reason


async def test_no_transaction_is_open_while_the_planner_is_waited_for(
    crew: Planners, threads: DatabaseThreads, gemini: FakeGemini
) -> None:
    _, draft, attempt = await threads.run(asked)
    gemini.answer(Stream(texts=[TWO_STEPS, WHOLE[len(TWO_STEPS) :]], hold_before=1))
    making = asyncio.create_task(generation.generate(attempt, planners=crew, run=threads.run))
    await until("two steps", lambda: len(fresh(draft).steps) == 2, threads.run)

    def open_transactions() -> int:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'"
            )
            row = cursor.fetchone()
        return int(row[0])

    assert await threads.run(open_transactions) == 0
    gemini.release()
    await making
    assert (await threads.run(fresh, draft)).status == "ready"


# --- Things go wrong ----------------------------------------------------------------------------


def always(reaction: Reaction) -> list[Reaction]:
    """Return a reaction often enough for every try of both models."""
    return [reaction] * 6


QUOTA = Failure(status=429, name="RESOURCE_EXHAUSTED", retry_delay="34.5s")
FAULTS: dict[str, tuple[Sequence[Reaction], str, int, float | None]] = {
    "blocked": ([Stream(block="SAFETY")], "ai_blocked", 0, None),
    "blocked after two steps": ([Stream(texts=[TWO_STEPS], finish="SAFETY")], "ai_blocked", 2, None),
    "cut off twice": (always(Stream(texts=[TWO_STEPS], finish="MAX_TOKENS")), "ai_truncated", 2, None),
    "no JSON": (always(Stream(texts=["Sure, here are your steps."])), "ai_invalid_output", 0, None),
    "JSON that ends within a string": (always(Stream(texts=[TWO_STEPS])), "ai_invalid_output", 2, None),
    "quota": (always(QUOTA), "ai_quota", 0, 34.5),
    "503": (always(Failure(status=503)), "ai_unavailable", 0, None),
    "hung up on": (always(HangUp()), "ai_unavailable", 0, None),
    "hung up on after two steps": (
        [Stream(texts=[TWO_STEPS], finish=None, ending="closed")], "ai_unavailable", 2, None,
    ),
    "silent": (always(Hang()), "ai_timeout", 0, None),
    "silent after two steps": ([Stream(texts=[TWO_STEPS], finish=None, ending="silent")], "ai_timeout", 2, None),
}  # fmt: skip


@pytest.mark.parametrize(("reactions", "code", "steps", "retry_after_s"), FAULTS.values(), ids=FAULTS.keys())
async def test_every_fault_leaves_a_failed_draft_with_its_code_and_nothing_half_done(
    crew: Planners,
    threads: DatabaseThreads,
    gemini: FakeGemini,
    reactions: Sequence[Reaction],
    code: str,
    steps: int,
    retry_after_s: float | None,
) -> None:
    ada, draft, attempt = await threads.run(asked)
    gemini.answer(*reactions)
    await generation.generate(attempt, planners=crew, run=threads.run)
    draft, events = await threads.run(fresh, draft), await threads.run(said, ada)
    assert draft.status == "failed"
    assert (error_of(draft)["code"], error_of(draft)["retry_after_s"]) == (code, retry_after_s)
    assert error_of(draft)["detail"].endswith(".")
    assert (draft.steps, draft.fresh, draft.verdict, draft.lease_until) == ([], [], None, None)
    assert types(events) == ["started", "started", *["step"] * steps, "failed"]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].data["breakdown"]["error"] == draft.error
    assert (draft.usage or {})["calls"] == len(gemini.requests), "what it cost is kept all the same"
    assert not await threads.run(Task.objects.exists)


def test_the_faults_above_are_all_there_are() -> None:
    assert {code for _, code, _, _ in FAULTS.values()} == CODES


async def test_a_worker_without_the_key_says_so(threads: DatabaseThreads, settings: Any) -> None:
    settings.GEMINI_API_KEY = "the server has one"
    _, draft, attempt = await threads.run(asked)
    settings.GEMINI_API_KEY = ""
    await generation.generate(attempt, planners=Planners(), run=threads.run)
    assert error_of(await threads.run(fresh, draft))["code"] == "ai_unavailable"


class _Broken:
    """A planner with a bug."""

    name = "offline"

    async def plan(self, brief: Brief) -> AsyncIterator[Any]:
        yield 1 / (brief.granularity - brief.granularity)


class _Crew(Planners):
    """Planners of which one is put in by the test: the port's other side."""

    def __init__(self, planner: Any) -> None:
        self._planner = planner

    def named(self, name: str) -> Planner:
        return self._planner  # type: ignore[no-any-return]


async def test_a_planner_that_ends_without_a_plan_has_failed(
    threads: DatabaseThreads, ended: Callable[[], dict[str, float]]
) -> None:
    class Speechless:
        name = "offline"

        async def plan(self, brief: Brief) -> AsyncIterator[Any]:
            return
            yield

    _, draft, attempt = await threads.run(asked)
    await generation.generate(attempt, planners=_Crew(Speechless()), run=threads.run)
    assert (await threads.run(fresh, draft)).status == "failed"
    assert ended() == {"failed": 1}


async def test_a_bug_fails_one_breakdown_and_is_logged(
    threads: DatabaseThreads, caplog: pytest.LogCaptureFixture, ended: Callable[[], dict[str, float]]
) -> None:
    _, draft, attempt = await threads.run(asked)
    await generation.generate(attempt, planners=_Crew(_Broken()), run=threads.run)
    draft = await threads.run(fresh, draft)
    assert (draft.status, error_of(draft)["code"]) == ("failed", "ai_unavailable")
    assert "ZeroDivisionError" in caplog.text
    assert ended() == {"failed": 1}


async def test_a_planner_that_never_ends_is_ended(
    threads: DatabaseThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless:
        name = "offline"

        async def plan(self, brief: Brief) -> AsyncIterator[Any]:
            await asyncio.sleep(3600)
            yield

    monkeypatch.setattr(generation, "MOST_S", 0.2)
    _, draft, attempt = await threads.run(asked)
    await generation.generate(attempt, planners=_Crew(Endless()), run=threads.run)
    assert error_of(await threads.run(fresh, draft))["code"] == "ai_timeout"


# --- It is not wanted any more ------------------------------------------------------------------


def cancel(person: User, draft: Breakdown) -> None:
    """Cancel a breakdown."""
    with operation_of(person) as operation:
        services.cancel(operation=operation, breakdown_id=draft.id)


def take_over(draft: Breakdown) -> None:
    """Let another worker take it, as if the first one's lease were over."""
    with transaction.atomic():  # no sign of life comes between
        Breakdown.objects.filter(id=draft.id).update(lease_until=draft.created_at)
        claimed(draft)


@pytest.mark.parametrize("how", ["cancelled", "taken over"])
@pytest.mark.parametrize("when", ["between two steps", "while nothing comes"])
async def test_the_planner_is_hung_up_on(
    crew: Planners,
    threads: DatabaseThreads,
    gemini: FakeGemini,
    monkeypatch: pytest.MonkeyPatch,
    ended: Callable[[], dict[str, float]],
    how: str,
    when: str,
) -> None:
    monkeypatch.setattr(generation, "SIGN_OF_LIFE_S", 0.1 if when == "while nothing comes" else 60)
    ada, draft, attempt = await threads.run(asked)
    rest = [WHOLE[len(TWO_STEPS) :][:400], WHOLE[len(TWO_STEPS) :][400:]]
    gemini.answer(
        Stream(texts=[TWO_STEPS, *rest], hold_before=1, bytes_at_a_time=8, byte_pause_s=0.01)
        if when == "between two steps"
        else Stream(texts=[TWO_STEPS], finish=None, ending="silent")
    )
    patient = Planners()
    making = asyncio.create_task(generation.generate(attempt, planners=patient, run=threads.run))
    await until("two steps", lambda: len(fresh(draft).steps) == 2, threads.run)

    await (threads.run(cancel, ada, draft) if how == "cancelled" else threads.run(take_over, draft))
    before = await threads.run(lambda: Breakdown.objects.values().get())
    head = len(await threads.run(events_of, ada))
    gemini.release()

    async with asyncio.timeout(PATIENCE_S / 3):  # long before the planner's own limits
        await making
    assert ended() == {"unwanted": 1}
    assert await asyncio.to_thread(gemini.hung_up.wait, PATIENCE_S)
    assert await threads.run(lambda: Breakdown.objects.values().get()) == before
    assert len(await threads.run(events_of, ada)) == head
    await patient.aclose()


# --- The worker of a server process -------------------------------------------------------------


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A worker as a server process has it."""
    made = Worker()
    made.start()
    yield made
    made.stop(timeout_s=PATIENCE_S)


def wait_for(draft: Breakdown, status: str) -> Breakdown:
    """Wait until a breakdown stands somewhere."""
    give_up = time.monotonic() + PATIENCE_S
    while (found := fresh(draft)).status != status:
        assert time.monotonic() < give_up, f"it is {found.status}"
        time.sleep(0.01)
    return found


def poison(draft: Breakdown, *, when: str) -> None:
    """Let the database refuse a change of one breakdown, until `cure`."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'poison'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER poison BEFORE UPDATE ON planning_breakdown FOR EACH ROW"
            f" WHEN (NEW.id = '{draft.id}' AND {when}) EXECUTE FUNCTION poison()"
        )


def cure() -> None:
    """Let the database accept everything again."""
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS poison ON planning_breakdown")


def test_the_worker_hears_of_it_at_once(worker: Worker) -> None:
    ada = make_person()
    wait_for(ask(ada, "Warm up for a marathon"), "ready")
    time.sleep(0.1)  # it waits again
    began = time.monotonic()
    wait_for(ask(ada), "ready")
    assert time.monotonic() - began < 0.9, "that was the poll"


def test_a_lost_ring_costs_a_second(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "doorbell", SilentDoorbell())
    wait_for(ask(make_person()), "ready")


def test_a_breakdown_that_can_not_be_taken_holds_up_no_other(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    ada = make_person()
    with transaction.atomic():
        spoilt = ask(ada, "Spoilt")
        Breakdown.objects.filter(id=spoilt.id).update(answers=["no question"])
        sound = ask(ada)
    wait_for(sound, "ready")
    spoilt = fresh(spoilt)
    assert (spoilt.status, spoilt.tries) == ("queued", 1)
    assert "can't be taken" in caplog.text


def test_a_breakdown_that_the_database_itself_refuses_holds_up_no_other(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    ada = make_person()
    with transaction.atomic():
        spoilt, sound = ask(ada, "Spoilt"), ask(ada)
        poison(spoilt, when="NEW.status = 'generating'")
    try:
        wait_for(sound, "ready")
        spoilt = fresh(spoilt)
        assert (spoilt.status, spoilt.tries) == ("queued", 1)
        assert "can't be taken" in caplog.text
    finally:
        cure()


@pytest.mark.parametrize("spoils", [True, False])
def test_a_breakdown_that_can_not_be_given_up_holds_up_no_other(
    spoils: bool, ended: Callable[[], dict[str, float]]
) -> None:
    ada = make_person()
    drafts = [ask(ada, "Spoilt"), ask(ada)]
    long_ago = drafts[0].created_at - GIVE_UP_AFTER
    Breakdown.objects.update(lease_until=long_ago)
    if spoils:
        poison(drafts[0], when="NEW.status = 'failed'")
    try:
        Housekeeper().sweep_all(SWEEPS, now=clock.now())
    finally:
        cure()
    assert [fresh(draft).status for draft in drafts] == ["queued" if spoils else "failed", "failed"]
    assert not attempts.give_up(now=clock.now()), "it is put off, and not tried again and again"
    assert ended() == {"given_up": 1 if spoils else 2}
    assert error_of(fresh(drafts[1]))["detail"].startswith("This server did not"), "no AI is to blame"


def test_several_are_made_at_once(gemini: FakeGemini, settings: Any) -> None:
    made = Worker()
    made.start()
    try:
        ada = make_person()
        gemini.answer(*[Stream(texts=[TWO_STEPS, WHOLE[len(TWO_STEPS) :]], hold_before=1)] * 4)
        held = [ask(ada, f"Goal number {number}") for number in range(4)]
        give_up = time.monotonic() + PATIENCE_S
        while any(len(fresh(draft).steps) < 2 for draft in held):
            assert time.monotonic() < give_up
            time.sleep(0.02)
        fifth = ask(ada, "Goal number five")
        time.sleep(0.2)
        assert fresh(fifth).status == "queued", "four is enough for one process"
        gemini.release()
        for draft in [*held, fifth]:
            wait_for(draft, "ready")
    finally:
        made.stop(timeout_s=PATIENCE_S)


def test_a_worker_that_is_stopped_leaves_its_work_to_the_next_at_once(
    gemini: FakeGemini, ended: Callable[[], dict[str, float]]
) -> None:
    gemini.answer(Stream(texts=[TWO_STEPS], finish=None, ending="silent"))
    ada = make_person()
    draft = ask(ada)
    first = Worker()
    first.start()
    give_up = time.monotonic() + PATIENCE_S
    while len(fresh(draft).steps) < 2:
        assert time.monotonic() < give_up
        time.sleep(0.02)
    assert first.goes_round()
    first.stop(timeout_s=PATIENCE_S)
    assert not first.goes_round()
    assert ended() == {"left": 1}
    assert gemini.hung_up.wait(PATIENCE_S)
    assert fresh(draft).status == "generating"

    second = Worker()
    second.start()
    try:
        done = wait_for(draft, "ready")
    finally:
        second.stop(timeout_s=PATIENCE_S)
    assert (done.attempt, len(done.steps)) == (2, 5)
    assert ended() == {"left": 1, "succeeded": 1}, "handed over in order, nobody has died of it"
    assert types(said(ada)) == ["started", "started", "step", "step", "started", *["step"] * 5, "ready"]
