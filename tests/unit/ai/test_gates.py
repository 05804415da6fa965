"""The gates: each at its boundary, and all of them against whatever a planner may say."""

from typing import Any

import pytest

from ai.gates import Gates
from ai.plans import Brief, Step
from tests.support.briefs import brief

GOALS = {
    "en": "Write my thesis on urban trees",
    "de": "Meine Masterarbeit über Stadtbäume schreiben",
    "es": "Escribir mi tesis sobre los árboles",
    "fr": "Écrire mon mémoire sur les arbres",
    "it": "Scrivere la mia tesi sugli alberi",
}


def raw(title: Any = "Collect ten sources", **fields: Any) -> dict[str, Any]:
    return {
        "key": "a",
        "title": title,
        "done_when": "Ten titles stand in the list.",
        "estimate_min": 60,
        **fields,
    }


def codes(gates: Gates) -> list[tuple[str, str]]:
    return [(note.code, note.action.value) for note in gates.notes]


def judged(fields: object, asked: Brief | None = None) -> tuple[Step | None, list[tuple[str, str]]]:
    gates = Gates(asked or brief())
    return gates.judge(fields), codes(gates)


# --- Texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("junk", [None, 7, "Write", [], {}, {"title": 7}, {"title": " \x00 "}, raw(" - ")])
def test_what_is_no_step_is_dropped(junk: object) -> None:
    assert judged(junk) == (None, [("no_step", "dropped")])


def test_titles_end_at_120_characters_and_texts_at_300() -> None:
    step, notes = judged(raw("Write " + "a" * 114, why="b" * 300, done_when="c" * 300))
    assert step
    assert notes == []
    assert (len(step.title), len(step.why), len(step.done_when)) == (120, 300, 300)
    step, notes = judged(raw("Write " + "word " * 23, why="b" * 301, done_when="c" * 301))
    assert step
    assert step.title == "Write " + ("word " * 23).strip()
    step, notes = judged(raw("Write " + "word " * 24, why="b" * 301, done_when="c" * 301))
    assert step
    assert step.title.endswith("word…")
    assert (len(step.why), len(step.done_when)) == (300, 300)
    assert notes == [("too_long_text", "repaired")] * 3


def test_what_can_not_be_seen_is_removed() -> None:
    step, _ = judged(
        raw("Write\x00 the\u202e out\ud83cline\u2028of it\u200b 👩\u200d🌾", done_when="One\r\n\tpage\x1b.")
    )
    assert step
    assert step.title == "Write the outline of it 👩\u200d🌾"
    assert step.done_when == "One page ."


@pytest.mark.parametrize(
    "title",
    [
        "1. Draft the methods",
        "- Draft the methods.",
        "**Draft** the methods",
        "[ ] Draft the methods",
        "Step 3: draft the methods",
    ],
)
def test_list_marks_and_markdown_are_removed(title: str) -> None:
    step, _ = judged(raw(title))
    assert step
    assert step.title == "Draft the methods"


# --- Verbs ---------------------------------------------------------------------------------------

REPAIRS = [
    ("en", "Thesis outline", "Outline thesis"),
    ("en", "Writing the introduction", "Write the introduction"),
    ("en", "Creation of the bibliography", "Create the bibliography"),
    ("en", "First, book a desk in the library", "Book a desk in the library"),
    ("en", "You should ask the supervisor", "Ask the supervisor"),
    ("de", "Quellen sammeln", "Sammle Quellen"),
    ("de", "Gliederung festlegen", "Lege Gliederung fest"),
    ("de", "Daten visualisieren", "Visualisiere Daten"),
    ("de", "Zuerst die Möbel abbauen", "Baue die Möbel ab"),
    ("es", "Redacción del borrador", "Redactar el borrador"),
    ("fr", "Rédaction du plan", "Rédiger le plan"),
    ("fr", "Achat d'une reliure", "Acheter une reliure"),
    ("it", "Stesura della bozza", "Stendere la bozza"),
    ("it", "Scelta dell'argomento", "Scegliere l'argomento"),
]  # fmt: skip
DONE = {
    "en": "The list is there.",
    "de": "Die Liste ist da.",
    "es": "La lista está ahí.",
    "fr": "La liste est là.",
    "it": "La lista è lì.",
}


