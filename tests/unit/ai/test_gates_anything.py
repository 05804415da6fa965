"""The gates against whatever a planner may say."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ai.gates import Code, Gates
from ai.plans import Action, Brief, Step
from tests.support.briefs import brief
from tests.support.rules import broken_rules, lost

TITLED = [
    "Thesis outline", "Writing the introduction", "Quellen sammeln", "Gliederung festlegen", "Redacción del borrador",
    "Rédaction du plan", "Stesura della bozza", "Do your best",
]  # fmt: skip
GOALS = {
    "en": "Write my thesis on urban trees",
    "de": "Meine Masterarbeit über Stadtbäume schreiben",
    "es": "Escribir mi tesis sobre los árboles",
    "fr": "Écrire mon mémoire sur les arbres",
    "it": "Scrivere la mia tesi sugli alberi",
}


KEYS = (
    st.sampled_from(["a", "b", "c", "d", "A b!", "", "locked", "ä" * 50])
    | st.text(max_size=6)
    | st.integers()
)
TITLES = (
    st.sampled_from([*TITLED, *GOALS.values()])
    | st.builds(
        lambda verb, rest: f"{verb} {rest}",
        st.sampled_from(
            [
                "Write",
                "- draft",
                "Sammle",
                "Rassembler",
                "Raccogliere",
                "2. Buy",
                "**Read**",
                "The",
                "To call",
            ]
        ),
        st.text(max_size=20)
        | st.sampled_from(["the ten sources", "die zehn Quellen", "les sources", "x " * 80]),
    )
    | st.text(st.characters(), max_size=30)
)
JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=2)
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "key": KEYS,
    "title": TITLES,
    "why": st.text(max_size=400),
    "done_when": st.sampled_from(
        ["Ten titles stand in the list.", "Zehn Titel stehen auf der Liste.", "Done"]
    )
    | st.text(min_size=1),
    "estimate_min": st.integers(-10, 500),
    "depends_on": st.lists(KEYS, max_size=5),
    "optional": st.booleans(),
}
STEPS = st.fixed_dictionaries(FIELDS) | st.fixed_dictionaries(
    {}, optional={name: field | JUNK for name, field in FIELDS.items()}
)
BRIEFS = st.builds(
    lambda goal, granularity, locked: brief(goal, granularity=granularity, locked=locked),
    st.sampled_from([*GOALS.values(), "Napisać pracę", "買い物をする"]),
    st.integers(1, 5),
    st.sampled_from(
        [(), (Step(key="locked", title="Collect ten sources", done_when="Ten.", estimate_min=60),)]
    ),
)


@settings(deadline=None)
@given(BRIEFS, st.lists(STEPS | JUNK, max_size=20))
def test_whatever_comes_in_what_comes_out_keeps_every_rule(
    asked: Brief, said: list[Mapping[str, Any]]
) -> None:
    gates = Gates(asked)
    handed_over = [step for step in map(gates.judge, said) if step]
    steps = gates.steps()
    assert broken_rules(steps, asked, language=gates.language) == []
    assert [asdict(step) | {"depends_on": ()} for step in steps] == [
        asdict(step) | {"depends_on": ()} for step in handed_over
    ]
    dropped = sum(note.action is Action.DROPPED for note in gates.notes)
    assert dropped == len(said) - len(steps)
    assert (Code.TOO_FEW in [note.code for note in gates.notes]) == (len(steps) < asked.band().fewest)


@settings(deadline=None)
@given(BRIEFS, st.lists(STEPS, max_size=12))
def test_what_has_passed_passes_again_unchanged(asked: Brief, said: list[Mapping[str, Any]]) -> None:
    gates = Gates(asked)
    for one in said:
        gates.judge(one)
    steps = gates.steps()
    again = Gates(asked)
    for step in steps:
        again.judge(asdict(step))
    assert again.steps() == steps
    assert lost(again.notes) == []
