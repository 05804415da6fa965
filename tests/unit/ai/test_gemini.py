"""The Gemini planner against a server that speaks Gemini's protocol, through the real SDK."""

import time
from contextlib import aclosing
from typing import Any

import pytest
from google import genai
from google.genai import types

from ai.errors import PlannerError
from ai.gemini import MODEL, GeminiPlanner
from ai.plans import Answer, Plan, Step, Usage, Verdict
from tests.support.briefs import brief, planned
from tests.support.gemini import FakeGemini
from tests.support.gemini_answers import STEPS, Failure, Stream, plan, step

WHOLE = plan()
FIRST_STEP_ENDS = WHOLE.index("}") + 1


async def test_each_step_comes_as_it_was_said_and_the_plan_holds_them_all(
    gemini: FakeGemini, planner: GeminiPlanner
) -> None:
    gemini.answer(Stream(texts=[WHOLE]))
    steps, made = await planned(planner, brief())
    assert [one.key for one in steps] == [said["key"] for said in STEPS]
    assert [one.title for one in steps] == [said["title"] for said in STEPS]
    assert steps[1].depends_on == ("sources",)
    assert list(made.steps) == steps
    assert made.verdict is Verdict.STEPS
    assert (made.planner, made.model, made.language) == ("gemini", MODEL, "en")
    assert made.assumptions == ("The topic is settled.",)
    assert made.risks == ("The library closes early: order books first.",)
    assert made.notes == ()


async def test_what_a_plan_cost_is_kept(planner: GeminiPlanner) -> None:
    _, made = await planned(planner, brief())
    assert made.usage == Usage(
        calls=1, prompt_tokens=100, output_tokens=50, thought_tokens=7, total_tokens=157
    )


async def test_the_first_step_is_in_hand_within_150_ms_of_its_last_character(
    gemini: FakeGemini, planner: GeminiPlanner
) -> None:
    late_s = []
    for _ in range(5):
        gemini.released.clear()
        gemini.answer(Stream(texts=[WHOLE[:FIRST_STEP_ENDS], WHOLE[FIRST_STEP_ENDS:]], hold_before=1))
        async with aclosing(planner.plan(brief())) as coming:
            first = await anext(coming)
            in_hand = time.monotonic()
            assert isinstance(first, Step)
            assert first.key == "sources"
            assert len(gemini.sent_at) == 1  # the rest has not been sent
            late_s.append(in_hand - gemini.sent_at[0])
            gemini.release()
            assert isinstance([item async for item in coming][-1], Plan)
    assert min(late_s) < 0.150


@pytest.mark.parametrize("size", [1, 3, 7])
async def test_a_stream_that_comes_in_single_bytes_says_the_same(
    gemini: FakeGemini, planner: GeminiPlanner, size: int
) -> None:
    titles = [
        "Prüfe die Übersicht „Bäume“ 🌳",
        "Zähle die Bäume in der Straße",
        'Schreibe {das} \\ "Kapitel" auf',
    ]
    said = [step(f"s{number}", title, done_when="Die Liste ist da.") for number, title in enumerate(titles)]
    gemini.answer(Stream(texts=[plan(said)], bytes_at_a_time=size))
    steps, _ = await planned(planner, brief("Meine Arbeit über Bäume schreiben", granularity=2))
    assert [one.title for one in steps] == titles


async def test_half_an_emoji_at_the_end_of_a_chunk_meets_its_other_half(
    gemini: FakeGemini, planner: GeminiPlanner
) -> None:
    whole = plan([step("a", "Plant a 🌳"), step("b", "Water the tree"), step("c", "Photograph the tree")])
    place = whole.index("🌳")
    gemini.answer(Stream(texts=[whole[:place] + "\ud83c", "\udf33" + whole[place + 1 :]]))
    steps, _ = await planned(planner, brief("Grow an oak", granularity=2))
    assert steps[0].title == "Plant a 🌳"


async def test_fields_that_nobody_knows_yet_do_no_harm(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Stream(texts=[WHOLE[:500], WHOLE[500:]], extra={"newField": {"deep": [1]}}))
    steps, _ = await planned(planner, brief())
    assert len(steps) == len(STEPS)


async def test_markdown_around_the_answer_does_no_harm(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Stream(texts=["```json\n", WHOLE, "\n```"]))
    steps, _ = await planned(planner, brief())
    assert len(steps) == len(STEPS)


@pytest.mark.parametrize(
    "reaction",
    [Stream(texts=[WHOLE], finish=None, ending="reset"), Stream(texts=[WHOLE], finish="MAX_TOKENS")],
)
async def test_what_goes_wrong_after_the_last_bracket_does_no_harm(
    gemini: FakeGemini, planner: GeminiPlanner, reaction: Stream
) -> None:
    gemini.answer(reaction)
    steps, _ = await planned(planner, brief())
    assert len(steps) == len(STEPS)
    assert len(gemini.requests) == 1


@pytest.mark.parametrize(
    "ending",
    [
        {"finish": "MAX_TOKENS"},
        {"finish": "STOP"},
        {"finish": None, "ending": "closed"},
        {"error": {"code": 503, "status": "UNAVAILABLE", "message": "Overloaded."}},
    ],
)
async def test_what_goes_wrong_after_the_last_step_that_a_plan_can_have_does_no_harm(
    gemini: FakeGemini, planner: GeminiPlanner, ending: dict[str, Any]
) -> None:
    """It could only be asked for steps that would all be too many."""
    gemini.answer(Stream(texts=[WHOLE[: WHOLE.index("The library")]], **ending))
    steps, made = await planned(planner, brief(granularity=2))
    assert (len(steps), len(gemini.requests)) == (len(STEPS), 1)
    assert "cut_short" in [note.code for note in made.notes]
    assert (made.steps, made.risks) == (tuple(steps), ())