@pytest.mark.parametrize(("language", "title", "better"), REPAIRS)
def test_a_verb_that_is_somewhere_else_is_put_in_front(language: str, title: str, better: str) -> None:
    step, notes = judged(raw(title, done_when=DONE[language]), brief(GOALS[language]))
    assert step
    assert step.title == better
    assert notes == [("not_a_verb", "repaired")]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "The conclusion"), ("en", "Urban trees and their shade"), ("en", "2 hours of reading"),
        ("de", "Die Gliederung"), ("de", "Gliederung der Arbeit"), ("de", "Stadtbäume im Winter"),
        ("es", "Lista de fuentes"), ("fr", "Liste des sources"), ("fr", "Réparation des freins"), ("fr", "Premier jet"), ("it", "Elenco delle fonti"),
    ],
)  # fmt: skip
def test_a_title_without_a_verb_is_dropped(language: str, title: str) -> None:
    step, notes = judged(raw(title, done_when=DONE[language]), brief(GOALS[language]))
    assert (step, notes) == (None, [("not_a_verb", "dropped")])


@pytest.mark.parametrize(
    ("language", "title", "is_sure"),
    [
        ("en", "Grok the literature", True), ("en", "Whiteboard ideas", False), ("en", "Don't start with the abstract", True),
        ("de", "Fräse die Kante", True), ("de", "Prüfen Sie die Quellen", True), ("de", "Skizziere den Aufbau", True),
        ("es", "Inscribirse en el curso", True), ("es", "Subraya las citas", True),
        ("fr", "S'inscrire au séminaire", True), ("fr", "Scotchez les pages", True), ("fr", "Ne pas oublier la bibliographie", True),
        ("it", "Informarsi sui prezzi", True), ("it", "Imbusta le copie", True),
    ],
)  # fmt: skip
def test_a_verb_that_no_list_has_is_not_dropped(language: str, title: str, is_sure: bool) -> None:
    step, notes = judged(raw(title, done_when=DONE[language]), brief(GOALS[language]))
    assert step
    assert step.title == title
    assert notes == ([] if is_sure else [("verb_unsure", "noted")])


def test_where_the_language_is_none_of_ours_verbs_are_not_judged() -> None:
    gates = Gates(brief("Napisać pracę magisterską o drzewach", language="pl"))
    assert gates.judge(raw("Zbierz dziesięć źródeł", done_when="Lista ma dziesięć pozycji."))
    assert codes(gates) == [("language_unknown", "noted")]


# --- Words that say nothing ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Do your best"), ("en", "Work on the thesis on urban trees"), ("en", "Stay motivated!"), ("en", "Get started"),
        ("en", "Finish my thesis on urban trees"), ("en", "Review everything"), ("de", "Gib dein Bestes"),
        ("de", "Bleib am Ball"), ("de", "Fang einfach an"), ("es", "Mantener la motivación"), ("es", "Trabajar en el proyecto"),
        ("fr", "Rester motivé"), ("fr", "Se lancer"), ("it", "Fare del proprio meglio"), ("it", "Mantenere la concentrazione"),
    ],
)  # fmt: skip
def test_filler_is_dropped(language: str, title: str) -> None:
    assert judged(raw(title, done_when=DONE[language]), brief(GOALS[language])) == (
        None,
        [("vague", "dropped")],
    )


@pytest.mark.parametrize(
    "title", ["Review everything the supervisor marked", "Finish chapter two", "Start the survey"]
)
def test_what_only_begins_like_filler_stays(title: str) -> None:
    assert judged(raw(title))[0]


@pytest.mark.parametrize("done_when", ["", "Done.", "It is done", "You feel good about it", None, 7])
def test_a_step_that_can_not_be_checked_is_dropped(done_when: object) -> None:
    assert judged(raw(done_when=done_when)) == (None, [("no_check", "dropped")])


