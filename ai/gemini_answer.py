"""What has come of a model's answers so far, and whether it is a plan."""

from collections.abc import Mapping
from typing import Any

from ai.errors import InvalidOutput, PlannerError
from ai.fields import text_of, texts_of
from ai.gates import Gates
from ai.json_stream import ItemReader, MalformedJson
from ai.plans import (
    MAX_QUESTIONS,
    MAX_REMARKS,
    MAX_TEXT_CHARS,
    Action,
    Brief,
    Note,
    Plan,
    Step,
    Usage,
    Verdict,
)
from ai.texts import cut


class Answer:
    """One plan in the making; a second call adds to what the first one said.

    Args:
        brief: What was asked.

    Attributes:
        model: The model that is being asked.
        usage: What was spent so far.
        steps: The steps that were handed over.
        fault: Why the latest call's answer is no whole plan; None where it is, or may be.
    """

    def __init__(self, brief: Brief, *, model: str) -> None:
        self.brief = brief
        self.model = model
        self.usage = Usage()
        self.steps: list[Step] = []
        self.fault: PlannerError | None = None
        self._gates = Gates(brief)
        self._verdict = ""
        self._reason = ""
        self._questions: tuple[str, ...] = ()
        self._assumptions: tuple[str, ...] = ()
        self._risks: tuple[str, ...] = ()
        self._notes: list[Note] = []

    @property
    def language(self) -> str | None:
        """The language to write in: what was asked for, or else the goal's, where it is known."""
        return self.brief.language or self._gates.language

    @property
    def missing(self) -> int:
        """How many steps it takes at least to make a plan of this."""
        return max(1, self._gates.missing)

    @property
    def is_full(self) -> bool:
        """Whether it has as many steps as a plan can have, so that nothing more is to come but remarks."""
        return self._gates.is_full

    @property
    def complaints(self) -> list[str]:
        """What was wrong, as sentences for the model."""
        whole = [] if self.fault is None else [self.fault.reason]
        if self._questions and self.brief.answers:
            whole.append("The questions were answered already: see answers. Plan now.")
        return [*whole, *self._gates.complaints]

    def add(self, raw: object) -> Step | None:
        """Return the step in `raw` if it passes the gates."""
        step = self._gates.judge(raw)
        if step is not None:
            self.steps.append(step)
        return step

    def read(self, reader: ItemReader) -> None:
        """Take in all but the steps of an answer that has ended."""
        try:
            said: Mapping[str, Any] = reader.result()
        except MalformedJson as malformed:
            if self.is_full:
                self.note(
                    "cut_short", "The answer ended after its last step: assumptions and risks are missing."
                )
                return
            self.fault = InvalidOutput(f"The answer was not the JSON asked for. {malformed}")
            return
        self._verdict = text_of(said.get("verdict"))
        self._reason = cut(text_of(said.get("reason")), MAX_TEXT_CHARS)
        self._questions = texts_of(said.get("questions"), most=MAX_QUESTIONS)
        self._assumptions = _joined(self._assumptions, said.get("assumptions"))
        self._risks = _joined(self._risks, said.get("risks"))

    def is_whole(self) -> bool:
        """Whether a plan can be made of it as it is."""
        if self.fault is not None:
            return False
        if self.steps:
            return self._gates.missing == 0
        return self._asks() or self._needs_no_plan()

    def note(self, code: str, detail: str) -> None:
        """Say something about how the plan came about."""
        self._notes.append(Note(code=code, action=Action.NOTED, detail=detail))

    def plan(self, *, planner: str) -> Plan:
        """Return the plan.

        Raises:
            PlannerError: There is none to be made of what was said.
        """
        if self.fault is not None:
            raise self.fault
        if self.steps:
            verdict = Verdict.STEPS
        elif self._asks():
            verdict = Verdict.QUESTIONS
        elif self._needs_no_plan():
            verdict = Verdict.NEEDS_NO_PLAN
        else:
            raise InvalidOutput(" ".join(["No step passed the gates.", *self._gates.complaints]))
        steps = self._gates.steps() if verdict is Verdict.STEPS else ()
        return Plan(
            verdict=verdict,
            steps=steps,
            questions=self._questions if verdict is Verdict.QUESTIONS else (),
            reason=self._reason if verdict is Verdict.NEEDS_NO_PLAN else "",
            assumptions=self._assumptions,
            risks=self._risks,
            planner=planner,
            model=self.model,
            language=self.language,
            usage=self.usage,
            notes=(*self._notes, *self._gates.notes),
        )

    def _asks(self) -> bool:
        return self._verdict == Verdict.QUESTIONS and bool(self._questions) and not self.brief.answers

    def _needs_no_plan(self) -> bool:
        return self._verdict == Verdict.NEEDS_NO_PLAN and bool(self._reason)


def _joined(before: tuple[str, ...], more: object) -> tuple[str, ...]:
    both = dict.fromkeys([*before, *texts_of(more, most=MAX_REMARKS)])
    return tuple(both)[:MAX_REMARKS]
