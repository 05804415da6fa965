"""What every step and plan promises, said once more and apart from the code that sees to it."""

import re
import unicodedata
from collections.abc import Sequence

from ai.language import is_clearly_not
from ai.lexicon import lexicon
from ai.plans import Action, Brief, Note, Step
from ai.texts import same_meaning
from ai.titles import Opening, opening


def broken_rules(steps: Sequence[Step], asked: Brief, *, language: str | None) -> list[str]:
    """Return what is wrong with the steps of a plan, as sentences; nothing where all is well."""
    wrong = []
    band = asked.band()
    if len(steps) > band.most:
        wrong.append(f"{len(steps)} steps are too many")
    taken = [step.key for step in (*steps, *asked.locked)]
    if len(set(taken)) != len(taken):
        wrong.append("a key is there twice")
    for step in steps:
        wrong += [f"{step.key}: {fault}" for fault in _faults(step, set(taken), language)]
    stopwords = lexicon(language).stopwords if language else frozenset[str]()
    for number, step in enumerate(steps):
        others = (*steps[:number], *asked.locked, *asked.siblings)
        wrong += [
            f"{step.title!r} repeats {other.title!r}"
            for other in others
            if same_meaning(step.title, other.title, ignoring=stopwords)
        ]
    if not _is_acyclic(steps):
        wrong.append("the dependencies go in a circle")
    return wrong


def lost(notes: Sequence[Note]) -> list[str]:
    """Return what the gates had to drop or repair, as sentences."""
    return [f"{note.code}: {note.title!r} {note.detail}" for note in notes if note.action is not Action.NOTED]


def _faults(step: Step, keys: set[str], language: str | None) -> list[str]:
    texts = (step.title, step.why, step.done_when)
    faults = {
        "its key is none": not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", step.key) or len(step.key) > 40,
        "its title is too long": not 0 < len(step.title) <= 120,
        "its why is too long": len(step.why) > 300,
        "nothing says when it is done": not 0 < len(step.done_when) <= 300,
        "its estimate is out of range": not 5 <= step.estimate_min <= 240
        or type(step.estimate_min) is not int,
        "it depends on what is not there": not keys.issuperset(step.depends_on),
        "it depends on itself": step.key in step.depends_on,
        "a dependency is there twice": len(set(step.depends_on)) != len(step.depends_on),
        "a text has control characters": any(map(_has_control_characters, texts)),
        "a text has stray spaces": any(text != " ".join(text.split()) for text in texts),
    }
    if language:
        faults["it does not start with a verb"] = opening(step.title, lexicon(language)) is Opening.OTHER
        faults["it is in another language"] = is_clearly_not(" ".join(texts), language)
    return [fault for fault, is_so in faults.items() if is_so]


def _has_control_characters(text: str) -> bool:
    joiners = "\u200c\u200d"
    return any(unicodedata.category(char).startswith("C") and char not in joiners for char in text)


def _is_acyclic(steps: Sequence[Step]) -> bool:
    waiting = {step.key: {key for key in step.depends_on if key != step.key} for step in steps}
    ready = True
    while ready:
        ready = False
        for key, before in list(waiting.items()):
            if not before & waiting.keys():
                del waiting[key]
                ready = True
    return not waiting