def test_a_reason_that_says_nothing_is_left_out() -> None:
    step, notes = judged(raw(why="It is important."))
    assert step
    assert (step.why, notes) == ("", [("empty_reason", "repaired")])


@pytest.mark.parametrize("language", [code for code in GOALS if code != "en"])
def test_a_step_in_another_language_is_dropped(language: str) -> None:
    texts = {
        "de": ("Sammle die Quellen für die Arbeit", "Auf der Liste stehen zehn Bücher."),
        "es": ("Reunir las fuentes para la tesis", "La lista tiene diez libros y artículos."),
        "fr": ("Rassembler les sources pour le mémoire", "Dix livres sont dans la liste."),
        "it": ("Raccogliere le fonti per la tesi", "Nell'elenco ci sono dieci libri."),
    }
    title, done_when = texts[language]
    assert judged(raw(title, done_when=done_when))[0] is None
    assert judged(raw(title, done_when=done_when), brief(GOALS[language]))[0]
    english = raw("Collect the sources for the thesis", done_when="There are ten books on the list.")
    assert judged(english, brief(GOALS[language]))[0] is None


# --- Doubles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "is_double"),
    [
        ("Collect ten sources", True), ("Collect the ten sources.", True), ("Collecting the ten sources", True),
        ("Collect ten source", True), ("Collect twenty sources", False), ("Print ten sources", False),
        ("Collect ten sources on trees and shade", False),
    ],
)  # fmt: skip
def test_a_step_that_says_the_same_is_dropped(title: str, is_double: bool) -> None:
    gates = Gates(brief())
    assert gates.judge(raw())
    assert (gates.judge(raw(title, key="b")) is None) == is_double


def test_steps_that_differ_in_a_number_are_two() -> None:
    gates = Gates(brief())
    assert gates.judge(raw("Draft chapter 1 of the thesis"))
    assert gates.judge(raw("Draft chapter 2 of the thesis", key="b"))
    assert gates.judge(raw("Write the long methods chapter", key="c"))
    assert gates.judge(raw("Write the long methods chapter 2", key="d"))


@pytest.mark.parametrize("title", ["Write my thesis on urban trees", "Write the thesis on urban trees"])
def test_a_step_that_repeats_the_goal_is_dropped(title: str) -> None:
    assert judged(raw(title))[1] == [("repeats_goal", "dropped")]


def test_a_german_step_that_repeats_the_goal_with_its_verb_in_front_is_dropped() -> None:
    step = raw("Schreibe deine Masterarbeit über Stadtbäume", done_when=DONE["de"])
    assert judged(step, brief(GOALS["de"]))[1] == [("repeats_goal", "dropped")]


def test_a_step_that_is_locked_or_stands_beside_the_goal_is_not_made_again() -> None:
    other = Step(key="x", title="Collect ten sources", done_when="Ten.", estimate_min=60)
    assert judged(raw(), brief(locked=(other,)))[1] == [("duplicate", "dropped")]
    assert judged(raw(), brief(siblings=(other,)))[1] == [("duplicate", "dropped")]


# --- How many ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("granularity", "fewest", "most"), [(1, 2, 4), (2, 3, 5), (3, 5, 8), (4, 7, 11), (5, 10, 15)]
)
def test_no_plan_has_more_steps_than_its_band_and_one_with_fewer_says_so(
    granularity: int, fewest: int, most: int
) -> None:
    gates = Gates(brief(granularity=granularity))
    for number in range(most + 2):
        assert gates.missing == max(0, fewest - number)
        passed = gates.judge(raw(f"Draft chapter {number}", key=f"c{number}"))
        assert (passed is not None) == (number < most)
    assert codes(gates) == [("too_many", "dropped")] * 2
    assert len(gates.steps()) == most
    short = Gates(brief(granularity=granularity))
    for number in range(fewest - 1):
        short.judge(raw(f"Draft chapter {number}", key=f"c{number}"))
    short.steps()
    assert codes(short) == [("too_few", "noted")]


