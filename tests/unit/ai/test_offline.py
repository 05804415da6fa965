"""The offline planner: its patterns, the goal's own words in them, and what needs no plan."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai.drafts import draft
from ai.gates import Gates
from ai.goals import Goal
from ai.lexicon import LANGUAGES
from ai.offline import OfflinePlanner
from ai.patterns import GENERIC, pattern_for, patterns
from ai.plans import BANDS, Brief, Plan, Step, Verdict
from tests.support.briefs import brief, planned
from tests.support.rules import broken_rules, lost

OBJECTS = {
    "en": ["", "my thesis on bees for the whole family"],
    "de": ["", "meine Arbeit über Bienen"],
    "es": ["", "un coche de segunda mano"],
    "fr": ["", "une voiture d'occasion pour la famille"],
    "it": ["", "un'auto usata"],
}


def pattern_of(plan: Plan) -> str:
    return next(note.detail.split("'")[1] for note in plan.notes if note.code == "pattern")


# --- The patterns --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", patterns())
def test_a_pattern_is_sound(name: str) -> None:
    steps = patterns()[name].steps
    by_key = {step.key: step for step in steps}
    order = list(by_key)
    assert len(by_key) == len(steps)
    for granularity, band in BANDS.items():
        count = sum(step.level <= granularity for step in steps)
        assert band.fewest <= count <= band.most, f"{count} steps at granularity {granularity}"
    for step in steps:
        assert all(order.index(key) < order.index(step.key) for key in step.after), step.key
        if step.level == 1:
            assert step.part_of is None, step.key
            assert not step.optional, step.key
        else:
            assert step.part_of, step.key
            assert by_key[step.part_of].level < step.level, step.key


@pytest.mark.parametrize("name", patterns())
def test_a_pattern_passes_the_gates_in_every_language_at_every_granularity(name: str) -> None:
    pattern = patterns()[name]
    cases = [*itertools.product(LANGUAGES, BANDS, [1]), *itertools.product(LANGUAGES, [5], [0])]
    for code, granularity, which in cases:
        asked = brief("Xyzzy", language=code, granularity=granularity)
        goal = Goal(text="Xyzzy", verb="", object=OBJECTS[code][which], place="")
        gates = Gates(asked)
        for raw in draft(pattern, goal, asked, code).steps:
            assert gates.judge(raw)
        assert gates.notes == []
        assert broken_rules(gates.steps(), asked, language=code) == []


@pytest.mark.parametrize("name", patterns())
def test_a_finer_plan_takes_as_long_as_a_coarser_one_unless_steps_hit_their_limit(name: str) -> None:
    pattern = patterns()[name]
    goal = Goal(text="Xyzzy", verb="", object="", place="")
    totals = []
    for granularity in BANDS:
        made = draft(pattern, goal, brief("Xyzzy", granularity=granularity), "en")
        totals.append(sum(step["estimate_min"] for step in made.steps))
        whole = sum(step.minutes for step in pattern.steps)
        rounding = 3 * len(made.steps)
        assert made.was_capped or totals[-1] == pytest.approx(whole, abs=rounding)
    assert totals == sorted(totals)
    assert totals[-1] <= sum(step.minutes for step in pattern.steps) + 5 * len(pattern.steps)


# --- Which pattern fits --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "name"),
    [
        ("Organise our street's summer barbecue", "event"),
        ("buy a tent for the camping trip", "purchase"),
        ("Renew my passport", "taxes"),
        ("Mehr Sport machen", "training"),
        ("Das Geschenk für die Hochzeit kaufen", "purchase"),
        ("Vortrag über Bienen halten", "presentation"),
        ("Sacarme el carnet de conducir", "study"),
        ("Pintar el salón", "renovation"),
        ("Apprendre à coder en Python", "learning"),
        ("Perdre du poids", "habit"),
        ("Cambiare lavoro", "job"),
        ("Organizzare il viaggio a Londra con gli amici", "travel"),
        ("Train the puppy", GENERIC),
        ("Unternehmen gründen", "launch"),
        ("Tomaten pflanzen", "garden"),
        ("Schrank aufbauen", "making"),
        ("Die Katze kastrieren lassen", GENERIC),
    ],
)
async def test_the_pattern_is_the_one_that_most_words_speak_for(goal: str, name: str) -> None:
    _, plan = await planned(OfflinePlanner(), brief(goal))
    assert pattern_of(plan) == name


def test_where_no_word_speaks_for_any_pattern_the_generic_one_is_taken() -> None:
    assert pattern_for(Goal(text="qwv", verb="", object="", place=""), "en").name == GENERIC


# --- The goal's own words ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "title"),
    [
        ("Write my thesis on urban trees by May", "Write down in one sentence what your thesis on urban trees should say"),
        ("Throw a party for my sister", "Decide on date, number of guests and budget for the party for your sister"),
        ("Move from Leeds to York", "Fix the day for the move from Leeds to York and give notice on the old home"),
        ("Einen neuen Laptop kaufen", "Schreibe Bedingungen und Höchstpreis für den neuen Laptop auf"),
        ("Ein neues Auto kaufen", "Schreibe Bedingungen und Höchstpreis für das neue Auto auf"),
        ("Steuererklärung abgeben", "Kläre, welche Formulare und Nachweise für die Steuererklärung nötig sind"),
        ("In eine kleinere Wohnung ziehen", "Lege den Tag für den Umzug in eine kleinere Wohnung fest und kündige die alte Wohnung"),
        ("Escribir un artículo sobre el agua", "Escribir en una frase el mensaje del artículo sobre el agua"),
        ("Viajar a Perú", "Decidir fechas, presupuesto y tres deseos para el viaje a Perú"),
        ("Écrire un article sur l'eau", "Écrire en une phrase le message de l'article sur l'eau"),
        ("Rédiger mon mémoire", "Écrire en une phrase le message de mon mémoire"),
        ("Scrivere uno studio sulle api", "Scrivere in una frase il messaggio dello studio sulle api"),
        ("Comprare un'auto usata", "Scrivere i requisiti e il prezzo massimo per l'auto usata"),
    ],
)  # fmt: skip
async def test_the_goals_own_words_stand_in_the_steps_and_the_grammar_holds(goal: str, title: str) -> None:
    steps, _ = await planned(OfflinePlanner(), brief(goal))
    assert steps[0].title == title


async def test_a_long_object_is_named_in_full_only_once() -> None:
    steps, _ = await planned(OfflinePlanner(), brief("Write a short story for the spring anthology"))
    titles = [step.title for step in steps if "short story" in step.title]
    assert [title for title in titles if "anthology" in title] == titles[:1]
    assert len(titles) > 2


@pytest.mark.parametrize("goal", ["Get fit again for skiing", "Run 10 km", "Write"])
async def test_what_is_no_thing_is_not_put_where_a_thing_belongs(goal: str) -> None:
    steps, _ = await planned(OfflinePlanner(), brief(goal))
    assert steps
    assert not any("fit again" in step.title or "10 km" in step.title for step in steps)


async def test_without_a_pattern_the_goal_is_quoted() -> None:
    steps, plan = await planned(OfflinePlanner(), brief("Ein Bienenvolk halten"))
    assert pattern_of(plan) == GENERIC
    assert "„Ein Bienenvolk halten“" in steps[0].title


# --- Errands -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "language"),
    [
        ("buy milk", "en"), ("Call mum", "en"), ("I need to buy bread and eggs", "en"), ("Take out the trash", "en"),
        ("pay the electricity bill", "en"), ("Milch kaufen", "de"), ("Oma anrufen", "de"), ("Müll rausbringen", "de"),
        ("llamar a mamá", "es"), ("comprar pan", "es"), ("acheter du lait", "fr"), ("appeler le dentiste", "fr"),
        ("comprare il latte", "it"), ("annaffiare le piante", "it"),
    ],
)  # fmt: skip
async def test_an_errand_is_told_that_it_needs_no_plan(goal: str, language: str) -> None:
    steps, plan = await planned(OfflinePlanner(), brief(goal))
    assert (steps, plan.steps) == ([], ())
    assert plan.verdict is Verdict.NEEDS_NO_PLAN
    assert plan.language == language
    assert plan.reason.endswith(".")


@pytest.mark.parametrize(
    "goal",
    [
        "Buy a house",
        "Buy a new laptop",
        "call for papers for our conference",
        "Ein Auto kaufen",
        "comprar un piso",
        "acheter une maison",
        "comprare casa",
    ],
)
async def test_what_only_sounds_like_an_errand_gets_a_plan(goal: str) -> None:
    _, plan = await planned(OfflinePlanner(), brief(goal))
    assert plan.verdict is Verdict.STEPS


async def test_an_errand_with_notes_gets_a_plan_for_there_is_more_to_it() -> None:
    _, plan = await planned(
        OfflinePlanner(), brief("Call mum", notes="Ask for the deeds, the will and the keys.")
    )
    assert plan.verdict is Verdict.STEPS


# --- Locked steps, and steps that are split ------------------------------------------------------


async def test_locked_steps_stay_out_of_the_new_plan_and_are_what_others_wait_for() -> None:
    asked = brief("Write my thesis on urban trees", granularity=4)
    _, first = await planned(OfflinePlanner(), asked)
    locked = tuple(
        replace(step, key=f"kept-{number}", depends_on=()) for number, step in enumerate(first.steps[:3])
    )
    again = replace(asked, locked=locked)
    _, second = await planned(OfflinePlanner(), again)
    assert broken_rules(second.steps, again, language="en") == []
    assert not {step.title for step in second.steps} & {step.title for step in locked}
    assert any(set(step.depends_on) & {step.key for step in locked} for step in second.steps)
    assert lost(second.notes) == []


@pytest.mark.parametrize("granularity", BANDS)
async def test_a_step_that_is_split_makes_general_steps_of_its_own_length(granularity: int) -> None:
    asked = brief("Write my thesis on urban trees", context="Due in May.")
    _, plan = await planned(OfflinePlanner(), asked)
    step = next(step for step in plan.steps if step.key == "draft")
    split = asked.splitting(step, among=plan.steps, granularity=granularity)
    assert (split.goal, split.notes, split.total_min) == (step.title, step.done_when, step.estimate_min)
    assert "Write my thesis" in split.context
    assert step not in split.siblings
    parts, finer = await planned(OfflinePlanner(), split)
    assert pattern_of(finer) == GENERIC
    assert f"“{step.title}”" in parts[0].title
    assert sum(part.estimate_min for part in parts) == pytest.approx(step.estimate_min, abs=5 * len(parts))
    assert not {part.title for part in parts} & {other.title for other in plan.steps}


async def test_a_step_that_is_one_action_can_not_be_split() -> None:
    step = Step(key="call", title="Call the landlord", done_when="He has said yes.", estimate_min=10)
    _, plan = await planned(OfflinePlanner(), brief().splitting(step, among=[step], granularity=2))
    assert plan.verdict is Verdict.NEEDS_NO_PLAN


# --- Whatever is asked ---------------------------------------------------------------------------


async def test_it_calls_itself_offline_and_the_same_brief_gives_the_same_plan() -> None:
    first = await planned(OfflinePlanner(), brief())
    assert first == await planned(OfflinePlanner(), brief())
    assert (first[1].planner, first[1].model, first[1].usage) == ("offline", None, None)
    assert first[1].assumptions
    assert first[1].risks


@pytest.mark.parametrize("goal", ["Escrever a minha tese", "引っ越し", "🎉"])
async def test_a_language_it_does_not_know_is_answered_in_english_and_it_says_so(goal: str) -> None:
    steps, plan = await planned(OfflinePlanner(), brief(goal))
    assert plan.language == "en"
    assert steps[0].title.startswith("Write down")
    assert any("language" in assumption for assumption in plan.assumptions)


@pytest.mark.parametrize("code", LANGUAGES)
async def test_a_language_that_is_asked_for_is_the_plans(code: str) -> None:
    _, plan = await planned(OfflinePlanner(), brief("Xyzzy", language=f"{code}-XX"))
    assert plan.language == code


SOME_WORDS = """
write buy my the a to for in with and party thesis house 10 Berlin schreiben für die eine Wohnung organizar la fiesta
de mi écrire l' mémoire sur scrivere una tesi per ! , . “ 🎉
"""
WORDS = st.sampled_from(SOME_WORDS.split())
BRIEFS = st.builds(
    lambda words, text, granularity, language, total_min: brief(
        " ".join(words) + text + "x", granularity=granularity, language=language, total_min=total_min
    ),
    st.lists(WORDS, max_size=12),
    st.text(max_size=80),
    st.integers(1, 5),
    st.sampled_from([None, *LANGUAGES, "pl"]),
    st.none() | st.integers(1, 3000),
)


@settings(deadline=None)
@given(BRIEFS)
async def test_whatever_the_goal_its_plan_keeps_every_rule(asked: Brief) -> None:
    steps, plan = await planned(OfflinePlanner(), asked)
    assert plan.verdict in {Verdict.STEPS, Verdict.NEEDS_NO_PLAN}
    assert broken_rules(plan.steps, asked, language=plan.language) == []
    assert [step.key for step in steps] == [step.key for step in plan.steps]