async def test_a_full_plan_that_is_blocked_is_blocked(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Stream(texts=[WHOLE[: WHOLE.index("The library")]], finish="SAFETY"))
    with pytest.raises(PlannerError) as failure:
        await planned(planner, brief(granularity=2))
    assert failure.value.code == "ai_blocked"


async def test_a_whole_answer_that_is_blocked_is_blocked(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Stream(texts=[WHOLE], finish="SAFETY"))
    with pytest.raises(PlannerError) as failure:
        await planned(planner, brief())
    assert failure.value.code == "ai_blocked"


async def test_the_fake_answers_the_sdk_without_streaming_too(gemini: FakeGemini) -> None:
    options = types.HttpOptions(base_url=gemini.url, api_version="v1beta")
    client = genai.Client(vertexai=False, api_key="test-key", http_options=options)
    gemini.answer(Stream(texts=["half ", "and half"]), Stream(block="SAFETY"))
    answer = await client.aio.models.generate_content(model="any", contents="Hello")
    blocked = await client.aio.models.generate_content(model="any", contents="Hello")
    await client.aio.aclose()
    assert answer.text == "half and half"
    assert blocked.prompt_feedback
    assert blocked.prompt_feedback.block_reason == "SAFETY"
    assert [(one.version, one.method) for one in gemini.requests] == [("v1beta", "generateContent")] * 2


# --- Questions, and goals that need no plan ---


async def test_a_model_may_ask_at_most_three_questions(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    questions = ["Which degree?", "Is the topic settled?", "How long is it?", "Anything else?"]
    gemini.answer(Stream(texts=[plan([], verdict="questions", questions=questions)]))
    steps, made = await planned(planner, brief())
    assert steps == []
    assert made.verdict is Verdict.QUESTIONS
    assert made.questions == tuple(questions[:3])


async def test_a_model_that_asks_after_the_answers_is_told_to_plan(
    gemini: FakeGemini, planner: GeminiPlanner
) -> None:
    gemini.answer(Stream(texts=[plan([], verdict="questions", questions=["Which degree?"])]))
    _, made = await planned(planner, brief(answers=(Answer(question="Which degree?", answer="Master"),)))
    assert made.verdict is Verdict.STEPS
    assert "The questions were answered already" in gemini.requests[1].text


async def test_a_model_may_say_that_a_goal_needs_no_plan(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Stream(texts=[plan([], verdict="needs_no_plan", reason="Buying milk is one action.")]))
    steps, made = await planned(planner, brief("Buy milk"))
    assert (steps, made.steps) == ([], ())
    assert (made.verdict, made.reason) == (Verdict.NEEDS_NO_PLAN, "Buying milk is one action.")


# --- A second call ---


async def test_after_malformed_json_the_model_is_asked_once_more_for_what_is_missing(
    gemini: FakeGemini, planner: GeminiPlanner
) -> None:
    gemini.answer(
        Stream(texts=[WHOLE[: WHOLE.index("Outline")] + '", "why": ]}']),
        Stream(texts=[plan(STEPS[2:])]),
    )
    steps, made = await planned(planner, brief())
    assert [one.key for one in made.steps] == [said["key"] for said in STEPS]
    assert steps == list(made.steps)
    assert "asked_again" in [note.code for note in made.notes]
    asked = gemini.requests[1].text
    assert "accepted_steps" in asked
    assert STEPS[0]["title"] in asked
    assert made.usage
    assert made.usage.calls == 2


async def test_a_plan_that_was_cut_off_is_continued(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(
        Stream(texts=[WHOLE[: WHOLE.index("Outline")]], finish="MAX_TOKENS"), Stream(texts=[plan(STEPS[2:])])
    )
    steps, made = await planned(planner, brief())
    assert [one.key for one in steps] == [said["key"] for said in STEPS]
    # What a later answer depends on may stand in an earlier one.
    assert made.steps[2].depends_on == ("question",)


async def test_steps_that_fail_the_gates_are_asked_for_again_with_what_was_wrong(
    gemini: FakeGemini, planner: GeminiPlanner
) -> None:
    gemini.answer(
        Stream(texts=[plan([*STEPS[:3], step("x", "Do your best"), step("y", "The conclusion")])]),
        Stream(texts=[plan(STEPS[3:])]),
    )
    steps, made = await planned(planner, brief())
    assert [one.key for one in steps] == [said["key"] for said in STEPS]
    assert "Do your best" in gemini.requests[1].text
    assert "It does not start with a verb." in gemini.requests[1].text
    assert [note.code for note in made.notes] == ["asked_again", "vague", "not_a_verb"]


async def test_a_plan_that_stays_too_short_says_so(gemini: FakeGemini, planner: GeminiPlanner) -> None:
    gemini.answer(Stream(texts=[plan(STEPS[:2])]), Failure(status=503))
    _, made = await planned(planner, brief())
    assert len(made.steps) == 2
    assert made.notes[-1].code == "too_few"
    assert len(gemini.requests) == 2