def test_a_model_that_runs_wild_is_not_written_down_word_for_word() -> None:
    gates = Gates(brief(granularity=1))
    for number in range(5_000):
        gates.judge({"key": f"k{number}", "title": "" if number % 2 else f"Plant tree number {number}"})
    assert len(gates.notes) == 100
    assert gates.count == 0


def test_locked_steps_count_in_the_band() -> None:
    locked = tuple(
        Step(key=f"l{number}", title=f"Print form {number}", done_when="Printed.", estimate_min=5)
        for number in range(3)
    )
    assert brief(granularity=2, locked=locked).band().most == 2
    assert brief(granularity=2, locked=locked * 2).band().most == 1


# --- Estimates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimate", "minutes", "code"),
    [
        (5, 5, None), (240, 240, None), (4, 5, "estimate_too_short"), (-3, 5, "estimate_too_short"), (241, 240, "estimate_too_long"),
        (10**400, 240, "estimate_too_long"), (37.9, 37, None), ("45", 45, None), (None, 30, "estimate_unknown"), ("an hour", 30, "estimate_unknown"),
        (True, 30, "estimate_unknown"), (float("nan"), 30, "estimate_unknown"), (float("inf"), 30, "estimate_unknown"),
    ],
)  # fmt: skip
def test_estimates_are_between_5_and_240_minutes(estimate: object, minutes: int, code: str | None) -> None:
    step, notes = judged(raw(estimate_min=estimate))
    assert step
    assert (step.estimate_min, notes) == (minutes, [(code, "repaired")] if code else [])


# --- Dependencies --------------------------------------------------------------------------------


def chain(*steps: tuple[str, list[str]]) -> tuple[Gates, dict[str, tuple[str, ...]]]:
    gates = Gates(brief())
    for number, (key, before) in enumerate(steps):
        gates.judge(
            raw(f"Draft chapter {number}" if key != "vague" else "Do your best", key=key, depends_on=before)
        )
    return gates, {step.key: step.depends_on for step in gates.steps()}


def test_a_circle_is_broken_at_its_latest_edge() -> None:
    gates, before = chain(("a", ["c"]), ("b", ["a"]), ("c", ["b"]))
    assert before == {"a": ("c",), "b": ("a",), "c": ()}
    assert ("circular_dependency", "repaired") in codes(gates)
    assert chain(("a", ["a"]), ("b", ["b", "a"]))[1] == {"a": (), "b": ("a",)}


def test_names_of_no_step_are_left_out() -> None:
    gates, before = chain(("a", ["nowhere"]), ("b", ["a"]))
    assert before == {"a": (), "b": ("a",)}
    assert ("unknown_dependency", "repaired") in codes(gates)


def test_what_waited_for_a_dropped_step_waits_for_what_that_one_waited_for() -> None:
    gates, before = chain(("a", []), ("vague", ["a"]), ("c", ["vague"]))
    assert before == {"a": (), "c": ("a",)}
    assert codes(gates)[0] == ("vague", "dropped")


def test_a_double_stands_for_the_step_it_repeats() -> None:
    gates = Gates(brief())
    gates.judge(raw("Collect ten sources", key="a"))
    gates.judge(raw("Collect ten sources", key="b"))
    gates.judge(raw("Read all sources", key="c", depends_on=["b"]))
    assert gates.steps()[-1].depends_on == ("a",)


def test_a_key_that_is_taken_gets_a_number_and_others_mean_the_first() -> None:
    gates = Gates(brief())
    for number in range(3):
        gates.judge(raw(f"Draft chapter {number}", key="Draft!", depends_on=["draft"]))
    assert [(step.key, step.depends_on) for step in gates.steps()] == [
        ("draft", ()), ("draft-2", ("draft",)), ("draft-3", ("draft",)),
    ]  # fmt: skip


def test_while_steps_come_each_knows_what_came_before_it() -> None:
    gates = Gates(brief())
    first = gates.judge(raw("Draft chapter 1", key="a", depends_on=["b"]))
    second = gates.judge(raw("Draft chapter 2", key="b"))
    assert first
    assert second
    assert (first.depends_on, second.depends_on) == ((), ())
    assert [step.depends_on for step in gates.steps()] == [("b",), ()]
